/* sql.h - one small interface over SQLite and PostgreSQL. It knows no table.
 *
 * Statements are static descriptions, prepared on first use per connection. Text is written once
 * for both engines: parameters are $1..$n (at most 64), and what differs is a token:
 *   {blob} {int} {text}   column types in DDL: BLOB INTEGER TEXT, or bytea bigint text
 *   {each_int:$1}         a set from an int array: "x IN ({each_int:$1})" uses x's index
 *   {each_blob:$1}        a set from a blob array; both are a SELECT of one column, "value"
 *   {lock}                " FOR UPDATE" where the engine locks rows, else nothing
 *   {lock_skip}           " FOR UPDATE SKIP LOCKED", else nothing
 *   {strict}              behind CREATE TABLE (...): SQLite enforces the types, too
 *   {strict_rowless}      the same, and the rows lie in the primary key's tree
 * A parameter keeps its type from call to call (or is NULL); a parameter that stands in an
 * expression alone, as in "SELECT $1", wants a CAST($1 AS {int}). A connection belongs to one
 * thread at a time. This room does not log. */
#ifndef SQL_SQL_H
#define SQL_SQL_H

#include "base/arena.h"
#include "base/slice.h"

struct sql;
struct sql_rows;

enum sql_engine { SQL_SQLITE, SQL_POSTGRES };

/** One statement. Declared `static const`; its address is its identity in the prepared cache. */
struct sql_stmt {
    const char *name; /* room.what, for errors and metrics */
    const char *text;
};

enum sql_type { SQL_T_NULL, SQL_T_INT, SQL_T_TEXT, SQL_T_BLOB, SQL_T_INTS, SQL_T_BLOBS };

struct sql_arg {
    enum sql_type type;
    int64_t number;
    struct slice bytes;        /* SQL_T_TEXT, SQL_T_BLOB; borrowed until the call returns */
    const int64_t *numbers;    /* SQL_T_INTS */
    const struct slice *blobs; /* SQL_T_BLOBS */
    size_t count;              /* of numbers or blobs */
};

#define SQL_NULL        ((struct sql_arg){.type = SQL_T_NULL})
#define SQL_INT(n)      ((struct sql_arg){.type = SQL_T_INT, .number = (n)})
#define SQL_TEXT(s)     ((struct sql_arg){.type = SQL_T_TEXT, .bytes = (s)})
#define SQL_BLOB(s)     ((struct sql_arg){.type = SQL_T_BLOB, .bytes = (s)})
#define SQL_INTS(p, n)  ((struct sql_arg){.type = SQL_T_INTS, .numbers = (p), .count = (n)})
#define SQL_BLOBS(p, n) ((struct sql_arg){.type = SQL_T_BLOBS, .blobs = (p), .count = (n)})
/** NULL for 0 or an empty slice, the value otherwise. */
#define SQL_INT_OR_NULL(n)  ((n) ? SQL_INT(n) : SQL_NULL)
#define SQL_BLOB_OR_NULL(s) ((s).len ? SQL_BLOB(s) : SQL_NULL)

/** SQL_ARGS(SQL_INT(a), SQL_TEXT(b)) gives the two arguments (pointer, count) of sql_ask and
 * sql_put. */
#define SQL_ARGS(...)                                                                              \
    (const struct sql_arg[]){__VA_ARGS__},                                                         \
        sizeof((const struct sql_arg[]){__VA_ARGS__}) / sizeof(struct sql_arg)
#define SQL_NO_ARGS NULL, 0

struct sql_opts {
    enum sql_engine engine;
    const char *target; /* SQLite: path of the file. PostgreSQL: a libpq connection string */
    bool read_only;
};

/** SQLite: makes the file (mode 0600) unless read_only. PostgreSQL: waits 5 s at most for the
 * server unless the connection string says otherwise. ERR_NOT_FOUND (no such folder, or read_only
 * and no file), ERR_DAMAGED (not a database), ERR_FULL, ERR_IO, ERR_UNAVAILABLE (no server, or it
 * refused us), ERR_MEMORY. */
int sql_open(const struct sql_opts *opts, struct sql **ret) MUST_CHECK;
/** Rolls back what was not committed. Takes NULL, returns NULL. */
struct sql *sql_close(struct sql *db);
enum sql_engine sql_engine_of(const struct sql *db);

