/* loop.h - one I/O thread: its libuv loop, its connections, and the letterbox through which other
 * threads hand it work. Everything but loop_post, loop_ref and loop_unref belongs to that thread.
 */
#ifndef NET_LOOP_H
#define NET_LOOP_H

#include <pthread.h>
#include <stdatomic.h>
#include <uv.h>

#include "net/http_head.h"
#include "net/peer.h"
#include "net/server.h"
#include "net/wheel.h"

struct conn;
struct tls;

/** Something another thread wants done here. Lies inside the thing itself. */
struct post {
    struct post *next;
    void (*run)(struct post *post);  /* on the loop's thread */
    void (*drop)(struct post *post); /* on the poster's, when the loop has ended */
};

/** What all loops of a server share; constant once they run, but for the marked members. */
struct loop_shared {
    struct server_ops ops;
    struct http_limits limits;
    struct peer_book peers;
    struct tls *tls; /* NULL: plain HTTP */
    int connections_max;
    size_t bodies_max;       /* bytes of unfinished requests' bodies, per loop */
    _Atomic int connections; /* open now */
};

enum { LOOP_READ_SIZE = 64 * 1024, LOOP_SPARES_MAX = 64 };

struct loop {
    uv_loop_t uv;
    uv_tcp_t listener;
    uv_async_t wake;
    uv_check_t
        settle; /* after each poll: sends what the callbacks produced, many answers at once */
    uv_timer_t tick;
    uv_timer_t grace; /* until open connections are cut */
    struct post stop;
    int grace_ms;
    pthread_t thread;
    bool started;
    struct loop_shared *shared;
    _Atomic int refs; /* the server, and each request or socket that somebody holds */

    pthread_mutex_t lock; /* posts, ended, and each ws's inbox */
    struct post *posts;
    struct post **posts_end;
    bool ended;

    struct wheel wheel;
    struct conn *conns;
    struct conn *dirty; /* connections with something to settle */
    struct http_request *spares;
    int spare_count;
    size_t bodies; /* bytes held now */
    bool stopping;
    bool ticking;
    bool closing;               /* the loop's own handles are */
    struct slice cipher;        /* what the TLS layer may read just now */
    char read[LOOP_READ_SIZE];  /* every socket's read buffer: wiped after each use */
    char plain[LOOP_READ_SIZE]; /* the same, decrypted */
};

/** A loop without a thread yet. NULL on failure. */
struct loop *loop_new(struct loop_shared *shared);
/** Listens on a dup of `fd`. ERR_IO. */
int loop_listen(struct loop *loop, int fd) MUST_CHECK;
/** Takes over a connected socket, as if it had been accepted. ERR_IO closes it. */
int loop_adopt(struct loop *loop, int fd) MUST_CHECK;
/** ERR_IO. */
int loop_start(struct loop *loop) MUST_CHECK;
/** One round of the loop by hand, where it has no thread (fuzzing). */
void loop_turn(struct loop *loop);
/** Any thread: stops accepting, drains, cuts after grace_ms. */
void loop_stop(struct loop *loop, int grace_ms);
/** Waits for the end of the thread and drops the server's reference. */
void loop_join(struct loop *loop);
struct loop *loop_ref(struct loop *loop);
void loop_unref(struct loop *loop);

/** Any thread. The post runs on the loop's thread, or is dropped when that has ended. */
void loop_post(struct loop *loop, struct post *post);
bool loop_is_here(const struct loop *loop);

/** (Re)arms a deadline of a connection. */
void loop_arm(struct loop *loop, struct wheel_entry *entry, int ms);
/** Closes the loop's own handles once it stops and the last connection is gone. */
void loop_maybe_end(struct loop *loop);

#endif
