#include "engines.h"

#define STMT(name, text) static const struct sql_stmt name = {"test." #name, text}

STMT(insert, "INSERT INTO thing (id, n) VALUES ($1, $2)");
STMT(add, "UPDATE thing SET n = n + $2 WHERE id = $1");
STMT(count, "SELECT count(*) FROM thing");
STMT(n_of, "SELECT n FROM thing WHERE id = $1");

static struct sql *with_table(const struct engines *e)
{
    struct sql *db = engines_open(e);

    ck_assert_ok(sql_script(db, "CREATE TABLE thing (id {int} NOT NULL, n {int} NOT NULL,"
                                " PRIMARY KEY (id)){strict}"));
    return db;
}

static int put(struct sql *db, int64_t id, int64_t n)
{
    return sql_put(db, &insert, SQL_ARGS(SQL_INT(id), SQL_INT(n)));
}

static int64_t count_of(struct sql *db)
{
    int64_t n = -1;

    ck_assert_ok(sql_ask_int(db, &count, SQL_NO_ARGS, -1, &n));
    return n;
}

ENGINES_TEST(a_rollback_leaves_nothing)
{
    struct sql *db = with_table(e);

    ck_assert_ok(sql_begin(db, true));
    ck_assert_ok(put(db, 1, 1));
    ck_assert_int_eq(count_of(db), 1);
    sql_rollback(db);
    ck_assert_int_eq(count_of(db), 0);
    ck_assert_ok(sql_begin(db, true));
    ck_assert_ok(put(db, 1, 1));
    ck_assert_ok(sql_commit(db));
    sql_rollback(db);
    ck_assert_int_eq(count_of(db), 1);
    sql_close(db);
}

ENGINES_TEST(what_was_committed_is_there_after_reopening)
{
    struct sql *db = with_table(e);

    ck_assert_ok(sql_begin(db, true));
    ck_assert_ok(put(db, 1, 41));
    ck_assert_ok(sql_put(db, &add, SQL_ARGS(SQL_INT(1), SQL_INT(1))));
    ck_assert_ok(sql_commit(db));
    ck_assert_ok(sql_begin(db, true));
    ck_assert_ok(put(db, 2, 2));
    sql_close(db);
    db = engines_open(e);
    ck_assert_int_eq(count_of(db), 1);
    sql_close(db);
}

/** The put's own error on SQLite; on PostgreSQL the put is only queued. */
static void put_fails_now_or_later(struct sql *db, int64_t id)
{
    int r = put(db, id, 0);

    if (sql_engine_of(db) == SQL_SQLITE)
        ck_assert_err(r, ERR_CONSTRAINT);
    else
        ck_assert_ok(r);
}

ENGINES_TEST(the_first_error_spoils_the_transaction)
{
    struct sql *db = with_table(e);
    int64_t n;

    ck_assert_ok(sql_begin(db, true));
    ck_assert_ok(put(db, 1, 1));
    put_fails_now_or_later(db, 1);
    (void)!put(db, 2, 2);
    ck_assert_err(sql_ask_int(db, &count, SQL_NO_ARGS, -1, &n), ERR_CONSTRAINT);
    ck_assert_err(put(db, 3, 3), ERR_CONSTRAINT);
    ck_assert_err(sql_savepoint(db), ERR_CONSTRAINT);
    ck_assert_err(sql_commit(db), ERR_CONSTRAINT);
    ck_assert_int_eq(count_of(db), 0);
    sql_close(db);
}

ENGINES_TEST(a_queued_error_surfaces_at_the_commit)
{
    struct sql *db = with_table(e);

    ck_assert_ok(sql_begin(db, true));
    ck_assert_ok(put(db, 1, 1));
    put_fails_now_or_later(db, 1);
    ck_assert_err(sql_commit(db), ERR_CONSTRAINT);
    ck_assert_int_eq(count_of(db), 0);
    ck_assert_ok(sql_begin(db, true));
    ck_assert_ok(put(db, 1, 1));
    ck_assert_ok(sql_commit(db));
    ck_assert_int_eq(count_of(db), 1);
    sql_close(db);
}

ENGINES_TEST(an_undo_keeps_what_came_before)
{
    struct sql *db = with_table(e);

    ck_assert_ok(sql_begin(db, true));
    ck_assert_ok(sql_savepoint(db));
    ck_assert_ok(put(db, 1, 1));
    ck_assert_ok(sql_savepoint_release(db));
    ck_assert_ok(sql_savepoint(db));
    ck_assert_ok(put(db, 2, 2));
    ck_assert_int_eq(count_of(db), 2);
    ck_assert_ok(sql_savepoint_undo(db));
    ck_assert_int_eq(count_of(db), 1);
    ck_assert_ok(sql_savepoint(db));
    ck_assert_ok(put(db, 3, 3));
    ck_assert_ok(sql_savepoint_release(db));
    ck_assert_ok(sql_commit(db));
    ck_assert_int_eq(count_of(db), 2);
    sql_close(db);
}

