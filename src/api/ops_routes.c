/* ops_routes.c - for the operator: health, readiness, metrics, the API's own description. */
#include "api/app.h"
#include "api/openapi.h"
#include "api/routes.h"
#include "base/err.h"
#include "base/metrics.h"

static int health(struct turn *turn, struct call *call)
{
    (void)turn;
    call->answer.type = "text/plain";
    call->answer.body = SLICE("ok\n");
    return 0;
}

/* Asks the database: a node that can't reach it must get no traffic. */
static int ready(struct turn *turn, struct call *call)
{
    (void)turn;
    if (!call->app->ready)
        return ERR_CANCELED;
    return health(turn, call);
}

static int metrics(struct turn *turn, struct call *call)
{
    struct slice text;
    int r;

    (void)turn;
    if (!http_peer_is_loopback(call->http))
        return ERR_NOT_FOUND;
    r = metrics_write(&call->text);
    text = arena_copy(call->arena, buf_slice(&call->text));
    if (r < 0 || !text.ptr)
        return r < 0 ? r : ERR_MEMORY;
    call->answer.type = "text/plain; version=0.0.4";
    call->answer.body = text;
    return 0;
}

static int openapi(struct turn *turn, struct call *call)
{
    (void)turn;
    openapi_write(&call->out, call->app->public_url, call->app->version);
    return 0;
}

const struct route ops_routes[] = {
    {HTTP_GET_, "/healthz", LANE_NONE, ACCESS_PUBLIC, 0, health},
    {HTTP_GET_, "/readyz", LANE_READ, ACCESS_PUBLIC, 0, ready},
    {HTTP_GET_, "/metrics", LANE_NONE, ACCESS_PUBLIC, 0, metrics},
    {HTTP_GET_, "/api/v1/openapi.json", LANE_NONE, ACCESS_PUBLIC, 0, openapi, .gives = "object",
     .summary = "This description"},
};
const size_t ops_routes_count = ARRAY_LEN(ops_routes);
