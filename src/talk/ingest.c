#include "talk/ingest.h"

#include "base/err.h"
#include "base/json_out.h"
#include "base/metrics.h"
#include "person/purpose.h"
#include "store/job.h"
#include "store/journal.h"
#include "talk/mark.h"
#include "talk/outbox.h"
#include "talk/port.h"
#include "talk/receipt.h"

struct wake {
    int64_t tenant;
    int64_t conversation;
};

/* Set once at start. */
static talk_bot_wake *bot_wake;
static void *bot_wake_arg;

void talk_on_bot_due(talk_bot_wake *wake, void *arg)
{
    bot_wake = wake;
    bot_wake_arg = arg;
}

static void wake_bot(struct store *store, void *arg)
{
    const struct wake *wake = arg;

    (void)store;
    if (bot_wake)
        bot_wake(bot_wake_arg, wake->tenant, wake->conversation);
}

/* Marks the conversation for its bot; the turn runs after the commit. */
static int bot_due(struct turn *turn, const struct channel *channel,
                   const struct person_ref *person, struct conversation *c, int64_t message)
{
    struct wake *wake;

    if (!channel->flow || c->floor == FLOOR_AGENT || c->standby || person->state != PERSON_ACTIVE)
        return 0;
    if (!c->bot_due)
        c->bot_due = message;
    wake = arena_alloc(turn->arena, sizeof(*wake));
    if (!wake)
        return ERR_MEMORY;
    *wake = (struct wake){c->tenant, c->id};
    return turn_effect(turn, wake_bot, wake);
}

static bool makes_a_person(enum talk_in_kind kind)
{
    switch (kind) {
    case IN_MESSAGE:
    case IN_POSTBACK:
    case IN_OPTIN:
    case IN_REFERRAL:
    case IN_START:
    case IN_HELP:
        return true;
    case IN_ECHO:
    case IN_DELIVERED:
    case IN_READ:
    case IN_REACTION:
    case IN_EDIT:
    case IN_DELETE:
    case IN_STANDBY_ON:
    case IN_STANDBY_OFF:
    case IN_PAGE:
        return false;
    }
    return false;
}

/* {"event":{"type":TYPE,"ref":…}} of what a person did without words. */
static int act_body(struct turn *turn, const char *type, struct pii payload, struct pii *ret)
{
    struct buf b = BUF_INIT(8 * 1024);
    struct json_out out;
    struct slice body;
    int r;

    json_out_init(&out, &b);
    json_out_object(&out, NULL);
    json_out_object(&out, "event");
    json_out_str(&out, "type", slice_cstr(type));
    if (!pii_empty(payload))
        json_out_pii(&out, "ref", payload);
    json_out_close_object(&out);
    json_out_close_object(&out);
    r = json_out_end(&out);
    body = r == 0 ? arena_copy(turn->arena, buf_slice(&b)) : SLICE_NONE;
    buf_done(&b);
    if (r == 0 && !body.ptr)
        r = ERR_MEMORY;
    if (r == 0)
        *ret = pii_of(body);
    return r;
}

/* `parts` with the message that is answered, under the id that clients know it by. */
static int parts_of(struct turn *turn, const struct conversation *c, const struct talk_in *in,
                    struct slice *ret)
{
    char text[ID_TEXT_SIZE];
    struct message m;
    int r;

    *ret = in->parts;
    if (pii_empty(in->reply_to))
        return 0;
    r = message_by_external(turn, c->tenant, c->person, c->slot, in->reply_to, &m);
    if (r == ERR_NOT_FOUND)
        return 0;
    if (r < 0)
        return r;
    return message_parts_add(turn, in->parts, "reply_to", id_text(ID_MESSAGE, m.id, text), ret);
}

static int said_body(struct turn *turn, const struct conversation *c, const struct talk_in *in,
                     struct pii *ret)
{
    struct slice parts;
    int r = parts_of(turn, c, in, &parts);

    return r < 0 ? r : message_body(turn, in->text, parts, ret);
}

