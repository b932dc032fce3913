#include "api/render.h"

#include <stdio.h>

#include "api/call.h"
#include "base/err.h"
#include "base/utf8.h"
#include "person/purpose.h"
#include "talk/file.h"
#include "talk/port.h"
#include "talk/presence.h"

void render_user(struct json_out *out, const char *key, const struct user *user)
{
    json_out_object(out, key);
    call_out_id(out, "id", ID_USER, user->id);
    json_out_pii(out, "name", user->name);
    json_out_pii(out, "email", user->email);
    json_out_str(out, "role", slice_cstr(account_role_word(user->role)));
    json_out_str(out, "state", slice_cstr(account_user_state_word(user->state)));
    json_out_bool(out, "available", user->available);
    json_out_object(out, "alerts");
    json_out_bool(out, "help", user->alerts & ALERT_HELP);
    json_out_bool(out, "channel", user->alerts & ALERT_CHANNEL);
    json_out_close_object(out);
    json_out_close_object(out);
}

int render_user_ref(struct turn *turn, struct json_out *out, const char *key, int64_t tenant,
                    int64_t id)
{
    struct user user;
    int r = id ? user_load(turn, tenant, id, &user) : ERR_NOT_FOUND;

    if (r == ERR_NOT_FOUND) {
        json_out_null(out, key);
        return 0;
    }
    if (r < 0)
        return r;
    json_out_object(out, key);
    call_out_id(out, "id", ID_USER, id);
    json_out_pii(out, "name", user.name);
    json_out_close_object(out);
    return 0;
}

static void out_time(struct json_out *out, const char *key, int64_t at)
{
    if (at)
        json_out_int(out, key, at);
    else
        json_out_null(out, key);
}

static void out_pii_or_null(struct json_out *out, const char *key, struct pii value)
{
    if (pii_empty(value))
        json_out_null(out, key);
    else
        json_out_pii(out, key, value);
}

static const char *person_state_word(enum person_state state)
{
    switch (state) {
    case PERSON_ACTIVE:
        return "active";
    case PERSON_DEACTIVATED:
        return "deactivated";
    case PERSON_RESTRICTED:
        return "restricted";
    case PERSON_ERASING:
        return "erasing";
    }
    return "unknown";
}

static void out_person_head(struct turn *turn, struct json_out *out, const struct person *person)
{
    call_out_id(out, "id", ID_PERSON, person->id);
    out_pii_or_null(out, "name", person_name(turn, person));
    out_pii_or_null(out, "picture", person->picture_url);
    json_out_bool(out, "online", presence_online(person->id));
    json_out_int(out, "seen_at", person->seen_at);
    json_out_str(out, "state", slice_cstr(person_state_word(person->state)));
}

static int out_person_of(struct turn *turn, struct json_out *out, const struct conversation *c)
{
    struct person person;
    int r = person_load(turn, c->tenant, c->person, &person);

    if (r < 0)
        return r;
    json_out_object(out, "person");
    out_person_head(turn, out, &person);
    json_out_close_object(out);
    return 0;
}

static int out_channel_of(struct turn *turn, struct json_out *out, const struct conversation *c)
{
    struct channel channel;
    int r = channel_load(turn, c->tenant, c->channel, &channel);

    if (r < 0)
        return r;
    json_out_object(out, "channel");
    call_out_id(out, "id", ID_CHANNEL, channel.id);
    json_out_str(out, "kind", slice_cstr(talk_channel_kind_word(channel.kind)));
    json_out_str(out, "name", channel.name);
    json_out_close_object(out);
    return 0;
}

static int out_last_message(struct turn *turn, struct json_out *out, const struct conversation *c)
{
    enum { SNIPPET_CHARS = 160 };
    struct message m;
    struct pii text;
    int r = c->last_message ? message_load(turn, c->tenant, c->last_message, &m) : ERR_NOT_FOUND;

    if (r == ERR_NOT_FOUND) {
        json_out_null(out, "last_message");
        return 0;
    }
    if (r == 0)
        r = message_text(turn, m.body, &text);
    if (r < 0)
        return r;
    json_out_object(out, "last_message");
    json_out_pii(out, "text", pii_of(utf8_head(pii_reveal(text), SNIPPET_CHARS)));
    json_out_str(out, "author", slice_cstr(talk_author_word(m.author)));
    json_out_str(out, "kind", slice_cstr(talk_kind_word(m.kind)));
    json_out_bool(out, "deleted", m.deleted_at != 0);
    json_out_close_object(out);
    return 0;
}

