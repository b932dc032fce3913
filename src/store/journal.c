#include "store/journal.h"

#include "base/err.h"
#include "store/inside.h"
#include "store/seq.h"

#define SINCE_MAX 1000u

static const struct sql_stmt stmt_add = {
    "journal.add", "INSERT INTO journal (tenant, seq, at, kind, conversation, cseq, object, actor)"
                   " VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"};
static const struct sql_stmt stmt_since = {
    "journal.since", "SELECT seq, at, kind, conversation, cseq, object, actor FROM journal"
                     " WHERE tenant = $1 AND seq > $2 ORDER BY seq LIMIT $3"};
static const struct sql_stmt stmt_head = {"journal.head", "SELECT seq FROM tenant WHERE id = $1"};
static const struct sql_stmt stmt_oldest = {
    "journal.oldest", "SELECT seq, at FROM journal WHERE tenant = $1 ORDER BY seq LIMIT $2"};
static const struct sql_stmt stmt_purge = {"journal.purge",
                                           "DELETE FROM journal WHERE tenant = $1 AND seq <= $2"};

static void tell(struct store *store, void *arg)
{
    const struct journal_event *event = arg;

    store->listener(store->listener_arg, event);
}

static int tell_after_commit(struct turn *turn, const struct journal_event *event)
{
    struct journal_event *copy;

    if (!turn->store->listener)
        return 0;
    copy = arena_alloc(turn->arena, sizeof(*copy));
    if (!copy)
        return ERR_MEMORY;
    *copy = *event;
    return turn_effect(turn, tell, copy);
}

int journal_add(struct turn *turn, const struct journal_event *event)
{
    struct journal_event e = *event;
    int r;

    if (e.tenant <= 0)
        return ERR_INVALID;
    e.at = turn->now;
    r = seq_next(turn, e.tenant, &e.seq);
    if (r < 0)
        return r;
    r = turn_put(turn, &stmt_add,
                 SQL_ARGS(SQL_INT(e.tenant), SQL_INT(e.seq), SQL_INT(e.at), SQL_INT(e.kind),
                          SQL_INT_OR_NULL(e.conversation), SQL_INT_OR_NULL(e.cseq),
                          SQL_INT_OR_NULL(e.object), SQL_INT_OR_NULL(e.actor)));
    return r < 0 ? r : tell_after_commit(turn, &e);
}

int journal_head(struct turn *turn, int64_t tenant, int64_t *ret)
{
    int64_t head;
    int r;

    if (turn->write)
        return seq_now(turn, tenant, ret);
    r = turn_ask_int(turn, &stmt_head, SQL_ARGS(SQL_INT(tenant)), -1, &head);
    if (r < 0)
        return r;
    if (head < 0)
        return ERR_NOT_FOUND;
    *ret = head;
    return 0;
}

static void read_event(const struct sql_rows *rows, size_t i, int64_t tenant,
                       struct journal_event *ret)
{
    *ret = (struct journal_event){.tenant = tenant,
                                  .seq = sql_int(rows, i, 0),
                                  .at = sql_int(rows, i, 1),
                                  .kind = (enum journal_kind)sql_int(rows, i, 2),
                                  .conversation = sql_int(rows, i, 3),
                                  .cseq = sql_int(rows, i, 4),
                                  .object = sql_int(rows, i, 5),
                                  .actor = sql_int(rows, i, 6)};
}

int journal_since(struct turn *turn, int64_t tenant, int64_t after, size_t max,
                  struct journal_event **ret, size_t *ret_n)
{
    struct journal_event *events;
    struct sql_rows *rows;
    int64_t head;
    size_t i, n;
    int r = journal_head(turn, tenant, &head);

    if (r < 0)
        return r;
    if (after < 0 || after > head)
        return ERR_NOT_FOUND;
    max = max < SINCE_MAX ? max : SINCE_MAX;
    r = turn_ask(turn, &stmt_since,
                 SQL_ARGS(SQL_INT(tenant), SQL_INT(after), SQL_INT((int64_t)max)), &rows);
    if (r < 0)
        return r;
    n = sql_rows_count(rows);
    if (max > 0 && after < head && (n == 0 || sql_int(rows, 0, 0) != after + 1))
        return ERR_NOT_FOUND;
    events = arena_array(turn->arena, n ? n : 1, sizeof(*events));
    if (!events)
        return ERR_MEMORY;
    for (i = 0; i < n; i++)
        read_event(rows, i, tenant, &events[i]);
    *ret = events;
    *ret_n = n;
    return 0;
}

void journal_listen(struct store *store, journal_listener *fn, void *arg)
{
    store->listener_arg = arg;
    store->listener = fn;
}

int journal_purge(struct turn *turn, int64_t tenant, int64_t before, size_t max, bool *ret_more)
{
    struct sql_rows *rows;
    size_t i, n;
    int r = turn_ask(turn, &stmt_oldest, SQL_ARGS(SQL_INT(tenant), SQL_INT((int64_t)max)), &rows);

    if (r < 0)
        return r;
    n = sql_rows_count(rows);
    for (i = 0; i < n && sql_int(rows, i, 1) < before; i++)
        ;
    if (i > 0)
        r = turn_put(turn, &stmt_purge,
                     SQL_ARGS(SQL_INT(tenant), SQL_INT(sql_int(rows, i - 1, 0))));
    if (r == 0)
        *ret_more = n > 0 && i == n && n == max;
    return r;
}
