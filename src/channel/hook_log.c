#include "channel/hook_log.h"

#include "base/err.h"
#include "channel/sql.h"

enum { PAGE_MAX = 100, ID_TIME_SHIFT = 22 };

int hook_log_add(struct turn *turn, const struct hook_line *line)
{
    return turn_put(turn, &channel_sql_hook_add,
                    SQL_ARGS(SQL_INT(turn_id(turn)), SQL_INT(line->tenant),
                             SQL_INT_OR_NULL(line->channel), SQL_INT(turn->now),
                             SQL_INT(line->source), SQL_INT(line->kind), SQL_INT(line->outcome),
                             SQL_INT(line->size), SQL_INT(line->latency_us)));
}

static struct hook_line line_of(const struct sql_rows *rows, size_t i, int64_t tenant)
{
    return (struct hook_line){
        .id = sql_int(rows, i, 0),
        .tenant = tenant,
        .channel = sql_int(rows, i, 1),
        .at = sql_int(rows, i, 2),
        .source = (enum hook_source)sql_int(rows, i, 3),
        .kind = (enum hook_kind)sql_int(rows, i, 4),
        .outcome = (enum hook_outcome)sql_int(rows, i, 5),
        .size = sql_int(rows, i, 6),
        .latency_us = sql_int(rows, i, 7),
    };
}

int hook_log_list(struct turn *turn, const struct hook_query *query, struct hook_line **ret,
                  size_t *ret_n, int64_t *ret_next)
{
    size_t i, n, limit = query->limit && query->limit < PAGE_MAX ? query->limit : PAGE_MAX;
    struct hook_line *list;
    struct sql_rows *rows;
    int r = turn_ask(
        turn, &channel_sql_hook_page,
        SQL_ARGS(SQL_INT(query->tenant), SQL_INT(query->cursor ? query->cursor : INT64_MAX),
                 SQL_INT(query->channel), SQL_INT(query->kind), SQL_INT(query->outcome),
                 SQL_INT(query->slower_than_us), SQL_INT((int64_t)limit)),
        &rows);

    if (r < 0)
        return r;
    n = sql_rows_count(rows);
    list = arena_array(turn->arena, n + 1, sizeof(*list));
    if (!list)
        return ERR_MEMORY;
    for (i = 0; i < n; i++)
        list[i] = line_of(rows, i, query->tenant);
    *ret = list;
    *ret_n = n;
    *ret_next = n == limit ? list[n - 1].id : 0;
    return 0;
}

void hook_log_out(struct json_out *out, const struct hook_line *line)
{
    char channel[ID_TEXT_SIZE];

    json_out_object(out, NULL);
    json_out_int(out, "at", line->at);
    if (line->channel)
        json_out_str(out, "channel", id_text(ID_CHANNEL, line->channel, channel));
    else
        json_out_null(out, "channel");
    json_out_str(out, "kind", slice_cstr(hook_kind_word(line->kind)));
    json_out_str(out, "outcome", slice_cstr(hook_outcome_word(line->outcome)));
    json_out_int(out, "size", line->size);
    json_out_int(out, "latency_us", line->latency_us);
    json_out_close_object(out);
}

/* Lines carry time-ordered ids: the primary key finds the old ones. */
int hook_log_purge(struct turn *turn, int64_t before, size_t max, bool *ret_more)
{
    int64_t first = before > ID_EPOCH_MS ? (before - ID_EPOCH_MS) << ID_TIME_SHIFT : 0;
    int64_t oldest;
    int r =
        turn_put(turn, &channel_sql_hook_purge, SQL_ARGS(SQL_INT(first), SQL_INT((int64_t)max)));

    if (r == 0)
        r = turn_ask_int(turn, &channel_sql_hook_oldest, NULL, 0, INT64_MAX, &oldest);
    if (r == 0)
        *ret_more = oldest < first;
    return r;
}
