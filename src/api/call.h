/* call.h - one request on its way through a handler. */
#ifndef API_CALL_H
#define API_CALL_H

#include "account/session.h"
#include "api/app.h"
#include "base/json.h"
#include "base/json_out.h"
#include "net/server.h"
#include "store/store.h"

enum { CALL_PARAMS = 4 };

struct route;
struct call;

/** A handler of a turn. It fills call->out (JSON) or call->answer, and returns 0 or an error, which
 *  becomes a problem document. It may run twice (see store.h): the call's answer is reset before.
 */
typedef int call_handler(struct turn *turn, struct call *call);

struct call {
    struct app *app;
    struct http_request *http;
    struct arena *arena; /* lives as long as the request; keeps things between steps */
    const struct route *route;
    struct slice params[CALL_PARAMS];
    struct caller caller;
    json_t *body; /* checked against the route's shape; NULL: none */
    int bad_body; /* what is wrong with it: told only to who may call */
    const char *bad_detail;

    struct buf text;           /* the answer's JSON … */
    struct json_out out;       /* … written here */
    int status;                /* 0: 200, or 204 when nothing was written */
    struct http_answer answer; /* answer.type set: sent instead of `text` */
    const char *detail;        /* for an error: a sentence, static or in `arena` */
    char problem[200];
    /** For an error: a JSON object whose members join the problem document; lies in `arena`. */
    struct slice problem_json;

    /** A next step on another lane, after this one ended well: login reads, hashes, writes. */
    call_handler *then;
    int then_lane; /* enum route_lane */
    void *data;    /* the handler's own, between steps */
    /** Set: answers instead of us, once the turn has ended, since the request is gone with it
     * (WebSocket). An error is answered as a problem. */
    int (*deliver)(struct call *call);
    /** Set: once the turn has ended well, starts work elsewhere that leads to exactly one
     * call_resume. When it returns 0 the call may be gone already. */
    int (*suspend)(struct call *call);
    struct arena *big; /* a larger arena than the request's, if a handler made one; ends with it */
};

/** The server's on_request: finds the route, checks access and body, runs the handler on its lane,
 *  answers. `app` is the arg. */
struct http_plan call_plan(struct http_request *request, void *app);
void call_handle(struct http_request *request, void *app);

/** Goes on with a suspended call: `then` if the handler set it and result is 0, the answer
 * otherwise. Any thread. */
void call_resume(struct call *call, int result);

/* For handlers */

/** The path parameter as an id. ERR_NOT_FOUND when it is none (nobody learns which ids exist). */
int call_id(const struct call *call, size_t param, enum id_kind kind, int64_t *ret) MUST_CHECK;
/** A query parameter as a number within [min, max]; `otherwise` when absent. ERR_INVALID. */
int call_query_int(struct call *call, const char *name, int64_t min, int64_t max, int64_t otherwise,
                   int64_t *ret) MUST_CHECK;
/** A body member as an id; 0 when absent or null. ERR_INVALID. */
int call_body_id(const struct call *call, const char *name, enum id_kind kind,
                 int64_t *ret) MUST_CHECK;
/** A body member's text as personal; empty when absent. */
struct pii call_body_pii(const struct call *call, const char *name);
bool call_has(const struct call *call, const char *name);
/** Writes "cnv_…" as a member, or null for 0. */
void call_out_id(struct json_out *out, const char *key, enum id_kind kind, int64_t id);
/** Ends a handler with an error and a sentence about it. */
int call_fail(struct call *call, int err, const char *detail);
/** True when the browser says that a page of ours made it call (its Origin header). */
bool call_from_us(const struct call *call);
/** True for a browser on this machine, or at the end of an SSH tunnel to it: plain http is fine. */
bool call_is_local(const struct call *call);
/** Our cookie: set with the secret, or cleared (SLICE_NONE). */
int call_set_cookie(struct call *call, struct slice secret) MUST_CHECK;

#endif
