#include "engines.h"

#define STMT(name, text) static const struct sql_stmt name = {"test." #name, text}

static const char create[] = "CREATE TABLE thing (id {int} NOT NULL, n {int}, word {text},"
                             " bytes {blob}, PRIMARY KEY (id)){strict};"
                             "CREATE INDEX thing_n ON thing (n);"
                             "CREATE UNIQUE INDEX thing_word ON thing (word)";
STMT(insert, "INSERT INTO thing (id, n, word, bytes) VALUES ($1, $2, $3, $4)");
STMT(by_id, "SELECT n, word, bytes FROM thing WHERE id = $1");
STMT(count, "SELECT count(*) FROM thing");

static struct sql *with_table(const struct engines *e)
{
    struct sql *db = engines_open(e);

    ck_assert_ok(sql_script(db, create));
    return db;
}

static void put(struct sql *db, int64_t id, struct sql_arg n, struct sql_arg word,
                struct sql_arg bytes)
{
    ck_assert_ok(sql_put(db, &insert, SQL_ARGS(SQL_INT(id), n, word, bytes)));
}

static struct sql_rows *get(struct sql *db, int64_t id)
{
    struct sql_rows *rows = NULL;

    ck_assert_ok(sql_ask(db, &by_id, SQL_ARGS(SQL_INT(id)), &rows));
    ck_assert_uint_eq(sql_rows_count(rows), 1);
    return rows;
}

ENGINES_TEST(keeps_every_type)
{
    struct sql *db = with_table(e);
    const char raw[] = {0, 1, '\'', (char)0xff, 0};
    struct sql_rows *rows;

    put(db, 1, SQL_NULL, SQL_NULL, SQL_NULL);
    put(db, 2, SQL_INT(INT64_MIN), SQL_TEXT(SLICE("Zo\xc3\xab \xf0\x9f\x98\x80")),
        SQL_BLOB(slice_of(raw, sizeof(raw))));
    put(db, INT64_MAX, SQL_INT(INT64_MAX), SQL_TEXT(SLICE("")), SQL_BLOB(SLICE("")));

    rows = get(db, 1);
    ck_assert(sql_is_null(rows, 0, 0) && sql_is_null(rows, 0, 1) && sql_is_null(rows, 0, 2));
    ck_assert_int_eq(sql_int(rows, 0, 0), 0);
    ck_assert_ptr_null(sql_bytes(rows, 0, 2).ptr);
    sql_rows_free(rows);

    rows = get(db, 2);
    ck_assert(sql_int(rows, 0, 0) == INT64_MIN);
    ck_assert_slice(sql_bytes(rows, 0, 1), "Zo\xc3\xab \xf0\x9f\x98\x80");
    ck_assert(slice_eq(sql_bytes(rows, 0, 2), slice_of(raw, sizeof(raw))));
    sql_rows_free(rows);

    rows = get(db, INT64_MAX);
    ck_assert(sql_int(rows, 0, 0) == INT64_MAX);
    ck_assert(!sql_is_null(rows, 0, 1) && !sql_is_null(rows, 0, 2));
    ck_assert_ptr_nonnull(sql_bytes(rows, 0, 2).ptr);
    ck_assert_uint_eq(sql_bytes(rows, 0, 2).len, 0);
    sql_rows_free(rows);
    sql_close(db);
}

ENGINES_TEST(keeps_large_blobs)
{
    struct sql *db = with_table(e);
    size_t len = 5 * 1024 * 1024, i;
    char *large = malloc(len);
    struct sql_rows *rows;

    for (i = 0; i < len; i++)
        large[i] = (char)(i * 7 + i / 1000);
    put(db, 1, SQL_NULL, SQL_NULL, SQL_BLOB(slice_of(large, len)));
    rows = get(db, 1);
    ck_assert(slice_eq(sql_bytes(rows, 0, 2), slice_of(large, len)));
    sql_rows_free(rows);
    free(large);
    sql_close(db);
}

STMT(shuffled, "SELECT CAST($3 AS {int}) AS c, CAST($1 AS {int}) AS a, CAST($2 AS {int}) AS b,"
               " CAST($3 AS {int}) + $1 AS again");

