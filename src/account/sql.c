#include "account/sql.h"

#include <stddef.h>

#define STMT(name, text) const struct sql_stmt name = {#name, text};
#include "account/sql.def"
#undef STMT

const struct sql_stmt *const account_statements[] = {
#define STMT(name, text) &name,
#include "account/sql.def"
#undef STMT
    NULL,
};
