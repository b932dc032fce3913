#include "net/ws.h"

#include <openssl/evp.h>
#include <openssl/sha.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/metrics.h"
#include "net/http_request.h"
#include "net/ws_socket.h"

enum {
    MESSAGE_DEFAULT = 64 * 1024,
    QUEUE_DEFAULT = 1024 * 1024,
    PING_DEFAULT_MS = 30000,
    KEY_LEN = 24, /* base64 of 16 bytes */
    CODE_TRY_LATER = 1013,
};

struct out *ws_frame_out(enum ws_opcode opcode, struct slice payload)
{
    char header[WS_SERVER_HEADER_MAX];
    size_t n = ws_frame_write(opcode, payload.len, header);
    struct out *out = out_new(n + payload.len);

    if (!out)
        return NULL;
    out_put(out, slice_of(header, n));
    out_put(out, payload);
    return out;
}

/* True when a comma-separated field holds the token, in either case. */
static bool has_token(struct slice list, struct slice token)
{
    struct slice part;

    while (slice_cut(&list, ',', &part))
        if (slice_eq_nocase(slice_trim(part), token))
            return true;
    return false;
}

bool ws_wanted(const struct http_request *request)
{
    return request->upgrade && has_token(http_header(request, "upgrade"), SLICE("websocket"));
}

/* §4.2.1: the nonce is base64 of 16 bytes. */
static bool key_valid(struct slice key)
{
    unsigned char nonce[KEY_LEN];

    return key.len == KEY_LEN && key.ptr[KEY_LEN - 2] == '=' && key.ptr[KEY_LEN - 1] == '=' &&
           EVP_DecodeBlock(nonce, (const unsigned char *)key.ptr, KEY_LEN) == 18;
}

/* §4.2.2, number 5.4: SHA-1 of the key and a fixed word, in base64. */
static void write_accept(struct slice key, char ret[32])
{
    static const char guid[] = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    unsigned char joined[KEY_LEN + sizeof(guid) - 1], digest[SHA_DIGEST_LENGTH];

    memcpy(joined, key.ptr, KEY_LEN);
    memcpy(joined + KEY_LEN, guid, sizeof(guid) - 1);
    SHA1(joined, sizeof(joined), digest);
    EVP_EncodeBlock((unsigned char *)ret, digest, sizeof(digest));
}

static struct out *write_upgrade(const struct http_request *request)
{
    struct slice head = SLICE("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
                              "Connection: Upgrade\r\nSec-WebSocket-Accept: ");
    struct out *out = out_new(head.len + 64);
    char accept[32];

    if (!out)
        return NULL;
    write_accept(http_header(request, "sec-websocket-key"), accept);
    out_put(out, head);
    out_put(out, slice_cstr(accept));
    out_put(out, SLICE("\r\n\r\n"));
    return out;
}

static void on_post(struct post *post)
{
    struct ws *ws = CONTAINER_OF(post, struct ws, post);

    ws_socket_posted(ws);
    ws_unref(ws);
}

static void on_drop(struct post *post)
{
    ws_unref(CONTAINER_OF(post, struct ws, post));
}

static struct ws *ws_new(struct loop *loop, const struct ws_ops *ops, const struct ws_opts *opts,
                         void *data)
{
    struct ws *ws = calloc(1, sizeof(*ws));
    size_t queue = opts->queue_max ? opts->queue_max : QUEUE_DEFAULT;

    if (!ws)
        return NULL;
    ws->post = (struct post){NULL, on_post, on_drop};
    ws->loop = loop_ref(loop);
    ws->ops = ops;
    ws->data = data;
    ws->message = BUF_INIT(opts->message_max ? opts->message_max : MESSAGE_DEFAULT);
    ws->control = BUF_INIT(WS_CONTROL_MAX);
    ws->queue_max = queue < UINT32_MAX ? (uint32_t)queue : UINT32_MAX;
    ws->ping_ms = opts->ping_every_ms > 0 ? (uint32_t)opts->ping_every_ms : PING_DEFAULT_MS;
    atomic_init(&ws->refs, opts->with_ref ? 2 : 1); /* one until on_close returned */
    return ws;
}

int ws_accept(struct http_request *request, const struct ws_ops *ops, const struct ws_opts *opts,
              void *data, struct ws **ret)
{
    struct ws *ws;
    struct out *out;

    if (!ws_wanted(request) || request->method != HTTP_GET_ || request->http10 ||
        !slice_eq(http_header(request, "sec-websocket-version"), SLICE("13")) ||
        !key_valid(http_header(request, "sec-websocket-key")))
        return ERR_SYNTAX;
    out = write_upgrade(request);
    ws = out ? ws_new(request->loop, ops, opts, data) : NULL;
    if (!ws) {
        out_free(out);
        return ERR_MEMORY;
    }
    request->out = out;
    request->ws = ws;
    *ret = ws;
    http_request_done(request);
    return 0;
}

struct ws *ws_ref(struct ws *ws)
{
    atomic_fetch_add_explicit(&ws->refs, 1, memory_order_relaxed);
    return ws;
}

void ws_unref(struct ws *ws)
{
    if (atomic_fetch_sub_explicit(&ws->refs, 1, memory_order_acq_rel) != 1)
        return;
    out_clear(&ws->inbox);
    out_clear(&ws->early);
    buf_done(&ws->message);
    buf_done(&ws->control);
    loop_unref(ws->loop);
    free(ws);
}

/* Puts the frame, or the wish to close, where the socket's thread finds it. */
static void post(struct ws *ws, struct out *out, int code)
{
    size_t queued = atomic_load_explicit(&ws->backlog, memory_order_relaxed);
    bool first;

    pthread_mutex_lock(&ws->loop->lock);
    if (ws->inbox_close) {
        out_free(out); /* behind a close nothing is sent */
    } else if (out && queued + ws->inbox.bytes + out->len > ws->queue_max) {
        out_free(out);
        code = CODE_TRY_LATER;
    } else if (out) {
        out_push(&ws->inbox, out);
    }
    if (code && !ws->inbox_close)
        ws->inbox_close = code;
    first = !ws->posted;
    ws->posted = true;
    pthread_mutex_unlock(&ws->loop->lock);
    if (first)
        loop_post(ws->loop, &ws_ref(ws)->post);
}

void ws_send(struct ws *ws, struct slice text)
{
    struct out *out = ws_frame_out(WS_TEXT, text);

    if (!out)
        post(ws, NULL, CODE_TRY_LATER);
    else if (loop_is_here(ws->loop))
        ws_socket_send(ws, out);
    else
        post(ws, out, 0);
}

void ws_close(struct ws *ws, int code)
{
    if (loop_is_here(ws->loop))
        ws_socket_close(ws, code);
    else
        post(ws, NULL, code);
}
