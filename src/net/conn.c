#include "net/conn.h"

#include "net/conn_io.h"
#include "net/http_conn.h"
#include "net/tls.h"
#include "net/ws_socket.h"

enum {
    LINGER_MS = 5000,   /* how long a refused sender may go on before it is cut */
    STOP_IDLE_MS = 100, /* when the server stops: a request may be in the socket already */
    LINGER_BYTES = 64 * 1024 * 1024,
    PROGRESS_MIN = 1024, /* bytes per time-out that count as progress */
};

void conn_rearm(struct conn *conn, enum conn_wait wait, int ms)
{
    if (conn->wait == wait)
        return;
    conn->wait = (uint8_t)wait;
    if (wait != WAIT_NOTHING)
        loop_arm(conn->loop, &conn->deadline, ms);
}

/* Where nothing of a request is being read, the deadline follows from what is owed to whom. */
static void rearm_between(struct conn *conn)
{
    const struct http_limits *limits = &conn->loop->shared->limits;

    if (conn->writing) {
        if (conn->wait != WAIT_WRITE)
            conn->mark = conn_io_unread(conn);
        conn_rearm(conn, WAIT_WRITE, conn->ws ? LINGER_MS : limits->body_ms);
    } else if (conn->pending) {
        conn_rearm(conn, WAIT_NOTHING, 0);
    } else {
        conn_rearm(conn, WAIT_IDLE, conn->loop->stopping ? STOP_IDLE_MS : limits->idle_ms);
    }
}

void conn_enter(struct conn *conn, enum conn_state state)
{
    const struct http_limits *limits = &conn->loop->shared->limits;

    conn->state = (uint8_t)state;
    conn->wait = WAIT_NOTHING;
    switch (state) {
    case CONN_SHAKE:
        conn_rearm(conn, WAIT_SHAKE, limits->head_ms);
        break;
    case CONN_HEAD:
        conn_rearm(conn, WAIT_HEAD, limits->head_ms);
        break;
    case CONN_BODY:
        conn->mark = 0;
        conn_rearm(conn, WAIT_BODY, limits->body_ms);
        break;
    case CONN_LINGER:
        conn_rearm(conn, WAIT_LINGER, LINGER_MS);
        break;
    case CONN_IDLE:
    case CONN_FULL:
    case CONN_LAST:
    case CONN_WS:
    case CONN_GONE:
        break;
    }
}

void conn_touch(struct conn *conn)
{
    if (conn->dirty)
        return;
    conn->dirty = true;
    conn->dirty_next = conn->loop->dirty;
    conn->loop->dirty = conn;
}

void conn_close(struct conn *conn)
{
    struct ws *ws = conn->ws;

    if (conn->state == CONN_GONE)
        return;
    conn_enter(conn, CONN_GONE);
    wheel_unset(&conn->loop->wheel, &conn->deadline);
    http_conn_drop(conn);
    conn->ws = NULL;
    if (ws)
        ws_socket_lost(ws);
    conn_io_close(conn);
}

void conn_send(struct conn *conn, struct out *out)
{
    if (!out || conn->state == CONN_GONE) {
        out_free(out);
        if (conn->state != CONN_GONE)
            conn_close(conn); /* out of memory: a gap in the stream would be worse */
        return;
    }
    if (conn->ssl)
        tls_send(conn, out);
    else
        out_push(&conn->out, out);
}

/* Bytes taken; the rest waits in conn->in. */
static size_t chew(struct conn *conn, char *bytes, size_t len)
{
    size_t used = 0, n = 1;

    while (used < len && n > 0) {
        switch ((enum conn_state)conn->state) {
        case CONN_IDLE:
        case CONN_HEAD:
            n = http_conn_head(conn, bytes + used, len - used);
            break;
        case CONN_BODY:
            n = http_conn_body(conn, bytes + used, len - used);
            break;
        case CONN_WS:
            n = ws_socket_input(conn->ws, bytes + used, len - used);
            break;
        case CONN_LAST:
        case CONN_LINGER:
        case CONN_GONE:
            conn->thrown += len - used;
            return len;
        case CONN_FULL:
        case CONN_SHAKE:
            return used;
        }
        used += n;
    }
    return used;
}

static void chew_saved(struct conn *conn)
{
    size_t used = chew(conn, conn->in.ptr, conn->in.len);

    if (used == conn->in.len)
        buf_done(&conn->in); /* an idle connection keeps no buffer */
    else if (used)
        buf_drop(&conn->in, used);
}

