#include "talk/message.h"

#include "base/err.h"
#include "base/json_out.h"
#include "store/journal.h"
#include "talk/sql.h"

static struct row_owner owner_of(const struct message *m)
{
    return (struct row_owner){m->tenant, m->slot, m->klass};
}

static int message_of_row(struct turn *turn, const struct sql_rows *rows, size_t i,
                          struct message *ret)
{
    struct message m = {
        .id = sql_int(rows, i, 0),
        .tenant = sql_int(rows, i, 1),
        .conversation = sql_int(rows, i, 2),
        .person = sql_int(rows, i, 3),
        .slot = (vault_slot)sql_int(rows, i, 4),
        .klass = (vault_slot)sql_int(rows, i, 5),
        .kind = (enum message_kind)sql_int(rows, i, 6),
        .author = (enum message_author)sql_int(rows, i, 7),
        .author_user = sql_int(rows, i, 8),
        .state = (enum message_state)sql_int(rows, i, 9),
        .reason = (enum send_reason)sql_int(rows, i, 10),
        .cseq = sql_int(rows, i, 11),
        .sent_at = sql_int(rows, i, 12),
        .edited_at = sql_int(rows, i, 13),
        .deleted_at = sql_int(rows, i, 14),
    };
    struct row_owner owner = owner_of(&m);
    int r = row_open(turn, COL_message_external, &owner, m.id, sql_bytes(rows, i, 15), &m.external);

    if (r == 0)
        r = row_open(turn, COL_message_body, &owner, m.id, sql_bytes(rows, i, 16), &m.body);
    if (r == 0)
        r = row_open(turn, COL_message_reaction, &owner, m.id, sql_bytes(rows, i, 17), &m.reaction);
    if (r == 0)
        *ret = m;
    return r;
}

static int messages_of_rows(struct turn *turn, const struct sql_rows *rows, bool newest_first,
                            struct message **ret, size_t *ret_n)
{
    size_t i, n = sql_rows_count(rows);
    struct message *list = arena_array(turn->arena, n + 1, sizeof(*list));
    int r = list ? 0 : ERR_MEMORY;

    for (i = 0; r == 0 && i < n; i++)
        r = message_of_row(turn, rows, newest_first ? n - 1 - i : i, &list[i]);
    if (r < 0)
        return r;
    *ret = list;
    *ret_n = n;
    return 0;
}

int message_load(struct turn *turn, int64_t tenant, int64_t id, struct message *ret)
{
    struct sql_rows *rows;
    int r = turn_ask(turn, &talk_sql_message_load, SQL_ARGS(SQL_INT(id), SQL_INT(tenant)), &rows);

    if (r < 0)
        return r;
    return sql_rows_count(rows) == 0 ? ERR_NOT_FOUND : message_of_row(turn, rows, 0, ret);
}

int message_page(struct turn *turn, int64_t tenant, int64_t conversation, int64_t before,
                 size_t limit, struct message **ret, size_t *ret_n)
{
    struct sql_rows *rows;
    int r = turn_ask(turn, &talk_sql_message_page,
                     SQL_ARGS(SQL_INT(conversation), SQL_INT(tenant),
                              SQL_INT(before ? before : INT64_MAX), SQL_INT((int64_t)limit)),
                     &rows);

    return r < 0 ? r : messages_of_rows(turn, rows, true, ret, ret_n);
}

int message_changed(struct turn *turn, int64_t tenant, int64_t conversation, int64_t cseq,
                    size_t max, struct message **ret, size_t *ret_n)
{
    struct sql_rows *rows;
    int r = turn_ask(
        turn, &talk_sql_message_changed,
        SQL_ARGS(SQL_INT(conversation), SQL_INT(tenant), SQL_INT(cseq), SQL_INT((int64_t)max + 1)),
        &rows);

    if (r < 0)
        return r;
    if (sql_rows_count(rows) > max)
        return ERR_LIMIT;
    return messages_of_rows(turn, rows, false, ret, ret_n);
}

int message_unanswered(struct turn *turn, const struct conversation *c, size_t max,
                       struct message **ret, size_t *ret_n)
{
    struct sql_rows *rows;
    int r = turn_ask(
        turn, &talk_sql_message_from,
        SQL_ARGS(SQL_INT(c->id), SQL_INT(c->tenant), SQL_INT(c->bot_due), SQL_INT((int64_t)max)),
        &rows);

    return r < 0 ? r : messages_of_rows(turn, rows, false, ret, ret_n);
}

int message_count(struct turn *turn, int64_t tenant, int64_t conversation, int64_t *ret)
{
    return turn_ask_int(turn, &talk_sql_message_count,
                        SQL_ARGS(SQL_INT(conversation), SQL_INT(tenant)), 0, ret);
}

int message_dedup(struct turn *turn, vault_slot slot, struct pii id,
                  unsigned char ret[MESSAGE_DEDUP_SIZE])
{
    unsigned char hash[VAULT_HASH_SIZE];
    int r = vault_hash(turn->vault, slot, HASH_DEDUP, id, hash);

    if (r == 0)
        memcpy(ret, hash, MESSAGE_DEDUP_SIZE);
    return r;
}

int message_by_external(struct turn *turn, int64_t tenant, int64_t person, vault_slot slot,
                        struct pii external, struct message *ret)
{
    unsigned char mark[MESSAGE_DEDUP_SIZE];
    struct sql_rows *rows;
    int r = message_dedup(turn, slot, external, mark);