ENGINES_TEST(binds_by_number_not_by_appearance)
{
    struct sql *db = engines_open(e);
    struct sql_rows *rows = NULL;

    ck_assert_ok(sql_ask(db, &shuffled, SQL_ARGS(SQL_INT(10), SQL_INT(200), SQL_INT(3000)), &rows));
    ck_assert_int_eq(sql_int(rows, 0, 0), 3000);
    ck_assert_int_eq(sql_int(rows, 0, 1), 10);
    ck_assert_int_eq(sql_int(rows, 0, 2), 200);
    ck_assert_int_eq(sql_int(rows, 0, 3), 3010);
    ck_assert(sql_is_null(rows, 0, 4));
    ck_assert(sql_is_null(rows, 1, 0));
    sql_rows_free(rows);
    sql_close(db);
}

STMT(by_numbers, "SELECT id FROM thing WHERE n IN ({each_int:$1}) OR id IN ({each_int:$1})"
                 " ORDER BY id");
STMT(by_words, "SELECT id FROM thing WHERE bytes IN ({each_blob:$1}) AND id > $2 ORDER BY id");

ENGINES_TEST(finds_by_sets)
{
    struct sql *db = with_table(e);
    int64_t numbers[1000];
    const struct slice words[] = {SLICE("b"), SLICE(""), SLICE("nobody")};
    struct sql_rows *rows = NULL;
    int i;

    for (i = 0; i < 1000; i++)
        numbers[i] = 5000 + i;
    put(db, 1, SQL_INT(5999), SQL_NULL, SQL_BLOB(SLICE("a")));
    put(db, 2, SQL_INT(6000), SQL_NULL, SQL_BLOB(SLICE("b")));
    put(db, 3, SQL_NULL, SQL_NULL, SQL_BLOB(SLICE("")));
    put(db, 5000, SQL_INT(4999), SQL_NULL, SQL_NULL);

    ck_assert_ok(sql_ask(db, &by_numbers, SQL_ARGS(SQL_INTS(numbers, 1000)), &rows));
    ck_assert_uint_eq(sql_rows_count(rows), 2);
    ck_assert_int_eq(sql_int(rows, 0, 0), 1);
    ck_assert_int_eq(sql_int(rows, 1, 0), 5000);
    rows = sql_rows_free(rows);
    ck_assert_ok(sql_ask(db, &by_numbers, SQL_ARGS(SQL_INTS(NULL, 0)), &rows));
    ck_assert_uint_eq(sql_rows_count(rows), 0);
    rows = sql_rows_free(rows);
    ck_assert_ok(sql_ask(db, &by_words, SQL_ARGS(SQL_BLOBS(words, 3), SQL_INT(0)), &rows));
    ck_assert_uint_eq(sql_rows_count(rows), 2);
    ck_assert_int_eq(sql_int(rows, 0, 0), 2);
    ck_assert_int_eq(sql_int(rows, 1, 0), 3);
    rows = sql_rows_free(rows);
    ck_assert_ok(sql_ask(db, &by_words, SQL_ARGS(SQL_BLOBS(NULL, 0), SQL_INT(0)), &rows));
    ck_assert_uint_eq(sql_rows_count(rows), 0);
    sql_rows_free(rows);
    sql_close(db);
}

STMT(largest, "SELECT max(n) FROM thing");
STMT(sum, "SELECT sum(n) FROM thing");
STMT(is_there, "SELECT EXISTS (SELECT 1 FROM thing WHERE id = $1)");

ENGINES_TEST(asks_for_one_number)
{
    struct sql *db = with_table(e);
    int64_t n = 0;

    ck_assert_ok(sql_ask_int(db, &largest, SQL_NO_ARGS, -1, &n));
    ck_assert_int_eq(n, -1);
    ck_assert_ok(sql_ask_int(db, &by_id, SQL_ARGS(SQL_INT(1)), -2, &n));
    ck_assert_int_eq(n, -2);
    put(db, 1, SQL_INT(1000000000000), SQL_NULL, SQL_NULL);
    put(db, 2, SQL_INT(-20000), SQL_NULL, SQL_NULL);
    ck_assert_ok(sql_ask_int(db, &largest, SQL_NO_ARGS, -1, &n));
    ck_assert_int_eq(n, 1000000000000);
    ck_assert_ok(sql_ask_int(db, &sum, SQL_NO_ARGS, -1, &n));
    ck_assert_int_eq(n, 999999980000);
    ck_assert_ok(sql_ask_int(db, &is_there, SQL_ARGS(SQL_INT(2)), -1, &n));
    ck_assert_int_eq(n, 1);
    ck_assert_ok(sql_ask_int(db, &is_there, SQL_ARGS(SQL_INT(3)), -1, &n));
    ck_assert_int_eq(n, 0);
    sql_close(db);
}

STMT(must, "INSERT INTO strict (must) VALUES ($1)");

