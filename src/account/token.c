#include "account/secret.h"
#include "account/sql.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/utf8.h"
#include "store/row.h"

#define PREFIX "lt_"

enum { LABEL_CHARS_MAX = 100 };

int token_add(struct turn *turn, int64_t tenant, unsigned scopes, struct slice label,
              int64_t *ret_id, char ret[SECRET_TEXT_SIZE])
{
    const struct row_owner owner = {.tenant = tenant};
    unsigned char hash[SECRET_HASH];
    int64_t id = turn_id(turn);
    int r;

    if (scopes == 0 || !utf8_valid(label))
        return ERR_INVALID;
    if (utf8_count(label) > LABEL_CHARS_MAX)
        return ERR_LIMIT;
    secret_make(turn, PREFIX, ret, hash);
    r = turn_put(turn, &account_sql_token_add,
                 SQL_ARGS(SQL_INT(id), SQL_INT(tenant), SQL_BLOB(slice_of(hash, sizeof(hash))),
                          SQL_INT(scopes), SQL_INT(turn->now),
                          row_seal(turn, COL_api_token_label, &owner, id, pii_of(label))));
    if (r == 0)
        *ret_id = id;
    return r;
}

int token_find(struct turn *turn, struct slice text, struct caller *ret)
{
    unsigned char hash[SECRET_HASH];
    struct sql_rows *rows;
    int r;

    if (!secret_hash(PREFIX, text, hash))
        return ERR_AUTH;
    r = turn_ask(turn, &account_sql_token_find, SQL_ARGS(SQL_BLOB(slice_of(hash, sizeof(hash)))),
                 &rows);
    if (r < 0)
        return r;
    if (sql_rows_count(rows) == 0)
        return ERR_AUTH;
    *ret = (struct caller){
        .token = sql_int(rows, 0, 0),
        .tenant = sql_int(rows, 0, 1),
        .role = ROLE_ADMIN,
        .scopes = (unsigned)sql_int(rows, 0, 2),
        .seen_at = sql_int(rows, 0, 3),
    };
    return 0;
}

int token_touch(struct turn *turn, int64_t token)
{
    return turn_put(turn, &account_sql_token_touch,
                    SQL_ARGS(SQL_INT(turn->now), SQL_INT(token), SQL_INT(turn->now - HOUR_MS)));
}

int token_list(struct turn *turn, int64_t tenant, struct token_info **ret, size_t *ret_n)
{
    const struct row_owner owner = {.tenant = tenant};
    struct token_info *list;
    struct sql_rows *rows;
    struct pii label;
    size_t i, n;
    int r = turn_ask(turn, &account_sql_token_list, SQL_ARGS(SQL_INT(tenant)), &rows);

    if (r < 0)
        return r;
    n = sql_rows_count(rows);
    list = arena_array(turn->arena, n + 1, sizeof(*list));
    if (!list)
        return ERR_MEMORY;
    for (i = 0; r == 0 && i < n; i++) {
        int64_t id = sql_int(rows, i, 0);

        r = row_open(turn, COL_api_token_label, &owner, id, sql_bytes(rows, i, 4), &label);
        list[i] = (struct token_info){
            .id = id,
            .created_at = sql_int(rows, i, 1),
            .used_at = sql_int(rows, i, 2),
            .scopes = (unsigned)sql_int(rows, i, 3),
            .label = r == 0 ? pii_reveal(label) : SLICE_NONE,
        };
    }
    if (r < 0)
        return r;
    *ret = list;
    *ret_n = n;
    return 0;
}

int token_remove(struct turn *turn, int64_t tenant, int64_t id)
{
    int64_t there;
    int r = turn_ask_int(turn, &account_sql_token_there, SQL_ARGS(SQL_INT(id), SQL_INT(tenant)), 0,
                         &there);

    if (r < 0)
        return r;
    if (!there)
        return ERR_NOT_FOUND;
    return turn_put(turn, &account_sql_token_remove, SQL_ARGS(SQL_INT(id), SQL_INT(tenant)));
}
