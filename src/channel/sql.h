/* sql.h - the statements of sql.def. */
#ifndef CHANNEL_SQL_H
#define CHANNEL_SQL_H

#include "sql/sql.h"

#define STMT(name, text) extern const struct sql_stmt name;
#include "channel/sql.def"
#undef STMT

/** All of them, for the test that prepares each on both engines; ends with NULL. */
extern const struct sql_stmt *const channel_statements[];

#endif
