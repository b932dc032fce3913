#include "store/store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/err.h"
#include "store/ballast.h"
#include "store/inside.h"
#include "store/open.h"

#define READERS      2
#define LANES        4
#define SLOW_THREADS 2 /* password hashing takes a core and 64 MiB each */
#define QUEUE_MAX    4096

/* Opening */

static int make_dir(const char *path)
{
    return mkdir(path, 0700) == 0 || errno == EEXIST ? 0 : err_from_errno(errno);
}

static int make_dirs(const struct store *store)
{
    char path[PATH_MAX];
    int r = make_dir(store->data_dir);

    if (r < 0)
        return r;
    snprintf(path, sizeof(path), "%s/files", store->data_dir);
    return make_dir(path);
}

static int lock(struct store *store)
{
    char path[PATH_MAX];

    snprintf(path, sizeof(path), "%s/lock", store->data_dir);
    store->lock_fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (store->lock_fd < 0)
        return err_from_errno(errno);
    if (flock(store->lock_fd, LOCK_EX | LOCK_NB) == 0)
        return 0;
    return errno == EWOULDBLOCK ? ERR_LOCKED : err_from_errno(errno);
}

static int take_opts(struct store *store, const struct store_opts *opts)
{
    struct store_opts *o = &store->opts;

    *o = *opts;
    if (strlen(opts->data_dir) >= sizeof(store->data_dir))
        return ERR_LIMIT;
    strncpy(store->data_dir, opts->data_dir, sizeof(store->data_dir) - 1);
    snprintf(store->db_path, sizeof(store->db_path), "%s/lethe.db", store->data_dir);
    store->pg_target = opts->pg_target ? strdup(opts->pg_target) : NULL;
    if (opts->pg_target && !store->pg_target)
        return ERR_MEMORY;
    o->data_dir = store->data_dir;
    o->pg_target = store->pg_target;
    o->vault_dir = NULL;
    o->readers = opts->readers > 0 ? opts->readers : READERS;
    o->writers = opts->writers > 0 ? opts->writers : LANES;
    if (o->engine == SQL_SQLITE)
        o->writers = 1;
    if (o->writers > STORE_LANES_MAX)
        o->writers = STORE_LANES_MAX;
    o->queue_max = opts->queue_max ? opts->queue_max : QUEUE_MAX;
    return 0;
}

static struct sql_opts sql_opts_of(const struct store *store, bool read_only)
{
    bool lite = store->opts.engine == SQL_SQLITE;

    return (struct sql_opts){.engine = store->opts.engine,
                             .target = lite ? store->db_path : store->pg_target,
                             .read_only = read_only};
}

/* The database, then the vault, whose slot numbers must start above those in the rows. */
static int open_data(struct store *store, const char *vault_dir)
{
    struct sql_opts opts = sql_opts_of(store, false);
    struct open_facts facts;
    int r = open_read_facts(&opts, store_now(store), &facts);

    if (r < 0)
        return r;
    id_source_init(&store->ids, store->opts.node, facts.highest_id);
    return vault_open(&(struct vault_opts){.dir = vault_dir,
                                           .data_id = facts.data_id,
                                           .data_dir = store->data_dir,
                                           .mark_at_least = facts.highest_slot},
                      &store->vault);
}

static int start_threads(struct store *store)
{
    struct sql_opts writing = sql_opts_of(store, false), reading = sql_opts_of(store, true);
    size_t queue_max = store->opts.queue_max;
    int r = keeper_start(&store->keeper, store, &writing);

    while (r == 0 && store->lane_count < store->opts.writers) {
        r = lane_start(&store->lanes[store->lane_count], store, &writing, queue_max);
        if (r == 0)
            store->lane_count++;
    }
    if (r == 0)
        r = pool_start(&store->readers, store, "lethe-read", store->opts.readers, &reading,
                       queue_max);
    if (r == 0)
        r = pool_start(&store->slow, store, "lethe-slow", SLOW_THREADS, NULL, queue_max);
    return r;
}

/* A disk too full for the ballast is no reason not to start: erasure must stay possible. */
static int start_ballast(struct store *store)
{
    int r = ballast_make(store);

    if (r == ERR_FULL)
        store->full = true;
    return r == ERR_FULL ? 0 : r;
}

static int open_all(struct store *store, const struct store_opts *opts)
{
    int r = take_opts(store, opts);

    if (r == 0)
        r = make_dirs(store);
    if (r == 0)
        r = lock(store);
    if (r == 0)
        r = open_data(store, opts->vault_dir);
    if (r == 0)
        r = start_ballast(store);
    return r < 0 ? r : start_threads(store);
}

