/* sqlite_each.h - private to this room: each_int(P) and each_blob(P), tables whose rows are the
 * numbers or blobs of an array argument. */
#ifndef SQL_SQLITE_EACH_H
#define SQL_SQLITE_EACH_H

#include <sqlite3.h>

#include "sql/sql.h"

/** Makes both known to the connection; an SQLite result code. */
int sqlite_each_register(sqlite3 *handle);
/** Binds an array argument; it must live until the statement is reset. */
int sqlite_each_bind(sqlite3_stmt *stmt, int index, const struct sql_arg *arg);

#endif
