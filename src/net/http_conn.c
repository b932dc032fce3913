#include "net/http_conn.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/metrics.h"
#include "net/http_read.h"
#include "net/http_write.h"
#include "net/ws_socket.h"

enum { PIPELINE_MAX = 16, UNSENT_MAX = 256 * 1024 };

bool http_conn_is_full(const struct conn *conn)
{
    return conn->pending >= PIPELINE_MAX || conn->out.bytes > UNSENT_MAX ||
           (conn->last && conn->last->upgrade && conn->last->handed);
}

static void append(struct conn *conn, struct http_request *request)
{
    if (conn->last)
        conn->last->next = request;
    else
        conn->first = request;
    conn->last = request;
    conn->pending++;
}

static struct http_request *pop(struct conn *conn)
{
    struct http_request *request = conn->first;

    conn->first = request->next;
    if (!conn->first)
        conn->last = NULL;
    request->next = NULL;
    conn->pending--;
    return request;
}

void http_conn_drop(struct conn *conn)
{
    struct http_request *request;

    while (conn->first) {
        request = pop(conn);
        request->conn = NULL;
        if (!request->handed || request->answered)
            http_request_free(request);
    }
}

void http_conn_forget_last(struct conn *conn)
{
    struct http_request **link = &conn->first, *before = NULL;

    while (*link != conn->last) {
        before = *link;
        link = &before->next;
    }
    http_request_free(*link);
    *link = NULL;
    conn->last = before;
    conn->pending--;
}

static struct http_request *request_on(struct conn *conn)
{
    struct http_request *request = http_request_new(conn->loop);

    if (!request)
        return NULL;
    request->conn = conn;
    request->peer = conn->peer;
    request->tls = conn->ssl != NULL;
    request->started_us = conn->first_byte_us;
    append(conn, request);
    return request;
}

void http_conn_refuse(struct conn *conn, int status)
{
    struct http_request *request = conn->last;

    if (!request || request->handed)
        request = request_on(conn);
    if (!request) {
        conn_close(conn);
        return;
    }
    request->keep_alive = false;
    request->upgrade = false;
    request->out = http_write_problem(request, status);
    request->close = true;
    request->handed = true;
    request->answered = true;
    metric_add(METRIC_HTTP_REFUSED, 1);
    conn_enter(conn, CONN_LAST);
    conn_touch(conn);
}

/* Behind a proxy that is believed, its word about the client counts. Where nobody is believed, a
 * forwarded request is at least not a local one. */
static void learn_peer(struct http_request *request)
{
    struct slice forwarded = http_header(request, "x-forwarded-for");

    if (!request->peer.proxy) {
        if (forwarded.ptr)
            request->peer.loopback = false;
        return;
    }
    if (slice_eq_nocase(http_header(request, "x-forwarded-proto"), SLICE("https")))
        request->tls = true;
    request->peer = peer_behind(&request->loop->shared->peers, request->peer, forwarded);
}

/* The request was read; somebody owes it an answer. What may be read behind it? */
static void owe_answer(struct conn *conn, struct http_request *request)
{
    request->handed = true;
    if (!request->keep_alive)
        conn_enter(conn, CONN_LAST);
    else if (http_conn_is_full(conn))
        conn_enter(conn, CONN_FULL);
    else
        conn_enter(conn, CONN_IDLE);
}

static void hand_over(struct conn *conn, struct http_request *request)
{
    const struct server_ops *ops = &conn->loop->shared->ops;

    if (conn->loop->stopping)
        request->keep_alive = false;
    owe_answer(conn, request);
    ops->handle(request, ops->arg);
}

/* "OPTIONS *" asks about the server as a whole (RFC 9110 §9.3.7): there is nothing to say. */
static void answer_asterisk(struct conn *conn, struct http_request *request)
{
    request->keep_alive = false;
    owe_answer(conn, request);
    http_reply(request, &(struct http_answer){.status = 204});
}

/* The head is whole: ask the handler, then read the body or hand over. */
static void begin(struct conn *conn, struct http_request *request)
{
    const struct server_ops *ops = &conn->loop->shared->ops;
    bool has_body = http_read_has_body(request);
    struct http_plan plan;

    if (slice_eq(request->path, SLICE("*"))) {
        answer_asterisk(conn, request);
        return;
    }
    plan = ops->plan(request, ops->arg);
    if (plan.refuse) {
        if (has_body)
            request->keep_alive = false;
        owe_answer(conn, request);
        http_reply_error(request, plan.refuse, NULL);
        return;
    }
    if (!has_body) {
        hand_over(conn, request);
        return;
    }
    if (request->body_left > plan.body_max) {
        http_conn_refuse(conn, 413);
        return;
    }
    request->body = BUF_INIT(plan.body_max);
    request->continue_due = request->framing.expect.ptr && !request->http10;
    conn_enter(conn, CONN_BODY);
    conn_touch(conn);
}

size_t http_conn_head(struct conn *conn, const char *bytes, size_t len)
{
    const struct http_limits *limits = &conn->loop->shared->limits;
    struct http_request *request;
    int n, r;

    if (conn->scan.at == 0)
        conn->first_byte_us = clock_mono_us();
    n = http_head_scan(&conn->scan, slice_of(bytes, len), limits);
    if (n < 0) {
        http_conn_refuse(conn, -n);
        return len;
    }
    if (n == 0) {
        if (conn->state != CONN_HEAD)
            conn_enter(conn, CONN_HEAD);
        return 0;
    }
    conn->scan = (struct http_head_scan){0};
    request = request_on(conn);
    if (!request) {
        conn_close(conn);
        return len;
    }
    r = http_read_head(request, slice_of(bytes, (size_t)n), limits);
    if (r < 0) {
        http_conn_refuse(conn, -r);
        return len;
    }
    learn_peer(request);
    begin(conn, request);
    return (size_t)n;
}

/* Bodies of all requests together have a budget: many big ones at once must not eat the machine. */
static bool within_budget(struct http_request *request)
{
    struct loop *loop = request->loop;

    loop->bodies += request->body.len - request->counted;
    request->counted = request->body.len;
    return loop->bodies <= loop->shared->bodies_max;
}

size_t http_conn_body(struct conn *conn, const char *bytes, size_t len)
{
    struct http_request *request = conn->last;
    ptrdiff_t n = http_read_body(request, bytes, len);

    if (n >= 0 && !within_budget(request))
        n = -503;
    if (n < 0) {
        http_conn_refuse(conn, (int)-n);
        return len;
    }
    request->continue_due = false;
    if (request->body_done)
        hand_over(conn, request);
    return (size_t)n;
}

static void send_answer(struct conn *conn, struct http_request *request)
{
    struct out *out = request->out;

    request->out = NULL;
    if (out)
        conn_send(conn, out);
    if (request->ws && conn->state != CONN_GONE) {
        ws_socket_attach(request->ws, conn);
        request->ws = NULL;
    }
}

void http_conn_advance(struct conn *conn)
{
    struct http_request *request;
    bool close;

    while ((request = conn->first) && request->answered) {
        pop(conn);
        close = request->close;
        send_answer(conn, request);
        request->conn = NULL;
        http_request_free(request);
        if (!close)
            continue;
        http_conn_drop(conn);
        if (conn->state != CONN_GONE)
            conn_enter(conn, CONN_LAST);
    }
    if (request && request->continue_due) {
        request->continue_due = false;
        conn_send(conn, out_copy(SLICE("HTTP/1.1 100 Continue\r\n\r\n")));
    }
}
