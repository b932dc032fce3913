#include "net/server_test_kit.h"

#include <netinet/in.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/err.h"
#include "unit.h"

enum { HELD_MAX = 64, SOCKETS_MAX = 4096, REST_MAX = 16 * 1024 * 1024, ANSWER_MAX = 256 * 1024 };

struct kit {
    struct server *server;
    struct ws_opts ws_opts;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    struct http_request *held[HELD_MAX];
    int held_count;
    struct ws *sockets[SOCKETS_MAX];
    int opened;
    int closed;
};

static const char big[8 * 1024 * 1024];

static struct http_plan on_plan(struct http_request *request, void *arg)
{
    if (slice_eq(http_path(request), SLICE("/refuse")))
        return (struct http_plan){.refuse = ERR_AUTH};
    if (slice_eq(http_path(request), SLICE("/small")))
        return (struct http_plan){.body_max = 8};
    return (struct http_plan){.body_max = 64 * 1024};
}

static void say(struct http_request *request, struct slice text)
{
    http_reply(request, &(struct http_answer){.status = 200, .type = "text/plain", .body = text});
}

static void hold(struct kit *kit, struct http_request *request)
{
    pthread_mutex_lock(&kit->lock);
    kit->held[kit->held_count++] = request;
    pthread_cond_broadcast(&kit->changed);
    pthread_mutex_unlock(&kit->lock);
}

static void on_text(struct ws *ws, struct slice text, void *data)
{
    ws_send(ws, text);
}

static void on_close(struct ws *ws, void *data)
{
    struct kit *kit = data;

    pthread_mutex_lock(&kit->lock);
    kit->closed++;
    pthread_cond_broadcast(&kit->changed);
    pthread_mutex_unlock(&kit->lock);
}

static const struct ws_ops ws_ops = {.on_text = on_text, .on_close = on_close};

static void open_socket(struct kit *kit, struct http_request *request)
{
    struct ws *ws;

    if (ws_accept(request, &ws_ops, &kit->ws_opts, kit, &ws) < 0) {
        http_reply_error(request, ERR_SYNTAX, NULL);
        return;
    }
    pthread_mutex_lock(&kit->lock);
    kit->sockets[kit->opened++] = ws_ref(ws);
    pthread_cond_broadcast(&kit->changed);
    pthread_mutex_unlock(&kit->lock);
}

static void tell_path(struct http_request *request)
{
    struct slice a = http_query_param(request, "a"), cookie = http_cookie(request, "c");
    struct slice text =
        arena_printf(http_arena(request), "%.*s|%.*s|%.*s", SLICE_ARG(http_path(request)),
                     SLICE_ARG(a), SLICE_ARG(cookie));

    say(request, text);
}

static void tell_peer(struct http_request *request)
{
    struct slice text = arena_printf(http_arena(request), "%016llx %s %s",
                                     (unsigned long long)http_peer_hash(request),
                                     http_peer_is_loopback(request) ? "local" : "remote",
                                     http_is_tls(request) ? "tls" : "plain");

    say(request, text);
}

static void on_request(struct http_request *request, void *arg)
{
    struct slice path = http_path(request);

    if (slice_eq(path, SLICE("/")))
        say(request, SLICE("hello"));
    else if (slice_eq(path, SLICE("/echo")) || slice_eq(path, SLICE("/small")))
        say(request, http_body(request));
    else if (slice_starts(path, SLICE("/path")))
        tell_path(request);
    else if (slice_eq(path, SLICE("/who")))
        tell_peer(request);
    else if (slice_starts(path, SLICE("/hold/")))
        hold(arg, request);
    else if (slice_eq(path, SLICE("/big")))
        http_reply(request, &(struct http_answer){.status = 200,
                                                  .type = "application/octet-stream",
                                                  .body = {big, sizeof(big)},
                                                  .body_static = true});
    else if (slice_eq(path, SLICE("/cached")))
        http_reply(request, &(struct http_answer){.status = 200,
                                                  .type = "text/plain",
                                                  .body = SLICE("x"),
                                                  .etag = "\"v1\"",
                                                  .cache = "no-cache"});
    else if (slice_eq(path, SLICE("/ws")))
        open_socket(arg, request);
    else
        http_reply_error(request, ERR_NOT_FOUND, NULL);
}

struct kit *kit_start(const struct server_opts *opts)
{
    struct kit *kit = calloc(1, sizeof(*kit));
    struct server_ops ops = {.plan = on_plan, .handle = on_request, .arg = kit};
    struct server_opts own = opts ? *opts : (struct server_opts){.listen_fd = -1};

    ck_assert_ptr_nonnull(kit);
    pthread_mutex_init(&kit->lock, NULL);
    pthread_cond_init(&kit->changed, NULL);
    if (!own.listen)
        own.listen = "127.0.0.1:0";
    if (own.listen_fd == 0)
        own.listen_fd = -1;
    own.threads = own.threads ? own.threads : 2;
    ck_assert_int_eq(server_start(&own, &ops, &kit->server), 0);
    return kit;
}

void kit_stop_server(struct kit *kit, int grace_ms)
{
    if (kit->server)
        server_stop(kit->server, grace_ms);
    kit->server = NULL;
}

void kit_stop(struct kit *kit)
{
    int i;

    kit_stop_server(kit, 2000);
    for (i = 0; i < kit->opened; i++)
        ws_unref(kit->sockets[i]);
    free(kit);
}