    if (r == 0)
        r = turn_ask(
            turn, &talk_sql_message_by_dedup,
            SQL_ARGS(SQL_INT(person), SQL_BLOB(slice_of(mark, sizeof(mark))), SQL_INT(tenant)),
            &rows);
    if (r < 0)
        return r;
    return sql_rows_count(rows) == 0 ? ERR_NOT_FOUND : message_of_row(turn, rows, 0, ret);
}

/* Fills `mark`; ERR_EXISTS when a message of the person has it. */
static int take_mark(struct turn *turn, const struct conversation *c, struct pii dedup_of,
                     unsigned char mark[MESSAGE_DEDUP_SIZE])
{
    int64_t seen;
    int r = message_dedup(turn, c->slot, dedup_of, mark);

    if (r == 0)
        r = turn_ask_int(turn, &talk_sql_message_seen,
                         SQL_ARGS(SQL_INT(c->person), SQL_BLOB(slice_of(mark, MESSAGE_DEDUP_SIZE))),
                         0, &seen);
    if (r < 0)
        return r;
    return seen ? ERR_EXISTS : 0;
}

static int insert(struct turn *turn, const struct message *m, struct slice mark)
{
    struct row_owner owner = owner_of(m);

    return turn_put(turn, &talk_sql_message_add,
                    SQL_ARGS(SQL_INT(m->id), SQL_INT(m->tenant), SQL_INT(m->conversation),
                             SQL_INT(m->person), SQL_INT((int64_t)m->slot),
                             SQL_INT((int64_t)m->klass), SQL_INT(m->kind), SQL_INT(m->author),
                             SQL_INT_OR_NULL(m->author_user), SQL_INT(m->state), SQL_INT(m->reason),
                             SQL_INT(m->cseq), SQL_INT(m->sent_at), SQL_BLOB_OR_NULL(mark),
                             row_seal(turn, COL_message_external, &owner, m->id, m->external),
                             row_seal(turn, COL_message_body, &owner, m->id, m->body)));
}

int message_append(struct turn *turn, struct conversation *c, struct message *m,
                   struct pii dedup_of)
{
    unsigned char mark[MESSAGE_DEDUP_SIZE];
    struct slice mark_slice = SLICE_NONE;
    int r = 0;

    if (!pii_empty(dedup_of)) {
        r = take_mark(turn, c, dedup_of, mark);
        mark_slice = slice_of(mark, sizeof(mark));
    }
    if (r < 0)
        return r;
    m->id = m->id ? m->id : turn_id(turn);
    m->tenant = c->tenant;
    m->conversation = c->id;
    m->person = c->person;
    m->slot = c->slot;
    m->cseq = c->seq + 1; /* conversation_save takes that number */
    m->sent_at = m->sent_at ? m->sent_at : turn->now;
    r = row_class_slot(turn, m->tenant, RETAIN_MESSAGES, turn->now, &m->klass);
    if (r == 0)
        r = insert(turn, m, mark_slice);
    if (r < 0)
        return r;
    if (m->kind == MESSAGE_TALK) {
        c->last_message = m->id;
        c->last_at = turn->now;
    }
    return conversation_save(turn, c, JOURNAL_MESSAGE, m->id, m->author_user);
}

int message_append_event(struct turn *turn, struct conversation *c, const char *type, int64_t user,
                         int64_t actor)
{
    struct message m = {
        .kind = MESSAGE_EVENT,
        .author = actor ? AUTHOR_AGENT : AUTHOR_SYSTEM,
        .author_user = actor,
        .state = MESSAGE_SENT,
    };
    char id[ID_TEXT_SIZE];
    struct slice body =
        user ? arena_printf(turn->arena, "{\"event\":{\"type\":\"%s\",\"user\":{\"id\":\"%s\"}}}",
                            type, id_text(ID_USER, user, id).ptr)
             : arena_printf(turn->arena, "{\"event\":{\"type\":\"%s\"}}", type);

    if (!body.ptr)
        return ERR_MEMORY;
    m.body = pii_of(body);
    return message_append(turn, c, &m, pii_of(SLICE_NONE));
}

static int set_mark(struct turn *turn, const struct message *m, struct pii dedup_of)
{
    unsigned char mark[MESSAGE_DEDUP_SIZE];
    int r = message_dedup(turn, m->slot, dedup_of, mark);

    if (r < 0)
        return r;
    return turn_put(
        turn, &talk_sql_message_mark,
        SQL_ARGS(SQL_BLOB(slice_of(mark, sizeof(mark))), SQL_INT(m->id), SQL_INT(m->tenant)));
}

int message_update(struct turn *turn, struct conversation *c, struct message *m,
                   struct pii dedup_of)
{
    struct row_owner owner = owner_of(m);
    int r;

    m->cseq = c->seq + 1;
    r = turn_put(turn, &talk_sql_message_update,
                 SQL_ARGS(SQL_INT(m->state), SQL_INT(m->reason), SQL_INT(m->cseq),
                          SQL_INT_OR_NULL(m->edited_at), SQL_INT_OR_NULL(m->deleted_at),
                          row_seal(turn, COL_message_external, &owner, m->id, m->external),
                          row_seal(turn, COL_message_body, &owner, m->id, m->body),
                          row_seal(turn, COL_message_reaction, &owner, m->id, m->reaction),
                          SQL_INT(m->id), SQL_INT(m->tenant)));
    if (r == 0 && !pii_empty(dedup_of))
        r = set_mark(turn, m, dedup_of);
    return r < 0 ? r : conversation_save(turn, c, JOURNAL_MESSAGE, m->id, 0);
}
