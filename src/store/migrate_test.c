#include "store/migrate.h"

#include <pthread.h>

#include "engines.h"
#include "store/schema.h"

#define STMT(name, text) static const struct sql_stmt name = {"test." #name, text}

STMT(get_version, "SELECT version FROM schema_version");
STMT(set_version, "UPDATE schema_version SET version = $1");
STMT(rows_of_log, "SELECT count(*) FROM log");

static int64_t number(struct sql *db, const struct sql_stmt *stmt)
{
    int64_t n = -1;

    ck_assert_ok(sql_ask_int(db, stmt, SQL_NO_ARGS, -1, &n));
    return n;
}

/** Every column of every table can be asked for. */
static void check_tables(struct sql *db)
{
    static char texts[TABLE_COUNT][2000];
    static struct sql_stmt stmts[TABLE_COUNT];
    int t, c;

    for (t = 0; t < TABLE_COUNT; t++) {
        const struct table_info *table = &schema_tables[t];
        struct buf text = BUF_INIT(sizeof(texts[t]));
        struct sql_rows *rows = NULL;

        for (c = 0; c < table->columns; c++)
            ck_assert_ok(buf_addf(&text, "%s%s", c ? ", " : "SELECT ",
                                  schema_columns[(int)table->first + c].name));
        ck_assert_ok(buf_addf(&text, " FROM %s", table->name));
        memcpy(texts[t], text.ptr, text.len);
        buf_done(&text);
        stmts[t] = (struct sql_stmt){table->name, texts[t]};
        ck_assert_ok(sql_ask(db, &stmts[t], SQL_NO_ARGS, &rows));
        ck_assert_uint_eq(sql_rows_count(rows), 0);
        sql_rows_free(rows);
    }
}

ENGINES_TEST(an_empty_database_gets_all_tables)
{
    struct sql *db = engines_open(e);

    ck_assert_ok(schema_migrate(db));
    check_tables(db);
    ck_assert_int_eq(number(db, &get_version), 1);
    sql_close(db);
}

ENGINES_TEST(a_second_start_changes_nothing)
{
    struct sql *db = engines_open(e);

    ck_assert_ok(schema_migrate(db));
    ck_assert_ok(schema_migrate(db));
    sql_close(db);
    db = engines_open(e);
    ck_assert_ok(schema_migrate(db));
    check_tables(db);
    sql_close(db);
}

ENGINES_TEST(a_newer_database_is_refused)
{
    struct sql *db = engines_open(e);

    ck_assert_ok(schema_migrate(db));
    ck_assert_ok(sql_put(db, &set_version, SQL_ARGS(SQL_INT(2))));
    ck_assert_err(schema_migrate(db), ERR_VERSION);
    ck_assert_int_eq(number(db, &get_version), 2);
    sql_close(db);
}

STMT(sqlite_table_is_rowless, "SELECT wr FROM pragma_table_list WHERE name = $1");
STMT(insert_outbox, "INSERT INTO outbox (message, tenant, conversation, channel, state, epoch,"
                    " attempts, due_at) VALUES ($1, 1, 1, 1, 0, 0, 0, 0)");
STMT(insert_text, "INSERT INTO outbox (message, tenant, conversation, channel, state, epoch,"
                  " attempts, due_at) VALUES (9, 1, 1, 1, 0, 0, 0, $1)");
STMT(outbox_rowid, "SELECT rowid FROM outbox");

static bool is_rowless(struct sql *db, const char *table)
{
    int64_t n = -1;

    ck_assert_ok(
        sql_ask_int(db, &sqlite_table_is_rowless, SQL_ARGS(SQL_TEXT(slice_cstr(table))), -1, &n));
    return n == 1;
}

ENGINES_TEST(sqlite_keeps_rows_in_one_tree_and_enforces_types)
{
    struct sql *db = engines_open(e);

    ck_assert_ok(schema_migrate(db));
    if (e->engine == SQL_SQLITE) {
        ck_assert(!is_rowless(db, "message"));
        ck_assert(!is_rowless(db, "outbox"));
        ck_assert(is_rowless(db, "journal"));
        ck_assert(is_rowless(db, "ticket"));
        ck_assert_ok(sql_put(db, &insert_outbox, SQL_ARGS(SQL_INT(4711))));
        ck_assert_int_eq(number(db, &outbox_rowid), 4711);
    }
    ck_assert_err(sql_put(db, &insert_text, SQL_ARGS(SQL_TEXT(SLICE("soon")))), ERR_INTERNAL);
    sql_close(db);
}

