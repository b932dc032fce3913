#include "engines.h"

#include <sys/stat.h>
#include <unistd.h>

#define STMT(name, text) static const struct sql_stmt name = {"test." #name, text}

STMT(insert, "INSERT INTO thing (id) VALUES ($1)");
STMT(count, "SELECT count(*) FROM thing");
STMT(my_pid, "SELECT pg_backend_pid()");
STMT(end_session, "SELECT pg_terminate_backend(CAST($1 AS int), 5000)");
STMT(sessions_of, "SELECT count(*) FROM pg_stat_activity WHERE pid = $1");

static struct sql *with_table(const struct engines *e)
{
    struct sql *db = engines_open(e);

    ck_assert_ok(sql_script(db, "CREATE TABLE thing (id {int} NOT NULL, PRIMARY KEY (id))"));
    return db;
}

static int put(struct sql *db, int64_t id)
{
    return sql_put(db, &insert, SQL_ARGS(SQL_INT(id)));
}

static int64_t number(struct sql *db, const struct sql_stmt *stmt)
{
    int64_t n = -1;

    ck_assert_ok(sql_ask_int(db, stmt, SQL_NO_ARGS, -1, &n));
    return n;
}

/** Ends the session of that process, and returns when it is gone. */
static void end(const struct engines *e, int64_t pid)
{
    struct sql *other = engines_open(e);
    int64_t n = 0;

    ck_assert_ok(sql_ask_int(other, &end_session, SQL_ARGS(SQL_INT(pid)), 0, &n));
    ck_assert_int_eq(n, 1);
    ck_assert_ok(sql_ask_int(other, &sessions_of, SQL_ARGS(SQL_INT(pid)), -1, &n));
    ck_assert_int_eq(n, 0);
    sql_close(other);
}

ENGINES_TEST(a_lost_connection_is_told_and_the_next_transaction_connects_again)
{
    struct sql *db = with_table(e);
    int64_t n;

    ck_assert_ok(sql_begin(db, true));
    ck_assert_ok(put(db, 1));
    ck_assert_ok(sql_savepoint(db));
    end(e, number(db, &my_pid));
    ck_assert_err(sql_ask_int(db, &count, SQL_NO_ARGS, -1, &n), ERR_UNAVAILABLE);
    ck_assert_err(put(db, 2), ERR_UNAVAILABLE);
    ck_assert_err(sql_savepoint_undo(db), ERR_UNAVAILABLE);
    ck_assert_err(sql_commit(db), ERR_UNAVAILABLE);

    ck_assert_ok(sql_begin(db, true));
    ck_assert_int_eq(number(db, &count), 0);
    ck_assert_ok(put(db, 3));
    ck_assert_ok(sql_commit(db));
    ck_assert_int_eq(number(db, &count), 1);
    sql_close(db);
}

ENGINES_TEST(a_loss_shows_at_a_commit_of_queued_puts)
{
    struct sql *db = with_table(e);
    int64_t pid = number(db, &my_pid);

    ck_assert_ok(sql_begin(db, true));
    ck_assert_ok(put(db, 1));
    end(e, pid);
    ck_assert_err(sql_commit(db), ERR_UNAVAILABLE);
    ck_assert_int_eq(number(db, &count), 0);
    sql_close(db);
}

ENGINES_TEST(a_loss_while_idle_is_not_noticed)
{
    struct sql *db = with_table(e);

    ck_assert_ok(put(db, 1));
    end(e, number(db, &my_pid));
    ck_assert_ok(sql_begin(db, true));
    ck_assert_ok(put(db, 2));
    ck_assert_ok(sql_commit(db));
    end(e, number(db, &my_pid));
    ck_assert_int_eq(number(db, &count), 2);
    sql_close(db);
}

ENGINES_TEST(no_server_is_unavailable)
{
    char target[128];
    const struct sql_opts opts = {SQL_POSTGRES, target, false};
    struct sql *db = NULL;

    snprintf(target, sizeof(target), "host=%s user=nobody dbname=none", e->dir);
    ck_assert_err(sql_open(&opts, &db), ERR_UNAVAILABLE);
    ck_assert_ptr_null(db);
}

STMT(prepared_count, "SELECT count(*) FROM pg_prepared_statements");

ENGINES_TEST(a_statement_that_fails_is_prepared_once)
{
    struct sql *db = with_table(e);
    int64_t before;
    int i;

    ck_assert_ok(put(db, 1));
    before = number(db, &prepared_count);
    for (i = 0; i < 20; i++)
        ck_assert_err(put(db, 1), ERR_CONSTRAINT);
    ck_assert_int_eq(number(db, &prepared_count), before);
    sql_close(db);
    db = engines_open(e);
    for (i = 0; i < 20; i++)
        ck_assert_err(put(db, 1), ERR_CONSTRAINT);
    ck_assert_int_eq(number(db, &prepared_count), 2);
    sql_close(db);
}

STMT(sync_setting, "SELECT current_setting('synchronous_commit')");

ENGINES_TEST(a_commit_is_on_disk_whatever_the_default)
{
    char target[600];
    const struct sql_opts opts = {SQL_POSTGRES, target, false};
    struct sql_rows *rows = NULL;
    struct sql *db = NULL;

    snprintf(target, sizeof(target), "%s options='-c synchronous_commit=off'", e->target);
    ck_assert_ok(sql_open(&opts, &db));
    ck_assert_ok(sql_ask(db, &sync_setting, SQL_NO_ARGS, &rows));
    ck_assert_slice(sql_bytes(rows, 0, 0), "on");
    sql_rows_free(rows);
    sql_close(db);
}

STMT(lock_row, "SELECT id FROM thing WHERE id = $1{lock}");
STMT(lock_free, "SELECT id FROM thing ORDER BY id LIMIT 1{lock_skip}");

