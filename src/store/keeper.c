#include "store/keeper.h"

#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/err.h"
#include "store/ballast.h"
#include "store/inside.h"
#include "store/thread.h"

#define LOOK_US     250000             /* how often the log's size is looked at while it grows */
#define AGE_US      (60 * 1000000LL)   /* deleted text lies in the log no longer than this */
#define FULL_US     1000000            /* how often a full disk is looked at */
#define PASSIVE_AT  (4 * 1024 * 1024)  /* bytes of log at which it is moved beside the writer */
#define TRUNCATE_AT (64 * 1024 * 1024) /* bytes at which the writer has to wait for it */

static int64_t log_size(const struct keeper *keeper)
{
    char path[PATH_MAX];
    struct stat st;

    snprintf(path, sizeof(path), "%s-wal", keeper->opts.target);
    return stat(path, &st) < 0 ? 0 : st.st_size;
}

/* Most of the log is moved while others read and write; what is left is short. */
static int checkpoint(struct keeper *keeper, bool whole)
{
    struct sql *db;
    int r = sql_open(&keeper->opts, &db);

    if (r < 0)
        return r;
    r = sql_script(db, "PRAGMA wal_checkpoint(PASSIVE)");
    if (r == 0 && whole) {
        keeper_turn_begins(keeper->store);
        r = sql_checkpoint(db);
        keeper_turn_ended(keeper->store);
    }
    sql_close(db);
    return r;
}

static void checkpoint_whole(struct keeper *keeper)
{
    atomic_store(&keeper->dirty, false);
    if (checkpoint(keeper, true) < 0)
        atomic_store(&keeper->dirty, true);
    keeper->checked_us = clock_mono_us();
}

static void checkpoint_when_due(struct keeper *keeper)
{
    int64_t size;

    if (!atomic_load(&keeper->dirty))
        return;
    size = log_size(keeper);
    if (size >= TRUNCATE_AT || clock_mono_us() - keeper->checked_us >= AGE_US)
        checkpoint_whole(keeper);
    else if (size >= PASSIVE_AT && atomic_exchange(&keeper->fresh, false))
        (void)checkpoint(keeper, false); /* a failure shows at the next whole one */
}

/* Runs what somebody waits for. Called and left with the lock held. */
static void serve_asked(struct keeper *keeper)
{
    uint64_t asked = keeper->asked;
    int r;

    if (asked == keeper->reached)
        return;
    pthread_mutex_unlock(&keeper->lock);
    r = checkpoint(keeper, true);
    pthread_mutex_lock(&keeper->lock);
    keeper->reached = asked;
    keeper->result = r;
    pthread_cond_broadcast(&keeper->changed);
}

static void ring(struct keeper *keeper)
{
    keeper_alarm_fn *fn = keeper->alarm;

    if (!keeper->alarm_us || clock_mono_us() < keeper->alarm_us)
        return;
    keeper->alarm_us = 0;
    pthread_mutex_unlock(&keeper->lock);
    fn(keeper->store);
    pthread_mutex_lock(&keeper->lock);
}

/* When there is something to do again; 0: when somebody says so. */
static int64_t next_us(const struct keeper *keeper)
{
    int64_t now = clock_mono_us(), next = keeper->alarm_us, other = 0;

    if (atomic_load(&keeper->store->full))
        other = now + FULL_US;
    else if (atomic_load(&keeper->dirty))
        other = now + LOOK_US;
    return !next || (other && other < next) ? other : next;
}

static void sleep_until_next(struct keeper *keeper)
{
    int64_t next = next_us(keeper);
    struct timespec at = {next / 1000000, next % 1000000 * 1000};

    if (keeper->closing || keeper->asked != keeper->reached)
        return;
    if (next)
        pthread_cond_timedwait(&keeper->changed, &keeper->lock, &at);
    else
        pthread_cond_wait(&keeper->changed, &keeper->lock);
}