static void *start_node(void *arg)
{
    struct sql *db = engines_open(arg);

    ck_assert_ok(schema_migrate(db));
    sql_close(db);
    return NULL;
}

ENGINES_TEST(nodes_that_start_together_make_it_once)
{
    pthread_t nodes[4];
    struct sql *db;
    size_t i;

    for (i = 0; i < ARRAY_LEN(nodes); i++)
        ck_assert_int_eq(pthread_create(&nodes[i], NULL, start_node, (void *)e), 0);
    for (i = 0; i < ARRAY_LEN(nodes); i++)
        ck_assert_int_eq(pthread_join(nodes[i], NULL), 0);
    db = engines_open(e);
    check_tables(db);
    ck_assert_int_eq(number(db, &get_version), 1);
    sql_close(db);
}

/* A made-up history of three versions. */

static int create_first(struct sql *db)
{
    return sql_script(db, "CREATE TABLE log (n {int} NOT NULL)");
}

static int create_third(struct sql *db)
{
    return sql_script(db, "CREATE TABLE log (n {int} NOT NULL, second {int}, third {int})");
}

static int to_second(struct sql *db)
{
    return sql_script(db, "ALTER TABLE log ADD COLUMN second {int};"
                          "INSERT INTO log (n, second) VALUES (2, 2)");
}

static int to_third(struct sql *db)
{
    return sql_script(db, "ALTER TABLE log ADD COLUMN third {int};"
                          "INSERT INTO log (n, third) VALUES (3, 3)");
}

/** Does half of its work and fails, as a full disk would. */
static int to_third_in_vain(struct sql *db)
{
    int r = to_third(db);

    return r < 0 ? r : ERR_FULL;
}

static const struct migrate_step good_steps[] = {{2, to_second}, {3, to_third}};
static const struct migrate_step bad_steps[] = {{2, to_second}, {3, to_third_in_vain}};
static const struct migrate_plan first = {1, create_first, NULL, 0};
static const struct migrate_plan third = {3, create_third, good_steps, 2};
static const struct migrate_plan third_in_vain = {3, create_third, bad_steps, 2};

ENGINES_TEST(an_old_database_goes_step_by_step)
{
    struct sql *db = engines_open(e);

    ck_assert_ok(migrate_run(db, &first));
    ck_assert_ok(migrate_run(db, &third));
    ck_assert_int_eq(number(db, &get_version), 3);
    ck_assert_int_eq(number(db, &rows_of_log), 2);
    ck_assert_err(migrate_run(db, &first), ERR_VERSION);
    sql_close(db);
}

ENGINES_TEST(a_new_database_starts_at_the_newest)
{
    struct sql *db = engines_open(e);

    ck_assert_ok(migrate_run(db, &third));
    ck_assert_int_eq(number(db, &get_version), 3);
    ck_assert_int_eq(number(db, &rows_of_log), 0);
    sql_close(db);
}

ENGINES_TEST(a_step_that_failed_left_nothing_and_runs_again)
{
    struct sql *db = engines_open(e);

    ck_assert_ok(migrate_run(db, &first));
    ck_assert_err(migrate_run(db, &third_in_vain), ERR_FULL);
    ck_assert_int_eq(number(db, &get_version), 2);
    ck_assert_int_eq(number(db, &rows_of_log), 1);
    sql_close(db);

    db = engines_open(e);
    ck_assert_ok(migrate_run(db, &third));
    ck_assert_int_eq(number(db, &get_version), 3);
    ck_assert_int_eq(number(db, &rows_of_log), 2);
    sql_close(db);
}

ENGINES_TEST(a_gap_in_the_steps_is_noticed)
{
    struct sql *db = engines_open(e);
    const struct migrate_plan gap = {3, create_third, good_steps + 1, 1};

    ck_assert_ok(migrate_run(db, &first));
    ck_assert_err(migrate_run(db, &gap), ERR_INTERNAL);
    ck_assert_int_eq(number(db, &get_version), 1);
    sql_close(db);
}

ENGINES_MAIN("store/migrate", an_empty_database_gets_all_tables, a_second_start_changes_nothing,
             a_newer_database_is_refused, nodes_that_start_together_make_it_once,
             sqlite_keeps_rows_in_one_tree_and_enforces_types, an_old_database_goes_step_by_step,
             a_new_database_starts_at_the_newest, a_step_that_failed_left_nothing_and_runs_again,
             a_gap_in_the_steps_is_noticed)
