#include "api/call.h"

#include <stdio.h>
#include <stdlib.h>

#include "api/route.h"
#include "api/shape.h"
#include "base/err.h"
#include "base/log.h"
#include "net/problem.h"

enum { ANSWER_MAX = 8 * 1024 * 1024 };

#define COOKIE_NAME "__Host-lethe"

static void next_step(struct call *call, call_handler *handler, enum route_lane lane);

static bool changes_something(enum http_method method)
{
    return method != HTTP_GET_ && method != HTTP_HEAD_ && method != HTTP_OPTIONS_;
}

struct http_plan call_plan(struct http_request *request, void *arg)
{
    struct slice params[CALL_PARAMS] = {{0}};
    const struct route *route;
    int r = route_find(http_method(request), http_path(request), params, &route);

    (void)arg;
    if (r < 0)
        return (struct http_plan){.refuse = r};
    return (struct http_plan){.body_max = route->body_max};
}

static void finish(struct call *call)
{
    json_decref(call->body);
    buf_done(&call->text);
    arena_free(call->big);
    free(call);
}

/* The problem document with the members of call->problem_json behind its own. */
static int long_problem(struct call *call, int err, struct buf *ret)
{
    struct slice more = slice_trim(call->problem_json);
    int r = problem_write(err_status(err), err_code(err),
                          slice_cstr(call->detail ? call->detail : err_text(err)), ret);

    if (r < 0 || more.len <= 2)
        return r;
    ret->len--; /* its brace: the members' own closes it */
    r = buf_add_char(ret, ',');
    return r < 0 ? r : buf_add(ret, slice_from(more, 1));
}

static int answer_long_problem(struct call *call, int err)
{
    struct buf b = BUF_INIT(ANSWER_MAX);
    int r = long_problem(call, err, &b);

    if (r == 0)
        http_reply(call->http, &(struct http_answer){.status = err_status(err),
                                                     .type = "application/problem+json",
                                                     .body = buf_slice(&b)});
    buf_done(&b);
    return r;
}

static void answer_error(struct call *call, int err)
{
    const char *detail = call->detail ? call->detail : err_text(err);

    if (err_status(err) == 500)
        log_event(LOG_ERROR, "api.failed", LOG_WORD("path", call->route->path), LOG_ERR(err));
    if (!call->problem_json.len || answer_long_problem(call, err) < 0)
        http_reply_error(call->http, err, detail);
}

static void answer_json(struct call *call)
{
    struct http_answer answer = call->answer;

    answer.status = call->status ? call->status : call->text.len ? 200 : 204;
    if (call->text.len) {
        answer.type = "application/json";
        answer.body = buf_slice(&call->text);
    }
    http_reply(call->http, &answer);
}

static void answer(struct call *call, int result)
{
    if (result == 0 && call->deliver) {
        result = call->deliver(call);
        if (result == 0) {
            finish(call);
            return;
        }
    }
    if (result == 0 && !call->answer.type)
        result = json_out_end(&call->out);
    if (result < 0) {
        answer_error(call, result);
    } else if (call->answer.type) {
        if (!call->answer.status)
            call->answer.status = call->status ? call->status : 200;
        http_reply(call->http, &call->answer);
    } else {
        answer_json(call);
    }
    finish(call);
}

static enum role role_needed(enum route_access access)
{
    switch (access) {
    case ACCESS_PUBLIC:
        return ROLE_NONE;
    case ACCESS_AGENT:
        return ROLE_AGENT;
    case ACCESS_ADMIN:
        return ROLE_ADMIN;
    case ACCESS_OWNER:
        return ROLE_OWNER;
    }
    return ROLE_OWNER;
}

static bool is_loopback_name(struct slice host)
{
    static const char *const names[] = {"127.0.0.1", "localhost", "[::1]"};
    struct slice rest;
    size_t i;

    for (i = 0; i < ARRAY_LEN(names); i++) {
        rest = slice_from(host, strlen(names[i]));
        if (slice_starts(host, slice_cstr(names[i])) && (rest.len == 0 || rest.ptr[0] == ':'))
            return true;
    }
    return false;
}

/* Host can't be set by a page, and a proxy that hides the real one says so. */
bool call_is_local(const struct call *call)
{
    return http_peer_is_loopback(call->http) && !http_header(call->http, "x-forwarded-for").ptr &&
           !http_header(call->http, "forwarded").ptr &&
           is_loopback_name(http_header(call->http, "host"));
}

