#include "privacy/sql.h"

#include <stddef.h>

#define STMT(name, text) const struct sql_stmt name = {#name, text};
#include "privacy/sql.def"
#undef STMT

const struct sql_stmt *const privacy_statements[] = {
#define STMT(name, text) &name,
#include "privacy/sql.def"
#undef STMT
    NULL,
};
