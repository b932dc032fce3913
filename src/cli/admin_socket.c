#include "cli/admin_socket.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/err.h"
#include "base/log.h"
#include "cli/admin.h"

/* A command may have to wait for lanes; a peer that is slow to speak may not hold the others up. */
enum { PATIENCE_S = 5, ANSWER_PATIENCE_S = 60, CHUNK = 16 * 1024 };
#define FILE_NAME "admin.sock"

struct admin_socket {
    struct app *app;
    int dir, listener, stop;
    pthread_t thread;
    bool running;
};

/* By way of the open folder, since an address holds only 107 bytes of path. */
static void address_of(int dir, struct sockaddr_un *ret)
{
    *ret = (struct sockaddr_un){.sun_family = AF_UNIX};
    snprintf(ret->sun_path, sizeof(ret->sun_path), "/proc/self/fd/%d/" FILE_NAME, dir);
}

static void close_fd(int fd)
{
    if (fd >= 0)
        close(fd);
}

static int read_all(int fd, struct buf *ret)
{
    for (;;) {
        ssize_t n;
        int r = buf_reserve(ret, CHUNK);

        if (r < 0)
            return r;
        n = read(fd, ret->ptr + ret->len, CHUNK);
        if (n == 0)
            return 0;
        if (n < 0 && errno != EINTR)
            return ERR_CLOSED;
        if (n > 0)
            ret->len += (size_t)n;
    }
}

static int write_all(int fd, struct slice text)
{
    while (text.len) {
        ssize_t n = send(fd, text.ptr, text.len, MSG_NOSIGNAL);

        if (n < 0 && errno != EINTR)
            return ERR_CLOSED;
        if (n > 0)
            text = slice_from(text, (size_t)n);
    }
    return 0;
}

static bool is_ours(int fd)
{
    struct ucred peer;
    socklen_t size = sizeof(peer);

    return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 &&
           (peer.uid == geteuid() || peer.uid == 0);
}

static void set_patience(int fd, int seconds)
{
    const struct timeval patience = {.tv_sec = seconds};

    (void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
    (void)setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
}

static void serve_one(struct admin_socket *socket, int fd)
{
    struct buf request = BUF_INIT(ADMIN_REQUEST_MAX), reply = BUF_INIT(ADMIN_REPLY_MAX);
    int r = is_ours(fd) ? 0 : ERR_DENIED;

    set_patience(fd, PATIENCE_S);
    if (r == 0)
        r = read_all(fd, &request);
    if (r == 0)
        r = admin_run(socket->app, buf_slice(&request), &reply);
    if (r == 0)
        r = write_all(fd, buf_slice(&reply));
    if (r < 0)
        log_event(LOG_WARN, "admin.failed", LOG_ERR(r));
    if (request.ptr) /* it may hold a password */
        explicit_bzero(request.ptr, request.len);
    buf_done(&request);
    buf_done(&reply);
    close(fd);
}

static void *serve(void *arg)
{
    struct admin_socket *socket = arg;
    struct pollfd fds[] = {{.fd = socket->listener, .events = POLLIN},
                           {.fd = socket->stop, .events = POLLIN}};

    while (poll(fds, ARRAY_LEN(fds), -1) >= 0 || errno == EINTR) {
        int fd;

        if (fds[1].revents)
            break;
        fd = fds[0].revents ? accept4(socket->listener, NULL, NULL, SOCK_CLOEXEC) : -1;
        if (fd >= 0)
            serve_one(socket, fd);
    }
    return NULL;
}

static int listen_here(struct admin_socket *socket)
{
    struct sockaddr_un address;

    address_of(socket->dir, &address);
    if (unlinkat(socket->dir, FILE_NAME, 0) < 0 && errno != ENOENT)
        return err_from_errno(errno);
    /* Nobody can connect before listen(): by then the mode is set. */
    if (bind(socket->listener, (struct sockaddr *)&address, sizeof(address)) < 0 ||
        fchmodat(socket->dir, FILE_NAME, 0600, 0) < 0 || listen(socket->listener, 16) < 0)
        return err_from_errno(errno);
    return 0;
}

int admin_socket_start(struct app *app, const char *data_dir, struct admin_socket **ret)
{
    struct admin_socket *s = calloc(1, sizeof(*s));
    int r;

    if (!s)
        return ERR_MEMORY;
    s->app = app;
    s->dir = open(data_dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
    s->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    s->stop = eventfd(0, EFD_CLOEXEC);
    r = s->dir < 0 || s->listener < 0 || s->stop < 0 ? err_from_errno(errno) : listen_here(s);
    if (r == 0)
        r = pthread_create(&s->thread, NULL, serve, s) == 0 ? 0 : ERR_MEMORY;
    s->running = r == 0;
    if (r < 0) {
        admin_socket_stop(s);
        return r;
    }
    *ret = s;
    return 0;
}

struct admin_socket *admin_socket_stop(struct admin_socket *s)
{
    const uint64_t one = 1;

    if (!s)
        return NULL;
    if (s->running) {
        (void)!write(s->stop, &one, sizeof(one));
        pthread_join(s->thread, NULL);
        unlinkat(s->dir, FILE_NAME, 0);
    }
    close_fd(s->dir);
    close_fd(s->listener);
    close_fd(s->stop);
    free(s);
    return NULL;
}

static int connect_to(int fd, const char *data_dir)
{
    struct sockaddr_un address;
    int dir = open(data_dir, O_PATH | O_DIRECTORY | O_CLOEXEC), r = 0;

    if (dir < 0)
        return err_from_errno(errno);
    address_of(dir, &address);
    if (connect(fd, (struct sockaddr *)&address, sizeof(address)) < 0)
        r = errno == EACCES || errno == EPERM ? ERR_DENIED : ERR_UNAVAILABLE;
    close(dir);
    return r;
}

int admin_socket_ask(const char *data_dir, struct slice request, struct buf *ret)
{
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0), r;

    if (fd < 0)
        return err_from_errno(errno);
    set_patience(fd, ANSWER_PATIENCE_S);
    r = connect_to(fd, data_dir);
    if (r == 0)
        r = write_all(fd, request);
    if (r == 0)
        r = shutdown(fd, SHUT_WR) == 0 ? 0 : ERR_CLOSED;
    if (r == 0)
        r = read_all(fd, ret);
    if (r == 0 && ret->len == 0)
        r = ERR_CLOSED;
    close(fd);
    return r;
}