static void *keeper_main(void *arg)
{
    struct keeper *keeper = arg;

    pthread_mutex_lock(&keeper->lock);
    while (!keeper->closing) {
        sleep_until_next(keeper);
        serve_asked(keeper);
        ring(keeper);
        pthread_mutex_unlock(&keeper->lock);
        if (keeper->opts.engine == SQL_SQLITE)
            checkpoint_when_due(keeper);
        if (atomic_load(&keeper->store->full))
            ballast_restore(keeper->store);
        pthread_mutex_lock(&keeper->lock);
    }
    pthread_mutex_unlock(&keeper->lock);
    return NULL;
}

int keeper_start(struct keeper *keeper, struct store *store, const struct sql_opts *opts)
{
    pthread_condattr_t attr;
    int r;

    keeper->store = store;
    keeper->opts = *opts;
    keeper->checked_us = clock_mono_us();
    pthread_mutex_init(&keeper->lock, NULL);
    pthread_mutex_init(&keeper->turnstile, NULL);
    pthread_mutex_init(&keeper->turn, NULL);
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(&keeper->changed, &attr);
    pthread_condattr_destroy(&attr);
    r = thread_start(&keeper->thread, "lethe-keeper", keeper_main, keeper);
    keeper->started = r == 0;
    return r;
}

void keeper_stop(struct keeper *keeper)
{
    if (!keeper->started)
        return;
    pthread_mutex_lock(&keeper->lock);
    keeper->closing = true;
    pthread_cond_broadcast(&keeper->changed);
    pthread_mutex_unlock(&keeper->lock);
    pthread_join(keeper->thread, NULL);
    keeper->started = false;
    if (keeper->opts.engine == SQL_SQLITE)
        (void)checkpoint(keeper, true);
    pthread_cond_destroy(&keeper->changed);
    pthread_mutex_destroy(&keeper->turn);
    pthread_mutex_destroy(&keeper->turnstile);
    pthread_mutex_destroy(&keeper->lock);
}

/* SQLite's own lock has no queue: a lane that never waits would always get it before us. */
void keeper_turn_begins(struct store *store)
{
    if (store->opts.engine != SQL_SQLITE)
        return;
    pthread_mutex_lock(&store->keeper.turnstile);
    pthread_mutex_lock(&store->keeper.turn);
    pthread_mutex_unlock(&store->keeper.turnstile);
}

void keeper_turn_ended(struct store *store)
{
    if (store->opts.engine == SQL_SQLITE)
        pthread_mutex_unlock(&store->keeper.turn);
}

static void wake(struct keeper *keeper)
{
    pthread_mutex_lock(&keeper->lock);
    pthread_cond_broadcast(&keeper->changed);
    pthread_mutex_unlock(&keeper->lock);
}

void keeper_wrote(struct store *store)
{
    atomic_store(&store->keeper.fresh, true);
    if (!atomic_exchange(&store->keeper.dirty, true))
        wake(&store->keeper);
}

void keeper_full(struct store *store)
{
    wake(&store->keeper);
}

void keeper_alarm(struct store *store, int64_t ms, keeper_alarm_fn *fn)
{
    struct keeper *keeper = &store->keeper;
    int64_t at = clock_mono_us() + (ms < 0 ? 0 : ms) * 1000 + 1;

    pthread_mutex_lock(&keeper->lock);
    if (!keeper->alarm_us || at < keeper->alarm_us) {
        keeper->alarm_us = at;
        keeper->alarm = fn;
        pthread_cond_broadcast(&keeper->changed);
    }
    pthread_mutex_unlock(&keeper->lock);
}

int store_checkpoint(struct store *store)
{
    struct keeper *keeper = &store->keeper;
    uint64_t mine;
    int r;

    if (store->opts.engine != SQL_SQLITE)
        return 0;
    pthread_mutex_lock(&keeper->lock);
    mine = ++keeper->asked;
    pthread_cond_broadcast(&keeper->changed);
    while (keeper->reached < mine && !keeper->closing)
        pthread_cond_wait(&keeper->changed, &keeper->lock);
    r = keeper->reached >= mine ? keeper->result : ERR_CANCELED;
    pthread_mutex_unlock(&keeper->lock);
    return r;
}
