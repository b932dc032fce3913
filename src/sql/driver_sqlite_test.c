#include "engines.h"

#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#define STMT(name, text) static const struct sql_stmt name = {"test." #name, text}

STMT(insert, "INSERT INTO thing (id, n, bytes) VALUES ($1, $2, $3)");
STMT(remove_all, "DELETE FROM thing");
STMT(count, "SELECT count(*) FROM thing");

static struct sql *with_table(const struct engines *e)
{
    struct sql *db = engines_open(e);

    ck_assert_ok(sql_script(db, "CREATE TABLE thing (id {int} NOT NULL, n {int}, bytes {blob},"
                                " PRIMARY KEY (id)){strict};"
                                "CREATE INDEX thing_n ON thing (n)"));
    return db;
}

static int put(struct sql *db, int64_t id, struct slice bytes)
{
    return sql_put(db, &insert, SQL_ARGS(SQL_INT(id), SQL_INT(id), SQL_BLOB(bytes)));
}

STMT(pragma_sync, "PRAGMA synchronous");
STMT(pragma_secure, "PRAGMA secure_delete");
STMT(pragma_auto, "PRAGMA wal_autocheckpoint");
STMT(pragma_journal, "PRAGMA journal_mode");

ENGINES_TEST(is_set_up_to_lose_nothing_and_to_leave_nothing)
{
    struct sql *db = engines_open(e);
    struct sql_rows *rows = NULL;
    struct stat info;
    int64_t n;

    ck_assert_ok(sql_ask_int(db, &pragma_sync, SQL_NO_ARGS, -1, &n));
    ck_assert_int_eq(n, 2); /* FULL */
    ck_assert_ok(sql_ask_int(db, &pragma_secure, SQL_NO_ARGS, -1, &n));
    ck_assert_int_eq(n, 1);
    ck_assert_ok(sql_ask_int(db, &pragma_auto, SQL_NO_ARGS, -1, &n));
    ck_assert_int_eq(n, 0);
    ck_assert_ok(sql_ask(db, &pragma_journal, SQL_NO_ARGS, &rows));
    ck_assert_slice(sql_bytes(rows, 0, 0), "wal");
    sql_rows_free(rows);
    ck_assert_int_eq(stat(e->target, &info), 0);
    ck_assert_uint_eq(info.st_mode & 0777, 0600);
    sql_close(db);
}

STMT(plan, "EXPLAIN QUERY PLAN SELECT id FROM thing WHERE n IN ({each_int:$1})");

ENGINES_TEST(a_set_uses_the_index)
{
    struct sql *db = with_table(e);
    int64_t numbers[] = {1, 2};
    struct sql_rows *rows = NULL;

    ck_assert_ok(sql_ask(db, &plan, SQL_ARGS(SQL_INTS(numbers, 2)), &rows));
    ck_assert_slice(sql_bytes(rows, 0, 3), "SEARCH thing USING COVERING INDEX thing_n (n=?)");
    sql_rows_free(rows);
    sql_close(db);
}

static bool file_holds(const char *path, const char *needle, size_t len)
{
    struct stat info;
    char *content;
    bool found = false;
    int fd = open(path, O_RDONLY);

    if (fd < 0)
        return false;
    ck_assert_int_eq(fstat(fd, &info), 0);
    content = malloc((size_t)info.st_size + 1);
    ck_assert_int_eq(read(fd, content, (size_t)info.st_size), info.st_size);
    close(fd);
    found = memmem(content, (size_t)info.st_size, needle, len) != NULL;
    free(content);
    return found;
}

static bool canary_is_left(const struct engines *e)
{
    static const char canary[] = "CANARY-4711-CANARY";
    char wal[600];

    snprintf(wal, sizeof(wal), "%s-wal", e->target);
    return file_holds(e->target, canary, sizeof(canary) - 1) ||
           file_holds(wal, canary, sizeof(canary) - 1);
}

