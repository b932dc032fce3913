#include "store/lookup.h"

#include "base/err.h"
#include "store/inside.h"
#include "store/job.h"
#include "store/rekey.h"

static const struct sql_stmt stmt_find = {"lookup.find",
                                          "SELECT hash, owner FROM lookup"
                                          " WHERE tenant = $1 AND hash IN ({each_blob:$2})"};
static const struct sql_stmt stmt_add = {"lookup.add",
                                         "INSERT INTO lookup (tenant, hash, kind, bucket, owner)"
                                         " VALUES ($1, $2, $3, $4, $5)"};
static const struct sql_stmt stmt_count = {
    "lookup.count", "SELECT count(*) FROM lookup WHERE tenant = $1 AND bucket = $2"};
static const struct sql_stmt stmt_touched = {
    "lookup.touched", "SELECT number, slot FROM bucket WHERE tenant = $1 AND number IN"
                      " (SELECT bucket FROM lookup WHERE tenant = $1 AND owner IN ({each_int:$2}))"
                      " ORDER BY number{lock}"};
static const struct sql_stmt stmt_strays = {
    "lookup.strays", "SELECT count(*) FROM lookup WHERE tenant = $1 AND owner IN ({each_int:$2})"
                     " AND bucket NOT IN ({each_int:$3})"};
static const struct sql_stmt stmt_remove = {
    "lookup.remove", "DELETE FROM lookup WHERE tenant = $1 AND owner IN ({each_int:$2})"};
static const struct sql_stmt stmt_rekey = {
    "lookup.rekey", "UPDATE bucket SET slot = $3 WHERE tenant = $1 AND number = $2"};

/* The hashes of a set of identifiers, and the buckets they lie in. */
struct probe {
    size_t n;
    struct bucket *buckets;
    unsigned char (*hashes)[VAULT_HASH_SIZE];
};

static int find_buckets(struct turn *turn, int64_t tenant, const struct lookup_key *keys, size_t n,
                        struct bucket *ret)
{
    uint32_t *bits = arena_array(turn->arena, n, sizeof(*bits));
    size_t i;
    int r = bits ? 0 : ERR_MEMORY;

    for (i = 0; i < n && r == 0; i++)
        r = bucket_bits(turn, tenant, &keys[i], &bits[i]);
    return r < 0 ? r : bucket_find(turn, tenant, bits, n, ret);
}

static int probe_keys(struct turn *turn, int64_t tenant, const struct lookup_key *keys, size_t n,
                      struct probe *ret)
{
    size_t i;
    int r;

    ret->n = n;
    ret->buckets = arena_array(turn->arena, n, sizeof(*ret->buckets));
    ret->hashes = arena_array(turn->arena, n, sizeof(*ret->hashes));
    if (!ret->buckets || !ret->hashes)
        return ERR_MEMORY;
    r = find_buckets(turn, tenant, keys, n, ret->buckets);
    for (i = 0; i < n && r == 0; i++)
        if (ret->buckets[i].number)
            r = bucket_hash(turn, ret->buckets[i].slot, HASH_LOOKUP, &keys[i], ret->hashes[i]);
    return r;
}

static struct slice hash_slice(const struct probe *probe, size_t i)
{
    return slice_of(probe->hashes[i], VAULT_HASH_SIZE);
}

static int64_t owner_in(const struct sql_rows *rows, struct slice hash)
{
    size_t i, n = sql_rows_count(rows);

    for (i = 0; i < n; i++)
        if (slice_eq(sql_bytes(rows, i, 0), hash))
            return sql_int(rows, i, 1);
    return 0;
}

static int read_owners(struct turn *turn, int64_t tenant, const struct probe *probe, int64_t *ret)
{
    struct slice *hashes = arena_array(turn->arena, probe->n, sizeof(*hashes));
    struct sql_rows *rows;
    size_t i, n = 0;
    int r;

    if (!hashes)
        return ERR_MEMORY;
    for (i = 0; i < probe->n; i++)
        if (probe->buckets[i].number)
            hashes[n++] = hash_slice(probe, i);
    memset(ret, 0, probe->n * sizeof(*ret));
    if (n == 0)
        return 0;
    r = turn_ask(turn, &stmt_find, SQL_ARGS(SQL_INT(tenant), SQL_BLOBS(hashes, n)), &rows);
    for (i = 0; i < probe->n && r == 0; i++)
        if (probe->buckets[i].number)
            ret[i] = owner_in(rows, hash_slice(probe, i));
    return r;
}

int lookup_find_all(struct turn *turn, int64_t tenant, const struct lookup_key *keys, size_t n,
                    int64_t *ret_owners)
{
    struct probe probe;
    size_t i, part;
    int r = 0;

    for (i = 0; i < n && r == 0; i += part) {
        part = n - i < BUCKET_FIND_MAX ? n - i : BUCKET_FIND_MAX;
        r = probe_keys(turn, tenant, keys + i, part, &probe);
        if (r == 0)
            r = read_owners(turn, tenant, &probe, ret_owners + i);
    }
    return r;
}

