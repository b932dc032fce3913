/* keeper.h - the thread that looks after the store while the lanes work: checkpoints, the ballast,
 * and one alarm. It sleeps as long as nothing is written. Inside store only. */
#ifndef STORE_KEEPER_H
#define STORE_KEEPER_H

#include <pthread.h>
#include <stdatomic.h>

#include "store/store.h"

typedef void keeper_alarm_fn(struct store *store);

struct keeper {
    struct store *store;
    struct sql_opts opts; /* of the connection for checkpoints */
    pthread_mutex_t lock;
    pthread_cond_t changed;
    pthread_t thread;
    bool started;
    bool closing;
    _Atomic bool dirty; /* something was written since the last whole checkpoint */
    _Atomic bool fresh; /* or since any */
    int64_t checked_us; /* when the last whole one ended */
    uint64_t asked;     /* checkpoints waited for */
    uint64_t reached;
    int result;                /* of the last one */
    pthread_mutex_t turnstile; /* whoever waits for `turn` holds it: so nobody is always first */
    pthread_mutex_t turn;      /* held during a write turn, and while the log is emptied */
    int64_t alarm_us;          /* 0: none */
    keeper_alarm_fn *alarm;
};

int keeper_start(struct keeper *keeper, struct store *store,
                 const struct sql_opts *opts) MUST_CHECK;
/** The last checkpoint is made; whoever waits for one gets ERR_CANCELED. */
void keeper_stop(struct keeper *keeper);

/** Around a write turn: it waits while the log is emptied (SQLite), which is short. */
void keeper_turn_begins(struct store *store);
void keeper_turn_ended(struct store *store);
/** A turn was committed. */
void keeper_wrote(struct store *store);
/** The ballast was given up. */
void keeper_full(struct store *store);
/** Calls `fn` once on the keeper's thread, `ms` from now or sooner. */
void keeper_alarm(struct store *store, int64_t ms, keeper_alarm_fn *fn);

#endif
