/* tables.c - all routes, as one list of tables. */
#include "api/routes.h"

#include <assert.h>

#define ROUTE_TABLE(name) name##_routes,
const struct route *const route_tables[] = {
#include "api/tables.def"
};
#undef ROUTE_TABLE
const size_t route_table_count = ARRAY_LEN(route_tables);

size_t route_table_size(size_t table)
{
    static const size_t *const sizes[] = {
#define ROUTE_TABLE(name) &name##_routes_count,
#include "api/tables.def"
#undef ROUTE_TABLE
    };

    static_assert(ARRAY_LEN(sizes) == ARRAY_LEN(route_tables), "a size per table");
    return *sizes[table];
}
