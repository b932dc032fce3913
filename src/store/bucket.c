#include "store/bucket.h"

#include <stdlib.h>
#include <uthash.h>

#include "base/err.h"
#include "store/inside.h"
#include "store/row.h"

#define VALUE_MAX  1024u
#define HINTS_MAX  16384u
#define FIND_TRIES 3

struct depth_entry {
    int64_t tenant;
    int min;
    int max;
    UT_hash_handle hh;
};

static const struct sql_stmt stmt_find = {"bucket.find",
                                          "SELECT number, slot FROM bucket"
                                          " WHERE tenant = $1 AND number IN ({each_int:$2})"};
static const struct sql_stmt stmt_hold = {
    "bucket.hold", "SELECT number, slot FROM bucket"
                   " WHERE tenant = $1 AND number IN ({each_int:$2}) ORDER BY number{lock}"};
static const struct sql_stmt stmt_range = {
    "bucket.range", "SELECT min(number), max(number) FROM bucket WHERE tenant = $1"};
static const struct sql_stmt stmt_add = {
    "bucket.add", "INSERT INTO bucket (tenant, number, slot) VALUES ($1, $2, $3)"};
static const struct sql_stmt stmt_delete = {"bucket.delete",
                                            "DELETE FROM bucket WHERE tenant = $1 AND number = $2"};

/* Hints */

void bucket_hints_init(struct bucket_hints *hints)
{
    pthread_mutex_init(&hints->lock, NULL);
    hints->depths = NULL;
}

static void drop_all(struct bucket_hints *hints)
{
    struct depth_entry *entry, *next;

    HASH_ITER(hh, hints->depths, entry, next) {
        HASH_DEL(hints->depths, entry);
        free(entry);
    }
}

void bucket_hints_done(struct bucket_hints *hints)
{
    drop_all(hints);
    pthread_mutex_destroy(&hints->lock);
}

static bool hint_get(struct bucket_hints *hints, int64_t tenant, int *ret_min, int *ret_max)
{
    struct depth_entry *entry;

    pthread_mutex_lock(&hints->lock);
    HASH_FIND(hh, hints->depths, &tenant, sizeof(tenant), entry);
    if (entry) {
        *ret_min = entry->min;
        *ret_max = entry->max;
    }
    pthread_mutex_unlock(&hints->lock);
    return entry != NULL;
}

/* Without memory there is no hint, and one question more. */
static void hint_set(struct bucket_hints *hints, int64_t tenant, int min, int max)
{
    struct depth_entry *entry;

    pthread_mutex_lock(&hints->lock);
    HASH_FIND(hh, hints->depths, &tenant, sizeof(tenant), entry);
    if (!entry) {
        if (HASH_COUNT(hints->depths) >= HINTS_MAX)
            drop_all(hints);
        entry = calloc(1, sizeof(*entry));
        if (entry) {
            entry->tenant = tenant;
            HASH_ADD(hh, hints->depths, tenant, sizeof(entry->tenant), entry);
        }
    }
    if (entry) {
        entry->min = min;
        entry->max = max;
    }
    pthread_mutex_unlock(&hints->lock);
}

/* Hashes */

/* Kind and scope stand before the value, in fixed width: no two identifiers give the same input. */
static int input_of(struct arena *arena, const struct lookup_key *key, struct pii *ret)
{
    struct slice value = pii_reveal(key->value);
    size_t size = 4 + 8 + value.len;
    uint32_t kind = (uint32_t)key->kind;
    unsigned char *ptr;
    int i;

    if (value.len == 0)
        return ERR_INVALID;
    if (value.len > VALUE_MAX)
        return ERR_LIMIT;
    ptr = arena_alloc(arena, size);
    if (!ptr)
        return ERR_MEMORY;
    for (i = 0; i < 4; i++)
        ptr[i] = (unsigned char)(kind >> 8 * i);
    for (i = 0; i < 8; i++)
        ptr[4 + i] = (unsigned char)((uint64_t)key->scope >> 8 * i);
    memcpy(ptr + 12, value.ptr, value.len);
    *ret = pii_of(slice_of(ptr, size));
    return 0;
}

int bucket_hash(struct turn *turn, vault_slot slot, enum hash_purpose purpose,
                const struct lookup_key *key, unsigned char ret[VAULT_HASH_SIZE])
{
    struct pii input;
    int r = input_of(turn->arena, key, &input);

    return r < 0 ? r : vault_hash(turn->vault, slot, (uint32_t)purpose, input, ret);
}

