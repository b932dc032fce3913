#include "net/fetch_test_peer.h"

#include <arpa/inet.h>
#include <errno.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdbool.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/attr.h"
#include "unit.h"

struct visit {
    struct peer *peer;
    int fd;
};

static void put(int fd, const char *text)
{
    ck_assert(send(fd, text, strlen(text), MSG_NOSIGNAL) >= 0 || errno == EPIPE ||
              errno == ECONNRESET);
}

static void putf(int fd, const char *format, ...) PRINTF_LIKE(2, 3);
static void putf(int fd, const char *format, ...)
{
    char text[1024];
    va_list args;

    va_start(args, format);
    vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    put(fd, text);
}

static void put_body(int fd, const char *extra, const char *body)
{
    putf(fd, "HTTP/1.1 200 Fine\r\nContent-Length: %zu\r\nX-Test: one:two \r\n%s\r\n%s",
         strlen(body), extra, body);
}

static void put_large(int fd, size_t size)
{
    static const char block[1024] = {'x'};
    size_t sent;

    put(fd, "HTTP/1.1 200 OK\r\n\r\n");
    for (sent = 0; sent < size; sent += sizeof(block))
        if (send(fd, block, sizeof(block), MSG_NOSIGNAL) < 0)
            return;
}

static void wait_for_eof(int fd)
{
    char byte;

    while (recv(fd, &byte, 1, 0) > 0)
        ;
}

/* False: the connection is to be closed. */
static bool answer(struct peer *peer, int fd, const char *request)
{
    char path[256];

    ck_assert_int_eq(sscanf(request, "%*s %255s", path), 1);
    if (strcmp(path, "/ok") == 0) {
        put_body(fd, "", "hello");
    } else if (strcmp(path, "/echo") == 0) {
        put_body(fd, "", strstr(request, "\r\n\r\n") + 4);
    } else if (strcmp(path, "/together") == 0) {
        while (atomic_load(&peer->requests) < atomic_load(&peer->wanted))
            usleep(1000);
        put_body(fd, "", "all here");
    } else if (strcmp(path, "/large") == 0) {
        put_large(fd, 2 << 20);
        return false;
    } else if (strcmp(path, "/slow") == 0) {
        put(fd, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc");
        wait_for_eof(fd);
        return false;
    } else if (strcmp(path, "/hang") == 0) {
        wait_for_eof(fd);
        return false;
    } else if (strcmp(path, "/garbage") == 0) {
        put(fd, "SSH-2.0-OpenSSH_9.2\r\n\r\n");
        return false;
    } else if (strcmp(path, "/loop") == 0) {
        put(fd, "HTTP/1.1 302 Found\r\nLocation: /loop\r\nContent-Length: 0\r\n\r\n");
    } else if (strncmp(path, "/to/", 4) == 0) {
        putf(fd, "HTTP/1.1 302 Found\r\nLocation: http://%s/ok\r\nContent-Length: 4\r\n\r\nmove",
             path + 4);
    } else if (strcmp(path, "/see-other") == 0) {
        put(fd, "HTTP/1.1 303 See Other\r\nLocation: /ok\r\nContent-Length: 0\r\n\r\n");
    } else {
        return false; /* "/drop": hang up without a word */
    }
    return true;
}

/* Reads one request with its body. 0 at the end of the connection. */
static size_t read_request(int fd, char *buf, size_t size)
{
    size_t len = 0;

    for (;;) {
        char *end, *length;
        ssize_t n = recv(fd, buf + len, size - 1 - len, 0);

        if (n <= 0)
            return 0;
        len += (size_t)n;
        buf[len] = '\0';
        end = strstr(buf, "\r\n\r\n");
        if (!end)
            continue;
        length = strcasestr(buf, "content-length:");
        if (len >= (size_t)(end + 4 - buf) + (length ? strtoul(length + 15, NULL, 10) : 0))
            return len;
    }
}

static void *serve(void *arg)
{
    struct visit *visit = arg;
    struct peer *peer = visit->peer;
    char request[4096];

    while (read_request(visit->fd, request, sizeof(request)) > 0) {
        int now = atomic_fetch_add(&peer->now, 1) + 1, peak = atomic_load(&peer->peak);
        bool go_on;

        while (now > peak && !atomic_compare_exchange_weak(&peer->peak, &peak, now))
            ;
        pthread_mutex_lock(&peer->lock);
        snprintf(peer->last, sizeof(peer->last), "%s", request);
        pthread_mutex_unlock(&peer->lock);
        atomic_fetch_add(&peer->requests, 1);
        go_on = answer(peer, visit->fd, request);
        atomic_fetch_sub(&peer->now, 1);
        if (!go_on)
            break;
    }
    close(visit->fd);
    free(visit);
    return NULL;
}

static void *accept_all(void *arg)
{
    struct peer *peer = arg;
    int fd;

    while ((fd = accept(peer->fd, NULL, NULL)) >= 0) {
        struct visit *visit = malloc(sizeof(*visit));
        pthread_t thread;

        *visit = (struct visit){peer, fd};
        ck_assert_int_eq(pthread_create(&thread, NULL, serve, visit), 0);
        pthread_detach(thread);
    }
    return NULL;
}

struct peer *peer_start(void)
{
    static struct peer peer = {.lock = PTHREAD_MUTEX_INITIALIZER};
    struct sockaddr_in addr = {.sin_family = AF_INET};
    socklen_t size = sizeof(addr);
    pthread_t thread;

    peer.fd = socket(AF_INET, SOCK_STREAM, 0);
    ck_assert_int_eq(bind(peer.fd, (struct sockaddr *)&addr, size), 0);
    ck_assert_int_eq(listen(peer.fd, 512), 0);
    ck_assert_int_eq(getsockname(peer.fd, (struct sockaddr *)&addr, &size), 0);
    peer.port = ntohs(addr.sin_port);
    ck_assert_int_eq(pthread_create(&thread, NULL, accept_all, &peer), 0);
    pthread_detach(thread);
    return &peer;
}
