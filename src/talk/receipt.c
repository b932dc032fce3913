#include "talk/receipt.h"

#include "base/err.h"
#include "base/json.h"
#include "store/journal.h"
#include "talk/mark.h"
#include "talk/sql.h"

/* Receipts only move forward: sent, delivered, read. */
static int move_up(struct turn *turn, struct conversation *c, struct message *m,
                   enum message_state state)
{
    if (m->state < MESSAGE_SENT || m->state >= state || m->state > MESSAGE_READ)
        return 0;
    m->state = state;
    return message_update(turn, c, m, pii_of(SLICE_NONE));
}

static int up_to(struct turn *turn, struct conversation *c, int64_t watermark,
                 enum message_state state)
{
    struct sql_rows *rows;
    struct message m;
    size_t i;
    int r;

    if (watermark <= 0)
        return 0;
    r = turn_ask(turn, &talk_sql_message_receipts,
                 SQL_ARGS(SQL_INT(c->id), SQL_INT(c->tenant), SQL_INT(state), SQL_INT(watermark)),
                 &rows);
    for (i = 0; r == 0 && i < sql_rows_count(rows); i++) {
        r = message_load(turn, c->tenant, sql_int(rows, i, 0), &m);
        if (r == 0)
            r = move_up(turn, c, &m, state);
    }
    return r;
}

int receipt_delivered(struct turn *turn, struct conversation *c, const struct talk_in *in)
{
    struct message m;
    size_t i;
    int r;

    for (i = 0; i < in->target_count; i++) {
        r = message_by_external(turn, c->tenant, c->person, c->slot, in->targets[i], &m);
        if (r == 0 && m.conversation == c->id)
            r = move_up(turn, c, &m, MESSAGE_DELIVERED);
        if (r < 0 && r != ERR_NOT_FOUND)
            return r;
    }
    return up_to(turn, c, in->watermark, MESSAGE_DELIVERED);
}

int receipt_read(struct turn *turn, struct conversation *c, const struct talk_in *in)
{
    int r;

    if (in->watermark <= c->person_read_at)
        return 0;
    r = up_to(turn, c, in->watermark, MESSAGE_READ);
    if (r < 0)
        return r;
    c->person_read_at = in->watermark;
    return conversation_save(turn, c, JOURNAL_CONVERSATION, 0, 0);
}

/* All members of a body but its text. */
static int parts_without_text(struct turn *turn, struct pii body, struct slice *ret)
{
    CLEANUP(json_cleanup) json_t *object = NULL;
    struct buf b = BUF_INIT(256 * 1024);
    int r = json_read(pii_reveal(body), &object);

    if (r < 0)
        return r == ERR_MEMORY ? r : ERR_DAMAGED;
    (void)json_object_del(object, "text");
    r = json_write(object, &b);
    *ret = r == 0 ? arena_copy(turn->arena, buf_slice(&b)) : SLICE_NONE;
    buf_done(&b);
    return r == 0 && !ret->ptr ? ERR_MEMORY : r;
}

static int edit(struct turn *turn, struct message *m, const struct talk_in *in)
{
    struct slice parts = SLICE_NONE;
    int r = 0;

    if (m->deleted_at || m->edited_at >= in->at)
        return ERR_EXISTS; /* a later edit came first */
    m->edited_at = in->at;
    if (!pii_empty(m->body))
        r = parts_without_text(turn, m->body, &parts);
    return r < 0 ? r : message_body(turn, in->text, parts, &m->body);
}

/* The provider's terms: a message that was taken back goes from here, too. */
static void erase(struct message *m, const struct talk_in *in)
{
    m->deleted_at = in->at;
    m->body = pii_of(SLICE_NONE);
    m->reaction = pii_of(SLICE_NONE);
    m->external = pii_of(SLICE_NONE);
}

int receipt_change(struct turn *turn, struct conversation *c, const struct talk_in *in)
{
    struct message m;
    int r = message_by_external(turn, c->tenant, c->person, c->slot, in->target, &m);

    if (r == 0)
        r = mark_set(turn, c, in->event_id, m.id);
    if (r < 0)
        return r;
    if (m.conversation != c->id)
        r = conversation_load(turn, m.tenant, m.conversation, c);
    if (r == 0 && in->kind == IN_EDIT)
        r = edit(turn, &m, in);
    if (r < 0)
        return r;
    if (in->kind == IN_DELETE)
        erase(&m, in);
    if (in->kind == IN_REACTION) {
        m.reaction = in->text;
        c->last_in_at = in->at > c->last_in_at ? in->at : c->last_in_at; /* opens the window */
    }
    return message_update(turn, c, &m, pii_of(SLICE_NONE));
}
