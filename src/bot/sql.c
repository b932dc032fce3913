#include "bot/sql.h"

#include <stddef.h>

#define STMT(name, text) const struct sql_stmt name = {#name, text};
#include "bot/sql.def"
#undef STMT

const struct sql_stmt *const bot_statements[] = {
#define STMT(name, text) &name,
#include "bot/sql.def"
#undef STMT
    NULL,
};
