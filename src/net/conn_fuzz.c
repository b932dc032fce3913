#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/err.h"
#include "net/loop.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct ws_ops ws_ops;

static struct http_plan on_plan(struct http_request *request, void *arg)
{
    if (http_path(request).len > 40)
        return (struct http_plan){.refuse = ERR_NOT_FOUND};
    return (struct http_plan){.body_max = 1000};
}

/* Takes a WebSocket where one is asked for, keeps one request waiting, and echoes the others. */
static void on_request(struct http_request *request, void *arg)
{
    struct http_request **held = arg;
    struct ws *ws;

    if (http_path(request).ptr[0] != '/' || http_body(request).len > 1000)
        __builtin_trap();
    http_query_param(request, "a");
    http_cookie(request, "c");
    if (ws_wanted(request)) {
        if (ws_accept(request, &ws_ops, &(struct ws_opts){.message_max = 300}, NULL, &ws) < 0)
            http_reply_error(request, ERR_SYNTAX, NULL);
    } else if (!*held && http_method(request) == HTTP_PUT_) {
        *held = request;
    } else {
        http_reply(request, &(struct http_answer){
                                .status = 200, .type = "text/plain", .body = http_body(request)});
    }
}

static void on_text(struct ws *ws, struct slice text, void *data)
{
    if (text.len > 300)
        __builtin_trap();
    ws_send(ws, text);
}

static void on_close(struct ws *ws, void *data)
{
}

static const struct ws_ops ws_ops = {.on_text = on_text, .on_close = on_close};

static struct loop *loop_of(struct loop_shared *shared, struct http_request **held)
{
    *shared = (struct loop_shared){
        .ops = {.plan = on_plan, .handle = on_request, .arg = held},
        .limits = {2000, 20, 300, 10000, 10000, 10000},
        .connections_max = 100,
        .bodies_max = 100000,
    };
    signal(SIGPIPE, SIG_IGN);
    return peer_book_init(&shared->peers, SLICE_NONE) == 0 ? loop_new(shared) : NULL;
}

/* Reads what was answered. False once the server has closed. */
static bool drain(int fd)
{
    char bytes[4096];
    ssize_t n;

    while ((n = recv(fd, bytes, sizeof(bytes), MSG_DONTWAIT)) > 0)
        ;
    return n < 0 && errno == EAGAIN;
}

static void release(struct http_request **held)
{
    if (*held)
        http_reply_error(*held, ERR_BUSY, NULL);
    *held = NULL;
}

/* A whole connection, from a socket to the handler and back, in pieces that the first byte chooses.
 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct loop_shared shared;
    static struct loop *loop;
    static struct http_request *held;
    size_t step, at, n;
    int pair[2], i;

    if (!loop)
        loop = loop_of(&shared, &held);
    if (!loop || size < 2 || socketpair(AF_UNIX, SOCK_STREAM, 0, pair) < 0)
        return 0;
    if (loop_adopt(loop, pair[1]) == 0) {
        loop_turn(loop); /* begins to read */
        step = data[0] < 128 ? size : data[0] - 127u;
        for (at = 1; at < size && drain(pair[0]); at += n) {
            n = size - at < step ? size - at : step;
            if (send(pair[0], data + at, n, MSG_NOSIGNAL | MSG_DONTWAIT) < 0)
                break;
            loop_turn(loop);
        }
        release(&held);
        loop_turn(loop);
        drain(pair[0]);
    }
    close(pair[0]);
    for (i = 0; loop->conns && i < 100; i++) {
        release(&held);
        loop_turn(loop);
    }
    if (loop->conns)
        __builtin_trap(); /* a connection outlived its peer */
    return 0;
}
