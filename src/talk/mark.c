#include "talk/mark.h"

#include "base/clock.h"
#include "base/err.h"
#include "talk/ingest.h"
#include "talk/sql.h"

int mark_find(struct turn *turn, const struct conversation *c, struct pii id, int64_t *ret_message)
{
    unsigned char mark[MESSAGE_DEDUP_SIZE];
    struct sql_rows *rows;
    int r = message_dedup(turn, c->slot, id, mark);

    if (r == 0)
        r = turn_ask(turn, &talk_sql_mark_find,
                     SQL_ARGS(SQL_INT(c->person), SQL_BLOB(slice_of(mark, sizeof(mark)))), &rows);
    if (r < 0)
        return r;
    if (sql_rows_count(rows) == 0)
        return ERR_NOT_FOUND;
    *ret_message = sql_int(rows, 0, 0);
    return 0;
}

int mark_set(struct turn *turn, const struct conversation *c, struct pii id, int64_t message)
{
    unsigned char mark[MESSAGE_DEDUP_SIZE];
    int64_t seen;
    int r = mark_find(turn, c, id, &seen);

    if (r != ERR_NOT_FOUND)
        return r < 0 ? r : ERR_EXISTS;
    r = message_dedup(turn, c->slot, id, mark);
    if (r < 0)
        return r;
    return turn_put(turn, &talk_sql_mark_add,
                    SQL_ARGS(SQL_INT(c->person), SQL_BLOB(slice_of(mark, sizeof(mark))),
                             SQL_INT(clock_day(turn->now)), SQL_INT_OR_NULL(message)));
}

int talk_purge_marks(struct turn *turn, int32_t day)
{
    return turn_put(turn, &talk_sql_mark_purge, SQL_ARGS(SQL_INT(day)));
}
