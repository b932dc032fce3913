#include "sql/sql.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/err.h"
#include "sql/sql_driver.h"

int sql_open(const struct sql_opts *opts, struct sql **ret)
{
    const struct sql_driver *driver =
        opts->engine == SQL_SQLITE ? &sql_driver_sqlite : &sql_driver_postgres;
    struct sql *db;
    int r = driver->open(opts, &db);

    if (r < 0)
        return r;
    db->driver = driver;
    db->engine = opts->engine;
    db->read_only = opts->read_only;
    *ret = db;
    return 0;
}

struct sql *sql_close(struct sql *db)
{
    struct sql_prepared *prepared, *next;

    if (!db)
        return NULL;
    sql_rollback(db);
    HASH_ITER(hh, db->cache, prepared, next) {
        HASH_DEL(db->cache, prepared);
        db->driver->unprepare(db, prepared);
    }
    db->driver->close(db);
    return NULL;
}

enum sql_engine sql_engine_of(const struct sql *db)
{
    return db->engine;
}

const char *sql_last_error(const struct sql *db)
{
    return db->error;
}

int sql_fail(struct sql *db, int err, const char *text)
{
    snprintf(db->error, sizeof(db->error), "%s", text);
    return err;
}

/** An error inside a transaction spoils it, on both engines alike: see sql.h. */
static int settle(struct sql *db, int r)
{
    if (r < 0 && db->in_transaction && db->failed == 0)
        db->failed = r;
    return r;
}

static int prepare(struct sql *db, const struct sql_stmt *stmt, struct sql_prepared **ret)
{
    struct buf text = BUF_INIT(SQL_TEXT_MAX);
    struct sql_prepared *prepared;
    int params, r;

    r = sql_expand(db->engine, stmt->text, &text, &params);
    if (r < 0)
        r = sql_fail(db, r, "unknown token or too many parameters");
    else
        r = db->driver->prepare(db, text.ptr, &prepared);
    buf_done(&text);
    if (r < 0)
        return r;
    prepared->stmt = stmt;
    prepared->params = params;
    HASH_ADD_PTR(db->cache, stmt, prepared);
    *ret = prepared;
    return 0;
}

/** Holds each parameter to one type, so that a mix-up shows on either engine. */
static int check_args(struct sql *db, struct sql_prepared *prepared, const struct sql_arg *args,
                      size_t n)
{
    size_t i;

    if (n != (size_t)prepared->params)
        return sql_fail(db, ERR_INTERNAL, "wrong number of arguments");
    for (i = 0; i < n; i++) {
        enum sql_type *type = &prepared->types[i];

        if (args[i].bytes.len > SQL_VALUE_MAX)
            return sql_fail(db, ERR_LIMIT, "argument too large");
        if (args[i].type == SQL_T_NULL || args[i].type == *type)
            continue;
        if (*type != SQL_T_NULL)
            return sql_fail(db, ERR_INTERNAL, "a parameter changed its type");
        *type = args[i].type;
        prepared->retyped = true;
    }
    return 0;
}

static int find(struct sql *db, const struct sql_stmt *stmt, const struct sql_arg *args, size_t n,
                struct sql_prepared **ret)
{
    struct sql_prepared *prepared;
    int r;

    if (db->failed)
        return db->failed;
    HASH_FIND_PTR(db->cache, &stmt, prepared);
    if (!prepared) {
        r = prepare(db, stmt, &prepared);
        if (r < 0)
            return r;
    }
    *ret = prepared;
    return check_args(db, prepared, args, n);
}

int sql_ask(struct sql *db, const struct sql_stmt *stmt, const struct sql_arg *args, size_t n,
            struct sql_rows **ret)
{
    struct sql_prepared *prepared;
    int r = find(db, stmt, args, n, &prepared);

    if (r == 0)
        r = db->driver->ask(db, prepared, args, ret);
    return settle(db, r);
}

int sql_put(struct sql *db, const struct sql_stmt *stmt, const struct sql_arg *args, size_t n)
{
    struct sql_prepared *prepared;
    int r = find(db, stmt, args, n, &prepared);

    if (r == 0)
        r = db->driver->put(db, prepared, args);
    return settle(db, r);
}

int sql_script(struct sql *db, const char *text)
{
    struct buf expanded = BUF_INIT(SQL_TEXT_MAX);
    int params, r;

    if (db->failed)
        return db->failed;
    r = sql_expand(db->engine, text, &expanded, &params);
    if (r == 0)
        r = db->driver->script(db, expanded.ptr);
    buf_done(&expanded);
    return settle(db, r);
}

int sql_ask_int(struct sql *db, const struct sql_stmt *stmt, const struct sql_arg *args, size_t n,
                int64_t otherwise, int64_t *ret)
{
    struct sql_rows *rows = NULL;
    int r = sql_ask(db, stmt, args, n, &rows);

    if (r < 0)
        return r;
    *ret = sql_is_null(rows, 0, 0) ? otherwise : sql_int(rows, 0, 0);
    sql_rows_free(rows);
    return 0;
}

int sql_begin(struct sql *db, bool write)
{
    int r;

    if (db->in_transaction)
        return sql_fail(db, ERR_INTERNAL, "a transaction is running");
    if (write && db->read_only)
        return sql_fail(db, ERR_INTERNAL, "the connection is read-only");
    r = db->driver->begin(db, write);
    db->in_transaction = r == 0;
    return r;
}

static void leave(struct sql *db)
{
    db->in_transaction = false;
    db->in_savepoint = false;
    db->failed = 0;
}

int sql_commit(struct sql *db)
{
    int r = db->failed;

    if (!db->in_transaction)
        return sql_fail(db, ERR_INTERNAL, "no transaction is running");
    if (r == 0)
        r = db->driver->commit(db);
    if (r < 0)
        db->driver->rollback(db);
    leave(db);
    return r;
}

void sql_rollback(struct sql *db)
{
    if (db->in_transaction)
        db->driver->rollback(db);
    leave(db);
}

int sql_savepoint(struct sql *db)
{
    int r = db->failed;

    if (!db->in_transaction || db->in_savepoint)
        return sql_fail(db, ERR_INTERNAL, "no transaction, or a savepoint within another");
    if (r == 0)
        r = settle(db, db->driver->savepoint(db));
    db->in_savepoint = r == 0;
    return r;
}

int sql_savepoint_release(struct sql *db)
{
    int r = db->failed;

    if (!db->in_savepoint)
        return sql_fail(db, ERR_INTERNAL, "no savepoint");
    if (r == 0)
        r = settle(db, db->driver->release(db));
    if (r == 0)
        db->in_savepoint = false;
    return r;
}

int sql_savepoint_undo(struct sql *db)
{
    int r;

    if (!db->in_savepoint)
        return sql_fail(db, ERR_INTERNAL, "no savepoint");
    r = db->driver->undo(db);
    if (r < 0)
        return settle(db, r);
    db->in_savepoint = false;
    db->failed = 0;
    return 0;
}

int sql_checkpoint(struct sql *db)
{
    return db->driver->checkpoint(db);
}