static void out_conversation_plain(struct json_out *out, const struct conversation *c)
{
    const struct talk_port *port = talk_port_of(c->channel_kind);

    json_out_str(out, "status", slice_cstr(talk_status_word(c->status)));
    out_time(out, "help_wanted_at", c->help_wanted_at);
    json_out_str(out, "floor", slice_cstr(talk_floor_word(c->floor)));
    json_out_int(out, "epoch", c->epoch);
    json_out_int(out, "unread", c->unread);
    json_out_int(out, "created_at", c->created_at);
    json_out_int(out, "last_at", c->last_at);
    out_time(out, "last_in_at", c->last_in_at);
    out_time(out, "person_read_at", c->person_read_at);
    out_pii_or_null(out, "origin", c->origin);
    out_pii_or_null(out, "page", c->page);
    json_out_bool(out, "standby", c->standby);
    out_time(out, "window_closes_at", port ? port->window_closes_at(c) : 0);
    json_out_raw(out, "tags", pii_empty(c->tags) ? SLICE("[]") : pii_reveal(c->tags));
}

int render_conversation(struct turn *turn, struct json_out *out, const char *key,
                        const struct conversation *c)
{
    int r;

    json_out_object(out, key);
    call_out_id(out, "id", ID_CONVERSATION, c->id);
    r = out_person_of(turn, out, c);
    if (r == 0)
        r = out_channel_of(turn, out, c);
    if (r == 0)
        r = render_user_ref(turn, out, "assignee", c->tenant, c->assignee);
    if (r == 0)
        r = render_user_ref(turn, out, "floor_user", c->tenant, c->floor_user);
    if (r == 0)
        r = out_last_message(turn, out, c);
    out_conversation_plain(out, c);
    json_out_close_object(out);
    return r;
}

bool render_visible(const struct message *m)
{
    return m->kind == MESSAGE_TALK && m->state != MESSAGE_WITHDRAWN;
}

/* The desk's address of a file as a JSON member. In JSON a text can't hold it: its quotes would be
 * escaped there. */
#define FILE_MEMBER "\"url\":\"" FILE_URL

static const char *find_file_url(struct slice text)
{
    return text.len ? memmem(text.ptr, text.len, FILE_MEMBER, sizeof(FILE_MEMBER) - 1) : NULL;
}

/* A visitor fetches the same file at an address below that of their website. */
static int visitors_body(struct turn *turn, const struct message *m, struct slice *inner)
{
    struct buf b = BUF_INIT(512 * 1024);
    struct slice rest = *inner;
    struct conversation c;
    struct channel site;
    const char *found;
    int r = conversation_load(turn, m->tenant, m->conversation, &c);

    if (r == 0)
        r = channel_load(turn, m->tenant, c.channel, &site);
    while (r == 0 && (found = find_file_url(rest))) {
        r = buf_add(&b, slice_head(rest, (size_t)(found - rest.ptr)));
        if (r == 0)
            r = buf_addf(&b, "\"url\":\"/api/v1/widget/%.*s/files/", SLICE_ARG(site.external));
        rest = slice_from(rest, (size_t)(found - rest.ptr) + sizeof(FILE_MEMBER) - 1);
    }
    if (r == 0)
        r = buf_add(&b, rest);
    if (r == 0)
        *inner = arena_copy(turn->arena, buf_slice(&b));
    buf_done(&b);
    return r == 0 && !inner->ptr ? ERR_MEMORY : r;
}

/* Copies the members of the stored body into the open object. */
static int out_body(struct turn *turn, struct json_out *out, const struct message *m,
                    enum audience audience)
{
    struct slice inner = pii_reveal(m->body);
    int r = 0;

    if (inner.len <= 2)
        return 0;
    inner = slice_of(inner.ptr + 1, inner.len - 2);
    if (audience == FOR_VISITOR && find_file_url(inner))
        r = visitors_body(turn, m, &inner);
    if (out->err == 0)
        out->err = buf_add_char(out->buf, ',');
    if (out->err == 0)
        out->err = buf_add(out->buf, inner);
    return r;
}

static void out_message_plain(struct json_out *out, const struct message *m)
{
    call_out_id(out, "id", ID_MESSAGE, m->id);
    call_out_id(out, "conversation", ID_CONVERSATION, m->conversation);
    json_out_int(out, "cseq", m->cseq);
    json_out_str(out, "kind", slice_cstr(talk_kind_word(m->kind)));
    json_out_str(out, "author", slice_cstr(talk_author_word(m->author)));
    json_out_str(out, "state", slice_cstr(talk_state_word(m->state)));
    json_out_int(out, "sent_at", m->sent_at);
    if (m->edited_at)
        json_out_int(out, "edited_at", m->edited_at);
    if (m->deleted_at)
        json_out_int(out, "deleted_at", m->deleted_at);
    if (!pii_empty(m->reaction))
        json_out_pii(out, "reaction", m->reaction);
}

int render_message(struct turn *turn, struct json_out *out, const char *key,
                   const struct message *m, enum audience audience)
{
    int r = 0;

    json_out_object(out, key);
    out_message_plain(out, m);
    if (audience == FOR_DESK && m->reason)
        json_out_str(out, "reason", slice_cstr(talk_send_reason_word(m->reason)));
    if (m->author_user)
        r = render_user_ref(turn, out, "user", m->tenant, m->author_user);
    if (r == 0)
        r = out_body(turn, out, m, audience);
    json_out_close_object(out);
    return r;
}