static int body_of(struct turn *turn, const struct conversation *c, const struct talk_in *in,
                   struct pii *ret)
{
    switch (in->kind) {
    case IN_OPTIN:
        return act_body(turn, "optin", in->payload, ret);
    case IN_REFERRAL:
        return act_body(turn, "referral", in->payload, ret);
    case IN_START:
        return act_body(turn, "start", in->payload, ret);
    case IN_HELP:
        return act_body(turn, "help_asked", in->payload, ret);
    case IN_MESSAGE:
    case IN_POSTBACK:
    case IN_ECHO:
    case IN_DELIVERED:
    case IN_READ:
    case IN_REACTION:
    case IN_EDIT:
    case IN_DELETE:
    case IN_STANDBY_ON:
    case IN_STANDBY_OFF:
    case IN_PAGE:
        return said_body(turn, c, in, ret);
    }
    return ERR_INTERNAL;
}

/* Who is new is asked about once, if the firm declared what it wants to know. */
static int ask_profile(struct turn *turn, const struct channel *channel,
                       const struct person_ref *person)
{
    const struct talk_port *port = talk_port_of(channel->kind);
    unsigned declared;
    int r;

    if (!port || !port->profiles)
        return 0;
    r = purpose_mask(turn, channel->tenant, &declared);
    if (r < 0 || declared == 0)
        return r;
    return job_add(turn, &(struct job){.tenant = channel->tenant,
                                       .kind = JOB_PROFILE,
                                       .object = person->id,
                                       .person = person->id,
                                       .slot = person->slot});
}

/* Something the person said or did: a row of its own, an open conversation, work for the bot. */
static int file_said(struct turn *turn, struct channel *channel, const struct person_ref *person,
                     struct talk_in *in)
{
    bool talk = in->kind == IN_MESSAGE || in->kind == IN_POSTBACK;
    struct message m = {
        .id = turn_id(turn),
        .kind = talk ? MESSAGE_TALK : MESSAGE_EVENT,
        .author = AUTHOR_PERSON,
        .state = MESSAGE_RECEIVED,
        .external = talk ? in->event_id : pii_of(SLICE_NONE),
        .sent_at = in->at,
    };
    struct conversation c;
    int r = conversation_for(turn, channel, person, turn->now, &c);

    if (r == 0)
        r = body_of(turn, &c, in, &m.body);
    if (r < 0)
        return r;
    if (in->at >= c.last_in_at)
        c.standby = in->standby; /* who gets it to answer owns the thread */
    c.last_in_at = in->at > c.last_in_at ? in->at : c.last_in_at;
    c.unread += talk;
    r = bot_due(turn, channel, person, &c, m.id);
    if (r == 0)
        r = message_append(turn, &c, &m, in->event_id);
    if (r < 0)
        return r; /* ERR_EXISTS: nothing was written, the row in memory is forgotten */
    in->created = m.id;
    if (person->created)
        r = ask_profile(turn, channel, person);
    if (r < 0)
        return r;
    if (!pii_empty(in->origin))
        r = conversation_save_page(turn, &c, in->origin, in->page);
    /* With a bot, its turn says what happens next and then calls the person. */
    if (r == 0 && in->kind == IN_HELP && !c.bot_due)
        r = conversation_want_help(turn, &c);
    return r;
}

/* A reply that was given in the provider's own app: a person speaks, the bot is silent from now on.
 * What another program of ours sent leaves the floor as it is. */
static int file_foreign_echo(struct turn *turn, struct conversation *c, const struct talk_in *in)
{
    struct message m = {
        .kind = MESSAGE_TALK,
        .author = in->automatic ? AUTHOR_BOT : AUTHOR_AGENT,
        .state = MESSAGE_SENT,
        .external = in->event_id,
        .sent_at = in->at,
    };
    int r = message_body(turn, in->text, in->parts, &m.body);

    if (r == 0 && !in->automatic) {
        r = conversation_give_floor(turn, c, FLOOR_AGENT, 0);
        c->help_wanted_at = 0;
        c->bot_due = 0;
    }
    return r < 0 ? r : message_append(turn, c, &m, in->event_id);
}

