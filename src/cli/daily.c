#include "cli/daily.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "account/account.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/log.h"
#include "store/journal.h"
#include "store/tombstone.h"
#include "talk/ingest.h"

enum { TENANTS_MAX = 100000, ROWS_AT_ONCE = 1000, SLOTS_AT_ONCE = 256, MARK_DAYS = 8 };

struct daily {
    struct store *store;
    pthread_t thread;
    pthread_mutex_t mutex;
    pthread_cond_t wake;
    bool stop;
};

/* Journal rows older than 30 days, tenant by tenant, a thousand at a time. */

struct tenants {
    int64_t *ids;
    size_t n;
};

static int list_tenants(struct turn *turn, void *arg)
{
    struct tenants *tenants = arg;
    struct tenant *list;
    size_t i, n;
    int r = tenant_list(turn, &list, &n);

    if (r < 0)
        return r;
    if (n > TENANTS_MAX)
        n = TENANTS_MAX;
    tenants->ids = calloc(n + 1, sizeof(*tenants->ids));
    if (!tenants->ids)
        return ERR_MEMORY;
    for (i = 0; i < n; i++)
        tenants->ids[i] = list[i].id;
    tenants->n = n;
    return 0;
}

struct purge {
    int64_t tenant;
    bool more;
};

static int purge_journal(struct turn *turn, void *arg)
{
    struct purge *purge = arg;

    return journal_purge(turn, purge->tenant, turn->now - JOURNAL_KEEP_MS, ROWS_AT_ONCE,
                         &purge->more);
}

static int purge_journals(struct store *store)
{
    struct tenants tenants = {0};
    int r = store_read_wait(store, list_tenants, &tenants);
    size_t i;

    for (i = 0; r == 0 && i < tenants.n; i++) {
        struct purge purge = {tenants.ids[i], true};

        while (r == 0 && purge.more)
            r = store_write_wait(store, purge.tenant, purge_journal, &purge);
    }
    free(tenants.ids);
    return r;
}

static int purge_marks(struct turn *turn, void *arg)
{
    (void)arg;
    return talk_purge_marks(turn, clock_day(turn->now) - MARK_DAYS);
}

/* Tombstones: their keys go first, then the rows. */

struct stones {
    vault_slot slots[SLOTS_AT_ONCE];
    size_t n;
};

static int find_stones(struct turn *turn, void *arg)
{
    struct stones *stones = arg;

    return tombstone_expired(turn, stones->slots, SLOTS_AT_ONCE, &stones->n);
}

static int drop_stones(struct turn *turn, void *arg)
{
    const struct stones *stones = arg;

    return tombstone_purge(turn, stones->slots, stones->n);
}

static int purge_tombstones(struct store *store)
{
    struct stones stones;
    int r;

    do {
        stones.n = 0;
        r = store_write_wait(store, 0, find_stones, &stones);
        if (r == 0 && stones.n)
            r = vault_forget(store_vault(store), stones.slots, stones.n);
        if (r == 0 && stones.n)
            r = store_write_wait(store, 0, drop_stones, &stones);
    } while (r == 0 && stones.n == SLOTS_AT_ONCE);
    return r;
}

static void run(struct store *store)
{
    int r = purge_journals(store);

    if (r == 0)
        r = store_write_wait(store, 0, purge_marks, NULL);
    if (r == 0)
        r = purge_tombstones(store);
    if (r == 0)
        r = vault_redraw(store_vault(store));
    if (r < 0 && r != ERR_CANCELED) /* tried again tomorrow, or at the next start */
        log_event(LOG_WARN, "daily.failed", LOG_ERR(r));
}

static void *daily_main(void *arg)
{
    struct daily *daily = arg;
    struct timespec next;
    bool stop = false;

    while (!stop) {
        run(daily->store);
        clock_gettime(CLOCK_MONOTONIC, &next);
        next.tv_sec += DAY_MS / SECOND_MS;
        pthread_mutex_lock(&daily->mutex);
        while (!daily->stop && pthread_cond_timedwait(&daily->wake, &daily->mutex, &next) == 0)
            ;
        stop = daily->stop;
        pthread_mutex_unlock(&daily->mutex);
    }
    return NULL;
}

int daily_start(struct store *store, struct daily **ret)
{
    struct daily *daily = calloc(1, sizeof(*daily));
    pthread_condattr_t monotonic;

    if (!daily)
        return ERR_MEMORY;
    daily->store = store;
    pthread_mutex_init(&daily->mutex, NULL);
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&daily->wake, &monotonic);
    pthread_condattr_destroy(&monotonic);
    if (pthread_create(&daily->thread, NULL, daily_main, daily) != 0) {
        free(daily);
        return ERR_MEMORY;
    }
    *ret = daily;
    return 0;
}

struct daily *daily_stop(struct daily *daily)
{
    if (!daily)
        return NULL;
    pthread_mutex_lock(&daily->mutex);
    daily->stop = true;
    pthread_cond_signal(&daily->wake);
    pthread_mutex_unlock(&daily->mutex);
    pthread_join(daily->thread, NULL);
    pthread_cond_destroy(&daily->wake);
    pthread_mutex_destroy(&daily->mutex);
    free(daily);
    return NULL;
}
