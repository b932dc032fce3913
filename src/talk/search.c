#include "talk/search.h"

#include "base/err.h"
#include "talk/sql.h"

enum { ROWS_MAX = 1000 };

int search_newest(struct turn *turn, int64_t tenant, int64_t before, size_t max, int64_t **ret,
                  size_t *ret_n)
{
    struct sql_rows *rows;
    int64_t *ids;
    size_t i, n;
    int r;

    max = max < ROWS_MAX ? max : ROWS_MAX;
    r = turn_ask(
        turn, &talk_sql_message_newest,
        SQL_ARGS(SQL_INT(tenant), SQL_INT(before ? before : INT64_MAX), SQL_INT((int64_t)max)),
        &rows);
    if (r < 0)
        return r;
    n = sql_rows_count(rows);
    ids = arena_array(turn->arena, n + 1, sizeof(*ids));
    if (!ids)
        return ERR_MEMORY;
    for (i = 0; i < n; i++)
        ids[i] = sql_int(rows, i, 0);
    *ret = ids;
    *ret_n = n;
    return 0;
}
