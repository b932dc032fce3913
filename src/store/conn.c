#include "store/conn.h"

#include "base/clock.h"
#include "base/err.h"

#define RETRY_US 250000

int conn_begin(struct conn *conn, bool write)
{
    int r = 0;

    if (conn->failed_us && clock_mono_us() - conn->failed_us < RETRY_US)
        return ERR_UNAVAILABLE;
    if (!conn->db)
        r = sql_open(&conn->opts, &conn->db);
    if (r == 0)
        r = sql_begin(conn->db, write);
    conn->failed_us = r == ERR_UNAVAILABLE ? clock_mono_us() : 0;
    return r;
}

void conn_rollback(struct conn *conn)
{
    if (conn->db)
        sql_rollback(conn->db);
}

void conn_drop(struct conn *conn)
{
    conn->db = sql_close(conn->db);
}
