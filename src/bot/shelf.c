#include "bot/shelf.h"

#include "base/err.h"
#include "base/utf8.h"
#include "bot/sql.h"
#include "store/journal.h"
#include "store/row.h"

enum { NAME_CHARS_MAX = 100 };

static int open_text(struct turn *turn, enum column column, int64_t tenant, int64_t id,
                     struct slice sealed, struct slice *ret)
{
    const struct row_owner owner = {.tenant = tenant};
    struct pii text;
    int r = row_open(turn, column, &owner, id, sealed, &text);

    if (r == 0)
        *ret = pii_reveal(text); /* a firm's own words: not about a person */
    return r;
}

static int tell(struct turn *turn, int64_t tenant, int64_t flow)
{
    return journal_add(
        turn, &(struct journal_event){.tenant = tenant, .kind = JOURNAL_SETTINGS, .object = flow});
}

int shelf_add(struct turn *turn, int64_t tenant, struct slice name, int64_t *ret_flow)
{
    const struct row_owner owner = {.tenant = tenant};
    int64_t id = turn_id(turn);
    int r;

    name = slice_trim(name);
    if (name.len == 0 || !utf8_valid(name))
        return ERR_INVALID;
    if (utf8_count(name) > NAME_CHARS_MAX)
        return ERR_LIMIT;
    r = turn_put(turn, &bot_sql_flow_add,
                 SQL_ARGS(SQL_INT(id), SQL_INT(tenant), SQL_INT(turn->now),
                          row_seal(turn, COL_flow_name, &owner, id, pii_of(name))));
    if (r == 0)
        r = tell(turn, tenant, id);
    if (r == 0)
        *ret_flow = id;
    return r;
}

static int flow_of_row(struct turn *turn, int64_t tenant, const struct sql_rows *rows, size_t i,
                       struct shelf_flow *ret)
{
    struct shelf_flow flow = {
        .id = sql_int(rows, i, 0),
        .published = sql_int(rows, i, 1),
        .created_at = sql_int(rows, i, 2),
    };
    int r = open_text(turn, COL_flow_name, tenant, flow.id, sql_bytes(rows, i, 3), &flow.name);

    if (r == 0)
        *ret = flow;
    return r;
}

int shelf_list(struct turn *turn, int64_t tenant, struct shelf_flow **ret, size_t *ret_n)
{
    struct shelf_flow *list;
    struct sql_rows *rows;
    size_t i, n;
    int r = turn_ask(turn, &bot_sql_flow_list, SQL_ARGS(SQL_INT(tenant)), &rows);

    if (r < 0)
        return r;
    n = sql_rows_count(rows);
    list = arena_array(turn->arena, n + 1, sizeof(*list));
    if (!list)
        return ERR_MEMORY;
    for (i = 0; r == 0 && i < n; i++)
        r = flow_of_row(turn, tenant, rows, i, &list[i]);
    if (r < 0)
        return r;
    *ret = list;
    *ret_n = n;
    return 0;
}

int shelf_load(struct turn *turn, int64_t tenant, int64_t flow, struct shelf_flow *ret)
{
    struct sql_rows *rows;
    int r = turn_ask(turn, &bot_sql_flow_load, SQL_ARGS(SQL_INT(flow), SQL_INT(tenant)), &rows);

    if (r < 0)
        return r;
    return sql_rows_count(rows) == 0 ? ERR_NOT_FOUND : flow_of_row(turn, tenant, rows, 0, ret);
}

int shelf_versions(struct turn *turn, int64_t tenant, int64_t flow, struct shelf_version **ret,
                   size_t *ret_n)
{
    struct shelf_version *list;
    struct sql_rows *rows;
    size_t i, n;
    int r = turn_ask(turn, &bot_sql_version_list, SQL_ARGS(SQL_INT(flow), SQL_INT(tenant)), &rows);

    if (r < 0)
        return r;
    n = sql_rows_count(rows);
    list = arena_array(turn->arena, n + 1, sizeof(*list));
    if (!list)
        return ERR_MEMORY;
    for (i = 0; i < n; i++)
        list[i] = (struct shelf_version){sql_int(rows, i, 0), sql_int(rows, i, 1),
                                         sql_int(rows, i, 2), sql_int(rows, i, 3)};
    *ret = list;
    *ret_n = n;
    return 0;
}