bool call_from_us(const struct call *call)
{
    struct slice origin = http_header(call->http, "origin");

    if (slice_eq(origin, slice_cstr(call->app->public_url)))
        return true;
    return call_is_local(call) && slice_starts(origin, SLICE("http://")) &&
           slice_eq(slice_from(origin, 7), http_header(call->http, "host"));
}

/* A browser sends its cookie along with what another site makes it do: our Origin must stand there.
 */
static int check_origin(const struct call *call)
{
    if (!changes_something(call->route->method))
        return 0;
    return call_from_us(call) ? 0 : ERR_ORIGIN;
}

static int touch(struct turn *turn, void *arg)
{
    const struct caller *caller = arg;

    return caller->session ? session_touch(turn, caller->session)
                           : token_touch(turn, caller->token);
}

static void touched(struct turn *turn, void *arg, int result)
{
    (void)turn;
    (void)result; /* the next call tries again */
    free(arg);
}

/* Who only reads is in use, too: noted in an item of its own, at most once an hour. */
static void note_use(struct turn *turn, const struct caller *caller)
{
    struct caller *copy = caller_stale(caller, turn->now) ? malloc(sizeof(*copy)) : NULL;

    if (!copy)
        return;
    *copy = *caller;
    if (store_write(turn->store, caller->tenant, touch, touched, copy) < 0)
        free(copy);
}

static int authenticate(struct turn *turn, struct call *call)
{
    struct slice header = http_header(call->http, "authorization");
    struct slice cookie = http_cookie(call->http, COOKIE_NAME);
    int r;

    if (slice_starts(header, SLICE("Bearer "))) {
        r = token_find(turn, slice_from(header, 7), &call->caller);
        if (r < 0)
            return r;
        return call->route->scope & call->caller.scopes ? 0 : ERR_DENIED;
    }
    if (!cookie.len)
        return ERR_AUTH;
    r = check_origin(call);
    return r < 0 ? r : session_find(turn, cookie, &call->caller);
}

static int admit(struct turn *turn, struct call *call)
{
    int r;

    if (call->route->access == ACCESS_PUBLIC)
        return 0;
    r = authenticate(turn, call);
    if (r < 0)
        return r;
    note_use(turn, &call->caller);
    if (call->caller.role < role_needed(call->route->access))
        return ERR_DENIED;
    return call->bad_body < 0 ? call_fail(call, call->bad_body, call->bad_detail) : 0;
}

/* Who calls is asked on a reader; only then is the tenant known, and with it the lane to write on.
 */
static int admit_first(struct turn *turn, struct call *call)
{
    int r = admit(turn, call);

    call->then = call->route->handler;
    call->then_lane = call->route->lane;
    return r;
}

/* A WRITE turn may run again: whatever the first run left in the answer goes. */
static void reset_answer(struct call *call)
{
    buf_clear(&call->text);
    json_out_init(&call->out, &call->text);
    call->answer = (struct http_answer){0};
    call->status = 0;
    call->detail = NULL;
    call->problem_json = SLICE_NONE;
    call->then = NULL;
    call->deliver = NULL;
    call->suspend = NULL;
}

struct step {
    struct call *call;
    call_handler *handler;
};

static int run(struct turn *turn, void *arg)
{
    struct step *step = arg;
    struct call *call = step->call;

    reset_answer(call);
    return step->handler(turn, call);
}

static int admit_and_handle(struct turn *turn, struct call *call)
{
    int r = admit(turn, call);

    return r < 0 ? r : call->route->handler(turn, call);
}

static void done(struct turn *turn, void *arg, int result)
{
    struct step *step = arg;
    struct call *call = step->call;

    (void)turn;
    if (result == 0 && call->suspend) {
        result = call->suspend(call);
        if (result == 0)
            return;
    }
    call_resume(call, result);
}

void call_resume(struct call *call, int result)
{
    if (result == 0 && call->then)
        next_step(call, call->then, (enum route_lane)call->then_lane);
    else
        answer(call, result);
}

static void next_step(struct call *call, call_handler *handler, enum route_lane lane)
{
    struct step *step = arena_alloc(call->arena, sizeof(*step));
    int r = ERR_MEMORY;

    if (step) {
        *step = (struct step){call, handler};
        switch (lane) {
        case LANE_READ:
            r = store_read(call->app->store, run, done, step);
            break;
        case LANE_WRITE:
            r = store_write(call->app->store, call->caller.tenant, run, done, step);
            break;
        case LANE_FREEING:
            r = store_write_freeing(call->app->store, call->caller.tenant, run, done, step);
            break;
        case LANE_SLOW:
            r = store_slow(call->app->store, run, done, step);
            break;
        case LANE_NONE:
            r = ERR_INTERNAL;
            break;
        }
    }
    if (r < 0)
        answer(call, r);
}

