#include "net/conn_io.h"

#include <linux/sockios.h>
#include <sodium.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/err.h"
#include "base/metrics.h"
#include "net/http_conn.h"
#include "net/tls.h"

enum {
    IN_MAX = 256 * 1024, /* a head in pieces, or what came behind a full pipeline */
    GATHER_MAX = 16,
    REFUSE_EXTRA = 64, /* connections over the limit that still get their 503 */
};

struct write {
    uv_write_t req;
    size_t bytes;
};

static void on_closed(uv_handle_t *handle)
{
    struct conn *conn = CONTAINER_OF(handle, struct conn, tcp);
    struct loop *loop = conn->loop;

    *conn->link = conn->next;
    if (conn->next)
        conn->next->link = conn->link;
    out_clear(&conn->out);
    buf_done(&conn->in);
    SSL_free(conn->ssl);
    atomic_fetch_sub(&loop->shared->connections, 1);
    metric_add(METRIC_HTTP_SOCKETS, -1);
    free(conn);
    loop_maybe_end(loop);
}

void conn_io_close(struct conn *conn)
{
    uv_close((uv_handle_t *)&conn->tcp, on_closed);
}

static void on_written(uv_write_t *req, int status)
{
    struct write *write = CONTAINER_OF(req, struct write, req);
    struct conn *conn = CONTAINER_OF(req->handle, struct conn, tcp);

    conn->writing = false;
    out_drop(&conn->out, write->bytes);
    free(write);
    if (status < 0)
        conn_close(conn);
    else if (conn->state != CONN_GONE)
        conn_touch(conn);
}

/* The socket takes no more: libuv goes on when it does. */
static void write_later(struct conn *conn)
{
    struct write *write = malloc(sizeof(*write));
    uv_buf_t bufs[GATHER_MAX];
    unsigned n = out_gather(&conn->out, bufs, GATHER_MAX), i;

    if (!write) {
        conn_close(conn);
        return;
    }
    write->bytes = 0;
    for (i = 0; i < n; i++)
        write->bytes += bufs[i].len;
    if (uv_write(&write->req, (uv_stream_t *)&conn->tcp, bufs, n, on_written) < 0) {
        free(write);
        conn_close(conn);
        return;
    }
    conn->writing = true;
}

void conn_io_flush(struct conn *conn)
{
    uv_buf_t bufs[GATHER_MAX];
    unsigned n;
    int sent;

    while (conn->out.first && !conn->writing && conn->state != CONN_GONE) {
        n = out_gather(&conn->out, bufs, GATHER_MAX);
        sent = uv_try_write((uv_stream_t *)&conn->tcp, bufs, n);
        if (sent == UV_EAGAIN)
            write_later(conn);
        else if (sent < 0)
            conn_close(conn);
        else
            out_drop(&conn->out, (size_t)sent);
    }
}

size_t conn_io_unread(const struct conn *conn)
{
    uv_os_fd_t fd;
    int queued = 0;

    if (uv_fileno((const uv_handle_t *)&conn->tcp, &fd) < 0 || ioctl(fd, SIOCOUTQ, &queued) < 0)
        queued = 0;
    return uv_stream_get_write_queue_size((const uv_stream_t *)&conn->tcp) + (size_t)queued;
}

bool conn_io_shut(struct conn *conn)
{
    uv_os_fd_t fd;

    if (conn->ssl)
        tls_say_goodbye(conn);
    conn_io_flush(conn);
    if (conn->state == CONN_GONE || conn->out.first)
        return false;
    return uv_fileno((uv_handle_t *)&conn->tcp, &fd) == 0 && shutdown(fd, SHUT_WR) == 0;
}

/* One buffer for all sockets of the loop: an idle one holds none. */
static void on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *ret)
{
    struct conn *conn = CONTAINER_OF(handle, struct conn, tcp);

    *ret = uv_buf_init(conn->loop->read, LOOP_READ_SIZE);
}

static void on_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *buf)
{
    struct conn *conn = CONTAINER_OF(stream, struct conn, tcp);

    if (n == 0 || conn->state == CONN_GONE)
        return;
    if (n == UV_EOF) {
        conn_io_read(conn, false);
        conn_eof(conn);
    } else if (n < 0) {
        conn_close(conn);
    } else {
        if (conn->ssl && conn->state != CONN_LINGER)
            tls_input(conn, slice_of(buf->base, (size_t)n));
        else
            conn_feed(conn, buf->base, (size_t)n);
        sodium_memzero(buf->base, (size_t)n);
    }
}

void conn_io_read(struct conn *conn, bool on)
{
    if (on && !conn->reading && !conn->eof)
        conn->reading = uv_read_start((uv_stream_t *)&conn->tcp, on_alloc, on_read) == 0;
    if (!on && conn->reading) {
        uv_read_stop((uv_stream_t *)&conn->tcp);
        conn->reading = false;
    }
}

static struct conn *conn_new(struct loop *loop)
{
    struct conn *conn = calloc(1, sizeof(*conn));

    if (!conn)
        return NULL;
    if (uv_tcp_init(&loop->uv, &conn->tcp) < 0) {
        free(conn);
        return NULL;
    }
    conn->loop = loop;
    conn->in = BUF_INIT(IN_MAX);
    conn->next = loop->conns;
    conn->link = &loop->conns;
    if (conn->next)
        conn->next->link = &conn->next;
    loop->conns = conn;
    metric_add(METRIC_HTTP_SOCKETS, 1);
    atomic_fetch_add(&loop->shared->connections, 1);
    return conn;
}

/* The socket is open: learn who it is, and begin. */
static void begin(struct conn *conn)
{
    struct loop_shared *shared = conn->loop->shared;
    struct sockaddr_storage address = {0};
    int len = sizeof(address), open = atomic_load(&shared->connections);

    uv_tcp_getpeername(&conn->tcp, (struct sockaddr *)&address, &len);
    conn->peer = peer_of(&shared->peers, peer_address_of((struct sockaddr *)&address));
    uv_tcp_nodelay(&conn->tcp, 1);
    if (open > shared->connections_max + REFUSE_EXTRA ||
        (shared->tls && (open > shared->connections_max || tls_begin(conn) < 0))) {
        conn_close(conn);
        return;
    }
    conn_enter(conn, shared->tls ? CONN_SHAKE : CONN_IDLE);
    if (open > shared->connections_max)
        http_conn_refuse(conn, 503);
    conn_touch(conn);
}

void conn_io_accept(struct loop *loop)
{
    struct conn *conn = conn_new(loop);

    if (!conn)
        return;
    if (uv_accept((uv_stream_t *)&loop->listener, (uv_stream_t *)&conn->tcp) < 0)
        conn_close(conn);
    else
        begin(conn);
}

int conn_io_adopt(struct loop *loop, int fd)
{
    struct conn *conn = conn_new(loop);

    if (!conn) {
        close(fd);
        return ERR_MEMORY;
    }
    if (uv_tcp_open(&conn->tcp, fd) < 0) {
        close(fd);
        conn_close(conn);
        return ERR_IO;
    }
    begin(conn);
    return 0;
}
