/* lane.h - a writer lane: a thread, a queue, a connection. Inside store only. */
#ifndef STORE_LANE_H
#define STORE_LANE_H

#include "store/conn.h"
#include "store/queue.h"
#include "store/turn.h"

enum { TURN_ITEMS_MAX = 512 };

struct lane {
    struct store *store;
    struct queue queue;
    struct conn conn;
    struct turn_log log;
    struct arena_pool pool;
    struct item *ready; /* taken from the queue, not yet part of a committed turn */
    pthread_t thread;
    bool started;
};

/** Starts the thread; it connects at its first turn. */
int lane_start(struct lane *lane, struct store *store, const struct sql_opts *opts,
               size_t queue_max) MUST_CHECK;
/** Runs what waits, then ends the thread and disconnects; from then on pushes are ERR_CANCELED.
 * Nothing happens to a lane never started. */
void lane_stop(struct lane *lane);
/** Once nobody can push any more. */
void lane_done(struct lane *lane);

/** For tests: `fn` is asked instead of each commit, until it is NULL again; an error it returns
 * stands for a commit that failed, 0 lets the commit go on. */
typedef int lane_commit_probe(void *arg);
void lane_probe(struct store *store, lane_commit_probe *fn, void *arg);

#endif