/** Runs the statement and waits for its rows, all of them held in *ret (sql_rows_free).
 *  Columns are whole numbers, text, blobs or NULL; a truth value is 0 or 1.
 *  Errors of every call: ERR_CONSTRAINT, ERR_FULL, ERR_UNAVAILABLE (away or connection lost),
 *  ERR_CONFLICT (serialisation or lock: the turn may run again), ERR_LIMIT (an argument or all rows
 *  over 64 MiB), ERR_IO, ERR_DAMAGED, ERR_MEMORY, ERR_INTERNAL (the statement itself is wrong;
 *  sql_last_error has the engine's text).
 *  An error spoils the running transaction, on both engines alike: until sql_savepoint_undo or
 *  sql_rollback every call returns that error and does nothing. So a handler that expects a
 * collision writes ON CONFLICT DO NOTHING and looks. */
int sql_ask(struct sql *db, const struct sql_stmt *stmt, const struct sql_arg *args, size_t n,
            struct sql_rows **ret) MUST_CHECK;
/** Queues a change. PostgreSQL pipelines it, and its error surfaces at the next sql_ask,
 *  sql_savepoint, sql_savepoint_release or sql_commit; SQLite runs it at once. No RETURNING. */
int sql_put(struct sql *db, const struct sql_stmt *stmt, const struct sql_arg *args,
            size_t n) MUST_CHECK;
/** Runs DDL or a script of several statements, outside of the prepared cache. Expands the tokens;
 *  takes no parameters. */
int sql_script(struct sql *db, const char *text) MUST_CHECK;

struct sql_rows *sql_rows_free(struct sql_rows *rows);
size_t sql_rows_count(const struct sql_rows *rows);
bool sql_is_null(const struct sql_rows *rows, size_t row, size_t column);
/** 0 for NULL. */
int64_t sql_int(const struct sql_rows *rows, size_t row, size_t column);
/** Text or blob, borrowed from rows; SLICE_NONE for NULL. */
struct slice sql_bytes(const struct sql_rows *rows, size_t row, size_t column);
/** For CLEANUP(sql_rows_cleanup). */
static inline void sql_rows_cleanup(struct sql_rows **rows)
{
    *rows = sql_rows_free(*rows);
}

/** Asks for one number; `otherwise` when there is no row or NULL. */
int sql_ask_int(struct sql *db, const struct sql_stmt *stmt, const struct sql_arg *args, size_t n,
                int64_t otherwise, int64_t *ret) MUST_CHECK;

/* Transactions: only store/lane.c and store/migrate.c call these; handlers never do.
 * A statement outside of a transaction is a transaction of its own. */

/** `write` false: one snapshot, nothing may be changed. PostgreSQL: connects again if the
 * connection was lost; ERR_UNAVAILABLE after 5 s at most. SQLite: ERR_CONFLICT after waiting 2 s
 * for another writer. */
int sql_begin(struct sql *db, bool write) MUST_CHECK;
/** Durable when it returns 0. On an error nothing is kept and the transaction is over, with one
 *  exception: after ERR_UNAVAILABLE nobody knows whether the server still committed. */
int sql_commit(struct sql *db) MUST_CHECK;
/** Does nothing outside of a transaction. */
void sql_rollback(struct sql *db);
/** One at a time: release or undo it before the next. */
int sql_savepoint(struct sql *db) MUST_CHECK;
/** Waits for what was put since; on its error call sql_savepoint_undo. */
int sql_savepoint_release(struct sql *db) MUST_CHECK;
/** Takes back what was done since sql_savepoint, and the savepoint itself; earlier work stays. On
 * an error (connection lost, disk full) only sql_rollback is left. */
int sql_savepoint_undo(struct sql *db) MUST_CHECK;

/** The engine's own text of the last error on this connection; it may quote values, so it is for
 *  tests and a debugger, never for the log. */
const char *sql_last_error(const struct sql *db);
/** SQLite: moves the WAL into the database file and truncates it; outside of a transaction.
 *  ERR_CONFLICT: readers or the writer were busy for 2 s. PostgreSQL: nothing. */
int sql_checkpoint(struct sql *db) MUST_CHECK;

#endif
