#include "store/tombstone.h"

#include "base/clock.h"
#include "base/err.h"
#include "store/bucket.h"

static const struct sql_stmt stmt_day_slot = {
    "tombstone.day_slot", "SELECT slot FROM tombstone_day WHERE tenant = $1 AND day = $2"};
static const struct sql_stmt stmt_day_add = {
    "tombstone.day_add", "INSERT INTO tombstone_day (tenant, day, slot) VALUES ($1, $2, $3)"
                         " ON CONFLICT DO NOTHING"};
static const struct sql_stmt stmt_add = {
    "tombstone.add", "INSERT INTO tombstone (tenant, hash, day, erased_at) VALUES ($1, $2, $3, $4)"
                     " ON CONFLICT (tenant, hash) DO UPDATE SET erased_at = excluded.erased_at"};
static const struct sql_stmt stmt_days = {
    "tombstone.days", "SELECT slot FROM tombstone_day WHERE tenant = $1 AND day >= $2"};
static const struct sql_stmt stmt_erased_at = {"tombstone.erased_at",
                                               "SELECT max(erased_at) FROM tombstone"
                                               " WHERE tenant = $1 AND hash IN ({each_blob:$2})"};
static const struct sql_stmt stmt_expired = {
    "tombstone.expired", "SELECT slot FROM tombstone_day WHERE day < $1 LIMIT $2"};
static const struct sql_stmt stmt_purge = {
    "tombstone.purge", "DELETE FROM tombstone WHERE EXISTS (SELECT 1 FROM tombstone_day AS d"
                       " WHERE d.tenant = tombstone.tenant AND d.day = tombstone.day"
                       " AND d.slot IN ({each_int:$1}))"};
static const struct sql_stmt stmt_purge_days = {
    "tombstone.purge_days", "DELETE FROM tombstone_day WHERE slot IN ({each_int:$1})"};

/* The first day that still counts: today and the 8 days before it. */
static int64_t first_day(const struct turn *turn)
{
    return clock_day(turn->now) - TOMBSTONE_DAYS;
}

static int ask_day_slot(struct turn *turn, int64_t tenant, int64_t day, int64_t *ret)
{
    return turn_ask_int(turn, &stmt_day_slot, SQL_ARGS(SQL_INT(tenant), SQL_INT(day)), 0, ret);
}

/* Where another process issued a slot meanwhile, its row stands and ours is not used. */
static int day_slot(struct turn *turn, int64_t tenant, int64_t day, int64_t *ret)
{
    vault_slot fresh;
    int r = ask_day_slot(turn, tenant, day, ret);

    if (r < 0 || *ret != 0)
        return r;
    r = vault_issue(turn->vault, &fresh);
    if (r == 0)
        r = turn_put(turn, &stmt_day_add,
                     SQL_ARGS(SQL_INT(tenant), SQL_INT(day), SQL_INT((int64_t)fresh)));
    return r < 0 ? r : ask_day_slot(turn, tenant, day, ret);
}

int tombstone_add(struct turn *turn, int64_t tenant, const struct lookup_key *key)
{
    unsigned char hash[VAULT_HASH_SIZE];
    int64_t day = clock_day(turn->now), slot;
    int r = day_slot(turn, tenant, day, &slot);

    if (r == 0)
        r = bucket_hash(turn, (vault_slot)slot, HASH_TOMBSTONE, key, hash);
    if (r < 0)
        return r;
    return turn_put(turn, &stmt_add,
                    SQL_ARGS(SQL_INT(tenant), SQL_BLOB(slice_of(hash, sizeof(hash))), SQL_INT(day),
                             SQL_INT(turn->now)));
}

/* The identifier's hash under each day's slot. */
static int day_hashes(struct turn *turn, const struct sql_rows *days, const struct lookup_key *key,
                      struct slice **ret)
{
    size_t i, n = sql_rows_count(days);
    unsigned char(*hashes)[VAULT_HASH_SIZE] = arena_array(turn->arena, n, sizeof(*hashes));
    struct slice *slices = arena_array(turn->arena, n, sizeof(*slices));
    int r = hashes && slices ? 0 : ERR_MEMORY;

    for (i = 0; i < n && r == 0; i++) {
        r = bucket_hash(turn, (vault_slot)sql_int(days, i, 0), HASH_TOMBSTONE, key, hashes[i]);
        slices[i] = slice_of(hashes[i], VAULT_HASH_SIZE);
    }
    if (r == 0)
        *ret = slices;
    return r;
}

int tombstone_covers(struct turn *turn, int64_t tenant, const struct lookup_key *key,
                     int64_t event_at, bool *ret)
{
    struct sql_rows *days;
    struct slice *hashes;
    int64_t erased_at;
    int r = turn_ask(turn, &stmt_days, SQL_ARGS(SQL_INT(tenant), SQL_INT(first_day(turn))), &days);

    if (r < 0)
        return r;
    if (sql_rows_count(days) == 0) {
        *ret = false;
        return 0;
    }
    r = day_hashes(turn, days, key, &hashes);
    if (r == 0)
        r = turn_ask_int(turn, &stmt_erased_at,
                         SQL_ARGS(SQL_INT(tenant), SQL_BLOBS(hashes, sql_rows_count(days))),
                         INT64_MIN, &erased_at);
    if (r == 0)
        *ret = event_at <= erased_at;
    return r;
}

int tombstone_expired(struct turn *turn, vault_slot *ret_slots, size_t cap, size_t *ret_n)
{
    struct sql_rows *rows;
    size_t i, n;
    int r = turn_ask(turn, &stmt_expired, SQL_ARGS(SQL_INT(first_day(turn)), SQL_INT((int64_t)cap)),
                     &rows);

    if (r < 0)
        return r;
    n = sql_rows_count(rows);
    for (i = 0; i < n; i++)
        ret_slots[i] = (vault_slot)sql_int(rows, i, 0);
    *ret_n = n;
    return 0;
}

int tombstone_purge(struct turn *turn, const vault_slot *slots, size_t n)
{
    int64_t *numbers = arena_array(turn->arena, n ? n : 1, sizeof(*numbers));
    size_t i;
    int r;

    if (!numbers)
        return ERR_MEMORY;
    for (i = 0; i < n; i++)
        numbers[i] = (int64_t)slots[i];
    r = turn_put(turn, &stmt_purge, SQL_ARGS(SQL_INTS(numbers, n)));
    return r < 0 ? r : turn_put(turn, &stmt_purge_days, SQL_ARGS(SQL_INTS(numbers, n)));
}
