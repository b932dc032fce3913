#include "talk/channel.h"

#include "base/err.h"
#include "store/journal.h"
#include "store/row.h"
#include "talk/alert.h"
#include "talk/sql.h"

enum { HEARD_EVERY_MS = 10 * 1000 };

static int open_text(struct turn *turn, enum column column, const struct channel *channel,
                     struct slice sealed, struct slice *ret)
{
    const struct row_owner owner = {.tenant = channel->tenant};
    struct pii text;
    int r = row_open(turn, column, &owner, channel->id, sealed, &text);

    if (r == 0)
        *ret = pii_reveal(text); /* a firm's own words: not about a person */
    return r;
}

static int channel_of_row(struct turn *turn, const struct sql_rows *rows, size_t i,
                          struct channel *ret)
{
    struct channel channel = {
        .id = sql_int(rows, i, 0),
        .tenant = sql_int(rows, i, 1),
        .kind = (enum channel_kind)sql_int(rows, i, 2),
        .state = (enum channel_state)sql_int(rows, i, 3),
        .reason = (enum channel_reason)sql_int(rows, i, 4),
        .external = sql_bytes(rows, i, 5),
        .flow = sql_int(rows, i, 6),
        .created_at = sql_int(rows, i, 7),
        .last_event_at = sql_int(rows, i, 8),
        .checked_at = sql_int(rows, i, 9),
    };
    int r = open_text(turn, COL_channel_name, &channel, sql_bytes(rows, i, 10), &channel.name);

    if (r == 0)
        r = open_text(turn, COL_channel_secret, &channel, sql_bytes(rows, i, 11), &channel.secret);
    if (r == 0)
        r = open_text(turn, COL_channel_settings, &channel, sql_bytes(rows, i, 12),
                      &channel.settings);
    if (r == 0)
        *ret = channel;
    return r;
}

int channel_add(struct turn *turn, const struct channel *channel, int64_t *ret_id)
{
    const struct row_owner owner = {.tenant = channel->tenant};
    struct channel other;
    int64_t id = turn_id(turn);
    int r = channel_find(turn, channel->kind, channel->external, &other);

    if (r != ERR_NOT_FOUND)
        return r < 0 ? r : ERR_EXISTS;
    r = turn_put(
        turn, &talk_sql_channel_add,
        SQL_ARGS(SQL_INT(id), SQL_INT(channel->tenant), SQL_INT(channel->kind),
                 SQL_INT(channel->state), SQL_INT(channel->reason), SQL_TEXT(channel->external),
                 SQL_INT_OR_NULL(channel->flow), SQL_INT(turn->now),
                 row_seal(turn, COL_channel_name, &owner, id, pii_of(channel->name)),
                 row_seal(turn, COL_channel_secret, &owner, id, pii_of(channel->secret)),
                 row_seal(turn, COL_channel_settings, &owner, id, pii_of(channel->settings))));
    if (r == 0)
        r = journal_add(turn, &(struct journal_event){.tenant = channel->tenant,
                                                      .kind = JOURNAL_SETTINGS,
                                                      .object = id});
    if (r == 0)
        *ret_id = id;
    return r;
}

int channel_update(struct turn *turn, const struct channel *channel)
{
    const struct row_owner owner = {.tenant = channel->tenant};
    int64_t id = channel->id;
    int r = turn_put(
        turn, &talk_sql_channel_update,
        SQL_ARGS(SQL_INT(channel->state), SQL_INT(channel->reason), SQL_INT_OR_NULL(channel->flow),
                 SQL_INT_OR_NULL(channel->checked_at),
                 row_seal(turn, COL_channel_name, &owner, id, pii_of(channel->name)),
                 row_seal(turn, COL_channel_secret, &owner, id, pii_of(channel->secret)),
                 row_seal(turn, COL_channel_settings, &owner, id, pii_of(channel->settings)),
                 SQL_INT(id), SQL_INT(channel->tenant)));

    if (r < 0)
        return r;
    return journal_add(
        turn,
        &(struct journal_event){.tenant = channel->tenant, .kind = JOURNAL_SETTINGS, .object = id});
}

int channel_load(struct turn *turn, int64_t tenant, int64_t id, struct channel *ret)
{
    struct sql_rows *rows;
    int r = turn_ask(turn, &talk_sql_channel_load, SQL_ARGS(SQL_INT(id)), &rows);

    if (r < 0)
        return r;
    if (sql_rows_count(rows) == 0 || (tenant != 0 && sql_int(rows, 0, 1) != tenant))
        return ERR_NOT_FOUND;
    return channel_of_row(turn, rows, 0, ret);
}

int channel_find(struct turn *turn, enum channel_kind kind, struct slice external,
                 struct channel *ret)
{
    struct sql_rows *rows;
    int r =
        turn_ask(turn, &talk_sql_channel_find, SQL_ARGS(SQL_INT(kind), SQL_TEXT(external)), &rows);

    if (r < 0)
        return r;
    return sql_rows_count(rows) == 0 ? ERR_NOT_FOUND : channel_of_row(turn, rows, 0, ret);
}

int channel_list(struct turn *turn, int64_t tenant, enum channel_kind kind, struct channel **ret,
                 size_t *ret_n)
{
    struct channel *list;
    struct sql_rows *rows;
    size_t i, n;
    int r = turn_ask(turn, &talk_sql_channel_list, SQL_ARGS(SQL_INT(tenant), SQL_INT(kind)), &rows);

    if (r < 0)
        return r;
    n = sql_rows_count(rows);
    list = arena_array(turn->arena, n + 1, sizeof(*list));
    if (!list)
        return ERR_MEMORY;
    for (i = 0; r == 0 && i < n; i++)
        r = channel_of_row(turn, rows, i, &list[i]);
    if (r < 0)
        return r;
    *ret = list;
    *ret_n = n;
    return 0;
}

int channel_remove(struct turn *turn, int64_t tenant, int64_t id)
{
    struct slice gone = arena_printf(turn->arena, "removed %lld", (long long)id);
    int64_t used;
    int r = turn_ask_int(turn, &talk_sql_channel_used, SQL_ARGS(SQL_INT(id), SQL_INT(tenant)), 0,
                         &used);

    if (r == 0 && !gone.ptr)
        r = ERR_MEMORY;
    if (r == 0 && used)
        r = turn_put(turn, &talk_sql_channel_empty,
                     SQL_ARGS(SQL_TEXT(gone), SQL_INT(id), SQL_INT(tenant)));
    else if (r == 0)
        r = turn_put(turn, &talk_sql_channel_remove, SQL_ARGS(SQL_INT(id), SQL_INT(tenant)));
    if (r < 0)
        return r;
    return journal_add(
        turn, &(struct journal_event){.tenant = tenant, .kind = JOURNAL_SETTINGS, .object = id});
}

int channel_heard(struct turn *turn, struct channel *channel, int64_t at)
{
    if (at < channel->last_event_at + HEARD_EVERY_MS)
        return 0;
    channel->last_event_at = at;
    return turn_put(turn, &talk_sql_channel_heard,
                    SQL_ARGS(SQL_INT(at), SQL_INT(channel->id), SQL_INT(channel->tenant)));
}

int channel_enter(struct turn *turn, struct channel *channel, enum channel_state state,
                  enum channel_reason reason)
{
    int r;

    if (channel->state == state && channel->reason == reason)
        return 0;
    channel->state = state;
    channel->reason = reason;
    r = channel_update(turn, channel);
    return r < 0 || state != CHANNEL_BROKEN ? r : alert_channel(turn, channel);
}