ENGINES_TEST(names_what_collides)
{
    struct sql *db = with_table(e);

    put(db, 1, SQL_NULL, SQL_TEXT(SLICE("once")), SQL_NULL);
    ck_assert_err(sql_put(db, &insert, SQL_ARGS(SQL_INT(1), SQL_NULL, SQL_NULL, SQL_NULL)),
                  ERR_CONSTRAINT);
    ck_assert_err(
        sql_put(db, &insert, SQL_ARGS(SQL_INT(2), SQL_NULL, SQL_TEXT(SLICE("once")), SQL_NULL)),
        ERR_CONSTRAINT);
    ck_assert_ok(sql_script(db, "CREATE TABLE strict (must {int} NOT NULL){strict}"));
    ck_assert_err(sql_put(db, &must, SQL_ARGS(SQL_NULL)), ERR_CONSTRAINT);
    ck_assert_ptr_nonnull(strstr(sql_last_error(db), "must"));
    ck_assert_ok(sql_put(db, &must, SQL_ARGS(SQL_INT(1))));
    put(db, 3, SQL_NULL, SQL_NULL, SQL_NULL);
    sql_close(db);
}

STMT(upsert, "INSERT INTO thing (id, n) VALUES ($1, $2)"
             " ON CONFLICT (id) DO UPDATE SET n = thing.n + excluded.n RETURNING n");
STMT(insert_new, "INSERT INTO thing (id, n) VALUES ($1, $2) ON CONFLICT (id) DO NOTHING"
                 " RETURNING n");

ENGINES_TEST(tells_what_a_change_returned)
{
    struct sql *db = with_table(e);
    struct sql_rows *rows = NULL;
    int64_t n = 0;

    ck_assert_ok(sql_begin(db, true));
    ck_assert_ok(sql_ask_int(db, &upsert, SQL_ARGS(SQL_INT(1), SQL_INT(40)), -1, &n));
    ck_assert_int_eq(n, 40);
    ck_assert_ok(sql_ask_int(db, &upsert, SQL_ARGS(SQL_INT(1), SQL_INT(2)), -1, &n));
    ck_assert_int_eq(n, 42);
    ck_assert_ok(sql_ask(db, &insert_new, SQL_ARGS(SQL_INT(1), SQL_INT(7)), &rows));
    ck_assert_uint_eq(sql_rows_count(rows), 0);
    ck_assert_ok(sql_commit(db));
    sql_rows_free(rows);
    sql_close(db);
}

STMT(broken, "SELECT nonsense FROM nowhere");
STMT(fraction, "SELECT 0.5");

ENGINES_TEST(tells_a_wrong_statement_from_a_wrong_value)
{
    struct sql *db = with_table(e);
    struct sql_rows *rows = NULL;

    ck_assert_err(sql_ask(db, &broken, SQL_NO_ARGS, &rows), ERR_INTERNAL);
    ck_assert_ptr_nonnull(strstr(sql_last_error(db), "nowhere"));
    ck_assert_err(sql_ask(db, &by_id, SQL_NO_ARGS, &rows), ERR_INTERNAL);
    ck_assert_err(sql_ask(db, &fraction, SQL_NO_ARGS, &rows), ERR_INTERNAL);
    put(db, 1, SQL_INT(1), SQL_NULL, SQL_NULL);
    ck_assert_err(
        sql_put(db, &insert, SQL_ARGS(SQL_INT(2), SQL_TEXT(SLICE("two")), SQL_NULL, SQL_NULL)),
        ERR_INTERNAL);
    ck_assert_err(sql_script(db, "CREATE TABLE broken (a {nothing})"), ERR_INTERNAL);
    ck_assert_err(sql_script(db, "CREATE TABEL broken (a {int})"), ERR_INTERNAL);
    ck_assert_ptr_null(rows);
    sql_close(db);
}

/* PostgreSQL infers the type of a parameter that was NULL at first, and must ask anew later. */
STMT(either, "SELECT CAST($1 AS {int}) AS a, $2 || 'x' AS b");

ENGINES_TEST(a_null_takes_a_type_later)
{
    struct sql *db = engines_open(e);
    struct sql_rows *rows = NULL;

    ck_assert_ok(sql_ask(db, &either, SQL_ARGS(SQL_NULL, SQL_NULL), &rows));
    ck_assert(sql_is_null(rows, 0, 0) && sql_is_null(rows, 0, 1));
    rows = sql_rows_free(rows);
    ck_assert_ok(sql_ask(db, &either, SQL_ARGS(SQL_INT(7), SQL_NULL), &rows));
    ck_assert_int_eq(sql_int(rows, 0, 0), 7);
    rows = sql_rows_free(rows);
    ck_assert_ok(sql_ask(db, &either, SQL_ARGS(SQL_NULL, SQL_TEXT(SLICE("y"))), &rows));
    ck_assert_slice(sql_bytes(rows, 0, 1), "yx");
    sql_rows_free(rows);
    sql_close(db);
}

