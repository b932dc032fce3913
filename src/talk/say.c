#include "talk/say.h"

#include "base/err.h"
#include "base/utf8.h"
#include "talk/mark.h"
#include "talk/outbox.h"
#include "talk/port.h"

enum { NOTE_CHARS_MAX = 10000, CLIENT_ID_MAX = 64 };

static int hold(const struct conversation *c, struct talk_floor floor)
{
    if (c->floor != floor.owner || c->epoch != floor.epoch)
        return ERR_FENCED;
    return 0;
}

/* "c:USER:CLIENT_ID": a sender's own id is its own, not another sender's. */
static int client_mark(struct turn *turn, int64_t user, struct slice client_id, struct pii *ret)
{
    struct slice mark;

    if (client_id.len > CLIENT_ID_MAX)
        return ERR_LIMIT;
    mark = arena_printf(turn->arena, "c:%lld:%.*s", (long long)user, SLICE_ARG(client_id));
    if (!mark.ptr)
        return ERR_MEMORY;
    *ret = pii_of(mark);
    return 0;
}

/* The message this client id led to before. ERR_NOT_FOUND: none, go on. */
static int said_before(struct turn *turn, const struct conversation *c, int64_t user,
                       const struct talk_draft *draft, struct message *ret)
{
    struct pii mark;
    int64_t id;
    int r;

    if (draft->client_id.len == 0)
        return ERR_NOT_FOUND;
    r = client_mark(turn, user, draft->client_id, &mark);
    if (r == 0)
        r = mark_find(turn, c, mark, &id);
    return r < 0 ? r : message_load(turn, c->tenant, id, ret);
}

/* `parts` with the sender's own id among them, so that its browser knows the message again. */
static int parts_with_client_id(struct turn *turn, const struct talk_draft *draft,
                                struct slice *ret)
{
    if (draft->client_id.len == 0) {
        *ret = draft->parts;
        return 0;
    }
    return message_parts_add(turn, draft->parts, "client_id", draft->client_id, ret);
}

static int add(struct turn *turn, struct conversation *c, struct message *m,
               const struct talk_draft *draft)
{
    struct slice parts;
    struct pii mark;
    int r = parts_with_client_id(turn, draft, &parts);

    if (r == 0)
        r = message_body(turn, draft->text, parts, &m->body);
    if (r == 0)
        r = message_append(turn, c, m, pii_of(SLICE_NONE));
    if (r < 0 || draft->client_id.len == 0)
        return r;
    r = client_mark(turn, m->author_user, draft->client_id, &mark);
    return r < 0 ? r : mark_set(turn, c, mark, m->id);
}

static int check_draft(const struct talk_draft *draft, size_t chars_max)
{
    struct slice text = pii_reveal(draft->text);

    if (slice_trim(text).len == 0 && slice_trim(draft->parts).len <= 2)
        return ERR_INVALID;
    if (!utf8_valid(text))
        return ERR_SYNTAX;
    return utf8_count(text) > chars_max ? ERR_LIMIT : 0;
}

static int check_window(struct turn *turn, const struct talk_port *port,
                        const struct conversation *c, enum message_author author)
{
    struct channel channel;
    bool late;
    int r = channel_load(turn, c->tenant, c->channel, &channel);

    return r < 0 ? r : talk_port_allows(port, c, &channel, author, turn->now, &late);
}

int talk_say(struct turn *turn, struct conversation *c, struct talk_floor floor,
             const struct talk_draft *draft, struct message *ret)
{
    const struct talk_port *port = talk_port_of(c->channel_kind);
    struct message m = {
        .kind = MESSAGE_TALK,
        .author = floor.owner == FLOOR_BOT ? AUTHOR_BOT : AUTHOR_AGENT,
        .author_user = floor.user,
    };
    int r = said_before(turn, c, floor.user, draft, ret);

    if (r != ERR_NOT_FOUND)
        return r;
    if (!port)
        return ERR_INTERNAL;
    r = hold(c, floor);
    if (r == 0)
        r = check_draft(draft, port->text_max);
    if (r == 0)
        r = check_window(turn, port, c, m.author);
    if (r < 0)
        return r;
    m.state = port->direct ? MESSAGE_SENT : MESSAGE_QUEUED;
    r = add(turn, c, &m, draft);
    if (r == 0 && !port->direct)
        r = outbox_add(turn, c, m.id, floor.epoch);
    if (r == 0)
        *ret = m;
    return r;
}

int talk_reply(struct turn *turn, struct conversation *c, int64_t user,
               const struct talk_draft *draft, struct message *ret)
{
    struct message m;
    int r = said_before(turn, c, user, draft, ret);

    if (r != ERR_NOT_FOUND)
        return r;
    r = conversation_give_floor(turn, c, FLOOR_AGENT, user);
    if (r < 0)
        return r;
    c->status = CONVERSATION_OPEN;
    c->help_wanted_at = 0;
    c->bot_due = 0;
    if (!c->assignee)
        c->assignee = user;
    r = talk_say(turn, c, (struct talk_floor){FLOOR_AGENT, user, c->epoch}, draft, &m);
    if (r == 0)
        *ret = m;
    return r;
}

int talk_note(struct turn *turn, struct conversation *c, int64_t user,
              const struct talk_draft *draft, struct message *ret)
{
    struct message m = {
        .kind = MESSAGE_NOTE,
        .author = AUTHOR_AGENT,
        .author_user = user,
        .state = MESSAGE_SENT,
    };
    int r = said_before(turn, c, user, draft, ret);

    if (r != ERR_NOT_FOUND)
        return r;
    r = check_draft(draft, NOTE_CHARS_MAX);
    if (r == 0)
        r = add(turn, c, &m, draft);
    if (r == 0)
        *ret = m;
    return r;
}
