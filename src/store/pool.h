/* pool.h - threads that share a queue: readers, and those for slow work. Inside store only. */
#ifndef STORE_POOL_H
#define STORE_POOL_H

#include "store/conn.h"
#include "store/queue.h"

enum { POOL_THREADS_MAX = 16 };

struct pool {
    struct store *store;
    struct queue queue;
    struct sql_opts opts; /* of each thread's connection */
    bool connects;        /* readers do, slow work has no database */
    pthread_t threads[POOL_THREADS_MAX];
    int n;
    bool started;
};

/** `opts` NULL: without a database. */
int pool_start(struct pool *pool, struct store *store, const char *name, int threads,
               const struct sql_opts *opts, size_t queue_max) MUST_CHECK;
/** Runs what waits, then ends the threads; from then on pushes are ERR_CANCELED. Nothing happens to
 * a pool never started. */
void pool_stop(struct pool *pool);
/** Once nobody can push any more. */
void pool_done(struct pool *pool);

#endif