static int keep_problems(struct turn *turn, struct flow_problems *problems)
{
    size_t i;

    for (i = 0; i < problems->n; i++) {
        struct flow_problem *p = &problems->items[i];

        p->node = arena_copy(turn->arena, p->node);
        p->field = arena_copy(turn->arena, p->field);
        p->text = arena_copy(turn->arena, p->text);
        if (!p->node.ptr || !p->field.ptr || !p->text.ptr)
            return ERR_MEMORY;
    }
    return 0;
}

static int check(struct turn *turn, struct slice document, struct flow_problems *ret_problems)
{
    struct arena *arena = arena_new(FLOW_ARENA_BYTES);
    const struct flow *flow;
    int r = arena ? flow_parse(document, arena, ret_problems, &flow) : ERR_MEMORY;

    if (arena && keep_problems(turn, ret_problems) < 0)
        r = ERR_MEMORY;
    arena_free(arena);
    return r;
}

static int insert(struct turn *turn, int64_t tenant, int64_t flow, struct slice document,
                  int64_t user, int64_t *ret_version)
{
    const struct row_owner owner = {.tenant = tenant};
    int64_t id = turn_id(turn), last;
    int r = turn_ask_int(turn, &bot_sql_version_last, SQL_ARGS(SQL_INT(flow), SQL_INT(tenant)), 0,
                         &last);

    if (r == 0)
        r = turn_put(
            turn, &bot_sql_version_add,
            SQL_ARGS(SQL_INT(id), SQL_INT(tenant), SQL_INT(flow), SQL_INT(last + 1),
                     SQL_INT(turn->now), SQL_INT_OR_NULL(user),
                     row_seal(turn, COL_flow_version_document, &owner, id, pii_of(document))));
    if (r == 0)
        r = tell(turn, tenant, flow);
    if (r == 0)
        *ret_version = id;
    return r;
}

int shelf_add_version(struct turn *turn, int64_t tenant, int64_t flow, struct slice document,
                      int64_t user, struct flow_problems *ret_problems, int64_t *ret_version)
{
    struct buf tidy = BUF_INIT(4 * FLOW_BYTES_MAX);
    struct shelf_flow row;
    int r;

    memset(ret_problems, 0, sizeof(*ret_problems));
    r = shelf_load(turn, tenant, flow, &row);
    if (r == 0)
        r = check(turn, document, ret_problems);
    if (r == 0)
        r = flow_tidy(document, &tidy);
    if (r == 0)
        r = insert(turn, tenant, flow, buf_slice(&tidy), user, ret_version);
    buf_done(&tidy);
    return r;
}

static int load_document(struct turn *turn, int64_t tenant, int64_t version, int64_t *ret_flow,
                         struct slice *ret)
{
    struct sql_rows *rows;
    int r =
        turn_ask(turn, &bot_sql_version_load, SQL_ARGS(SQL_INT(version), SQL_INT(tenant)), &rows);

    if (r < 0)
        return r;
    if (sql_rows_count(rows) == 0)
        return ERR_NOT_FOUND;
    *ret_flow = sql_int(rows, 0, 0);
    return open_text(turn, COL_flow_version_document, tenant, version, sql_bytes(rows, 0, 1), ret);
}

int shelf_document(struct turn *turn, int64_t tenant, int64_t version, struct slice *ret)
{
    int64_t flow;

    return load_document(turn, tenant, version, &flow, ret);
}

int shelf_publish(struct turn *turn, int64_t tenant, int64_t flow, int64_t version)
{
    struct slice document;
    int64_t of;
    int r = load_document(turn, tenant, version, &of, &document);

    if (r == 0 && of != flow)
        r = ERR_NOT_FOUND;
    if (r == 0)
        r = turn_put(turn, &bot_sql_version_published,
                     SQL_ARGS(SQL_INT(turn->now), SQL_INT(version), SQL_INT(tenant)));
    if (r == 0)
        r = turn_put(turn, &bot_sql_flow_publish,
                     SQL_ARGS(SQL_INT(version), SQL_INT(flow), SQL_INT(tenant)));
    return r < 0 ? r : tell(turn, tenant, flow);
}