int store_open(const struct store_opts *opts, struct store **ret)
{
    struct store *store = calloc(1, sizeof(*store));
    int r;

    if (!store)
        return ERR_MEMORY;
    store->lock_fd = -1;
    pthread_mutex_init(&store->ballast_lock, NULL);
    slots_init(&store->slots);
    bucket_hints_init(&store->buckets);
    r = job_run_init(store);
    if (r == 0)
        r = open_all(store, opts);
    if (r < 0)
        store_close(store);
    else
        *ret = store;
    return r;
}

/* What ends last may still push to what ended first, and is refused there. */
static void stop_threads(struct store *store)
{
    int i;

    job_run_stop(&store->runner);
    pool_stop(&store->slow);
    pool_stop(&store->readers);
    for (i = 0; i < store->lane_count; i++)
        lane_stop(&store->lanes[i]);
    keeper_stop(&store->keeper);
    pool_done(&store->slow);
    pool_done(&store->readers);
    for (i = 0; i < store->lane_count; i++)
        lane_done(&store->lanes[i]);
}

struct store *store_close(struct store *store)
{
    if (!store)
        return NULL;
    stop_threads(store);
    vault_close(store->vault);
    job_run_done(store);
    pthread_mutex_destroy(&store->ballast_lock);
    slots_done(&store->slots);
    bucket_hints_done(&store->buckets);
    if (store->lock_fd >= 0)
        close(store->lock_fd);
    free(store->pg_target);
    free(store);
    return NULL;
}

struct vault *store_vault(struct store *store)
{
    return store->vault;
}

const char *store_data_dir(const struct store *store)
{
    return store->data_dir;
}

int64_t store_now(struct store *store)
{
    return store->opts.now ? store->opts.now(store->opts.now_arg) : clock_wall_ms();
}

/* Queueing */

static int push(struct queue *queue, struct item *item, bool frees)
{
    int r;

    if (!item)
        return ERR_MEMORY;
    item->frees = frees;
    r = queue_push(queue, item);
    if (r < 0)
        item_free(item);
    return r;
}

/* A tenant always sits on the same lane, so its items run in the order they were queued. */
static struct queue *lane_of(struct store *store, int64_t tenant)
{
    uint64_t spread = (uint64_t)tenant * UINT64_C(0x9E3779B97F4A7C15) >> 32;

    return &store->lanes[spread % (uint64_t)store->lane_count].queue;
}

int store_write(struct store *store, int64_t tenant, store_work *work, store_done *done, void *arg)
{
    return push(lane_of(store, tenant), item_new(work, done, arg), false);
}

int store_write_freeing(struct store *store, int64_t tenant, store_work *work, store_done *done,
                        void *arg)
{
    return push(lane_of(store, tenant), item_new(work, done, arg), true);
}

int store_read(struct store *store, store_work *work, store_done *done, void *arg)
{
    return push(&store->readers.queue, item_new(work, done, arg), false);
}

int store_slow(struct store *store, store_work *work, store_done *done, void *arg)
{
    return push(&store->slow.queue, item_new(work, done, arg), false);
}

/* Waiting */

struct waiter {
    pthread_mutex_t lock;
    pthread_cond_t ended;
    bool done;
    int result;
    store_work *work;
    void *arg;
};

static int waiter_work(struct turn *turn, void *arg)
{
    struct waiter *waiter = arg;

    return waiter->work(turn, waiter->arg);
}

static void waiter_done(struct turn *turn, void *arg, int result)
{
    struct waiter *waiter = arg;

    pthread_mutex_lock(&waiter->lock);
    waiter->result = result;
    waiter->done = true;
    pthread_cond_signal(&waiter->ended);
    pthread_mutex_unlock(&waiter->lock);
}

static int wait_for(struct queue *queue, bool frees, store_work *work, void *arg)
{
    struct waiter waiter = {.work = work, .arg = arg};
    int r;

    pthread_mutex_init(&waiter.lock, NULL);
    pthread_cond_init(&waiter.ended, NULL);
    r = push(queue, item_new(waiter_work, waiter_done, &waiter), frees);
    if (r == 0) {
        pthread_mutex_lock(&waiter.lock);
        while (!waiter.done)
            pthread_cond_wait(&waiter.ended, &waiter.lock);
        r = waiter.result;
        pthread_mutex_unlock(&waiter.lock);
    }
    pthread_cond_destroy(&waiter.ended);
    pthread_mutex_destroy(&waiter.lock);
    return r;
}

int store_write_wait(struct store *store, int64_t tenant, store_work *work, void *arg)
{
    return wait_for(lane_of(store, tenant), false, work, arg);
}

int store_write_freeing_wait(struct store *store, int64_t tenant, store_work *work, void *arg)
{
    return wait_for(lane_of(store, tenant), true, work, arg);
}

int store_read_wait(struct store *store, store_work *work, void *arg)
{
    return wait_for(&store->readers.queue, false, work, arg);
}

int store_slow_wait(struct store *store, store_work *work, void *arg)
{
    return wait_for(&store->slow.queue, false, work, arg);
}
