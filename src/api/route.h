/* route.h - the table of routes: what may be called, by whom, on which lane. OpenAPI is made from
 * it. */
#ifndef API_ROUTE_H
#define API_ROUTE_H

#include "api/call.h"

enum route_lane {
    LANE_NONE, /* answers on the I/O thread from memory */
    LANE_READ,
    LANE_WRITE,
    LANE_FREEING, /* as LANE_WRITE, also when the disk is full: for what frees space */
    LANE_SLOW,
};

enum route_access {
    ACCESS_PUBLIC, /* anybody; the handler checks what it needs (signature, visitor's token) */
    ACCESS_AGENT,  /* signed in, or a token with the route's scope */
    ACCESS_ADMIN,
    ACCESS_OWNER,
};

struct route {
    enum http_method method;
    const char
        *path; /* "/api/v1/conversations/{id}/messages"; a last "{rest*}" takes all that follows */
    enum route_lane lane;
    enum route_access access;
    unsigned scope; /* what a token needs (enum scope); 0: tokens may not call it */
    call_handler *handler;
    size_t body_max;   /* bytes; 0: no body */
    bool raw;          /* the body is no JSON: the handler reads it */
    const char *takes; /* shape of the JSON body (shape.h); NULL: none */
    const char *query; /* shape of the query, for OpenAPI; NULL: none */
    const char *gives; /* name of a shape, or a shape; NULL: no body */
    const char *summary;
};

/** All routes, from the files that implement them. */
extern const struct route *const route_tables[];
/** Routes in the table of that number. */
size_t route_table_size(size_t table);
extern const size_t route_table_count;

/** Finds the route and fills path parameters. ERR_NOT_FOUND; ERR_METHOD: the path exists with other
 *  methods. */
int route_find(enum http_method method, struct slice path, struct slice params[CALL_PARAMS],
               const struct route **ret) MUST_CHECK;

#endif
