#include "talk/draft.h"

#include "base/err.h"
#include "base/utf8.h"
#include "talk/sql.h"

enum { TEXT_CHARS_MAX = 10000 };

/* The table has no id of its own: its sealed column is bound to the person's slot and to row 0, as
 * the export reads it. */
enum { ROW = 0 };

static struct row_owner owner_of(const struct conversation *c, vault_slot slot)
{
    return (struct row_owner){.tenant = c->tenant, .person_slot = slot};
}

int draft_load(struct turn *turn, const struct conversation *c, int64_t user, enum draft_mode mode,
               struct pii *ret)
{
    struct row_owner owner;
    struct sql_rows *rows;
    int r =
        turn_ask(turn, &talk_sql_draft_load,
                 SQL_ARGS(SQL_INT(user), SQL_INT(c->id), SQL_INT(mode), SQL_INT(c->tenant)), &rows);

    if (r < 0)
        return r;
    if (sql_rows_count(rows) == 0) {
        *ret = pii_of(SLICE_NONE);
        return 0;
    }
    owner = owner_of(c, (vault_slot)sql_int(rows, 0, 0));
    return row_open(turn, COL_draft_body, &owner, ROW, sql_bytes(rows, 0, 1), ret);
}

int draft_save(struct turn *turn, const struct conversation *c, int64_t user, enum draft_mode mode,
               struct pii text)
{
    const struct row_owner owner = owner_of(c, c->slot);
    int r;

    if (!utf8_valid(pii_reveal(text)))
        return ERR_INVALID;
    if (utf8_count(pii_reveal(text)) > TEXT_CHARS_MAX)
        return ERR_LIMIT;
    r = turn_put(turn, &talk_sql_draft_remove,
                 SQL_ARGS(SQL_INT(user), SQL_INT(c->id), SQL_INT(mode), SQL_INT(c->tenant)));
    if (r < 0 || pii_empty(text))
        return r;
    return turn_put(turn, &talk_sql_draft_add,
                    SQL_ARGS(SQL_INT(c->tenant), SQL_INT(user), SQL_INT(c->id), SQL_INT(mode),
                             SQL_INT(c->person), SQL_INT((int64_t)c->slot), SQL_INT(turn->now),
                             row_seal(turn, COL_draft_body, &owner, ROW, text)));
}