static void body_progress(struct conn *conn, size_t len)
{
    conn->mark += len;
    if (conn->mark < PROGRESS_MIN)
        return;
    conn->mark = 0;
    conn->wait = WAIT_NOTHING;
    conn_rearm(conn, WAIT_BODY, conn->loop->shared->limits.body_ms);
}

void conn_feed(struct conn *conn, char *bytes, size_t len)
{
    size_t used = 0;
    bool fresh = conn->in.len == 0;

    if (conn->state == CONN_BODY)
        body_progress(conn, len);
    if (fresh)
        used = chew(conn, bytes, len);
    if (used < len && buf_add(&conn->in, slice_of(bytes + used, len - used)) < 0)
        conn_close(conn);
    else if (!fresh)
        chew_saved(conn);
    conn_touch(conn);
}

void conn_eof(struct conn *conn)
{
    conn->eof = true;
    if (conn->state == CONN_SHAKE || conn->state == CONN_LINGER || conn->state == CONN_WS)
        conn_close(conn);
    else
        conn_touch(conn);
}

/* Nothing more can arrive: the request that was being read will never be whole. */
static void end_reading(struct conn *conn)
{
    if (conn->state == CONN_FULL)
        return; /* requests that arrived before the end still wait in conn->in */
    if (conn->state == CONN_BODY)
        http_conn_forget_last(conn);
    conn_enter(conn, CONN_LAST);
}

/* All was answered and sent: shut our side and wait for the peer, or it would lose the answer to a
 * reset (RFC 9112 §9.6). */
static void end_writing(struct conn *conn)
{
    if (conn->eof || !conn_io_shut(conn))
        conn_close(conn);
    else
        conn_enter(conn, CONN_LINGER);
}

static bool wants_bytes(const struct conn *conn)
{
    if (conn->state == CONN_LAST || conn->state == CONN_LINGER)
        return conn->thrown <= LINGER_BYTES;
    return conn->state != CONN_FULL && conn->state != CONN_GONE;
}

void conn_settle(struct conn *conn)
{
    if (conn->state == CONN_GONE)
        return;
    http_conn_advance(conn);
    conn_io_flush(conn);
    if (conn->state == CONN_FULL && !http_conn_is_full(conn))
        conn_enter(conn, CONN_IDLE);
    if ((conn->state == CONN_IDLE || conn->state == CONN_WS) && conn->in.len)
        chew_saved(conn);
    if (conn->eof && conn->state < CONN_LAST)
        end_reading(conn);
    if (conn->state == CONN_LAST && !conn->pending && !conn->out.first)
        end_writing(conn);
    if (conn->state == CONN_GONE)
        return;
    if (conn->state == CONN_IDLE || conn->state == CONN_FULL || conn->state == CONN_LAST)
        rearm_between(conn);
    else if (conn->state == CONN_WS)
        ws_socket_settled(conn->ws, conn);
    conn_io_read(conn, wants_bytes(conn));
}

/* A slow reader is cut unless it took a little since the last look. Counted is what it
 * acknowledged: the kernel asks for more only after a third of its own queue has drained, which
 * takes a slow line longer than any time-out. */
static void write_expired(struct conn *conn)
{
    size_t left = conn_io_unread(conn);

    if (conn->mark < left + PROGRESS_MIN) {
        conn_close(conn);
        return;
    }
    rearm_between(conn);
}

void conn_expire(struct conn *conn)
{
    enum conn_wait wait = (enum conn_wait)conn->wait;

    conn->wait = WAIT_NOTHING;
    switch (wait) {
    case WAIT_NOTHING:
        break;
    case WAIT_HEAD:
    case WAIT_BODY:
        http_conn_refuse(conn, 408);
        break;
    case WAIT_WRITE:
        write_expired(conn);
        break;
    case WAIT_WS:
        ws_socket_expired(conn->ws, conn);
        break;
    case WAIT_SHAKE:
    case WAIT_IDLE:
    case WAIT_LINGER:
        conn_close(conn);
        break;
    }
}

void conn_stop(struct conn *conn)
{
    if (conn->state == CONN_WS)
        ws_socket_stop(conn->ws);
    else if (conn->state == CONN_IDLE)
        conn_enter(conn, CONN_IDLE); /* arms the short deadline */
    conn_touch(conn);
}
