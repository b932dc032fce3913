#include "store/tombstone.h"

#include "store/store_unit.h"

#define TENANT 41

static const struct lookup_key ada = {
    .kind = LOOKUP_IDENTITY, .scope = 3, .value = {{"visitor-1", 9}}};
static const struct lookup_key other = {
    .kind = LOOKUP_IDENTITY, .scope = 3, .value = {{"visitor-2", 9}}};

static int erase(struct turn *turn, void *arg)
{
    return tombstone_add(turn, TENANT, arg);
}

struct question {
    const struct lookup_key *key;
    int64_t event_at;
    bool covered;
};

static int ask(struct turn *turn, void *arg)
{
    struct question *q = arg;

    return tombstone_covers(turn, TENANT, q->key, q->event_at, &q->covered);
}

static bool covers(struct store *store, const struct lookup_key *key, int64_t event_at)
{
    struct question q = {key, event_at, false};

    ck_assert_ok(store_read_wait(store, ask, &q));
    return q.covered;
}

ENGINES_TEST(events_from_before_the_erasure_are_dropped)
{
    struct store *store = unit_open(e);
    int64_t erased_at = atomic_load(&unit_now);

    unit_tenant(store, TENANT);
    ck_assert(!covers(store, &ada, erased_at));
    ck_assert_ok(store_write_wait(store, TENANT, erase, (void *)&ada));
    ck_assert(covers(store, &ada, erased_at - HOUR_MS));
    ck_assert(!covers(store, &ada, erased_at + 1));
    ck_assert(!covers(store, &other, erased_at - HOUR_MS));
    atomic_fetch_add(&unit_now, 7 * DAY_MS); /* the provider delivers for so long */
    ck_assert(covers(store, &ada, erased_at - HOUR_MS));
    store_close(store);
}

ENGINES_TEST(a_second_erasure_counts_from_then)
{
    struct store *store = unit_open(e);
    int64_t first = atomic_load(&unit_now);

    unit_tenant(store, TENANT);
    ck_assert_ok(store_write_wait(store, TENANT, erase, (void *)&ada));
    atomic_fetch_add(&unit_now, HOUR_MS);
    ck_assert_ok(store_write_wait(store, TENANT, erase, (void *)&ada));
    ck_assert(covers(store, &ada, first + HOUR_MS));
    atomic_fetch_add(&unit_now, DAY_MS);
    ck_assert_ok(store_write_wait(store, TENANT, erase, (void *)&ada));
    ck_assert(covers(store, &ada, first + HOUR_MS + DAY_MS));
    store_close(store);
}

struct expired {
    vault_slot slots[4];
    size_t n;
};

static int ask_expired(struct turn *turn, void *arg)
{
    struct expired *expired = arg;

    return tombstone_expired(turn, expired->slots, 4, &expired->n);
}

static int purge(struct turn *turn, void *arg)
{
    struct expired *expired = arg;

    return tombstone_purge(turn, expired->slots, expired->n);
}

static int count(struct turn *turn, void *arg)
{
    static const struct sql_stmt stmt = {
        "test.tombstones",
        "SELECT (SELECT count(*) FROM tombstone) + (SELECT count(*) FROM tombstone_day)"};

    return turn_ask_int(turn, &stmt, SQL_NO_ARGS, -1, arg);
}

ENGINES_TEST(a_day_that_is_over_is_forgotten)
{
    struct store *store = unit_open(e);
    struct expired expired = {.n = 9};
    int64_t rows = -1;

    unit_tenant(store, TENANT);
    ck_assert_ok(store_write_wait(store, TENANT, erase, (void *)&ada));
    atomic_fetch_add(&unit_now, 8 * DAY_MS);
    ck_assert_ok(store_write_wait(store, TENANT, erase, (void *)&other));
    ck_assert_ok(store_read_wait(store, ask_expired, &expired));
    ck_assert_uint_eq(expired.n, 0);
    atomic_fetch_add(&unit_now, DAY_MS);
    ck_assert_ok(store_read_wait(store, ask_expired, &expired));
    ck_assert_uint_eq(expired.n, 1);
    ck_assert(!covers(store, &ada, 0)); /* also before the purge */
    ck_assert_ok(vault_forget(store_vault(store), expired.slots, expired.n));
    ck_assert_ok(store_write_wait(store, 0, purge, &expired));
    ck_assert_ok(store_read_wait(store, count, &rows));
    ck_assert_int_eq(rows, 2); /* the other's and its day's */
    ck_assert(covers(store, &other, 0));
    store_close(store);
}

ENGINES_MAIN("store/tombstone", events_from_before_the_erasure_are_dropped,
             a_second_erasure_counts_from_then, a_day_that_is_over_is_forgotten)
