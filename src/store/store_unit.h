/* store_unit.h - what this room's tests share: a store in the test's folder, a clock that only
 * moves when told, and a table of numbers to write to (`purpose`: tenant, field, declared_at). */
#ifndef STORE_STORE_UNIT_H
#define STORE_STORE_UNIT_H

#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

#include "base/clock.h"
#include "engines.h"
#include "store/row.h"
#include "store/store.h"

#define UNIT_START (ID_EPOCH_MS + 300 * DAY_MS)

static _Atomic int64_t unit_now = UNIT_START;

static inline int64_t unit_clock(void *arg)
{
    return atomic_load(&unit_now);
}

/** Opens the store of this test with a queue for `queue_max` items (0: the default). */
static inline struct store *unit_open_with(const struct engines *e, size_t queue_max)
{
    char data[160], vault[160];
    struct store *store = NULL;

    snprintf(data, sizeof(data), "%s/data", e->dir);
    snprintf(vault, sizeof(vault), "%s/vault", e->dir);
    ck_assert_ok(store_open(&(struct store_opts){.engine = e->engine,
                                                 .data_dir = data,
                                                 .pg_target = e->target,
                                                 .vault_dir = vault,
                                                 .queue_max = queue_max,
                                                 .now = unit_clock},
                            &store));
    return store;
}

static inline struct store *unit_open(const struct engines *e)
{
    return unit_open_with(e, 0);
}

/* Rows */

static const struct sql_stmt unit_stmt_put = {
    "unit.put", "INSERT INTO purpose (tenant, field, declared_at) VALUES ($1, $2, 0)"};
static const struct sql_stmt unit_stmt_count = {"unit.count",
                                                "SELECT count(*) FROM purpose WHERE tenant = $1"};
static const struct sql_stmt unit_stmt_tenant = {
    "unit.tenant",
    "INSERT INTO tenant (id, slot, state, created_at, seq) VALUES ($1, $2, 0, 0, 0)"};

static inline int unit_put(struct turn *turn, int64_t tenant, int64_t field)
{
    return turn_put(turn, &unit_stmt_put, SQL_ARGS(SQL_INT(tenant), SQL_INT(field)));
}

struct unit_count {
    int64_t tenant;
    int64_t n;
};

static inline int unit_count_work(struct turn *turn, void *arg)
{
    struct unit_count *count = arg;

    return turn_ask_int(turn, &unit_stmt_count, SQL_ARGS(SQL_INT(count->tenant)), -1, &count->n);
}

/** How many rows unit_put has stored for the tenant. */
static inline int64_t unit_rows(struct store *store, int64_t tenant)
{
    struct unit_count count = {.tenant = tenant};

    ck_assert_ok(store_read_wait(store, unit_count_work, &count));
    return count.n;
}

static inline int unit_tenant_work(struct turn *turn, void *arg)
{
    const int64_t *tenant = arg;
    vault_slot slot;
    int r = row_tenant_new(turn, *tenant, &slot);

    if (r < 0)
        return r;
    return turn_put(turn, &unit_stmt_tenant, SQL_ARGS(SQL_INT(*tenant), SQL_INT((int64_t)slot)));
}

static inline void unit_tenant(struct store *store, int64_t tenant)
{
    ck_assert_ok(store_write_wait(store, tenant, unit_tenant_work, &tenant));
}

/* Waiting */

/** A number that threads count up and a test waits for. */
struct unit_gate {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    int n;
};

#define UNIT_GATE                                                                                  \
    {                                                                                              \
        PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, 0                                     \
    }

static inline void unit_gate_count(struct unit_gate *gate)
{
    pthread_mutex_lock(&gate->lock);
    gate->n++;
    pthread_cond_broadcast(&gate->changed);
    pthread_mutex_unlock(&gate->lock);
}

static inline void unit_gate_wait(struct unit_gate *gate, int n)
{
    pthread_mutex_lock(&gate->lock);
    while (gate->n < n)
        pthread_cond_wait(&gate->changed, &gate->lock);
    pthread_mutex_unlock(&gate->lock);
}

/** Holds the tenant's lane until the test lets it go: what is queued meanwhile becomes one turn. */
struct unit_hold {
    struct unit_gate begun;
    struct unit_gate go;
};

static inline int unit_hold_work(struct turn *turn, void *arg)
{
    struct unit_hold *hold = arg;

    unit_gate_count(&hold->begun);
    unit_gate_wait(&hold->go, 1);
    return 0;
}

static inline void unit_hold(struct store *store, int64_t tenant, struct unit_hold *hold)
{
    *hold = (struct unit_hold){UNIT_GATE, UNIT_GATE};
    ck_assert_ok(store_write(store, tenant, unit_hold_work, NULL, hold));
    unit_gate_wait(&hold->begun, 1);
}

static inline void unit_let_go(struct unit_hold *hold)
{
    unit_gate_count(&hold->go);
}

/** A disk that is full as long as the file (the ballast) is there, for lane_probe. */
static inline int unit_full_while_file(void *path)
{
    return access(path, F_OK) == 0 ? ERR_FULL : 0;
}

#endif
