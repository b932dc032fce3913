/* SQLite 3.40 in WAL mode: one writing connection, any number of reading ones, each of one thread.
 */
#include "sql/sql_driver.h"

#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/err.h"
#include "sql/sqlite_each.h"

/* How long a lock of another connection is waited for. There is one writer, so only a checkpoint or
 * a second process can hold one. */
#define BUSY_MS 2000

enum control { BEGIN_READ, BEGIN_WRITE, COMMIT, ROLLBACK, SAVEPOINT, RELEASE, UNDO, CONTROL_COUNT };

static const char *const control_text[CONTROL_COUNT] = {
    [BEGIN_READ] = "BEGIN",   [BEGIN_WRITE] = "BEGIN IMMEDIATE", [COMMIT] = "COMMIT",
    [ROLLBACK] = "ROLLBACK",  [SAVEPOINT] = "SAVEPOINT s",       [RELEASE] = "RELEASE s",
    [UNDO] = "ROLLBACK TO s",
};

struct sqlite {
    struct sql sql;
    sqlite3 *handle;
    sqlite3_stmt *control[CONTROL_COUNT]; /* prepared on first use */
};

struct sqlite_prepared {
    struct sql_prepared sql;
    sqlite3_stmt *stmt;
    int indexes[SQL_PARAMS_MAX]; /* SQLite's index of $(i + 1); 0: the text does not use it */
};

static struct sqlite *sqlite_of(struct sql *db)
{
    return CONTAINER_OF(db, struct sqlite, sql);
}

static bool is_full(int errnum)
{
    return errnum == ENOSPC || errnum == EDQUOT;
}

static int error_of_open(int errnum)
{
    return is_full(errnum) ? ERR_FULL : errnum == ENOENT ? ERR_NOT_FOUND : ERR_IO;
}

/** SQLite itself knows a disk without space, but not a used-up quota: it keeps the errno of the
 * last failed call per file. */
static int error_of_io(sqlite3 *handle)
{
    sqlite3_file *log = NULL;
    int of_file = 0, of_log = 0;

    sqlite3_file_control(handle, "main", SQLITE_FCNTL_LAST_ERRNO, &of_file);
    sqlite3_file_control(handle, "main", SQLITE_FCNTL_JOURNAL_POINTER, &log);
    if (log && log->pMethods)
        log->pMethods->xFileControl(log, SQLITE_FCNTL_LAST_ERRNO, &of_log);
    return is_full(of_file) || is_full(of_log) ? ERR_FULL : ERR_IO;
}

static int error_of(sqlite3 *handle, int rc)
{
    switch (rc & 0xff) {
    case SQLITE_CONSTRAINT:
        /* A value of the wrong type for a STRICT table is our mistake, not a collision. */
        return rc == SQLITE_CONSTRAINT_DATATYPE ? ERR_INTERNAL : ERR_CONSTRAINT;
    case SQLITE_FULL:
        return ERR_FULL;
    case SQLITE_IOERR:
        return error_of_io(handle);
    case SQLITE_CANTOPEN:
        return error_of_open(sqlite3_system_errno(handle));
    case SQLITE_PERM:
        return ERR_IO;
    case SQLITE_READONLY:
        return sqlite3_db_readonly(handle, "main") == 1 ? ERR_INTERNAL : ERR_IO;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_PROTOCOL:
        return ERR_CONFLICT;
    case SQLITE_NOTADB:
    case SQLITE_CORRUPT:
        return ERR_DAMAGED;
    case SQLITE_NOMEM:
        return ERR_MEMORY;
    case SQLITE_TOOBIG:
        return ERR_LIMIT;
    }
    return ERR_INTERNAL;
}

static int fail(struct sqlite *lite, int rc)
{
    return sql_fail(&lite->sql, error_of(lite->handle, rc), sqlite3_errmsg(lite->handle));
}

/* Opening */

/** The log and the shared index that SQLite makes beside the file take over its mode. */
static int create_file(const char *path)
{
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

    if (fd < 0)
        return error_of_open(errno);
    close(fd);
    return 0;
}

