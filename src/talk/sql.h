/* sql.h - the statements of sql.def. */
#ifndef TALK_SQL_H
#define TALK_SQL_H

#include "sql/sql.h"

#define STMT(name, text) extern const struct sql_stmt name;
#include "talk/sql.def"
#undef STMT

/** All of them, for the test that prepares each on both engines; ends with NULL. */
extern const struct sql_stmt *const talk_statements[];

#endif
