#include "talk/inbox.h"

#include "base/err.h"
#include "talk/conversation_row.h"
#include "talk/sql.h"

enum { PAGE_MAX = 100 };

struct view_info {
    const char *word;
    const struct sql_stmt *stmt;
    enum conversation_status status;
    int args;
};

static const struct view_info views[] = {
    [INBOX_MINE] = {"mine", &talk_sql_inbox_mine, CONVERSATION_OPEN, 6},
    [INBOX_UNASSIGNED] = {"unassigned", &talk_sql_inbox_unassigned, CONVERSATION_OPEN, 5},
    [INBOX_ALL] = {"all", &talk_sql_inbox_all, CONVERSATION_OPEN, 5},
    [INBOX_HELP] = {"help", &talk_sql_inbox_help, CONVERSATION_OPEN, 5},
    [INBOX_CLOSED] = {"closed", &talk_sql_inbox_all, CONVERSATION_CLOSED, 5},
};

bool inbox_view_of(struct slice word, enum inbox_view *ret)
{
    size_t i;

    for (i = 0; i < ARRAY_LEN(views); i++) {
        if (slice_eq(word, slice_cstr(views[i].word))) {
            *ret = (enum inbox_view)i;
            return true;
        }
    }
    return false;
}

int inbox_count(struct turn *turn, int64_t tenant, int64_t user, struct inbox_counts *ret)
{
    struct inbox_counts counts;
    struct sql_rows *rows;
    int r = turn_ask(turn, &talk_sql_inbox_count, SQL_ARGS(SQL_INT(tenant), SQL_INT(user)), &rows);

    if (r < 0)
        return r;
    counts.all = sql_int(rows, 0, 0);
    counts.mine = sql_int(rows, 0, 1);
    counts.unassigned = sql_int(rows, 0, 2);
    counts.help = sql_int(rows, 0, 3);
    counts.unread = sql_int(rows, 0, 4);
    r = turn_ask_int(turn, &talk_sql_inbox_closed, SQL_ARGS(SQL_INT(tenant)), 0, &counts.closed);
    if (r == 0)
        *ret = counts;
    return r;
}

static int total_of(struct turn *turn, const struct inbox_query *query, int64_t *ret)
{
    struct inbox_counts counts;
    int r = inbox_count(turn, query->tenant, query->user, &counts);

    if (r < 0)
        return r;
    switch (query->view) {
    case INBOX_MINE:
        *ret = counts.mine;
        break;
    case INBOX_UNASSIGNED:
        *ret = counts.unassigned;
        break;
    case INBOX_ALL:
        *ret = counts.all;
        break;
    case INBOX_HELP:
        *ret = counts.help;
        break;
    case INBOX_CLOSED:
        *ret = counts.closed;
        break;
    }
    return 0;
}

static int ask(struct turn *turn, const struct inbox_query *query, size_t limit,
               struct sql_rows **ret)
{
    const struct view_info *view = &views[query->view];
    bool forward = query->view == INBOX_HELP;
    int64_t at = query->cursor_id ? query->cursor_at : forward ? 0 : INT64_MAX;
    const struct sql_arg args[] = {
        SQL_INT(query->tenant),    SQL_INT(view->status),   SQL_INT(at),
        SQL_INT(query->cursor_id), SQL_INT((int64_t)limit), SQL_INT(query->user),
    };

    if (query->person)
        return turn_ask(turn, &talk_sql_inbox_person,
                        SQL_ARGS(SQL_INT(query->tenant), SQL_INT(query->person)), ret);
    return turn_ask(turn, view->stmt, args, (size_t)view->args, ret);
}

int inbox_list(struct turn *turn, const struct inbox_query *query, struct inbox_page *ret)
{
    size_t limit = query->limit == 0 || query->limit > PAGE_MAX ? PAGE_MAX : query->limit;
    struct inbox_page page = {0};
    struct sql_rows *rows;
    size_t i;
    int r = ask(turn, query, limit, &rows);

    if (r < 0)
        return r;
    page.n = sql_rows_count(rows);
    page.items = arena_array(turn->arena, page.n + 1, sizeof(*page.items));
    if (!page.items)
        return ERR_MEMORY;
    for (i = 0; r == 0 && i < page.n; i++)
        r = conversation_of_row(turn, rows, i, &page.items[i]);
    page.total = (int64_t)page.n;
    if (r == 0 && !query->person)
        r = total_of(turn, query, &page.total);
    if (r < 0)
        return r;
    if (!query->person && page.n == limit) {
        const struct conversation *last = &page.items[page.n - 1];

        page.next_at = query->view == INBOX_HELP ? last->help_wanted_at : last->last_at;
        page.next_id = last->id;
    }
    *ret = page;
    return 0;
}