int bucket_bits(struct turn *turn, int64_t tenant, const struct lookup_key *key, uint32_t *ret)
{
    unsigned char hash[VAULT_HASH_SIZE];
    vault_slot slot;
    int r = row_tenant_slot(turn, tenant, &slot);

    if (r == 0)
        r = bucket_hash(turn, slot, HASH_BUCKET, key, hash);
    if (r == 0)
        *ret = (uint32_t)hash[0] << 24 | (uint32_t)hash[1] << 16 | (uint32_t)hash[2] << 8 | hash[3];
    return r;
}

/* The tree */

static int64_t number_at(uint32_t bits, int depth)
{
    return INT64_C(1) << depth | (depth ? bits >> (32 - depth) : 0);
}

int bucket_depth(int64_t number)
{
    return 63 - __builtin_clzll((unsigned long long)number);
}

int64_t bucket_half(int64_t number, uint32_t bits)
{
    return number_at(bits, bucket_depth(number) + 1);
}

/* Asks how deep the tenant's tree is. False: it has none. */
static int read_range(struct turn *turn, int64_t tenant, bool *ret_any)
{
    struct sql_rows *rows;
    int r = turn_ask(turn, &stmt_range, SQL_ARGS(SQL_INT(tenant)), &rows);

    if (r < 0)
        return r;
    *ret_any = !sql_is_null(rows, 0, 0);
    if (*ret_any)
        hint_set(&turn->store->buckets, tenant, bucket_depth(sql_int(rows, 0, 0)),
                 bucket_depth(sql_int(rows, 0, 1)));
    return 0;
}

/* All numbers that the bits can have between two depths. */
static int64_t *candidates(struct arena *arena, const uint32_t *bits, size_t n, int min, int max)
{
    size_t per = (size_t)max - (size_t)min + 1, i;
    int64_t *numbers = arena_array(arena, n * per, sizeof(*numbers));
    int depth;

    if (numbers)
        for (i = 0; i < n; i++)
            for (depth = min; depth <= max; depth++)
                numbers[i * per + (size_t)(depth - min)] = number_at(bits[i], depth);
    return numbers;
}

static struct bucket match(const struct sql_rows *rows, uint32_t bits)
{
    size_t i, n = sql_rows_count(rows);

    for (i = 0; i < n; i++) {
        int64_t number = sql_int(rows, i, 0);

        if (number == number_at(bits, bucket_depth(number)))
            return (struct bucket){number, (vault_slot)sql_int(rows, i, 1)};
    }
    return (struct bucket){0, 0};
}

/* One question at the depths of the hint. False: a bucket lies deeper or higher by now. */
static int find_at(struct turn *turn, int64_t tenant, const uint32_t *bits, size_t n, int min,
                   int max, struct bucket *ret, bool *ret_all)
{
    int64_t *numbers = candidates(turn->arena, bits, n, min, max);
    size_t i, count = n * (size_t)(max - min + 1);
    struct sql_rows *rows;
    int r;

    if (!numbers)
        return ERR_MEMORY;
    r = turn_ask(turn, turn->write ? &stmt_hold : &stmt_find,
                 SQL_ARGS(SQL_INT(tenant), SQL_INTS(numbers, count)), &rows);
    if (r < 0)
        return r;
    *ret_all = true;
    for (i = 0; i < n; i++) {
        ret[i] = match(rows, bits[i]);
        *ret_all = *ret_all && ret[i].number != 0;
    }
    return 0;
}

int bucket_find(struct turn *turn, int64_t tenant, const uint32_t *bits, size_t n,
                struct bucket *ret)
{
    int min, max, r = 0, tries;
    bool all = false, any = true;

    memset(ret, 0, n * sizeof(*ret));
    for (tries = 0; tries < FIND_TRIES; tries++) {
        bool hinted = hint_get(&turn->store->buckets, tenant, &min, &max);

        if (hinted)
            r = find_at(turn, tenant, bits, n, min, max, ret, &all);
        if (r < 0 || all)
            return r;
        r = read_range(turn, tenant, &any);
        if (r < 0 || !any)
            return r;
    }
    return ERR_CONFLICT; /* another process splits faster than we ask */
}

int bucket_add(struct turn *turn, int64_t tenant, int64_t number, struct bucket *ret)
{
    vault_slot slot;
    int r = vault_issue(turn->vault, &slot);

    if (r == 0)
        r = turn_put(turn, &stmt_add,
                     SQL_ARGS(SQL_INT(tenant), SQL_INT(number), SQL_INT((int64_t)slot)));
    if (r == 0)
        *ret = (struct bucket){number, slot};
    return r;
}

int bucket_delete(struct turn *turn, int64_t tenant, int64_t number)
{
    return turn_put(turn, &stmt_delete, SQL_ARGS(SQL_INT(tenant), SQL_INT(number)));
}
