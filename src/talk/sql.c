#include "talk/sql.h"

#include <stddef.h>

#define STMT(name, text) const struct sql_stmt name = {#name, text};
#include "talk/sql.def"
#undef STMT

const struct sql_stmt *const talk_statements[] = {
#define STMT(name, text) &name,
#include "talk/sql.def"
#undef STMT
    NULL,
};
