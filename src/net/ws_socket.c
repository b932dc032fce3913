#include "net/ws_socket.h"

#include "base/err.h"
#include "base/metrics.h"
#include "net/ws.h"

enum {
    CLOSE_WAIT_MS = 5000, /* for the peer's close frame after ours */
    UNANSWERED_MAX = 2,
    CODE_NORMAL = 1000,
    CODE_GOING_AWAY = 1001,
    CODE_PROTOCOL = 1002,
    CODE_UNSUPPORTED = 1003,
    CODE_NONE = 1005, /* never on the wire: the peer gave none */
    CODE_TEXT = 1007,
    CODE_TOO_BIG = 1009,
    CODE_TRY_LATER = 1013,
};

static void send_frame(struct ws *ws, enum ws_opcode opcode, struct slice payload)
{
    struct out *out = ws_frame_out(opcode, payload);

    if (ws->conn) {
        conn_send(ws->conn, out);
        if (ws->conn)
            conn_touch(ws->conn);
    } else if (out) {
        out_push(&ws->early, out);
    }
}

static void send_close(struct ws *ws, int code)
{
    char payload[2] = {(char)(code >> 8), (char)code};

    if (ws->closing)
        return;
    ws->closing = true;
    send_frame(ws, WS_CLOSE, slice_of(payload, code == CODE_NONE ? 0 : sizeof(payload)));
}

/* The stream can't be read any more: say why, and read no further. */
static void fail(struct ws *ws, int code)
{
    send_close(ws, code);
    if (ws->conn && ws->conn->state == CONN_WS)
        conn_enter(ws->conn, CONN_LAST);
}

void ws_socket_close(struct ws *ws, int code)
{
    if (ws->closing || ws->lost)
        return;
    send_close(ws, code);
    if (ws->conn && ws->conn->state == CONN_WS) {
        ws->conn->wait = WAIT_NOTHING;
        conn_rearm(ws->conn, WAIT_WS, CLOSE_WAIT_MS);
    }
}

void ws_socket_send(struct ws *ws, struct out *out)
{
    size_t queued = ws->conn ? ws->conn->out.bytes : ws->early.bytes;

    if (ws->closing || ws->lost) {
        out_free(out);
        return;
    }
    if (queued + out->len > ws->queue_max) {
        out_free(out);
        ws_socket_overflow(ws);
    } else if (ws->conn) {
        conn_send(ws->conn, out);
        if (ws->conn)
            conn_touch(ws->conn);
    } else {
        out_push(&ws->early, out);
    }
}

/* The reader is too slow. What is queued goes out if it still reads; then it comes back by
 * sequence. */
void ws_socket_overflow(struct ws *ws)
{
    if (ws->closing || ws->lost)
        return;
    metric_add(METRIC_WS_DROPPED, 1);
    fail(ws, CODE_TRY_LATER);
}

void ws_socket_posted(struct ws *ws)
{
    struct out_queue queue;
    struct out *out;
    int code;

    pthread_mutex_lock(&ws->loop->lock);
    queue = ws->inbox;
    code = ws->inbox_close;
    ws->inbox = (struct out_queue){0};
    ws->inbox_close = 0;
    ws->posted = false;
    pthread_mutex_unlock(&ws->loop->lock);
    while ((out = queue.first)) {
        queue.first = out->next;
        out->next = NULL;
        ws_socket_send(ws, out);
    }
    if (code)
        code == CODE_TRY_LATER ? ws_socket_overflow(ws) : ws_socket_close(ws, code);
}

void ws_socket_attach(struct ws *ws, struct conn *conn)
{
    struct out *out;

    ws->conn = conn;
    conn->ws = ws;
    conn_enter(conn, CONN_WS);
    metric_add(METRIC_WS_SOCKETS, 1);
    while ((out = ws->early.first) && ws->conn) {
        ws->early.first = out->next;
        out->next = NULL;
        conn_send(conn, out);
    }
    ws->early.last = NULL;
    ws->early.bytes = 0;
    if (ws->conn && conn->loop->stopping)
        ws_socket_stop(ws);
    if (ws->conn && ws->closing) {
        conn->wait = WAIT_NOTHING;
        conn_rearm(conn, WAIT_WS, CLOSE_WAIT_MS);
    }
}

void ws_socket_lost(struct ws *ws)
{
    if (ws->lost)
        return;
    ws->lost = true;
    if (ws->conn)
        metric_add(METRIC_WS_SOCKETS, -1);
    ws->conn = NULL;
    out_clear(&ws->early);
    buf_done(&ws->message);
    buf_done(&ws->control);
    ws->ops->on_close(ws, ws->data);
    ws_unref(ws);
}

