#include "net/http_request.h"

#include <stdlib.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/metrics.h"
#include "net/http_path.h"
#include "net/http_write.h"
#include "net/ws_socket.h"

enum { REQUEST_ARENA_MAX = 8 * 1024 * 1024 };

static void on_done(struct post *post)
{
    struct http_request *request = CONTAINER_OF(post, struct http_request, post);

    request->answered = true;
    if (request->conn)
        conn_touch(request->conn);
    else
        http_request_free(request);
}

/* The loop has ended: nobody waits for this answer any more. */
static void on_drop(struct post *post)
{
    http_request_free(CONTAINER_OF(post, struct http_request, post));
}

struct http_request *http_request_new(struct loop *loop)
{
    struct http_request *request = loop->spares;
    struct arena *arena;

    if (request) {
        loop->spares = request->next;
        loop->spare_count--;
        arena = request->arena;
    } else {
        request = malloc(sizeof(*request));
        arena = request ? arena_new(REQUEST_ARENA_MAX) : NULL;
        if (!arena) {
            free(request);
            return NULL;
        }
    }
    *request = (struct http_request){.arena = arena, .post = {NULL, on_done, on_drop}};
    request->loop = loop_ref(loop);
    return request;
}

void http_request_free(struct http_request *request)
{
    struct loop *loop = request->loop;

    if (request->ws)
        ws_socket_lost(request->ws);
    out_free(request->out);
    buf_done(&request->body);
    if (loop_is_here(loop))
        loop->bodies -= request->counted;
    if (!loop_is_here(loop) || loop->closing || loop->spare_count >= LOOP_SPARES_MAX) {
        http_request_discard(request);
    } else {
        arena_reset(request->arena);
        request->next = loop->spares;
        loop->spares = request;
        loop->spare_count++;
    }
    loop_unref(loop);
}

void http_request_discard(struct http_request *request)
{
    arena_free(request->arena);
    free(request);
}

void http_request_done(struct http_request *request)
{
    if (loop_is_here(request->loop))
        on_done(&request->post);
    else
        loop_post(request->loop, &request->post);
}

void http_reply(struct http_request *request, const struct http_answer *answer)
{
    request->out = http_write_answer(request, answer);
    request->close = answer->close || !request->keep_alive || !request->out;
    http_request_done(request);
}

enum http_method http_method(const struct http_request *request)
{
    return request->method;
}

struct slice http_path(const struct http_request *request)
{
    return request->path;
}

struct slice http_query(const struct http_request *request)
{
    return request->query;
}

/* The decoded form of `encoded` in the request's arena; SLICE_NONE when it has none. */
static struct slice form_value(struct http_request *request, struct slice encoded)
{
    char *value = arena_alloc(request->arena, encoded.len + 1);
    size_t len;

    if (!value || http_form_decode(encoded, value, &len) < 0)
        return SLICE_NONE;
    return slice_of(value, len);
}

struct slice http_query_param(struct http_request *request, const char *name)
{
    struct slice rest = request->query, pair, wanted = slice_cstr(name);
    ptrdiff_t equals;

    while (slice_cut(&rest, '&', &pair)) {
        equals = slice_find(pair, '=');
        if (slice_eq(equals < 0 ? pair : slice_head(pair, (size_t)equals), wanted))
            return form_value(request,
                              equals < 0 ? SLICE("") : slice_from(pair, (size_t)equals + 1));
    }
    return SLICE_NONE;
}

struct slice http_header(const struct http_request *request, const char *lower_name)
{
    struct slice wanted = slice_cstr(lower_name);
    size_t i;

    for (i = 0; i < request->header_count; i++)
        if (request->headers[i].name.len == wanted.len &&
            slice_eq_nocase(request->headers[i].name, wanted))
            return request->headers[i].value;
    return SLICE_NONE;
}

static struct slice cookie_in(struct slice rest, struct slice wanted)
{
    struct slice pair;
    ptrdiff_t equals;

    while (slice_cut(&rest, ';', &pair)) {
        pair = slice_trim(pair);
        equals = slice_find(pair, '=');
        if (equals >= 0 && slice_eq(slice_head(pair, (size_t)equals), wanted))
            return slice_from(pair, (size_t)equals + 1);
    }
    return SLICE_NONE;
}

struct slice http_cookie(const struct http_request *request, const char *name)
{
    struct slice value = SLICE_NONE;
    size_t i;

    for (i = 0; i < request->header_count && !value.ptr; i++)
        if (slice_eq_nocase(request->headers[i].name, SLICE("cookie")))
            value = cookie_in(request->headers[i].value, slice_cstr(name));
    return value;
}

struct slice http_body(const struct http_request *request)
{
    return buf_slice(&request->body);
}

struct arena *http_arena(struct http_request *request)
{
    return request->arena;
}

bool http_is_tls(const struct http_request *request)
{
    return request->tls;
}

uint64_t http_peer_hash(const struct http_request *request)
{
    return request->peer.hash;
}

bool http_peer_is_loopback(const struct http_request *request)
{
    return request->peer.loopback;
}

int64_t http_age_us(const struct http_request *request)
{
    return clock_mono_us() - request->started_us;
}

void http_set_data(struct http_request *request, void *data)
{
    request->data = data;
}

void *http_data(const struct http_request *request)
{
    return request->data;
}
