/* routes.h - within api: the route tables, and what their files share. */
#ifndef API_ROUTES_H
#define API_ROUTES_H

#include "api/route.h"

/* Each table stands at the end of its file: inbox_routes.c, and so on. */
#define ROUTE_TABLE(name)                                                                          \
    extern const struct route name##_routes[];                                                     \
    extern const size_t name##_routes_count;
#include "api/tables.def"
#undef ROUTE_TABLE

#endif
