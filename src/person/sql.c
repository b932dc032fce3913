#include "person/sql.h"

#include <stddef.h>

#define STMT(name, text) const struct sql_stmt name = {#name, text};
#include "person/sql.def"
#undef STMT

const struct sql_stmt *const person_statements[] = {
#define STMT(name, text) &name,
#include "person/sql.def"
#undef STMT
    NULL,
};
