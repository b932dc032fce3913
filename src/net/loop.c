#include "net/loop.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/err.h"
#include "net/conn_io.h"
#include "net/http_request.h"

enum { BACKLOG = 1024 };

/* Which loop this thread runs: tells a call from inside from one that must go through the
 * letterbox. */
static _Thread_local const struct loop *here;

bool loop_is_here(const struct loop *loop)
{
    return here == loop;
}

static void settle_all(struct loop *loop)
{
    struct conn *conn;

    while ((conn = loop->dirty)) {
        loop->dirty = conn->dirty_next;
        conn->dirty = false;
        conn_settle(conn);
    }
}

static void on_settle(uv_check_t *check)
{
    settle_all(CONTAINER_OF(check, struct loop, settle));
}

static void on_wake(uv_async_t *wake)
{
    struct loop *loop = CONTAINER_OF(wake, struct loop, wake);
    struct post *post, *next;

    pthread_mutex_lock(&loop->lock);
    post = loop->posts;
    loop->posts = NULL;
    loop->posts_end = &loop->posts;
    pthread_mutex_unlock(&loop->lock);
    for (; post; post = next) {
        next = post->next;
        post->run(post);
    }
}

static void on_tick(uv_timer_t *tick)
{
    struct loop *loop = CONTAINER_OF(tick, struct loop, tick);
    struct wheel_entry *entry;
    struct conn *conn;

    while ((entry = wheel_next(&loop->wheel, uv_now(&loop->uv)))) {
        conn = CONTAINER_OF(entry, struct conn, deadline);
        conn_expire(conn);
    }
    if (loop->wheel.count == 0) {
        uv_timer_stop(&loop->tick);
        loop->ticking = false;
    }
    settle_all(loop);
}

void loop_arm(struct loop *loop, struct wheel_entry *entry, int ms)
{
    wheel_set(&loop->wheel, entry, uv_now(&loop->uv), ms);
    if (!loop->ticking && !loop->closing) {
        loop->ticking = true;
        uv_timer_start(&loop->tick, on_tick, WHEEL_TICK_MS, WHEEL_TICK_MS);
    }
}

struct loop *loop_new(struct loop_shared *shared)
{
    struct loop *loop = calloc(1, sizeof(*loop));

    if (!loop)
        return NULL;
    if (uv_loop_init(&loop->uv) < 0) {
        free(loop);
        return NULL;
    }
    loop->shared = shared;
    loop->posts_end = &loop->posts;
    atomic_init(&loop->refs, 1);
    pthread_mutex_init(&loop->lock, NULL);
    uv_update_time(&loop->uv);
    wheel_init(&loop->wheel, uv_now(&loop->uv));
    uv_async_init(&loop->uv, &loop->wake, on_wake);
    uv_check_init(&loop->uv, &loop->settle);
    uv_check_start(&loop->settle, on_settle);
    uv_timer_init(&loop->uv, &loop->tick);
    uv_timer_init(&loop->uv, &loop->grace);
    uv_tcp_init(&loop->uv, &loop->listener);
    return loop;
}

static void on_connection(uv_stream_t *listener, int status)
{
    if (status == 0)
        conn_io_accept(CONTAINER_OF(listener, struct loop, listener));
}

int loop_listen(struct loop *loop, int fd)
{
    int own = fcntl(fd, F_DUPFD_CLOEXEC, 3);

    if (own < 0)
        return ERR_IO;
    if (uv_tcp_open(&loop->listener, own) < 0) {
        close(own);
        return ERR_IO;
    }
    return uv_listen((uv_stream_t *)&loop->listener, BACKLOG, on_connection) < 0 ? ERR_IO : 0;
}

int loop_adopt(struct loop *loop, int fd)
{
    here = loop;
    return conn_io_adopt(loop, fd);
}

void loop_turn(struct loop *loop)
{
    here = loop;
    uv_run(&loop->uv, UV_RUN_NOWAIT);
}

