#include "account/session.h"

#include "account/secret.h"
#include "account/sql.h"
#include "base/clock.h"
#include "base/err.h"
#include "store/row.h"

#define SESSION_LIFE_MS (30 * DAY_MS)
#define PREFIX          "ls_"

int session_add(struct turn *turn, const struct user *user, char ret[SECRET_TEXT_SIZE])
{
    unsigned char hash[SECRET_HASH];
    int r = turn_put(turn, &account_sql_session_sweep, SQL_ARGS(SQL_INT(turn->now)));

    if (r < 0)
        return r;
    secret_make(turn, PREFIX, ret, hash);
    return turn_put(turn, &account_sql_session_add,
                    SQL_ARGS(SQL_INT(turn_id(turn)), SQL_INT(user->tenant), SQL_INT(user->id),
                             SQL_BLOB(slice_of(hash, sizeof(hash))), SQL_INT(turn->now),
                             SQL_INT(turn->now), SQL_INT(turn->now + SESSION_LIFE_MS)));
}

int session_find(struct turn *turn, struct slice cookie, struct caller *ret)
{
    unsigned char hash[SECRET_HASH];
    struct sql_rows *rows;
    int r;

    if (!secret_hash(PREFIX, cookie, hash))
        return ERR_AUTH;
    r = turn_ask(turn, &account_sql_session_find,
                 SQL_ARGS(SQL_BLOB(slice_of(hash, sizeof(hash))), SQL_INT(turn->now)), &rows);
    if (r < 0)
        return r;
    if (sql_rows_count(rows) == 0)
        return ERR_AUTH;
    *ret = (struct caller){
        .session = sql_int(rows, 0, 0),
        .tenant = sql_int(rows, 0, 1),
        .user = sql_int(rows, 0, 2),
        .role = (enum role)sql_int(rows, 0, 3),
        .seen_at = sql_int(rows, 0, 4),
        .scopes = SCOPE_READ | SCOPE_TALK | SCOPE_PEOPLE | SCOPE_SETTINGS,
    };
    return 0;
}

bool caller_stale(const struct caller *caller, int64_t now)
{
    return caller->seen_at < now - HOUR_MS;
}

int session_touch(struct turn *turn, int64_t session)
{
    return turn_put(turn, &account_sql_session_touch,
                    SQL_ARGS(SQL_INT(turn->now), SQL_INT(turn->now + SESSION_LIFE_MS),
                             SQL_INT(session), SQL_INT(turn->now - HOUR_MS)));
}

int session_end(struct turn *turn, int64_t session)
{
    return turn_put(turn, &account_sql_session_end, SQL_ARGS(SQL_INT(session)));
}

int session_end_all(struct turn *turn, int64_t user, int64_t keep)
{
    return turn_put(turn, &account_sql_session_end_all, SQL_ARGS(SQL_INT(user), SQL_INT(keep)));
}
