/* sql_driver.h - private to this room: what an engine does for sql.c, and what both share.
 * A driver's connection begins with struct sql, its prepared statement with struct sql_prepared. */
#ifndef SQL_SQL_DRIVER_H
#define SQL_SQL_DRIVER_H

#include <uthash.h>

#include "base/buf.h"
#include "sql/sql.h"

enum {
    SQL_PARAMS_MAX = 64,
    SQL_VALUE_MAX = 64 << 20, /* bytes of one argument, and of all rows of one answer */
    SQL_TEXT_MAX = 1 << 20,   /* bytes of a statement or script */
    SQL_ERROR_SIZE = 512,
};

struct sql_prepared {
    const struct sql_stmt *stmt; /* the key of the cache */
    int params;                  /* the highest $N */
    /* The type that each parameter has had; SQL_T_NULL as long as it was always NULL. */
    enum sql_type types[SQL_PARAMS_MAX];
    bool retyped; /* a parameter got its first type since the driver looked */
    UT_hash_handle hh;
};

struct sql {
    const struct sql_driver *driver;
    enum sql_engine engine;
    bool read_only;
    bool in_transaction;
    bool in_savepoint;
    int failed; /* the error that spoilt the running transaction */
    struct sql_prepared *cache;
    char error[SQL_ERROR_SIZE];
};

struct sql_driver {
    int (*open)(const struct sql_opts *opts, struct sql **ret);
    /** Frees the connection. The cache is empty by then. */
    void (*close)(struct sql *db);

    /** `text` has its tokens expanded. */
    int (*prepare)(struct sql *db, const char *text, struct sql_prepared **ret);
    void (*unprepare)(struct sql *db, struct sql_prepared *prepared);
    int (*ask)(struct sql *db, struct sql_prepared *prepared, const struct sql_arg *args,
               struct sql_rows **ret);
    int (*put)(struct sql *db, struct sql_prepared *prepared, const struct sql_arg *args);
    int (*script)(struct sql *db, const char *text);

    int (*begin)(struct sql *db, bool write);
    /** When it fails, rollback follows. */
    int (*commit)(struct sql *db);
    void (*rollback)(struct sql *db);
    int (*savepoint)(struct sql *db);
    int (*release)(struct sql *db);
    int (*undo)(struct sql *db);
    int (*checkpoint)(struct sql *db);
};

extern const struct sql_driver sql_driver_sqlite;
extern const struct sql_driver sql_driver_postgres;

/** Keeps the engine's text for sql_last_error and returns err. */
int sql_fail(struct sql *db, int err, const char *text);

/** Writes `text` with the tokens of the engine; *ret_params is the highest $N outside of quotes.
 *  ERR_INTERNAL: an unknown token or over SQL_PARAMS_MAX parameters. */
int sql_expand(enum sql_engine engine, const char *text, struct buf *ret, int *ret_params);

/* Building rows, cell by cell from left to right. */

/** NULL: out of memory. */
struct sql_rows *sql_rows_new(int columns);
int sql_rows_add_null(struct sql_rows *rows);
int sql_rows_add_int(struct sql_rows *rows, int64_t number);
int sql_rows_add_bytes(struct sql_rows *rows, struct slice bytes);

#endif