static int file_echo(struct turn *turn, struct conversation *c, struct talk_in *in)
{
    struct message m;
    int r = message_by_external(turn, c->tenant, c->person, c->slot, in->event_id, &m);

    if (r != ERR_NOT_FOUND)
        return r < 0 ? r : ERR_EXISTS; /* already known under this id */
    if (in->our_message) {
        r = message_load(turn, c->tenant, in->our_message, &m);
        if (r == 0 && m.person == c->person && m.conversation != c->id)
            r = conversation_load(turn, c->tenant, m.conversation, c);
        if (r == 0 && m.conversation == c->id)
            return outbox_confirm(turn, c, &m, in->event_id);
        if (r < 0 && r != ERR_NOT_FOUND)
            return r;
    }
    return file_foreign_echo(turn, c, in);
}

static int file_standby(struct turn *turn, struct conversation *c, const struct talk_in *in)
{
    bool standby = in->kind == IN_STANDBY_ON;
    int r = mark_set(turn, c, in->event_id, 0);

    if (r < 0 || c->standby == standby)
        return r;
    c->standby = standby;
    if (standby)
        r = conversation_give_floor(turn, c, FLOOR_NOBODY, 0);
    return r < 0 ? r : conversation_save(turn, c, JOURNAL_CONVERSATION, 0, 0);
}

static int file_page(struct turn *turn, struct conversation *c, const struct talk_in *in)
{
    int r = conversation_save_page(turn, c, in->origin, in->page);

    return r < 0 ? r : conversation_save(turn, c, JOURNAL_CONVERSATION, 0, 0);
}

/* Events about a conversation that must exist already. */
static int file_about(struct turn *turn, struct channel *channel, const struct person_ref *person,
                      struct talk_in *in)
{
    struct conversation c;
    int r = conversation_latest(turn, channel->tenant, person->id, channel->id, &c);

    if (r < 0)
        return r;
    switch (in->kind) {
    case IN_ECHO:
        return file_echo(turn, &c, in);
    case IN_DELIVERED:
        return receipt_delivered(turn, &c, in);
    case IN_READ:
        return receipt_read(turn, &c, in);
    case IN_REACTION:
    case IN_EDIT:
    case IN_DELETE:
        return receipt_change(turn, &c, in);
    case IN_STANDBY_ON:
    case IN_STANDBY_OFF:
        return file_standby(turn, &c, in);
    case IN_PAGE:
        return file_page(turn, &c, in);
    case IN_MESSAGE:
    case IN_POSTBACK:
    case IN_OPTIN:
    case IN_REFERRAL:
    case IN_START:
    case IN_HELP:
        break;
    }
    return ERR_INTERNAL;
}

static int file_one(struct turn *turn, struct channel *channel, struct talk_in *in)
{
    struct person_ref person;
    int r = person_resolve(turn, channel->tenant, channel->id, in->external, in->at,
                           makes_a_person(in->kind), &person);

    if (r < 0)
        return r;
    if (person.state == PERSON_DEACTIVATED || person.state == PERSON_ERASING)
        return ERR_DENIED;
    r = makes_a_person(in->kind) ? file_said(turn, channel, &person, in)
                                 : file_about(turn, channel, &person, in);
    if (r == 0 && in->kind != IN_ECHO && in->kind != IN_DELIVERED)
        r = person_seen(turn, channel->tenant, person.id, in->at);
    return r;
}

/* Results that are an answer about one event, not a failure of the turn. */
static bool is_answer(int r)
{
    return r == ERR_EXISTS || r == ERR_NOT_FOUND || r == ERR_FORGOTTEN || r == ERR_DENIED ||
           r == ERR_LIMIT;
}

int talk_ingest(struct turn *turn, struct channel *channel, struct talk_in *events, size_t n)
{
    size_t i;

    for (i = 0; i < n; i++) {
        int r = file_one(turn, channel, &events[i]);

        if (r < 0 && !is_answer(r))
            return r;
        events[i].result = r;
        metric_add(r == ERR_EXISTS ? METRIC_HOOK_DUPLICATES : METRIC_HOOK_EVENTS, 1);
    }
    return channel_heard(turn, channel, turn->now);
}