ENGINES_TEST(a_null_takes_a_type_within_one_batch)
{
    struct sql *db = with_table(e);
    struct sql_rows *rows;

    ck_assert_ok(sql_begin(db, true));
    put(db, 1, SQL_NULL, SQL_NULL, SQL_NULL);
    put(db, 2, SQL_INT(2), SQL_NULL, SQL_NULL);
    put(db, 3, SQL_INT(3), SQL_TEXT(SLICE("three")), SQL_NULL);
    put(db, 4, SQL_NULL, SQL_NULL, SQL_BLOB(SLICE("4")));
    ck_assert_ok(sql_commit(db));
    rows = get(db, 3);
    ck_assert_slice(sql_bytes(rows, 0, 1), "three");
    sql_rows_free(rows);
    rows = get(db, 4);
    ck_assert_slice(sql_bytes(rows, 0, 2), "4");
    sql_rows_free(rows);
    sql_close(db);
}

ENGINES_TEST(prepares_many_statements)
{
    enum { MANY = 300 };
    static char texts[MANY][64];
    static struct sql_stmt many[MANY];
    struct sql *db = engines_open(e);
    int64_t n;
    int round, i;

    for (i = 0; i < MANY; i++) {
        snprintf(texts[i], sizeof(texts[i]), "SELECT %d + CAST($1 AS {int}) AS n", i * 10);
        many[i] = (struct sql_stmt){"test.many", texts[i]};
    }
    for (round = 0; round < 3; round++)
        for (i = 0; i < MANY; i++) {
            ck_assert_ok(sql_ask_int(db, &many[i], SQL_ARGS(SQL_INT(round)), -1, &n));
            ck_assert_int_eq(n, i * 10 + round);
        }
    sql_close(db);
}

STMT(all, "SELECT bytes FROM thing");

ENGINES_TEST(refuses_more_than_64_mib_of_rows)
{
    struct sql *db = with_table(e);
    size_t len = 7 << 20;
    char *large = calloc(1, len);
    struct sql_rows *rows = NULL;
    int64_t n;
    int i;

    for (i = 0; i < 9; i++)
        put(db, i, SQL_NULL, SQL_NULL, SQL_BLOB(slice_of(large, len)));
    ck_assert_ok(sql_ask(db, &all, SQL_NO_ARGS, &rows));
    ck_assert_uint_eq(sql_rows_count(rows), 9);
    rows = sql_rows_free(rows);
    put(db, 9, SQL_NULL, SQL_NULL, SQL_BLOB(slice_of(large, len)));
    ck_assert_err(sql_ask(db, &all, SQL_NO_ARGS, &rows), ERR_LIMIT);
    ck_assert_ptr_null(rows);
    ck_assert_ok(sql_ask_int(db, &count, SQL_NO_ARGS, -1, &n));
    ck_assert_int_eq(n, 10);
    free(large);
    sql_close(db);
}

ENGINES_TEST(holds_many_rows)
{
    struct sql *db = with_table(e);
    struct sql_rows *rows = NULL;
    char word[16];
    int i;

    ck_assert_ok(sql_begin(db, true));
    for (i = 0; i < 3000; i++) {
        snprintf(word, sizeof(word), "%d", i);
        put(db, i, SQL_INT(i), SQL_TEXT(slice_cstr(word)), SQL_BLOB(slice_cstr(word)));
    }
    ck_assert_ok(sql_ask(db, &all, SQL_NO_ARGS, &rows));
    ck_assert_ok(sql_commit(db));
    ck_assert_uint_eq(sql_rows_count(rows), 3000);
    ck_assert_slice(sql_bytes(rows, 0, 0), "0");
    ck_assert_slice(sql_bytes(rows, 2999, 0), "2999");
    sql_rows_free(rows);
    sql_close(db);
}

ENGINES_MAIN("sql/sql", keeps_every_type, keeps_large_blobs, binds_by_number_not_by_appearance,
             finds_by_sets, asks_for_one_number, names_what_collides, tells_what_a_change_returned,
             tells_a_wrong_statement_from_a_wrong_value, a_null_takes_a_type_later,
             a_null_takes_a_type_within_one_batch, prepares_many_statements,
             refuses_more_than_64_mib_of_rows, holds_many_rows)
