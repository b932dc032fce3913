/* identity.c - under which id a channel knows a person. */
#include "base/err.h"
#include "person/person.h"
#include "person/sql.h"
#include "store/tombstone.h"
#include "store/row.h"

static int open_external(struct turn *turn, int64_t tenant, int64_t identity, vault_slot slot,
                         struct slice sealed, struct pii *ret)
{
    const struct row_owner owner = {.tenant = tenant, .person_slot = slot};

    return row_open(turn, COL_identity_external, &owner, identity, sealed, ret);
}

/* An event from before this person existed may belong to an erased one with the same id. */
static int refuse_if_erased(struct turn *turn, int64_t tenant, const struct lookup_key *key,
                            int64_t event_at)
{
    bool covered;
    int r = tombstone_covers(turn, tenant, key, event_at, &covered);

    if (r < 0)
        return r;
    return covered ? ERR_FORGOTTEN : 0;
}

static int by_identity(struct turn *turn, int64_t tenant, int64_t identity,
                       const struct lookup_key *key, int64_t event_at, struct person_ref *ret)
{
    struct sql_rows *rows;
    int r = turn_ask(turn, &person_sql_by_identity, SQL_ARGS(SQL_INT(identity), SQL_INT(tenant)),
                     &rows);

    if (r < 0)
        return r;
    if (sql_rows_count(rows) == 0)
        return ERR_NOT_FOUND;
    if (event_at < sql_int(rows, 0, 3)) {
        r = refuse_if_erased(turn, tenant, key, event_at);
        if (r < 0)
            return r;
    }
    *ret = (struct person_ref){
        .id = sql_int(rows, 0, 0),
        .identity = identity,
        .slot = (vault_slot)sql_int(rows, 0, 1),
        .state = (enum person_state)sql_int(rows, 0, 2),
    };
    return 0;
}

static int create(struct turn *turn, int64_t tenant, int64_t channel, const struct lookup_key *key,
                  struct person_ref *ret)
{
    struct person_ref ref = {.state = PERSON_ACTIVE, .created = true};
    struct row_owner owner = {.tenant = tenant};
    int r = vault_issue(turn->vault, &ref.slot);

    if (r < 0)
        return r;
    ref.id = turn_id(turn);
    ref.identity = turn_id(turn);
    owner.person_slot = ref.slot;
    r = turn_put(turn, &person_sql_add,
                 SQL_ARGS(SQL_INT(ref.id), SQL_INT(tenant), SQL_INT((int64_t)ref.slot),
                          SQL_INT(ref.state), SQL_INT(turn->now), SQL_INT(turn->now)));
    if (r == 0)
        r = turn_put(
            turn, &person_sql_identity_add,
            SQL_ARGS(SQL_INT(ref.identity), SQL_INT(tenant), SQL_INT(ref.id), SQL_INT(channel),
                     SQL_INT((int64_t)ref.slot), SQL_INT(turn->now),
                     row_seal(turn, COL_identity_external, &owner, ref.identity, key->value)));
    if (r == 0)
        r = lookup_add(turn, tenant, key, ref.identity);
    if (r == 0)
        *ret = ref;
    return r;
}

int person_resolve(struct turn *turn, int64_t tenant, int64_t channel, struct pii external,
                   int64_t event_at, bool may_create, struct person_ref *ret)
{
    const struct lookup_key key = {LOOKUP_IDENTITY, channel, external};
    int64_t identity;
    int r;

    if (pii_empty(external))
        return ERR_NOT_FOUND;
    r = lookup_find(turn, tenant, &key, &identity);
    if (r == 0)
        return by_identity(turn, tenant, identity, &key, event_at, ret);
    if (r != ERR_NOT_FOUND)
        return r;
    r = refuse_if_erased(turn, tenant, &key, event_at);
    if (r < 0)
        return r;
    return may_create ? create(turn, tenant, channel, &key, ret) : ERR_NOT_FOUND;
}

int person_identities(struct turn *turn, int64_t tenant, int64_t person,
                      struct person_identity **ret, size_t *ret_n)
{
    struct person_identity *list;
    struct sql_rows *rows;
    size_t i, n;
    int r =
        turn_ask(turn, &person_sql_identities, SQL_ARGS(SQL_INT(person), SQL_INT(tenant)), &rows);

    if (r < 0)
        return r;
    n = sql_rows_count(rows);
    list = arena_array(turn->arena, n + 1, sizeof(*list));
    if (!list)
        return ERR_MEMORY;
    for (i = 0; r == 0 && i < n; i++) {
        list[i].id = sql_int(rows, i, 0);
        list[i].channel = sql_int(rows, i, 1);
        list[i].slot = (vault_slot)sql_int(rows, i, 2);
        r = open_external(turn, tenant, list[i].id, list[i].slot, sql_bytes(rows, i, 3),
                          &list[i].external);
    }
    if (r < 0)
        return r;
    *ret = list;
    *ret_n = n;
    return 0;
}

int person_external(struct turn *turn, int64_t tenant, int64_t person, int64_t channel,
                    struct pii *ret)
{
    struct sql_rows *rows;
    int r = turn_ask(turn, &person_sql_external,
                     SQL_ARGS(SQL_INT(person), SQL_INT(tenant), SQL_INT(channel)), &rows);

    if (r < 0)
        return r;
    if (sql_rows_count(rows) == 0)
        return ERR_NOT_FOUND;
    return open_external(turn, tenant, sql_int(rows, 0, 0), (vault_slot)sql_int(rows, 0, 1),
                         sql_bytes(rows, 0, 2), ret);
}

/* For the look-up layer: the identifier of an identity, when its bucket gets a new key. */
static int reveal(struct turn *turn, int64_t tenant, enum lookup_kind kind, int64_t identity,
                  struct lookup_key *ret)
{
    struct lookup_key key = {.kind = kind};
    struct sql_rows *rows;
    int r =
        turn_ask(turn, &person_sql_identity, SQL_ARGS(SQL_INT(identity), SQL_INT(tenant)), &rows);

    if (r < 0)
        return r;
    if (sql_rows_count(rows) == 0)
        return ERR_NOT_FOUND;
    key.scope = sql_int(rows, 0, 1);
    r = open_external(turn, tenant, identity, (vault_slot)sql_int(rows, 0, 2),
                      sql_bytes(rows, 0, 3), &key.value);
    if (r == 0)
        *ret = key;
    return r;
}

void person_start(struct store *store)
{
    lookup_set_reveal(store, LOOKUP_IDENTITY, reveal);
}
