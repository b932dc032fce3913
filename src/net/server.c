#include "net/server.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/err.h"
#include "net/loop.h"
#include "net/tls.h"

enum {
    THREADS_MAX = 64,
    CONNECTIONS_DEFAULT = 10000,
    FILES_KEPT = 128, /* descriptors the rest of the program may need */
    HOST_MAX = 64,
    BACKLOG = 1024,
};
#define BODIES_MAX (256u * 1024 * 1024)

struct server {
    struct loop_shared shared;
    int fd;
    int port;
    int thread_count;
    struct loop *loops[THREADS_MAX];
};

/* "127.0.0.1:8080" and "[::1]:8080" to their parts. */
static int split_address(const char *listen, char host[HOST_MAX], const char **ret_port)
{
    const char *colon = strrchr(listen, ':');
    size_t len = colon ? (size_t)(colon - listen) : 0;

    if (!colon || len == 0 || colon[1] == '\0')
        return ERR_CONFIG;
    if (listen[0] == '[') {
        if (listen[len - 1] != ']')
            return ERR_CONFIG;
        listen++;
        len -= 2;
    }
    if (len == 0 || len >= HOST_MAX)
        return ERR_CONFIG;
    memcpy(host, listen, len);
    host[len] = '\0';
    *ret_port = colon + 1;
    return 0;
}

static int err_of_bind(int errnum)
{
    if (errnum == EADDRINUSE)
        return ERR_EXISTS;
    if (errnum == EADDRNOTAVAIL || errnum == EAFNOSUPPORT)
        return ERR_CONFIG;
    return err_from_errno(errnum);
}

static int bind_and_listen(const struct addrinfo *info, int *ret_fd)
{
    int fd = socket(info->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0), on = 1, r;

    if (fd < 0)
        return err_of_bind(errno);
    /* After a restart the old connections' TIME_WAIT must not block the port. A second listener on
     * it is refused all the same, which SO_REUSEPORT would not do. */
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
    if (bind(fd, info->ai_addr, info->ai_addrlen) < 0 || listen(fd, BACKLOG) < 0) {
        r = err_of_bind(errno);
        close(fd);
        return r;
    }
    *ret_fd = fd;
    return 0;
}

static int open_listener(const char *listen, int *ret_fd)
{
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM,
                             .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE};
    struct addrinfo *info;
    char host[HOST_MAX];
    const char *port;
    int r = split_address(listen, host, &port);

    if (r < 0)
        return r;
    if (strcmp(host, "localhost") == 0)
        snprintf(host, sizeof(host), "127.0.0.1");
    if (getaddrinfo(host, port, &hints, &info) != 0)
        return ERR_CONFIG;
    r = bind_and_listen(info, ret_fd);
    freeaddrinfo(info);
    return r;
}

static int port_of(int fd)
{
    struct sockaddr_storage address = {0};
    socklen_t len = sizeof(address);

    if (getsockname(fd, (struct sockaddr *)&address, &len) < 0)
        return 0;
    if (address.ss_family == AF_INET)
        return ntohs(((struct sockaddr_in *)&address)->sin_port);
    if (address.ss_family == AF_INET6)
        return ntohs(((struct sockaddr_in6 *)&address)->sin6_port);
    return 0;
}

static int connections_allowed(int wanted)
{
    struct rlimit files;
    int allowed = wanted > 0 ? wanted : CONNECTIONS_DEFAULT;

    if (getrlimit(RLIMIT_NOFILE, &files) == 0 && files.rlim_cur != RLIM_INFINITY &&
        (rlim_t)allowed + FILES_KEPT > files.rlim_cur)
        allowed = files.rlim_cur > 2 * FILES_KEPT ? (int)files.rlim_cur - FILES_KEPT : FILES_KEPT;
    return allowed;
}

static int threads_wanted(int threads)
{
    if (threads <= 0)
        threads = (int)sysconf(_SC_NPROCESSORS_ONLN);
    return threads < 1 ? 1 : threads > THREADS_MAX ? THREADS_MAX : threads;
}

static size_t size_or(size_t value, size_t fallback)
{
    return value ? value : fallback;
}

static int ms_or(int value, int fallback)
{
    return value > 0 ? value : fallback;
}

static int init_shared(struct server *server, const struct server_opts *opts,
                       const struct server_ops *ops)
{
    struct loop_shared *shared = &server->shared;
    int r;

    shared->ops = *ops;
    shared->limits = (struct http_limits){
        .header_bytes = size_or(opts->header_bytes_max, 16 * 1024),
        .header_count = size_or(opts->header_count_max, 100),
        .uri = size_or(opts->uri_max, 8 * 1024),
        .head_ms = ms_or(opts->head_timeout_ms, 10000),
        .body_ms = ms_or(opts->body_timeout_ms, 30000),
        .idle_ms = ms_or(opts->idle_timeout_ms, 75000),
    };
    /* A head in pieces must fit a connection's own buffer beside one read. */
    if (shared->limits.header_bytes > 64 * 1024 || shared->limits.uri > 64 * 1024)
        return ERR_CONFIG;
    shared->connections_max = connections_allowed(opts->connections_max);
    server->thread_count = threads_wanted(opts->threads);
    shared->bodies_max = BODIES_MAX / (size_t)server->thread_count;
    r = peer_book_init(&shared->peers, opts->trusted_proxies);
    if (r == 0 && opts->tls_cert)
        r = tls_new(opts->tls_cert, opts->tls_key, &shared->tls);
    return r;
}

static int start_loops(struct server *server)
{
    int i, r = 0;

    for (i = 0; i < server->thread_count && r == 0; i++) {
        server->loops[i] = loop_new(&server->shared);
        r = server->loops[i] ? loop_listen(server->loops[i], server->fd) : ERR_MEMORY;
    }
    for (i = 0; i < server->thread_count && r == 0; i++)
        r = loop_start(server->loops[i]);
    return r;
}

int server_start(const struct server_opts *opts, const struct server_ops *ops, struct server **ret)
{
    struct server *server = calloc(1, sizeof(*server));
    int r;

    if (!server)
        return ERR_MEMORY;
    server->fd = opts->listen_fd;
    r = init_shared(server, opts, ops);
    if (r == 0 && server->fd < 0 && !opts->listen)
        r = ERR_CONFIG;
    if (r == 0 && server->fd < 0)
        r = open_listener(opts->listen, &server->fd);
    if (r == 0)
        r = start_loops(server);
    if (r < 0) {
        server_stop(server, 0);
        return r;
    }
    server->port = port_of(server->fd);
    *ret = server;
    return 0;
}

int server_port(const struct server *server)
{
    return server->port;
}

int server_reload_tls(struct server *server)
{
    return server->shared.tls ? tls_reload(server->shared.tls) : 0;
}

void server_stop(struct server *server, int grace_ms)
{
    int i;

    for (i = 0; i < server->thread_count && server->loops[i]; i++)
        loop_stop(server->loops[i], grace_ms > 0 ? grace_ms : 1);
    for (i = 0; i < server->thread_count && server->loops[i]; i++)
        loop_join(server->loops[i]);
    if (server->fd >= 0)
        close(server->fd);
    peer_book_done(&server->shared.peers);
    tls_free(server->shared.tls);
    free(server);
}
