#include "talk/conversation.h"

#include "base/clock.h"
#include "base/err.h"
#include "store/journal.h"
#include "talk/conversation_row.h"
#include "talk/outbox.h"
#include "talk/sql.h"

#define REOPEN_WITHIN_MS (30 * DAY_MS)

static int open_sealed(struct turn *turn, const struct sql_rows *rows, size_t i,
                       struct conversation *c)
{
    const struct {
        enum column column;
        struct pii *ret;
    } fields[] = {
        {COL_conversation_bot_state, &c->bot_state},
        {COL_conversation_origin, &c->origin},
        {COL_conversation_page, &c->page},
        {COL_conversation_tags, &c->tags},
    };
    const struct row_owner owner = conversation_owner(c);
    size_t k;
    int r = 0;

    for (k = 0; r == 0 && k < ARRAY_LEN(fields); k++)
        r = row_open(turn, fields[k].column, &owner, c->id, sql_bytes(rows, i, 24 + k),
                     fields[k].ret);
    return r;
}

int conversation_of_row(struct turn *turn, const struct sql_rows *rows, size_t i,
                        struct conversation *ret)
{
    struct conversation c = {
        .id = sql_int(rows, i, 0),
        .tenant = sql_int(rows, i, 1),
        .person = sql_int(rows, i, 2),
        .channel = sql_int(rows, i, 3),
        .channel_kind = (enum channel_kind)sql_int(rows, i, 4),
        .slot = (vault_slot)sql_int(rows, i, 5),
        .klass = (vault_slot)sql_int(rows, i, 6),
        .status = (enum conversation_status)sql_int(rows, i, 7),
        .assignee = sql_int(rows, i, 8),
        .help_wanted_at = sql_int(rows, i, 9),
        .floor = (enum floor_owner)sql_int(rows, i, 10),
        .floor_user = sql_int(rows, i, 11),
        .epoch = sql_int(rows, i, 12),
        .seq = sql_int(rows, i, 13),
        .created_at = sql_int(rows, i, 14),
        .last_at = sql_int(rows, i, 15),
        .last_in_at = sql_int(rows, i, 16),
        .last_message = sql_int(rows, i, 17),
        .person_read_at = sql_int(rows, i, 18),
        .agent_read = sql_int(rows, i, 19),
        .unread = sql_int(rows, i, 20),
        .bot_due = sql_int(rows, i, 21),
        .flow_version = sql_int(rows, i, 22),
        .standby = sql_int(rows, i, 23) != 0,
    };
    int r = open_sealed(turn, rows, i, &c);

    if (r == 0)
        *ret = c;
    return r;
}

static int first_of(struct turn *turn, const struct sql_rows *rows, struct conversation *ret)
{
    return sql_rows_count(rows) == 0 ? ERR_NOT_FOUND : conversation_of_row(turn, rows, 0, ret);
}

int conversation_load(struct turn *turn, int64_t tenant, int64_t id, struct conversation *ret)
{
    struct sql_rows *rows;
    int r =
        turn_ask(turn, &talk_sql_conversation_load, SQL_ARGS(SQL_INT(id), SQL_INT(tenant)), &rows);

    return r < 0 ? r : first_of(turn, rows, ret);
}

int conversation_latest(struct turn *turn, int64_t tenant, int64_t person, int64_t channel,
                        struct conversation *ret)
{
    struct sql_rows *rows;
    int r = turn_ask(turn, &talk_sql_conversation_latest,
                     SQL_ARGS(SQL_INT(person), SQL_INT(channel), SQL_INT(tenant)), &rows);

    return r < 0 ? r : first_of(turn, rows, ret);
}

static int conversation_new(struct turn *turn, const struct channel *channel,
                            const struct person_ref *person, struct conversation *ret)
{
    struct conversation c = {
        .id = turn_id(turn),
        .tenant = channel->tenant,
        .person = person->id,
        .channel = channel->id,
        .channel_kind = channel->kind,
        .slot = person->slot,
        .status = CONVERSATION_OPEN,
        .created_at = turn->now,
        .last_at = turn->now,
    };
    int r = row_class_slot(turn, c.tenant, RETAIN_MESSAGES, turn->now, &c.klass);

    if (r == 0)
        r = turn_put(turn, &talk_sql_conversation_add,
                     SQL_ARGS(SQL_INT(c.id), SQL_INT(c.tenant), SQL_INT(c.person),
                              SQL_INT(c.channel), SQL_INT((int64_t)c.slot),
                              SQL_INT((int64_t)c.klass), SQL_INT(c.status), SQL_INT(c.floor),
                              SQL_INT(0), SQL_INT(0), SQL_INT(c.created_at), SQL_INT(c.last_at),
                              SQL_INT(0), SQL_INT(0), SQL_INT(0)));
    if (r == 0)
        *ret = c;
    return r;
}

