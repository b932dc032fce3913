#include "account/secret.h"
#include "account/sql.h"
#include "base/clock.h"
#include "base/err.h"

#define PREFIX "lk_"

static int64_t life_of(enum ticket_kind kind)
{
    switch (kind) {
    case TICKET_CLAIM:
    case TICKET_INVITATION:
        return 7 * DAY_MS;
    case TICKET_RESET:
        return HOUR_MS;
    }
    return 0;
}

int ticket_add(struct turn *turn, enum ticket_kind kind, int64_t tenant, int64_t object,
               char ret[SECRET_TEXT_SIZE])
{
    unsigned char hash[SECRET_HASH];
    int r = turn_put(turn, &account_sql_ticket_sweep, SQL_ARGS(SQL_INT(turn->now)));

    if (r < 0)
        return r;
    secret_make(turn, PREFIX, ret, hash);
    return turn_put(turn, &account_sql_ticket_add,
                    SQL_ARGS(SQL_BLOB(slice_of(hash, sizeof(hash))), SQL_INT(kind), SQL_INT(tenant),
                             SQL_INT(object), SQL_INT(turn->now + life_of(kind))));
}

static int find(struct turn *turn, const struct sql_stmt *stmt, enum ticket_kind kind,
                const unsigned char hash[SECRET_HASH], int64_t *ret_tenant, int64_t *ret_object)
{
    struct sql_rows *rows;
    int r = turn_ask(
        turn, stmt,
        SQL_ARGS(SQL_BLOB(slice_of(hash, SECRET_HASH)), SQL_INT(kind), SQL_INT(turn->now)), &rows);

    if (r < 0)
        return r;
    if (sql_rows_count(rows) == 0)
        return ERR_NOT_FOUND;
    *ret_tenant = sql_int(rows, 0, 0);
    *ret_object = sql_int(rows, 0, 1);
    return 0;
}

int ticket_peek(struct turn *turn, enum ticket_kind kind, struct slice text, int64_t *ret_tenant,
                int64_t *ret_object)
{
    unsigned char hash[SECRET_HASH];

    if (!secret_hash(PREFIX, text, hash))
        return ERR_NOT_FOUND;
    return find(turn, &account_sql_ticket_find, kind, hash, ret_tenant, ret_object);
}

int ticket_take(struct turn *turn, enum ticket_kind kind, struct slice text, int64_t *ret_tenant,
                int64_t *ret_object)
{
    unsigned char hash[SECRET_HASH];
    int r;

    if (!secret_hash(PREFIX, text, hash))
        return ERR_NOT_FOUND;
    r = find(turn, &account_sql_ticket_hold, kind, hash, ret_tenant, ret_object);
    return r < 0 ? r
                 : turn_put(turn, &account_sql_ticket_remove,
                            SQL_ARGS(SQL_BLOB(slice_of(hash, sizeof(hash)))));
}

int ticket_void(struct turn *turn, enum ticket_kind kind, int64_t object)
{
    return turn_put(turn, &account_sql_ticket_void, SQL_ARGS(SQL_INT(kind), SQL_INT(object)));
}
