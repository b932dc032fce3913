#include "channel/sql.h"

#include <stddef.h>

#define STMT(name, text) const struct sql_stmt name = {#name, text};
#include "channel/sql.def"
#undef STMT

const struct sql_stmt *const channel_statements[] = {
#define STMT(name, text) &name,
#include "channel/sql.def"
#undef STMT
    NULL,
};