int conversation_for(struct turn *turn, const struct channel *channel,
                     const struct person_ref *person, int64_t at, struct conversation *ret)
{
    struct conversation c;
    int r = ERR_NOT_FOUND;

    if (!person->created)
        r = conversation_latest(turn, channel->tenant, person->id, channel->id, &c);
    if (r == ERR_NOT_FOUND ||
        (r == 0 && c.status == CONVERSATION_CLOSED && at - c.last_at > REOPEN_WITHIN_MS))
        return conversation_new(turn, channel, person, ret);
    if (r < 0)
        return r;
    c.status = CONVERSATION_OPEN;
    *ret = c;
    return 0;
}

int conversation_save(struct turn *turn, struct conversation *c, int kind, int64_t object,
                      int64_t actor)
{
    int r;

    c->seq++;
    r = turn_put(turn, &talk_sql_conversation_save,
                 SQL_ARGS(SQL_INT(c->status), SQL_INT_OR_NULL(c->assignee),
                          SQL_INT_OR_NULL(c->help_wanted_at), SQL_INT(c->floor),
                          SQL_INT_OR_NULL(c->floor_user), SQL_INT(c->epoch), SQL_INT(c->seq),
                          SQL_INT(c->last_at), SQL_INT_OR_NULL(c->last_in_at),
                          SQL_INT_OR_NULL(c->last_message), SQL_INT_OR_NULL(c->person_read_at),
                          SQL_INT_OR_NULL(c->agent_read), SQL_INT(c->unread), SQL_INT(c->bot_due),
                          SQL_INT_OR_NULL(c->flow_version), SQL_INT(c->standby), SQL_INT(c->id),
                          SQL_INT(c->tenant)));
    if (r < 0)
        return r;
    return journal_add(turn, &(struct journal_event){
                                 .tenant = c->tenant,
                                 .kind = (enum journal_kind)kind,
                                 .conversation = c->id,
                                 .cseq = c->seq,
                                 .object = object,
                                 .actor = actor,
                             });
}

int conversation_save_bot(struct turn *turn, struct conversation *c, struct pii bot_state)
{
    const struct row_owner owner = conversation_owner(c);

    c->bot_state = bot_state;
    return turn_put(turn, &talk_sql_conversation_bot,
                    SQL_ARGS(row_seal(turn, COL_conversation_bot_state, &owner, c->id, bot_state),
                             SQL_INT_OR_NULL(c->flow_version), SQL_INT(c->id), SQL_INT(c->tenant)));
}

int conversation_save_page(struct turn *turn, struct conversation *c, struct pii origin,
                           struct pii page)
{
    const struct row_owner owner = conversation_owner(c);

    if (slice_eq(pii_reveal(origin), pii_reveal(c->origin)) &&
        slice_eq(pii_reveal(page), pii_reveal(c->page)))
        return 0;
    c->origin = origin;
    c->page = page;
    return turn_put(turn, &talk_sql_conversation_page,
                    SQL_ARGS(row_seal(turn, COL_conversation_origin, &owner, c->id, origin),
                             row_seal(turn, COL_conversation_page, &owner, c->id, page),
                             SQL_INT(c->id), SQL_INT(c->tenant)));
}

int conversation_save_tags(struct turn *turn, struct conversation *c, struct pii tags)
{
    const struct row_owner owner = conversation_owner(c);

    c->tags = tags;
    return turn_put(turn, &talk_sql_conversation_tags,
                    SQL_ARGS(row_seal(turn, COL_conversation_tags, &owner, c->id, tags),
                             SQL_INT(c->id), SQL_INT(c->tenant)));
}

int conversation_give_floor(struct turn *turn, struct conversation *c, enum floor_owner owner,
                            int64_t user)
{
    if (c->floor == owner) {
        c->floor_user = user;
        return 0;
    }
    c->floor = owner;
    c->floor_user = user;
    c->epoch++;
    return outbox_withdraw(turn, c);
}