int lookup_find(struct turn *turn, int64_t tenant, const struct lookup_key *key, int64_t *ret_owner)
{
    int64_t owner;
    int r = lookup_find_all(turn, tenant, key, 1, &owner);

    if (r < 0)
        return r;
    if (owner == 0)
        return ERR_NOT_FOUND;
    *ret_owner = owner;
    return 0;
}

/* Members are counted at one addition in 32, chosen by the hash. */
static int split_if_large(struct turn *turn, int64_t tenant, int64_t number,
                          const unsigned char *hash)
{
    int64_t count;
    int r;

    if (hash[VAULT_HASH_SIZE - 1] & 31)
        return 0;
    r = turn_ask_int(turn, &stmt_count, SQL_ARGS(SQL_INT(tenant), SQL_INT(number)), 0, &count);
    if (r < 0 || count <= BUCKET_MEMBERS)
        return r;
    return job_add(turn, &(struct job){.tenant = tenant, .kind = JOB_SPLIT, .object = number});
}

int lookup_add(struct turn *turn, int64_t tenant, const struct lookup_key *key, int64_t owner)
{
    struct probe probe;
    struct bucket *bucket;
    int64_t present = 0;
    int r = probe_keys(turn, tenant, key, 1, &probe);

    if (r == 0)
        r = read_owners(turn, tenant, &probe, &present);
    if (r < 0)
        return r;
    if (present)
        return ERR_EXISTS;
    bucket = &probe.buckets[0];
    if (!bucket->number) {
        r = bucket_add(turn, tenant, 1, bucket);
        if (r == 0)
            r = bucket_hash(turn, bucket->slot, HASH_LOOKUP, key, probe.hashes[0]);
    }
    if (r == 0)
        r = turn_put(turn, &stmt_add,
                     SQL_ARGS(SQL_INT(tenant), SQL_BLOB(hash_slice(&probe, 0)), SQL_INT(key->kind),
                              SQL_INT(bucket->number), SQL_INT(owner)));
    return r < 0 ? r : split_if_large(turn, tenant, bucket->number, probe.hashes[0]);
}

void lookup_set_reveal(struct store *store, enum lookup_kind kind, lookup_reveal *reveal)
{
    store->reveals[kind] = reveal;
}

/* The owners' buckets, their rows locked. Another process may have moved a hash between the
 * question and the lock: that is seen, and the item fails to be tried again. */
static int hold_touched(struct turn *turn, int64_t tenant, const int64_t *owners, size_t n,
                        struct sql_rows **ret)
{
    struct sql_arg owner_arg = SQL_INTS(owners, n);
    int64_t *numbers, strays;
    size_t i, count;
    int r = turn_ask(turn, &stmt_touched, SQL_ARGS(SQL_INT(tenant), owner_arg), ret);

    if (r < 0)
        return r;
    count = sql_rows_count(*ret);
    numbers = arena_array(turn->arena, count ? count : 1, sizeof(*numbers));
    if (!numbers)
        return ERR_MEMORY;
    for (i = 0; i < count; i++)
        numbers[i] = sql_int(*ret, i, 0);
    r = turn_ask_int(turn, &stmt_strays,
                     SQL_ARGS(SQL_INT(tenant), owner_arg, SQL_INTS(numbers, count)), 0, &strays);
    if (r < 0)
        return r;
    return strays ? ERR_CONFLICT : 0;
}

static int renew(struct turn *turn, int64_t tenant, int64_t number)
{
    struct bucket fresh = {.number = number};
    int r = vault_issue(turn->vault, &fresh.slot);

    if (r == 0)
        r = turn_put(turn, &stmt_rekey,
                     SQL_ARGS(SQL_INT(tenant), SQL_INT(number), SQL_INT((int64_t)fresh.slot)));
    return r < 0 ? r : rekey_members(turn, tenant, number, &fresh, 1);
}

int lookup_remove(struct turn *turn, int64_t tenant, const int64_t *owners, size_t n,
                  vault_slot *ret_slots, size_t cap, size_t *ret_n)
{
    struct sql_rows *rows;
    size_t i, count;
    int r = hold_touched(turn, tenant, owners, n, &rows);

    if (r < 0)
        return r;
    count = sql_rows_count(rows);
    if (count > cap - *ret_n)
        return ERR_LIMIT;
    r = turn_put(turn, &stmt_remove, SQL_ARGS(SQL_INT(tenant), SQL_INTS(owners, n)));
    for (i = 0; i < count && r == 0; i++)
        r = renew(turn, tenant, sql_int(rows, i, 0));
    if (r < 0)
        return r;
    for (i = 0; i < count; i++)
        ret_slots[(*ret_n)++] = (vault_slot)sql_int(rows, i, 1);
    return 0;
}
