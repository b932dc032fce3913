#include "store/rekey.h"

#include "base/err.h"
#include "store/inside.h"

static const struct sql_stmt stmt_members = {
    "rekey.members", "SELECT hash, kind, owner FROM lookup WHERE tenant = $1 AND bucket = $2"};
static const struct sql_stmt stmt_count = {
    "rekey.count", "SELECT count(*) FROM lookup WHERE tenant = $1 AND bucket = $2"};
static const struct sql_stmt stmt_move = {
    "rekey.move", "UPDATE lookup SET hash = $3, bucket = $4 WHERE tenant = $1 AND hash = $2"};
static const struct sql_stmt stmt_drop = {"rekey.drop",
                                          "DELETE FROM lookup WHERE tenant = $1 AND hash = $2"};
static const struct sql_stmt stmt_hold = {
    "rekey.hold", "SELECT slot FROM bucket WHERE tenant = $1 AND number = $2{lock}"};

static int reveal(struct turn *turn, int64_t tenant, int64_t kind, int64_t owner,
                  struct lookup_key *ret)
{
    lookup_reveal *fn = NULL;

    if (kind > 0 && kind < LOOKUP_KINDS)
        fn = turn->store->reveals[kind];
    return fn ? fn(turn, tenant, (enum lookup_kind)kind, owner, ret) : ERR_INTERNAL;
}

static int target_of(struct turn *turn, int64_t tenant, const struct lookup_key *key,
                     const struct bucket *to, size_t n, const struct bucket **ret)
{
    uint32_t bits;
    size_t i;
    int r;

    *ret = &to[0];
    if (n == 1)
        return 0;
    r = bucket_bits(turn, tenant, key, &bits);
    if (r < 0)
        return r;
    for (i = 0; i < n; i++)
        if (to[i].number == bucket_half(to[i].number / 2, bits))
            *ret = &to[i];
    return 0;
}

static int move(struct turn *turn, int64_t tenant, struct slice old, const struct lookup_key *key,
                const struct bucket *to, size_t n)
{
    unsigned char hash[VAULT_HASH_SIZE];
    const struct bucket *target;
    int r = target_of(turn, tenant, key, to, n, &target);

    if (r == 0)
        r = bucket_hash(turn, target->slot, HASH_LOOKUP, key, hash);
    if (r < 0)
        return r;
    return turn_put(turn, &stmt_move,
                    SQL_ARGS(SQL_INT(tenant), SQL_BLOB(old), SQL_BLOB(slice_of(hash, sizeof(hash))),
                             SQL_INT(target->number)));
}

int rekey_members(struct turn *turn, int64_t tenant, int64_t number, const struct bucket *to,
                  size_t n)
{
    struct sql_rows *rows;
    size_t i;
    int r = turn_ask(turn, &stmt_members, SQL_ARGS(SQL_INT(tenant), SQL_INT(number)), &rows);

    for (i = 0; r == 0 && i < sql_rows_count(rows); i++) {
        struct slice old = sql_bytes(rows, i, 0);
        struct lookup_key key;

        r = reveal(turn, tenant, sql_int(rows, i, 1), sql_int(rows, i, 2), &key);
        if (r == ERR_NOT_FOUND || r == ERR_FORGOTTEN)
            r = turn_put(turn, &stmt_drop, SQL_ARGS(SQL_INT(tenant), SQL_BLOB(old)));
        else if (r == 0)
            r = move(turn, tenant, old, &key, to, n);
    }
    return r;
}

static int split(struct turn *turn, int64_t tenant, int64_t number)
{
    struct bucket halves[2];
    int r = bucket_delete(turn, tenant, number);

    if (r == 0)
        r = bucket_add(turn, tenant, 2 * number, &halves[0]);
    if (r == 0)
        r = bucket_add(turn, tenant, 2 * number + 1, &halves[1]);
    return r < 0 ? r : rekey_members(turn, tenant, number, halves, 2);
}

int rekey_split(struct turn *turn, int64_t tenant, int64_t number, vault_slot *ret_old)
{
    int64_t slot, count = 0;
    int r = turn_ask_int(turn, &stmt_hold, SQL_ARGS(SQL_INT(tenant), SQL_INT(number)), 0, &slot);

    if (r == 0 && slot != 0)
        r = turn_ask_int(turn, &stmt_count, SQL_ARGS(SQL_INT(tenant), SQL_INT(number)), 0, &count);
    if (r < 0)
        return r;
    *ret_old = 0;
    if (count <= BUCKET_MEMBERS || bucket_depth(number) == BUCKET_DEPTH_MAX)
        return 0;
    r = split(turn, tenant, number);
    if (r == 0)
        *ret_old = (vault_slot)slot;
    return r;
}