ENGINES_TEST(a_queued_error_surfaces_at_the_release_and_can_be_undone)
{
    struct sql *db = with_table(e);
    int64_t n;

    ck_assert_ok(sql_begin(db, true));
    ck_assert_ok(put(db, 1, 1));
    ck_assert_ok(sql_savepoint(db));
    ck_assert_ok(put(db, 2, 2));
    put_fails_now_or_later(db, 1);
    ck_assert_err(sql_savepoint_release(db), ERR_CONSTRAINT);
    ck_assert_ok(sql_savepoint_undo(db));
    ck_assert_ok(sql_savepoint(db));
    put_fails_now_or_later(db, 1);
    ck_assert_err(sql_ask_int(db, &count, SQL_NO_ARGS, -1, &n), ERR_CONSTRAINT);
    ck_assert_ok(sql_savepoint_undo(db));
    ck_assert_ok(put(db, 4, 4));
    ck_assert_ok(sql_commit(db));
    ck_assert_int_eq(count_of(db), 2);
    sql_close(db);
}

ENGINES_TEST(an_error_before_the_savepoint_is_not_charged_to_it)
{
    struct sql *db = with_table(e);

    ck_assert_ok(sql_begin(db, true));
    ck_assert_ok(put(db, 1, 1));
    put_fails_now_or_later(db, 1);
    ck_assert_err(sql_savepoint(db), ERR_CONSTRAINT);
    sql_rollback(db);
    ck_assert_int_eq(count_of(db), 0);
    sql_close(db);
}

ENGINES_TEST(a_reader_keeps_its_snapshot)
{
    struct sql *writer = with_table(e), *reader = engines_open_read_only(e);

    ck_assert_ok(put(writer, 1, 1));
    ck_assert_ok(sql_begin(reader, false));
    ck_assert_int_eq(count_of(reader), 1);
    ck_assert_ok(sql_begin(writer, true));
    ck_assert_ok(put(writer, 2, 2));
    ck_assert_int_eq(count_of(reader), 1);
    ck_assert_ok(sql_commit(writer));
    ck_assert_int_eq(count_of(reader), 1);
    ck_assert_ok(sql_commit(reader));
    ck_assert_ok(sql_begin(reader, false));
    ck_assert_int_eq(count_of(reader), 2);
    ck_assert_ok(sql_commit(reader));
    sql_close(reader);
    sql_close(writer);
}

ENGINES_TEST(a_reader_can_not_write)
{
    struct sql *writer = with_table(e), *reader = engines_open_read_only(e);

    ck_assert_err(sql_begin(reader, true), ERR_INTERNAL);
    ck_assert_err(put(reader, 1, 1), ERR_INTERNAL);
    ck_assert_int_eq(count_of(writer), 0);
    sql_close(reader);
    sql_close(writer);
}

ENGINES_TEST(a_script_belongs_to_the_transaction)
{
    struct sql *db = with_table(e);
    static const char two[] = "INSERT INTO thing VALUES (8, 8); INSERT INTO thing VALUES (9, 9)";

    ck_assert_ok(sql_begin(db, true));
    ck_assert_ok(put(db, 1, 1));
    ck_assert_ok(sql_script(db, two));
    ck_assert_int_eq(count_of(db), 3);
    sql_rollback(db);
    ck_assert_int_eq(count_of(db), 0);
    ck_assert_ok(sql_begin(db, true));
    ck_assert_ok(sql_script(db, two));
    ck_assert_ok(sql_commit(db));
    ck_assert_int_eq(count_of(db), 2);
    sql_close(db);
}

ENGINES_TEST(many_puts_cost_one_commit)
{
    struct sql *db = with_table(e);
    int64_t n = 0;
    int i;

    ck_assert_ok(sql_begin(db, true));
    for (i = 0; i < 5000; i++)
        ck_assert_ok(put(db, i, i));
    ck_assert_ok(sql_commit(db));
    ck_assert_int_eq(count_of(db), 5000);
    ck_assert_ok(sql_ask_int(db, &n_of, SQL_ARGS(SQL_INT(4999)), -1, &n));
    ck_assert_int_eq(n, 4999);
    sql_close(db);
}

ENGINES_TEST(transactions_do_not_nest)
{
    struct sql *db = with_table(e);

    ck_assert_err(sql_savepoint(db), ERR_INTERNAL);
    ck_assert_err(sql_commit(db), ERR_INTERNAL);
    ck_assert_ok(sql_begin(db, true));
    ck_assert_err(sql_begin(db, true), ERR_INTERNAL);
    ck_assert_err(sql_savepoint_undo(db), ERR_INTERNAL);
    ck_assert_err(sql_savepoint_release(db), ERR_INTERNAL);
    ck_assert_ok(sql_savepoint(db));
    ck_assert_err(sql_savepoint(db), ERR_INTERNAL);
    ck_assert_ok(put(db, 1, 1));
    ck_assert_ok(sql_commit(db));
    sql_close(db);
}

ENGINES_MAIN("sql/transaction", a_rollback_leaves_nothing,
             what_was_committed_is_there_after_reopening, the_first_error_spoils_the_transaction,
             a_queued_error_surfaces_at_the_commit, an_undo_keeps_what_came_before,
             a_queued_error_surfaces_at_the_release_and_can_be_undone,
             an_error_before_the_savepoint_is_not_charged_to_it, a_reader_keeps_its_snapshot,
             a_reader_can_not_write, a_script_belongs_to_the_transaction, many_puts_cost_one_commit,
             transactions_do_not_nest)