static int out_fields(struct turn *turn, struct json_out *out, int64_t tenant,
                      const struct person *person)
{
    const struct pii values[FIELD_END] = {
        [FIELD_FIRST_NAME] = person->first_name, [FIELD_LAST_NAME] = person->last_name,
        [FIELD_PICTURE] = person->picture_url,   [FIELD_LOCALE] = person->locale,
        [FIELD_GENDER] = person->gender,         [FIELD_TIMEZONE] = person->timezone,
    };
    struct purpose_entry purposes[FIELD_END];
    enum person_field field;
    int r = purpose_load(turn, tenant, purposes);

    if (r < 0)
        return r;
    json_out_array(out, "fields");
    for (field = FIELD_FIRST_NAME; field < FIELD_END; field++) {
        if (!purposes[field].declared)
            continue;
        json_out_object(out, NULL);
        json_out_str(out, "name", slice_cstr(purpose_field_name(field)));
        out_pii_or_null(out, "value", values[field]);
        json_out_str(out, "purpose", purposes[field].text);
        json_out_int(out, "declared_at", purposes[field].declared_at);
        json_out_close_object(out);
    }
    json_out_close_array(out);
    return 0;
}

static int out_identities(struct turn *turn, struct json_out *out, int64_t tenant, int64_t person)
{
    struct person_identity *list;
    size_t i, n;
    int r = person_identities(turn, tenant, person, &list, &n);

    if (r < 0)
        return r;
    json_out_array(out, "identities");
    for (i = 0; i < n; i++) {
        json_out_object(out, NULL);
        call_out_id(out, "channel", ID_CHANNEL, list[i].channel);
        json_out_pii(out, "external", list[i].external);
        json_out_close_object(out);
    }
    json_out_close_array(out);
    return 0;
}

static int out_conversations(struct turn *turn, struct json_out *out, int64_t tenant,
                             int64_t person)
{
    struct inbox_page page;
    size_t i;
    int r = inbox_list(turn, &(struct inbox_query){.tenant = tenant, .person = person}, &page);

    if (r < 0)
        return r;
    json_out_array(out, "conversations");
    for (i = 0; r == 0 && i < page.n; i++)
        r = render_conversation(turn, out, NULL, &page.items[i]);
    json_out_close_array(out);
    return r;
}

int render_person(struct turn *turn, struct json_out *out, const char *key, int64_t tenant,
                  const struct person *person, bool whole)
{
    int r;

    json_out_object(out, key);
    out_person_head(turn, out, person);
    json_out_int(out, "created_at", person->created_at);
    out_pii_or_null(out, "email", person->email);
    out_pii_or_null(out, "phone", person->phone);
    json_out_raw(out, "attributes",
                 pii_empty(person->attributes) ? SLICE("{}") : pii_reveal(person->attributes));
    r = out_fields(turn, out, tenant, person);
    if (r == 0 && whole)
        r = out_identities(turn, out, tenant, person->id);
    if (r == 0 && whole)
        r = out_conversations(turn, out, tenant, person->id);
    json_out_close_object(out);
    return r;
}

void render_channel(struct json_out *out, const char *key, const struct channel *channel,
                    const char *public_url)
{
    char snippet[600];

    json_out_object(out, key);
    call_out_id(out, "id", ID_CHANNEL, channel->id);
    json_out_str(out, "kind", slice_cstr(talk_channel_kind_word(channel->kind)));
    json_out_str(out, "name", channel->name);
    json_out_str(out, "state", slice_cstr(talk_channel_state_word(channel->state)));
    json_out_str(out, "reason", slice_cstr(talk_channel_reason_word(channel->reason)));
    json_out_str(out, "external", channel->external);
    call_out_id(out, "flow", ID_FLOW, channel->flow);
    json_out_int(out, "created_at", channel->created_at);
    out_time(out, "last_event_at", channel->last_event_at);
    out_time(out, "checked_at", channel->checked_at);
    json_out_raw(out, "settings", channel->settings.len ? channel->settings : SLICE("{}"));
    if (channel->kind == CHANNEL_WEB) {
        snprintf(snippet, sizeof(snippet),
                 "<script async src=\"%s/widget.js\" data-site=\"%.*s\"></script>", public_url,
                 SLICE_ARG(channel->external));
        json_out_str(out, "snippet", slice_cstr(snippet));
        out_time(out, "seen_at", channel->last_event_at);
    }
    json_out_close_object(out);
}

void render_list_open(struct json_out *out)
{
    json_out_object(out, NULL);
    json_out_array(out, "items");
}

void render_list_close(struct json_out *out, struct slice next, int64_t total)
{
    json_out_close_array(out);
    if (next.len)
        json_out_str(out, "next", next);
    else
        json_out_null(out, "next");
    json_out_int(out, "total", total);
    json_out_close_object(out);
}