/* RFC 6455 §5.5.1: a code and a reason, or nothing at all. The answer echoes the code. */
static void take_close(struct ws *ws, struct slice payload)
{
    struct ws_utf8 utf8 = {0};
    int code = CODE_NONE;

    if (payload.len == 1) {
        code = CODE_PROTOCOL;
    } else if (payload.len >= 2) {
        code = (unsigned char)payload.ptr[0] << 8 | (unsigned char)payload.ptr[1];
        if (!ws_close_code_valid(code))
            code = CODE_PROTOCOL;
        else if (!ws_utf8_add(&utf8, slice_from(payload, 2)) || !ws_utf8_whole(&utf8))
            code = CODE_TEXT;
    }
    fail(ws, code);
}

static void take_control(struct ws *ws, struct slice payload)
{
    switch ((enum ws_opcode)ws->frame.opcode) {
    case WS_PING:
        if (!ws->closing && ws->conn->out.bytes <= ws->queue_max)
            send_frame(ws, WS_PONG, payload);
        break;
    case WS_CLOSE:
        take_close(ws, payload);
        break;
    case WS_PONG:
    case WS_CONTINUATION:
    case WS_TEXT:
    case WS_BINARY:
        break;
    }
}

/* A data frame's header has arrived: does it fit what came before, and our limits? */
static int check_data_frame(struct ws *ws)
{
    const struct ws_frame *frame = &ws->frame;

    if ((frame->opcode == WS_CONTINUATION) != ws->in_message)
        return CODE_PROTOCOL;
    if (frame->opcode == WS_BINARY)
        return CODE_UNSUPPORTED;
    if (frame->len > ws->message.limit - ws->message.len)
        return CODE_TOO_BIG;
    ws->in_message = true;
    return 0;
}

static int end_message(struct ws *ws, struct slice text)
{
    bool whole = ws_utf8_whole(&ws->utf8);

    ws->in_message = false;
    ws->utf8 = (struct ws_utf8){0};
    if (!whole)
        return CODE_TEXT;
    if (!ws->closing)
        ws->ops->on_text(ws, text, ws->data);
    buf_done(&ws->message);
    return 0;
}

/* Payload bytes, unmasked. A text that lies whole in the read buffer is delivered from there. */
static int take_data(struct ws *ws, struct slice bytes)
{
    bool last = ws->frame.fin && ws_frame_ended(&ws->frame);

    if (!ws_utf8_add(&ws->utf8, bytes))
        return CODE_TEXT;
    if (last && ws->message.len == 0)
        return end_message(ws, bytes);
    if (buf_add(&ws->message, bytes) < 0)
        return CODE_TOO_BIG;
    return last ? end_message(ws, buf_slice(&ws->message)) : 0;
}

static int take_payload(struct ws *ws, struct slice bytes)
{
    bool ended = ws_frame_ended(&ws->frame);

    if (!(ws->frame.opcode & 0x8))
        return take_data(ws, bytes);
    if (ended && ws->control.len == 0) {
        take_control(ws, bytes);
        return 0;
    }
    if (buf_add(&ws->control, bytes) < 0)
        return CODE_PROTOCOL;
    if (ended) {
        take_control(ws, buf_slice(&ws->control));
        buf_done(&ws->control);
    }
    return 0;
}

/* One step: header bytes, or payload bytes. 0 or a close code. */
static int step(struct ws *ws, char **at, size_t *left)
{
    struct slice rest = slice_of(*at, *left);
    size_t n;
    int code;

    if (!ws->frame.open) {
        if (ws_frame_header(&ws->frame, &rest) < 0)
            return CODE_PROTOCOL;
        *at += *left - rest.len;
        *left = rest.len;
        if (!ws->frame.open)
            return 0;
        code = ws->frame.opcode & 0x8 ? 0 : check_data_frame(ws);
        if (code)
            return code;
    }
    n = ws_frame_payload(&ws->frame, *at, *left);
    code = n || ws_frame_ended(&ws->frame) ? take_payload(ws, slice_of(*at, n)) : 0;
    *at += n;
    *left -= n;
    if (ws_frame_ended(&ws->frame))
        ws->frame = (struct ws_frame){0};
    return code;
}

size_t ws_socket_input(struct ws *ws, char *bytes, size_t len)
{
    size_t left = len;
    int code = 0;

    ws_ref(ws);         /* a callback may lose the connection */
    ws->unanswered = 0; /* whatever it says, it lives */
    while (left && code == 0 && ws->conn && ws->conn->state == CONN_WS)
        code = step(ws, &bytes, &left);
    if (code)
        fail(ws, code);
    ws_unref(ws);
    return len;
}

void ws_socket_settled(struct ws *ws, struct conn *conn)
{
    atomic_store_explicit(&ws->backlog, conn->out.bytes, memory_order_relaxed);
    conn_rearm(conn, WAIT_WS, ws->closing ? CLOSE_WAIT_MS : (int)ws->ping_ms);
}

void ws_socket_expired(struct ws *ws, struct conn *conn)
{
    if (ws->closing || ws->unanswered >= UNANSWERED_MAX) {
        conn_close(conn);
        return;
    }
    ws->unanswered++;
    send_frame(ws, WS_PING, SLICE(""));
    conn_touch(conn);
}

void ws_socket_stop(struct ws *ws)
{
    ws_socket_close(ws, CODE_GOING_AWAY);
}