ENGINES_TEST(what_was_deleted_is_gone_from_the_files_after_a_checkpoint)
{
    struct sql *db = with_table(e);
    char large[6000];
    int i;

    memset(large, 'x', sizeof(large));
    memcpy(large + 5000, "CANARY-4711-CANARY", 18);
    ck_assert_ok(sql_begin(db, true));
    for (i = 0; i < 200; i++)
        ck_assert_ok(
            put(db, i, i % 2 ? SLICE("CANARY-4711-CANARY") : slice_of(large, sizeof(large))));
    ck_assert_ok(sql_commit(db));
    ck_assert_ok(sql_checkpoint(db));
    ck_assert(canary_is_left(e));
    ck_assert_ok(sql_put(db, &remove_all, SQL_NO_ARGS));
    ck_assert(canary_is_left(e));
    ck_assert_ok(sql_checkpoint(db));
    ck_assert(!canary_is_left(e));
    sql_close(db);
}

ENGINES_TEST(a_full_disk_is_told_and_survived)
{
    struct sql *db = with_table(e);
    char bytes[3000] = {0};
    int64_t n = 0, kept;
    int r = 0;

    ck_assert_ok(put(db, 1, SLICE("kept")));
    ck_assert_ok(sql_script(db, "PRAGMA max_page_count = 40"));
    ck_assert_ok(sql_begin(db, true));
    for (n = 2; n < 1000 && r == 0; n++)
        r = put(db, n, slice_of(bytes, sizeof(bytes)));
    ck_assert_err(r, ERR_FULL);
    ck_assert_err(sql_commit(db), ERR_FULL);
    ck_assert_ok(sql_ask_int(db, &count, SQL_NO_ARGS, -1, &kept));
    ck_assert_int_eq(kept, 1);
    ck_assert_ok(sql_begin(db, true));
    ck_assert_ok(sql_put(db, &remove_all, SQL_NO_ARGS));
    ck_assert_ok(put(db, 1, SLICE("again")));
    ck_assert_ok(sql_commit(db));
    sql_close(db);
}

/* SQLite's own hook for failing system calls: after `writes_left` writes each one fails. */
static int writes_left = -1; /* < 0: none fails */
static int write_error;

static bool write_fails(void)
{
    if (writes_left == 0) {
        errno = write_error;
        return true;
    }
    if (writes_left > 0)
        writes_left--;
    return false;
}

static ssize_t write_or_fail(int fd, const void *bytes, size_t n)
{
    return write_fails() ? -1 : write(fd, bytes, n);
}

static ssize_t pwrite_or_fail(int fd, const void *bytes, size_t n, off_t at)
{
    return write_fails() ? -1 : pwrite(fd, bytes, n, at);
}

static void take_over(const char *name, sqlite3_syscall_ptr fn)
{
    sqlite3_vfs *vfs = sqlite3_vfs_find(NULL);

    /* Which of them is there depends on how SQLite was built. */
    if (vfs->xGetSystemCall(vfs, name))
        ck_assert_int_eq(vfs->xSetSystemCall(vfs, name, fn), SQLITE_OK);
}

static void take_over_writes(void)
{
    take_over("write", (sqlite3_syscall_ptr)write_or_fail);
    take_over("pwrite", (sqlite3_syscall_ptr)pwrite_or_fail);
    take_over("pwrite64", (sqlite3_syscall_ptr)pwrite_or_fail);
}

static int64_t count_of(struct sql *db)
{
    int64_t n = -1;

    ck_assert_ok(sql_ask_int(db, &count, SQL_NO_ARGS, -1, &n));
    return n;
}

static int put_five(struct sql *db, int64_t from)
{
    char bytes[3000] = {0};
    int64_t i;
    int r = sql_begin(db, true);

    for (i = 0; i < 5 && r == 0; i++)
        r = put(db, from + i, slice_of(bytes, sizeof(bytes)));
    if (r < 0) {
        sql_rollback(db);
        return r;
    }
    return sql_commit(db);
}