struct server *kit_server(struct kit *kit)
{
    return kit->server;
}

struct ws_opts *kit_ws_opts(struct kit *kit)
{
    return &kit->ws_opts;
}

static void await(struct kit *kit, const int *counter, int count)
{
    pthread_mutex_lock(&kit->lock);
    while (*counter < count)
        pthread_cond_wait(&kit->changed, &kit->lock);
    pthread_mutex_unlock(&kit->lock);
}

void kit_await_held(struct kit *kit, int count)
{
    await(kit, &kit->held_count, count);
}

void kit_await_opened(struct kit *kit, int count)
{
    await(kit, &kit->opened, count);
}

void kit_await_closed(struct kit *kit, int count)
{
    await(kit, &kit->closed, count);
}

static void *answer_held(void *arg)
{
    struct kit *kit = arg;

    while (kit->held_count > 0) {
        struct http_request *request = kit->held[--kit->held_count];

        say(request, slice_from(http_path(request), strlen("/hold/")));
    }
    return NULL;
}

void kit_release(struct kit *kit, int count)
{
    pthread_t thread;

    kit_await_held(kit, count);
    ck_assert_int_eq(pthread_create(&thread, NULL, answer_held, kit), 0);
    pthread_join(thread, NULL);
}

void kit_broadcast(struct kit *kit, struct slice text)
{
    int i;

    for (i = 0; i < kit->opened; i++)
        ws_send(kit->sockets[i], text);
}

void kit_close_all(struct kit *kit, int code)
{
    int i;

    for (i = 0; i < kit->opened; i++)
        ws_close(kit->sockets[i], code);
}

static int connect_with(struct kit *kit, int family, int receive_buffer)
{
    struct sockaddr_in to4 = {.sin_family = AF_INET,
                              .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
                              .sin_port = htons((uint16_t)server_port(kit->server))};
    struct sockaddr_in6 to6 = {
        .sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT, .sin6_port = to4.sin_port};
    struct timeval patience = {.tv_sec = 10};
    int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);

    ck_assert_int_ge(fd, 0);
    if (receive_buffer)
        setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof(receive_buffer));
    ck_assert_int_eq(family == AF_INET ? connect(fd, (struct sockaddr *)&to4, sizeof(to4))
                                       : connect(fd, (struct sockaddr *)&to6, sizeof(to6)),
                     0);
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
    return fd;
}

int kit_connect(struct kit *kit)
{
    return connect_with(kit, AF_INET, 0);
}

int kit_connect6(struct kit *kit)
{
    return connect_with(kit, AF_INET6, 0);
}

int kit_connect_slow(struct kit *kit)
{
    return connect_with(kit, AF_INET, 4096);
}

void kit_send(int fd, struct slice bytes)
{
    ssize_t n;

    while (bytes.len) {
        n = send(fd, bytes.ptr, bytes.len, MSG_NOSIGNAL);
        if (n <= 0)
            return; /* the server may well have closed: what it answered tells */
        bytes = slice_from(bytes, (size_t)n);
    }
}

bool kit_read(int fd, void *ret, size_t len)
{
    char *at = ret;
    ssize_t n;

    while (len) {
        n = recv(fd, at, len, 0);
        if (n <= 0)
            return false;
        at += n;
        len -= (size_t)n;
    }
    return true;
}

static size_t told_length(const char *head)
{
    const char *field = strstr(head, "\r\nContent-Length: ");

    return field ? strtoul(field + strlen("\r\nContent-Length: "), NULL, 10) : 0;
}

char *kit_answer(int fd, bool head)
{
    char *answer = calloc(1, ANSWER_MAX);
    size_t n = 0, body;

    ck_assert_ptr_nonnull(answer);
    while (n < 4 || memcmp(answer + n - 4, "\r\n\r\n", 4) != 0) {
        if (n + 1 == ANSWER_MAX || !kit_read(fd, answer + n, 1)) {
            free(answer);
            return NULL;
        }
        n++;
    }
    body = head ? 0 : told_length(answer);
    ck_assert_uint_lt(n + body, ANSWER_MAX);
    if (!kit_read(fd, answer + n, body)) {
        free(answer);
        return NULL;
    }
    return answer;
}

int kit_status(const char *answer)
{
    return answer && strncmp(answer, "HTTP/1.1 ", 9) == 0 ? (int)strtol(answer + 9, NULL, 10) : 0;
}

char *kit_rest(int fd, size_t *ret_len)
{
    char *all = malloc(REST_MAX + 1);
    size_t n = 0;
    ssize_t got;

    ck_assert_ptr_nonnull(all);
    while (n < REST_MAX && (got = recv(fd, all + n, REST_MAX - n, 0)) > 0)
        n += (size_t)got;
    all[n] = '\0';
    *ret_len = n;
    return all;
}

const char *kit_body(const char *answer)
{
    const char *end = answer ? strstr(answer, "\r\n\r\n") : NULL;

    return end ? end + 4 : "";
}

void kit_expect(int fd, const char *bytes, int status, const char *body)
{
    char *answer;

    kit_send(fd, slice_cstr(bytes));
    answer = kit_answer(fd, strncmp(bytes, "HEAD", 4) == 0);
    ck_assert_msg(kit_status(answer) == status, "%d, not %d, for\n%.300s", kit_status(answer),
                  status, bytes);
    if (body)
        ck_assert_str_eq(kit_body(answer), body);
    free(answer);
}
