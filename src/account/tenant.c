#include "account/account.h"
#include "account/sql.h"
#include "base/err.h"
#include "base/utf8.h"
#include "store/journal.h"
#include "store/row.h"

enum { NAME_CHARS_MAX = 100 };

static int open_text(struct turn *turn, enum column column, int64_t tenant, struct slice sealed,
                     struct slice *ret)
{
    const struct row_owner owner = {.tenant = tenant};
    struct pii text;
    int r = row_open(turn, column, &owner, tenant, sealed, &text);

    if (r == 0)
        *ret = pii_reveal(text); /* a firm's name and settings: not about a person */
    return r;
}

int tenant_load(struct turn *turn, int64_t id, struct tenant *ret)
{
    struct tenant tenant;
    struct sql_rows *rows;
    int r = turn_ask(turn, &account_sql_tenant_load, SQL_ARGS(SQL_INT(id)), &rows);

    if (r < 0)
        return r;
    if (sql_rows_count(rows) == 0)
        return ERR_NOT_FOUND;
    tenant = (struct tenant){
        .id = id,
        .slot = (vault_slot)sql_int(rows, 0, 1),
        .state = (enum tenant_state)sql_int(rows, 0, 2),
        .created_at = sql_int(rows, 0, 3),
    };
    r = open_text(turn, COL_tenant_name, id, sql_bytes(rows, 0, 4), &tenant.name);
    if (r == 0)
        r = open_text(turn, COL_tenant_settings, id, sql_bytes(rows, 0, 5), &tenant.settings);
    if (r == 0)
        *ret = tenant;
    return r;
}

static int check_name(struct slice name)
{
    if (slice_trim(name).len == 0 || !utf8_valid(name))
        return ERR_INVALID;
    return utf8_count(name) > NAME_CHARS_MAX ? ERR_LIMIT : 0;
}

int tenant_update(struct turn *turn, const struct tenant *tenant)
{
    const struct row_owner owner = {.tenant = tenant->id};
    const struct slice name = slice_trim(tenant->name);
    int r = check_name(tenant->name);

    if (r < 0)
        return r;
    r = turn_put(
        turn, &account_sql_tenant_update,
        SQL_ARGS(SQL_INT(tenant->state),
                 row_seal(turn, COL_tenant_name, &owner, tenant->id, pii_of(name)),
                 row_seal(turn, COL_tenant_settings, &owner, tenant->id, pii_of(tenant->settings)),
                 SQL_INT(tenant->id)));
    if (r < 0)
        return r;
    return journal_add(turn,
                       &(struct journal_event){.tenant = tenant->id, .kind = JOURNAL_SETTINGS});
}

int tenant_add(struct turn *turn, struct slice name, struct tenant *ret)
{
    struct tenant tenant = {.state = TENANT_ACTIVE, .name = slice_trim(name)};
    struct row_owner owner;
    int r = check_name(name);

    if (r < 0)
        return r;
    tenant.id = turn_id(turn);
    tenant.created_at = turn->now;
    r = row_tenant_new(turn, tenant.id, &tenant.slot);
    if (r < 0)
        return r;
    owner = (struct row_owner){.tenant = tenant.id};
    r = turn_put(turn, &account_sql_tenant_add,
                 SQL_ARGS(SQL_INT(tenant.id), SQL_INT((int64_t)tenant.slot), SQL_INT(tenant.state),
                          SQL_INT(tenant.created_at),
                          row_seal(turn, COL_tenant_name, &owner, tenant.id, pii_of(tenant.name)),
                          SQL_NULL));
    if (r == 0)
        *ret = tenant;
    return r;
}

int tenant_list(struct turn *turn, struct tenant **ret, size_t *ret_n)
{
    struct tenant *list;
    struct sql_rows *rows;
    size_t i, n;
    int r = turn_ask(turn, &account_sql_tenant_ids, SQL_NO_ARGS, &rows);

    if (r < 0)
        return r;
    n = sql_rows_count(rows);
    list = arena_array(turn->arena, n + 1, sizeof(*list));
    if (!list)
        return ERR_MEMORY;
    for (i = 0; r == 0 && i < n; i++)
        r = tenant_load(turn, sql_int(rows, i, 0), &list[i]);
    if (r < 0)
        return r;
    *ret = list;
    *ret_n = n;
    return 0;
}

int tenant_count(struct turn *turn, int64_t *ret)
{
    return turn_ask_int(turn, &account_sql_tenant_count, SQL_NO_ARGS, 0, ret);
}

int tenant_owned(struct turn *turn, bool *ret)
{
    int64_t owners;
    int r = turn_ask_int(turn, &account_sql_owner_count_all, SQL_NO_ARGS, 0, &owners);

    if (r == 0)
        *ret = owners > 0;
    return r;
}
