/* inside.h - the store's own structure. Inside store only. */
#ifndef STORE_INSIDE_H
#define STORE_INSIDE_H

#include <limits.h>

#include "store/bucket.h"
#include "store/job_run.h"
#include "store/journal.h"
#include "store/keeper.h"
#include "store/lane.h"
#include "store/pool.h"
#include "store/slots.h"

enum { STORE_LANES_MAX = 16 };

struct store {
    struct store_opts opts;
    char data_dir[PATH_MAX - 16];
    char db_path[PATH_MAX];
    char *pg_target;
    int lock_fd;
    struct vault *vault;
    struct id_source ids;
    _Atomic uint64_t randoms; /* calls of turn_random under a seed */
    pthread_mutex_t ballast_lock;
    _Atomic bool full; /* the ballast is gone */
    int64_t full_us;   /* since when (monotonic) */

    struct lane lanes[STORE_LANES_MAX];
    int lane_count;
    struct pool readers;
    struct pool slow;
    struct keeper keeper;
    struct slots slots;

    struct bucket_hints buckets;
    lookup_reveal *reveals[LOOKUP_KINDS];
    struct runner runner;

    journal_listener *listener;
    void *listener_arg;

    lane_commit_probe *probe;
    void *probe_arg;
};

#endif
