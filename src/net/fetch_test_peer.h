/* fetch_test_peer.h - a small HTTP server for tests: a thread per connection, and the path says how
 * to behave: /ok, /echo, /together, /large, /slow, /hang, /garbage, /loop, /to/HOST, /see-other,
 * /drop. */
#ifndef NET_FETCH_TEST_PEER_H
#define NET_FETCH_TEST_PEER_H

#include <pthread.h>
#include <stdatomic.h>

struct peer {
    int fd;
    int port;
    atomic_int requests; /* read whole */
    atomic_int now, peak;
    atomic_int wanted; /* /together answers when so many have come */
    pthread_mutex_t lock;
    char last[4096]; /* the last request, as it came; read it when nothing runs */
};

/** Listens on a free port of every local address. Lives until its test's process ends. */
struct peer *peer_start(void);

#endif