/** Lets the first, second, third ... write fail until a transaction needs no more. */
static void fail_each_write(const struct engines *e, int errnum, int expected)
{
    struct sql *db = with_table(e);
    int allowed, r = expected;

    take_over_writes();
    write_error = errnum;
    ck_assert_ok(put_five(db, 0));
    for (allowed = 0; r < 0; allowed++) {
        writes_left = allowed;
        r = put_five(db, 100);
        writes_left = -1;
        ck_assert_msg(r == 0 || r == expected, "write %d gave '%s', not '%s'", allowed, err_code(r),
                      err_code(expected));
        ck_assert_int_eq(count_of(db), r == 0 ? 10 : 5);
    }
    ck_assert_int_gt(allowed, 5);
    sql_close(db);
    db = engines_open(e);
    ck_assert_int_eq(count_of(db), 10);
    sql_close(db);
}

ENGINES_TEST(a_disk_full_at_any_write_loses_nothing)
{
    fail_each_write(e, ENOSPC, ERR_FULL);
}

ENGINES_TEST(a_quota_used_up_at_any_write_loses_nothing)
{
    fail_each_write(e, EDQUOT, ERR_FULL);
}

ENGINES_TEST(an_error_at_any_write_loses_nothing)
{
    fail_each_write(e, EIO, ERR_IO);
}

ENGINES_TEST(a_checkpoint_on_a_full_disk_can_be_made_again)
{
    struct sql *db = with_table(e);

    take_over_writes();
    write_error = ENOSPC;
    ck_assert_ok(put_five(db, 0));
    writes_left = 1;
    ck_assert_err(sql_checkpoint(db), ERR_FULL);
    writes_left = -1;
    ck_assert_int_eq(count_of(db), 5);
    ck_assert_ok(sql_checkpoint(db));
    ck_assert_int_eq(count_of(db), 5);
    sql_close(db);
}

ENGINES_TEST(what_is_no_database_is_called_damaged)
{
    const struct sql_opts opts = {SQL_SQLITE, e->target, false};
    char junk[4096];
    struct sql *db = NULL;
    int fd = open(e->target, O_WRONLY | O_CREAT, 0600);

    memset(junk, 'j', sizeof(junk));
    ck_assert_int_eq(write(fd, junk, sizeof(junk)), sizeof(junk));
    close(fd);
    ck_assert_err(sql_open(&opts, &db), ERR_DAMAGED);
    ck_assert_ptr_null(db);
}

ENGINES_TEST(a_missing_folder_is_told)
{
    char path[200];
    struct sql_opts opts = {SQL_SQLITE, path, false};
    struct sql *db = NULL;

    snprintf(path, sizeof(path), "%s/missing/test.db", e->dir);
    ck_assert_err(sql_open(&opts, &db), ERR_NOT_FOUND);
    opts.read_only = true;
    ck_assert_err(sql_open(&opts, &db), ERR_NOT_FOUND);
    ck_assert_ptr_null(db);
}

ENGINES_TEST(a_second_writer_waits_and_then_gives_up)
{
    struct sql *one = with_table(e), *two = engines_open(e);

    ck_assert_ok(sql_begin(one, true));
    ck_assert_ok(put(one, 1, SLICE("one")));
    ck_assert_err(sql_begin(two, true), ERR_CONFLICT);
    ck_assert_ok(sql_commit(one));
    ck_assert_ok(sql_begin(two, true));
    sql_rollback(two);
    sql_close(two);
    sql_close(one);
}

ENGINES_MAIN("sql/driver_sqlite", is_set_up_to_lose_nothing_and_to_leave_nothing,
             a_set_uses_the_index, what_was_deleted_is_gone_from_the_files_after_a_checkpoint,
             a_full_disk_is_told_and_survived, a_disk_full_at_any_write_loses_nothing,
             a_quota_used_up_at_any_write_loses_nothing, an_error_at_any_write_loses_nothing,
             a_checkpoint_on_a_full_disk_can_be_made_again, what_is_no_database_is_called_damaged,
             a_missing_folder_is_told, a_second_writer_waits_and_then_gives_up)