ENGINES_TEST(locked_rows_are_skipped)
{
    struct sql *one = with_table(e), *two = engines_open(e);
    int64_t id = 0;

    ck_assert_ok(put(one, 1));
    ck_assert_ok(put(one, 2));
    ck_assert_ok(sql_begin(one, true));
    ck_assert_ok(sql_ask_int(one, &lock_row, SQL_ARGS(SQL_INT(1)), -1, &id));
    ck_assert_ok(sql_begin(two, true));
    ck_assert_ok(sql_ask_int(two, &lock_free, SQL_NO_ARGS, -1, &id));
    ck_assert_int_eq(id, 2);
    ck_assert_ok(sql_commit(two));
    ck_assert_ok(sql_commit(one));
    sql_close(two);
    sql_close(one);
}

STMT(bump, "UPDATE thing SET id = id + 100 WHERE id = $1");

ENGINES_TEST(a_serialisation_failure_is_a_conflict)
{
    struct sql *one = with_table(e), *two = engines_open(e);

    ck_assert_ok(put(one, 1));
    ck_assert_ok(sql_begin(two, true));
    ck_assert_ok(sql_script(two, "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"));
    ck_assert_int_eq(number(two, &count), 1);
    ck_assert_ok(sql_put(one, &bump, SQL_ARGS(SQL_INT(1))));
    ck_assert_ok(sql_put(two, &bump, SQL_ARGS(SQL_INT(1))));
    ck_assert_err(sql_commit(two), ERR_CONFLICT);
    sql_close(two);
    sql_close(one);
}

STMT(numeric, "SELECT CAST(column1 AS numeric) FROM (VALUES ('0'), ('7'), ('-10000'),"
              " ('123456789000000000'), ('9223372036854775807'), ('-9223372036854775808')) AS t");
STMT(too_large, "SELECT 9223372036854775808");
STMT(too_small, "SELECT -9223372036854775809");
STMT(not_whole, "SELECT 10000.5");
STMT(moment, "SELECT now()");

ENGINES_TEST(a_sum_is_a_whole_number_or_an_error)
{
    static const int64_t expected[] = {0, 7, -10000, 123456789000000000, INT64_MAX, INT64_MIN};
    struct sql *db = engines_open(e);
    struct sql_rows *rows = NULL;
    size_t i;

    ck_assert_ok(sql_ask(db, &numeric, SQL_NO_ARGS, &rows));
    for (i = 0; i < ARRAY_LEN(expected); i++)
        ck_assert(sql_int(rows, i, 0) == expected[i]);
    rows = sql_rows_free(rows);
    ck_assert_err(sql_ask(db, &too_large, SQL_NO_ARGS, &rows), ERR_INTERNAL);
    ck_assert_err(sql_ask(db, &too_small, SQL_NO_ARGS, &rows), ERR_INTERNAL);
    ck_assert_err(sql_ask(db, &not_whole, SQL_NO_ARGS, &rows), ERR_INTERNAL);
    ck_assert_err(sql_ask(db, &moment, SQL_NO_ARGS, &rows), ERR_INTERNAL);
    ck_assert_ptr_null(rows);
    sql_close(db);
}

/** The server raises the state by itself; what it stands for is ours. */
static void check_raised(struct sql *db, const char *state, int expected)
{
    char text[160];

    snprintf(text, sizeof(text), "DO 'BEGIN RAISE SQLSTATE ''%s''; END'", state);
    ck_assert_err(sql_script(db, text), expected);
}

ENGINES_TEST(each_state_of_the_server_has_its_error)
{
    struct sql *db = engines_open(e);

    check_raised(db, "23505", ERR_CONSTRAINT);
    check_raised(db, "23502", ERR_CONSTRAINT);
    check_raised(db, "40001", ERR_CONFLICT);
    check_raised(db, "40P01", ERR_CONFLICT);
    check_raised(db, "55P03", ERR_CONFLICT);
    check_raised(db, "53100", ERR_FULL);
    check_raised(db, "53200", ERR_MEMORY);
    check_raised(db, "53300", ERR_UNAVAILABLE);
    check_raised(db, "57P01", ERR_UNAVAILABLE);
    check_raised(db, "58030", ERR_IO);
    check_raised(db, "XX001", ERR_DAMAGED);
    check_raised(db, "42P01", ERR_INTERNAL);
    sql_close(db);
}

/* A notice may quote what somebody wrote. */
ENGINES_TEST(notices_go_nowhere)
{
    struct sql *db = engines_open(e);
    struct stat info;
    char path[160];
    int saved = dup(STDERR_FILENO), r;

    snprintf(path, sizeof(path), "%s/stderr", e->dir);
    ck_assert_ptr_nonnull(freopen(path, "w", stderr));
    r = sql_script(db, "SET client_min_messages = notice; DROP TABLE IF EXISTS nothing;"
                       "DO 'BEGIN RAISE WARNING ''seen''; END'");
    fflush(stderr);
    dup2(saved, STDERR_FILENO);
    ck_assert_ok(r);
    ck_assert_int_eq(stat(path, &info), 0);
    ck_assert_int_eq(info.st_size, 0);
    sql_close(db);
}

ENGINES_MAIN("sql/driver_postgres",
             a_lost_connection_is_told_and_the_next_transaction_connects_again,
             a_loss_shows_at_a_commit_of_queued_puts, a_loss_while_idle_is_not_noticed,
             no_server_is_unavailable, a_statement_that_fails_is_prepared_once,
             a_commit_is_on_disk_whatever_the_default, locked_rows_are_skipped, notices_go_nowhere,
             a_sum_is_a_whole_number_or_an_error, each_state_of_the_server_has_its_error,
             a_serialisation_failure_is_a_conflict)