static int read_body(struct call *call)
{
    struct slice body = http_body(call->http);
    int r;

    if (call->route->raw || !call->route->takes)
        return 0;
    r = json_read(body.len ? body : SLICE("{}"), &call->body);
    if (r < 0)
        return call_fail(call, r, "The body must be one JSON object in UTF-8.");
    if (!json_is_object(call->body))
        return call_fail(call, ERR_SYNTAX, "The body must be one JSON object in UTF-8.");
    r = shape_check(call->route->takes, call->body, call->problem, sizeof(call->problem));
    if (r < 0)
        call->detail = call->problem;
    return r;
}

static void begin(struct call *call)
{
    const struct route *route = call->route;

    if (route->lane == LANE_READ)
        next_step(call, admit_and_handle, LANE_READ);
    else if (route->access == ACCESS_PUBLIC)
        next_step(call, route->handler, route->lane);
    else
        next_step(call, admit_first, LANE_READ);
}

void call_handle(struct http_request *request, void *arg)
{
    struct call *call = calloc(1, sizeof(*call));
    int r;

    if (!call) {
        http_reply_error(request, ERR_MEMORY, NULL);
        return;
    }
    call->app = arg;
    call->http = request;
    call->arena = http_arena(request);
    call->text = BUF_INIT(ANSWER_MAX);
    json_out_init(&call->out, &call->text);
    r = call->arena
            ? route_find(http_method(request), http_path(request), call->params, &call->route)
            : ERR_MEMORY;
    if (r < 0) {
        http_reply_error(request, r, NULL);
        finish(call);
        return;
    }
    r = read_body(call);
    if (r < 0 && call->route->access != ACCESS_PUBLIC && call->route->lane != LANE_NONE) {
        call->bad_body = r;
        call->bad_detail = call->detail;
        r = 0;
    }
    if (r == 0 && call->route->lane == LANE_NONE)
        r = call->route->handler(NULL, call);
    if (r < 0 || call->route->lane == LANE_NONE)
        answer(call, r);
    else
        begin(call);
}

int call_fail(struct call *call, int err, const char *detail)
{
    call->detail = detail;
    return err;
}

int call_id(const struct call *call, size_t param, enum id_kind kind, int64_t *ret)
{
    return id_parse(kind, call->params[param], ret) < 0 ? ERR_NOT_FOUND : 0;
}

int call_query_int(struct call *call, const char *name, int64_t min, int64_t max, int64_t otherwise,
                   int64_t *ret)
{
    struct slice text = http_query_param(call->http, name);
    int64_t value;

    if (!text.ptr) {
        *ret = otherwise;
        return 0;
    }
    if (slice_int64(text, &value) < 0 || value < min || value > max) {
        snprintf(call->problem, sizeof(call->problem), "\"%s\" must be a number from %lld to %lld.",
                 name, (long long)min, (long long)max);
        return call_fail(call, ERR_INVALID, call->problem);
    }
    *ret = value;
    return 0;
}

int call_body_id(const struct call *call, const char *name, enum id_kind kind, int64_t *ret)
{
    struct slice text = json_str(call->body, name);

    if (!text.ptr) {
        *ret = 0;
        return 0;
    }
    return id_parse(kind, text, ret) < 0 ? ERR_INVALID : 0;
}

struct pii call_body_pii(const struct call *call, const char *name)
{
    return pii_of(json_str(call->body, name));
}

bool call_has(const struct call *call, const char *name)
{
    return json_object_get(call->body, name) != NULL;
}

void call_out_id(struct json_out *out, const char *key, enum id_kind kind, int64_t id)
{
    char text[ID_TEXT_SIZE];

    if (id)
        json_out_str(out, key, id_text(kind, id, text));
    else
        json_out_null(out, key);
}

int call_set_cookie(struct call *call, struct slice secret)
{
    struct slice cookie =
        secret.len ? arena_printf(call->arena,
                                  COOKIE_NAME "=%.*s; Path=/; Secure; HttpOnly; SameSite=Lax;"
                                              " Max-Age=2592000",
                                  SLICE_ARG(secret))
                   : arena_printf(call->arena, COOKIE_NAME
                                  "=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0");

    if (!cookie.ptr)
        return ERR_MEMORY;
    call->answer.cookie = cookie.ptr;
    return 0;
}