void loop_maybe_end(struct loop *loop)
{
    if (!loop->stopping || loop->conns || loop->closing)
        return;
    loop->closing = true;
    uv_close((uv_handle_t *)&loop->wake, NULL);
    uv_close((uv_handle_t *)&loop->settle, NULL);
    uv_close((uv_handle_t *)&loop->tick, NULL);
    uv_close((uv_handle_t *)&loop->grace, NULL);
}

/* Whatever was posted before the end is dropped here, whatever comes later where it is posted. */
static void end(struct loop *loop)
{
    struct http_request *request;
    struct post *post, *next;

    pthread_mutex_lock(&loop->lock);
    loop->ended = true;
    post = loop->posts;
    loop->posts = NULL;
    pthread_mutex_unlock(&loop->lock);
    for (; post; post = next) {
        next = post->next;
        post->drop(post);
    }
    while ((request = loop->spares)) {
        loop->spares = request->next;
        http_request_discard(request);
    }
    uv_loop_close(&loop->uv);
}

static void *run(void *arg)
{
    struct loop *loop = arg;

    here = loop;
    uv_run(&loop->uv, UV_RUN_DEFAULT);
    end(loop);
    here = NULL;
    return NULL;
}

int loop_start(struct loop *loop)
{
    sigset_t all, before;
    int r;

    sigfillset(&all); /* signals, SIGPIPE among them, are for the program's own threads */
    pthread_sigmask(SIG_SETMASK, &all, &before);
    r = pthread_create(&loop->thread, NULL, run, loop);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    loop->started = r == 0;
    return r == 0 ? 0 : ERR_IO;
}

void loop_join(struct loop *loop)
{
    if (loop->started)
        pthread_join(loop->thread, NULL);
    else
        run(loop); /* only to see the stop, and close what was opened */
    loop_unref(loop);
}

struct loop *loop_ref(struct loop *loop)
{
    atomic_fetch_add_explicit(&loop->refs, 1, memory_order_relaxed);
    return loop;
}

void loop_unref(struct loop *loop)
{
    if (atomic_fetch_sub_explicit(&loop->refs, 1, memory_order_acq_rel) != 1)
        return;
    pthread_mutex_destroy(&loop->lock);
    free(loop);
}

void loop_post(struct loop *loop, struct post *post)
{
    bool wake = false, ended;

    post->next = NULL;
    pthread_mutex_lock(&loop->lock);
    ended = loop->ended;
    if (!ended) {
        wake = loop->posts == NULL;
        *loop->posts_end = post;
        loop->posts_end = &post->next;
        if (wake)
            uv_async_send(&loop->wake);
    }
    pthread_mutex_unlock(&loop->lock);
    if (ended)
        post->drop(post);
}

static void on_grace_over(uv_timer_t *grace)
{
    struct loop *loop = CONTAINER_OF(grace, struct loop, grace);
    struct conn *conn;

    for (conn = loop->conns; conn; conn = conn->next)
        conn_close(conn);
}

/* Closing the listener would reset the connections that wait in its queue. */
static void accept_waiting(struct loop *loop)
{
    uv_os_fd_t listener;
    int fd;

    if (uv_fileno((uv_handle_t *)&loop->listener, &listener) < 0)
        return;
    while ((fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK)) >= 0)
        if (conn_io_adopt(loop, fd) < 0)
            return;
}

static void on_stop(struct post *post)
{
    struct loop *loop = CONTAINER_OF(post, struct loop, stop);
    struct conn *conn;

    loop->stopping = true;
    accept_waiting(loop);
    uv_close((uv_handle_t *)&loop->listener, NULL);
    uv_timer_start(&loop->grace, on_grace_over, (uint64_t)loop->grace_ms, 0);
    for (conn = loop->conns; conn; conn = conn->next)
        conn_stop(conn);
    loop_maybe_end(loop);
}

static void on_stop_dropped(struct post *post)
{
}

void loop_stop(struct loop *loop, int grace_ms)
{
    loop->grace_ms = grace_ms;
    loop->stop = (struct post){NULL, on_stop, on_stop_dropped};
    loop_post(loop, &loop->stop);
}
