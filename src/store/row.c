#include "store/row.h"

#include "base/buf.h"
#include "base/clock.h"
#include "base/err.h"
#include "store/slots.h"

static const struct sql_stmt stmt_tenant_slot = {"row.tenant_slot",
                                                 "SELECT slot FROM tenant WHERE id = $1"};
static const struct sql_stmt stmt_class_slot = {
    "row.class_slot",
    "SELECT slot FROM class_slot WHERE tenant = $1 AND class = $2 AND month = $3"};
/* Another process may have issued one meanwhile: the row that stands is asked for afterwards. */
static const struct sql_stmt stmt_class_slot_add = {
    "row.class_slot_add", "INSERT INTO class_slot (tenant, class, month, slot)"
                          " VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING"};

/* What turn_put and turn_ask know a failed row_seal by. */
static struct sql_arg failed(int err)
{
    return (struct sql_arg){.type = SQL_T_NULL, .number = err};
}

static int place_of(struct turn *turn, enum column column, const struct row_owner *owner,
                    int64_t id, struct vault_owner *ret_owner, struct vault_place *ret_place)
{
    const struct column_info *info = &schema_columns[column];
    vault_slot tenant_slot;
    int r;

    if (info->class != COLUMN_SEALED)
        return ERR_INTERNAL;
    r = row_tenant_slot(turn, owner->tenant, &tenant_slot);
    if (r < 0)
        return r;
    *ret_owner = (struct vault_owner){
        .tenant = tenant_slot, .person = owner->person_slot, .klass = owner->class_slot};
    *ret_place = (struct vault_place){.tenant = owner->tenant,
                                      .table = schema_table_number(info->table),
                                      .column = schema_column_number(column),
                                      .row = id,
                                      .purpose = (uint32_t)info->purpose};
    return 0;
}

/* A buffer over arena memory: it is full at `size`, so it never grows and is never freed. */
static struct buf arena_buf(struct arena *arena, size_t size)
{
    char *ptr = arena_alloc(arena, size);

    return (struct buf){.ptr = ptr, .cap = ptr ? size : 0, .limit = ptr ? size : 0};
}

struct sql_arg row_seal(struct turn *turn, enum column column, const struct row_owner *owner,
                        int64_t id, struct pii plain)
{
    struct vault_owner keys;
    struct vault_place place;
    struct buf sealed;
    size_t size;
    int r;

    if (pii_empty(plain))
        return SQL_NULL;
    if (__builtin_add_overflow(pii_reveal(plain).len, (size_t)VAULT_OVERHEAD, &size))
        return failed(ERR_LIMIT);
    r = place_of(turn, column, owner, id, &keys, &place);
    if (r < 0)
        return failed(r);
    sealed = arena_buf(turn->arena, size);
    if (!sealed.ptr)
        return failed(ERR_LIMIT);
    r = vault_seal(turn->vault, &keys, &place, plain, &sealed);
    return r < 0 ? failed(r) : SQL_BLOB(buf_slice(&sealed));
}

int row_open(struct turn *turn, enum column column, const struct row_owner *owner, int64_t id,
             struct slice sealed, struct pii *ret)
{
    struct vault_owner keys;
    struct vault_place place;
    struct buf plain;
    int r;

    if (sealed.len == 0) {
        *ret = pii_of(SLICE_NONE);
        return 0;
    }
    r = place_of(turn, column, owner, id, &keys, &place);
    if (r < 0)
        return r;
    plain = arena_buf(turn->arena, sealed.len);
    if (!plain.ptr)
        return ERR_LIMIT;
    r = vault_open_sealed(turn->vault, &keys, &place, sealed, &plain);
    if (r < 0)
        return r;
    *ret = pii_of(buf_slice(&plain));
    return 0;
}

static int ask_class_slot(struct turn *turn, const struct slot_key *key, int64_t *ret)
{
    return turn_ask_int(turn, &stmt_class_slot,
                        SQL_ARGS(SQL_INT(key->tenant), SQL_INT(key->class), SQL_INT(key->month)), 0,
                        ret);
}

static int class_slot_of(struct turn *turn, const struct slot_key *key, vault_slot *ret)
{
    vault_slot fresh;
    int64_t slot;
    int r = ask_class_slot(turn, key, &slot);

    if (r < 0)
        return r;
    if (slot == 0) {
        if (!turn->write)
            return ERR_NOT_FOUND;
        r = vault_issue(turn->vault, &fresh);
        if (r == 0)
            r = turn_put(turn, &stmt_class_slot_add,
                         SQL_ARGS(SQL_INT(key->tenant), SQL_INT(key->class), SQL_INT(key->month),
                                  SQL_INT((int64_t)fresh)));
        if (r == 0)
            r = ask_class_slot(turn, key, &slot);
        if (r < 0)
            return r;
    }
    *ret = (vault_slot)slot;
    return slots_keep(turn, key, (vault_slot)slot);
}

static int find_class_slot(struct turn *turn, const struct slot_key *key, vault_slot *ret)
{
    vault_slot slot = slots_find(turn, key);

    if (slot == 0)
        return class_slot_of(turn, key, ret);
    *ret = slot;
    return 0;
}

int row_class_slot(struct turn *turn, int64_t tenant, enum retention class, int64_t at,
                   vault_slot *ret)
{
    struct slot_key key = {.tenant = tenant, .class = (int32_t) class, .month = clock_month(at)};

    if (class == RETAIN_NONE)
        return ERR_INTERNAL;
    return find_class_slot(turn, &key, ret);
}

static int read_tenant_slot(struct turn *turn, const struct slot_key *key, vault_slot *ret)
{
    int64_t slot;
    int r = turn_ask_int(turn, &stmt_tenant_slot, SQL_ARGS(SQL_INT(key->tenant)), 0, &slot);

    if (r < 0)
        return r;
    if (slot == 0)
        return ERR_NOT_FOUND;
    *ret = (vault_slot)slot;
    return slots_keep(turn, key, (vault_slot)slot);
}

int row_tenant_slot(struct turn *turn, int64_t tenant, vault_slot *ret)
{
    struct slot_key key = {.tenant = tenant, .class = SLOTS_TENANT};
    vault_slot slot;

    if (tenant == 0) { /* the installation's own: a class slot of no tenant, class and month */
        key.class = RETAIN_NONE;
        return find_class_slot(turn, &key, ret);
    }
    slot = slots_find(turn, &key);
    if (slot == 0)
        return read_tenant_slot(turn, &key, ret);
    *ret = slot;
    return 0;
}

int row_tenant_new(struct turn *turn, int64_t tenant, vault_slot *ret)
{
    struct slot_key key = {.tenant = tenant, .class = SLOTS_TENANT};
    vault_slot slot;
    int r = vault_issue(turn->vault, &slot);

    if (r == 0)
        r = slots_keep(turn, &key, slot);
    if (r == 0)
        *ret = slot;
    return r;
}