static int configure(struct sqlite *lite)
{
    static const char pragmas[] = "PRAGMA temp_store = MEMORY; PRAGMA mmap_size = 67108864;"
                                  "PRAGMA cache_size = -8192; PRAGMA trusted_schema = OFF;";
    static const char writer_pragmas[] =
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON;"
        "PRAGMA wal_autocheckpoint = 0;";
    sqlite3 *handle = lite->handle;
    int rc;

    sqlite3_extended_result_codes(handle, 1);
    sqlite3_busy_timeout(handle, BUSY_MS);
    sqlite3_limit(handle, SQLITE_LIMIT_ATTACHED, 0);
    sqlite3_limit(handle, SQLITE_LIMIT_LENGTH, SQL_VALUE_MAX + 1024);
    sqlite3_db_config(handle, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    sqlite3_db_config(handle, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
    sqlite3_db_config(handle, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
    rc = sqlite_each_register(handle);
    if (rc == SQLITE_OK)
        rc = sqlite3_exec(handle, pragmas, NULL, NULL, NULL);
    if (rc == SQLITE_OK && !lite->sql.read_only)
        rc = sqlite3_exec(handle, writer_pragmas, NULL, NULL, NULL);
    return rc == SQLITE_OK ? 0 : fail(lite, rc);
}

static void lite_close(struct sql *db)
{
    struct sqlite *lite = sqlite_of(db);
    size_t i;

    for (i = 0; i < CONTROL_COUNT; i++)
        sqlite3_finalize(lite->control[i]);
    sqlite3_close(lite->handle);
    free(lite);
}

static int lite_open(const struct sql_opts *opts, struct sql **ret)
{
    int flags = opts->read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;
    struct sqlite *lite = calloc(1, sizeof(*lite));
    int rc, r;

    if (!lite)
        return ERR_MEMORY;
    lite->sql.read_only = opts->read_only;
    r = opts->read_only ? 0 : create_file(opts->target);
    if (r == 0) {
        rc = sqlite3_open_v2(opts->target, &lite->handle, flags | SQLITE_OPEN_NOMUTEX, NULL);
        r = rc == SQLITE_OK ? configure(lite) : fail(lite, rc);
    }
    if (r < 0)
        lite_close(&lite->sql);
    else
        *ret = &lite->sql;
    return r;
}

/* Statements */

static int take_names(struct sqlite_prepared *prepared)
{
    int i, n = sqlite3_bind_parameter_count(prepared->stmt);

    for (i = 1; i <= n; i++) {
        const char *name = sqlite3_bind_parameter_name(prepared->stmt, i);
        int64_t number;

        if (!name || name[0] != '$' || slice_int64(slice_cstr(name + 1), &number) < 0 ||
            number < 1 || number > SQL_PARAMS_MAX)
            return ERR_INTERNAL;
        prepared->indexes[number - 1] = i;
    }
    return 0;
}

static void lite_unprepare(struct sql *db, struct sql_prepared *prepared)
{
    struct sqlite_prepared *p = CONTAINER_OF(prepared, struct sqlite_prepared, sql);

    sqlite3_finalize(p->stmt);
    free(p);
}

static int lite_prepare(struct sql *db, const char *text, struct sql_prepared **ret)
{
    struct sqlite *lite = sqlite_of(db);
    struct sqlite_prepared *p = calloc(1, sizeof(*p));
    const char *tail;
    int rc, r;

    if (!p)
        return ERR_MEMORY;
    rc = sqlite3_prepare_v3(lite->handle, text, -1, SQLITE_PREPARE_PERSISTENT, &p->stmt, &tail);
    if (rc != SQLITE_OK)
        r = fail(lite, rc);
    else if (!p->stmt || slice_trim(slice_cstr(tail)).len)
        r = sql_fail(db, ERR_INTERNAL, "not one statement");
    else
        r = take_names(p);
    if (r < 0)
        lite_unprepare(db, &p->sql);
    else
        *ret = &p->sql;
    return r;
}

static int bind(sqlite3_stmt *stmt, int index, const struct sql_arg *arg)
{
    /* A NULL pointer would bind NULL. */
    const char *ptr = arg->bytes.len ? arg->bytes.ptr : "";

    switch (arg->type) {
    case SQL_T_NULL:
        return sqlite3_bind_null(stmt, index);
    case SQL_T_INT:
        return sqlite3_bind_int64(stmt, index, arg->number);
    case SQL_T_TEXT:
        return sqlite3_bind_text64(stmt, index, ptr, arg->bytes.len, SQLITE_STATIC, SQLITE_UTF8);
    case SQL_T_BLOB:
        return sqlite3_bind_blob64(stmt, index, ptr, arg->bytes.len, SQLITE_STATIC);
    case SQL_T_INTS:
    case SQL_T_BLOBS:
        return sqlite_each_bind(stmt, index, arg);
    }
    return SQLITE_MISUSE;
}

static int bind_all(struct sqlite *lite, const struct sqlite_prepared *p,
                    const struct sql_arg *args)
{
    int i, rc = SQLITE_OK;

    for (i = 0; i < p->sql.params && rc == SQLITE_OK; i++)
        if (p->indexes[i])
            rc = bind(p->stmt, p->indexes[i], &args[i]);
    return rc == SQLITE_OK ? 0 : fail(lite, rc);
}

/** Ends a run. The arguments are only borrowed, so no pointer to them stays. */
static void finish(const struct sqlite_prepared *p)
{
    sqlite3_reset(p->stmt);
    sqlite3_clear_bindings(p->stmt);
}

static int take_row(struct sqlite *lite, sqlite3_stmt *stmt, int columns, struct sql_rows *rows)
{
    int i, r = 0;

    for (i = 0; i < columns && r == 0; i++) {
        int type = sqlite3_column_type(stmt, i);

        if (type == SQLITE_INTEGER) {
            r = sql_rows_add_int(rows, sqlite3_column_int64(stmt, i));
        } else if (type == SQLITE_NULL) {
            r = sql_rows_add_null(rows);
        } else if (type == SQLITE_FLOAT) {
            r = sql_fail(&lite->sql, ERR_INTERNAL, "a column is a fraction");
        } else {
            const void *ptr = sqlite3_column_blob(stmt, i);
            size_t len = (size_t)sqlite3_column_bytes(stmt, i);

            r = !ptr && len ? ERR_MEMORY : sql_rows_add_bytes(rows, slice_of(ptr, len));
        }
    }
    return r;
}

static int step_all(struct sqlite *lite, sqlite3_stmt *stmt, struct sql_rows *rows)
{
    int columns = sqlite3_column_count(stmt), rc, r;

    for (;;) {
        rc = sqlite3_step(stmt);
        if (rc != SQLITE_ROW)
            return rc == SQLITE_DONE ? 0 : fail(lite, rc);
        r = take_row(lite, stmt, columns, rows);
        if (r < 0)
            return r;
    }
}

static int lite_ask(struct sql *db, struct sql_prepared *prepared, const struct sql_arg *args,
                    struct sql_rows **ret)
{
    struct sqlite *lite = sqlite_of(db);
    const struct sqlite_prepared *p = CONTAINER_OF(prepared, struct sqlite_prepared, sql);
    struct sql_rows *rows = sql_rows_new(sqlite3_column_count(p->stmt));
    int r;

    if (!rows)
        return ERR_MEMORY;
    r = bind_all(lite, p, args);
    if (r == 0)
        r = step_all(lite, p->stmt, rows);
    finish(p);
    if (r < 0)
        sql_rows_free(rows);
    else
        *ret = rows;
    return r;
}

static int lite_put(struct sql *db, struct sql_prepared *prepared, const struct sql_arg *args)
{
    struct sqlite *lite = sqlite_of(db);
    const struct sqlite_prepared *p = CONTAINER_OF(prepared, struct sqlite_prepared, sql);
    int rc, r = bind_all(lite, p, args);

    if (r == 0) {
        rc = sqlite3_step(p->stmt);
        if (rc == SQLITE_ROW)
            r = sql_fail(db, ERR_INTERNAL, "rows from a put");
        else if (rc != SQLITE_DONE)
            r = fail(lite, rc);
    }
    finish(p);
    return r;
}

static int lite_script(struct sql *db, const char *text)
{
    struct sqlite *lite = sqlite_of(db);
    int rc = sqlite3_exec(lite->handle, text, NULL, NULL, NULL);

    return rc == SQLITE_OK ? 0 : fail(lite, rc);
}

/* Transactions */

static int run_control(struct sqlite *lite, enum control which)
{
    sqlite3_stmt **stmt = &lite->control[which];
    int rc = SQLITE_OK, r;

    if (!*stmt)
        rc = sqlite3_prepare_v3(lite->handle, control_text[which], -1, SQLITE_PREPARE_PERSISTENT,
                                stmt, NULL);
    if (rc == SQLITE_OK)
        rc = sqlite3_step(*stmt);
    r = rc == SQLITE_DONE ? 0 : fail(lite, rc);
    sqlite3_reset(*stmt);
    return r;
}

static int lite_begin(struct sql *db, bool write)
{
    return run_control(sqlite_of(db), write ? BEGIN_WRITE : BEGIN_READ);
}

static int lite_commit(struct sql *db)
{
    return run_control(sqlite_of(db), COMMIT);
}

static void lite_rollback(struct sql *db)
{
    struct sqlite *lite = sqlite_of(db);

    /* A full disk or an I/O error may have rolled back already. */
    if (!sqlite3_get_autocommit(lite->handle))
        (void)run_control(lite, ROLLBACK);
}

static int lite_savepoint(struct sql *db)
{
    return run_control(sqlite_of(db), SAVEPOINT);
}

static int lite_release(struct sql *db)
{
    return run_control(sqlite_of(db), RELEASE);
}

static int lite_undo(struct sql *db)
{
    int r = run_control(sqlite_of(db), UNDO);

    return r < 0 ? r : run_control(sqlite_of(db), RELEASE);
}

static int lite_checkpoint(struct sql *db)
{
    struct sqlite *lite = sqlite_of(db);
    int rc =
        sqlite3_wal_checkpoint_v2(lite->handle, "main", SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);

    return rc == SQLITE_OK ? 0 : fail(lite, rc);
}

const struct sql_driver sql_driver_sqlite = {
    .open = lite_open,
    .close = lite_close,
    .prepare = lite_prepare,
    .unprepare = lite_unprepare,
    .ask = lite_ask,
    .put = lite_put,
    .script = lite_script,
    .begin = lite_begin,
    .commit = lite_commit,
    .rollback = lite_rollback,
    .savepoint = lite_savepoint,
    .release = lite_release,
    .undo = lite_undo,
    .checkpoint = lite_checkpoint,
};
