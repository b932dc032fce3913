/* conn.h - a lane's connection, which comes back by itself after the database was away. Inside
 * store only; belongs to one thread. */
#ifndef STORE_CONN_H
#define STORE_CONN_H

#include "sql/sql.h"

struct conn {
    struct sql_opts opts;
    struct sql *db;    /* NULL: not opened yet */
    int64_t failed_us; /* when the database was last found away (monotonic); 0: it is not */
};

/** Begins a transaction, connecting where needed. While the database is away it is tried at most 4
 *  times a second; in between ERR_UNAVAILABLE is known at once. */
int conn_begin(struct conn *conn, bool write) MUST_CHECK;
void conn_rollback(struct conn *conn);
void conn_drop(struct conn *conn);

#endif
