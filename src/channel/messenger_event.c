#include "channel/messenger_event.h"

#include <sodium.h>

#include "base/clock.h"
#include "base/codec.h"
#include "base/err.h"
#include "base/id.h"

/* Times below are no milliseconds of this century: some events carry seconds. */
#define SECONDS_BELOW INT64_C(100000000000)

/* An event being read: its parts, and where the answer goes. */
struct reading {
    const struct messenger_reading *all;
    const json_t *item;
    const json_t *what; /* the member that says what kind it is */
    struct messenger_event *ret;
};

typedef int read_kind(struct reading *rd);

/* The arena's copy: the JSON is gone when the event is filed. */
static int keep(const struct reading *rd, struct slice s, struct slice *ret)
{
    *ret = SLICE_NONE;
    if (!s.ptr)
        return 0;
    *ret = arena_copy(rd->all->arena, s);
    return ret->ptr ? 0 : ERR_MEMORY;
}

static int keep_pii(const struct reading *rd, struct slice s, struct pii *ret)
{
    struct slice copy;
    int r = keep(rd, s, &copy);

    *ret = pii_of(copy);
    return r;
}

/* An id made of what stays the same at every delivery. */
#define EVENT_ID(rd, ...) event_id(rd, arena_printf((rd)->all->arena, __VA_ARGS__))
static int event_id(struct reading *rd, struct slice id)
{
    rd->ret->in.event_id = pii_of(id);
    return id.ptr ? 0 : ERR_MEMORY;
}

static void takes(struct reading *rd, enum talk_in_kind kind)
{
    rd->ret->in.kind = kind;
    rd->ret->kept = !pii_empty(rd->ret->in.external);
}

static long long time_of(const struct reading *rd)
{
    return (long long)rd->ret->in.at;
}

/* For a message or postback without an id: a hash of the whole event. */
static int hashed_id(struct reading *rd, const char *kind)
{
    unsigned char hash[16];
    char hex[2 * sizeof(hash) + 1];
    struct buf b = BUF_INIT(4 * 1024 * 1024);
    int r = json_write(rd->item, &b);

    crypto_generichash(hash, sizeof(hash), (const unsigned char *)b.ptr, b.len, NULL, 0);
    buf_done(&b);
    hex_encode(slice_of(hash, sizeof(hash)), hex);
    return r < 0 ? r : EVENT_ID(rd, "%s:%lld:%s", kind, time_of(rd), hex);
}

static int own_id(struct reading *rd, const char *kind)
{
    struct slice mid = json_str(rd->what, "mid");

    return mid.len ? keep_pii(rd, mid, &rd->ret->in.event_id) : hashed_id(rd, kind);
}

/* "mid" of the message that is meant, and the event's own id. */
static int about(struct reading *rd, const char *kind, struct slice detail)
{
    struct slice mid = json_str(rd->what, "mid");
    int r = keep_pii(rd, mid, &rd->ret->in.target);

    if (r == 0)
        r = EVENT_ID(rd, "%s:%.*s:%.*s:%lld", kind, SLICE_ARG(mid), SLICE_ARG(detail), time_of(rd));
    if (mid.len == 0)
        rd->ret->kept = false;
    return r;
}

static int read_deletion(struct reading *rd)
{
    rd->ret->kind = HOOK_DELETION;
    takes(rd, IN_DELETE);
    return about(rd, "delete", SLICE_NONE);
}

static bool is_ours(const struct reading *rd)
{
    struct slice ours = rd->all->opts->app_id;
    char space[24];

    return ours.len == 0 || slice_eq(json_id(rd->what, "app_id", space), ours);
}

static int read_echo(struct reading *rd)
{
    struct talk_in *in = &rd->ret->in;

    rd->ret->kind = HOOK_ECHO;
    takes(rd, IN_ECHO);
    if (is_ours(rd) && id_parse(ID_MESSAGE, json_str(rd->what, "metadata"), &in->our_message) < 0) {
        in->our_message = 0;
        in->automatic = rd->all->opts->app_id.len > 0;
    }
    return 0;
}

static int read_message(struct reading *rd)
{
    const json_t *quick_reply = json_object_get(rd->what, "quick_reply");
    const json_t *reply_to = json_object_get(rd->what, "reply_to");
    struct talk_in *in = &rd->ret->in;
    int r;

    if (json_bool(rd->what, "is_deleted", false))
        return read_deletion(rd);
    rd->ret->kind = HOOK_MESSAGE;
    takes(rd, IN_MESSAGE);
    r = own_id(rd, "message");
    if (r == 0)
        r = keep_pii(rd, json_str(rd->what, "text"), &in->text);
    if (r == 0)
        r = keep_pii(rd, json_str(quick_reply, "payload"), &in->payload);
    if (r == 0)
        r = keep_pii(rd, json_str(reply_to, "mid"), &in->reply_to);
    if (r == 0)
        r = messenger_parts(rd->all->arena, rd->what, pii_reveal(in->payload), &in->parts);
    if (r == 0 && json_bool(rd->what, "is_echo", false))
        r = read_echo(rd);
    return r;
}

/* The payload under which the get-started button is commonly set up. */
static bool is_start(struct slice payload)
{
    return slice_eq(payload, SLICE("GET_STARTED"));
}

static int read_postback(struct reading *rd)
{
    const json_t *referral = json_object_get(rd->what, "referral");
    struct slice payload = json_str(rd->what, "payload"); /* missing in standby */
    struct talk_in *in = &rd->ret->in;
    int r;

    rd->ret->kind = HOOK_POSTBACK;
    takes(rd, is_start(payload) ? IN_START : IN_POSTBACK);
    r = own_id(rd, "postback");
    if (r == 0 && in->kind == IN_START)
        return keep_pii(rd, json_str(referral, "ref"), &in->payload);
    if (r == 0)
        r = keep_pii(rd, json_str(rd->what, "title"), &in->text);
    if (r == 0)
        r = keep_pii(rd, payload, &in->payload);
    return r < 0 ? r : messenger_parts(rd->all->arena, rd->what, payload, &in->parts);
}

static int read_referral(struct reading *rd)
{
    struct slice ref = json_str(rd->what, "ref");
    int r;

    rd->ret->kind = HOOK_REFERRAL;
    takes(rd, IN_REFERRAL);
    r = keep_pii(rd, ref, &rd->ret->in.payload);
    return r < 0 ? r : EVENT_ID(rd, "referral:%lld:%.*s", time_of(rd), SLICE_ARG(ref));
}

/* Without a sender it names a person by a browser's reference only: nobody we can write to yet. */
static int read_optin(struct reading *rd)
{
    struct slice ref = json_str(rd->what, "ref"), type = json_str(rd->what, "type");
    int r;

    rd->ret->kind = HOOK_OPTIN;
    takes(rd, IN_OPTIN);
    if (ref.len == 0)
        ref = json_str(rd->what, "payload");
    if (ref.len == 0)
        ref = type;
    r = keep_pii(rd, ref, &rd->ret->in.payload);
    return r < 0
               ? r
               : EVENT_ID(rd, "optin:%lld:%.*s:%.*s", time_of(rd), SLICE_ARG(type), SLICE_ARG(ref));
}

static int64_t in_ms(int64_t at)
{
    return at > 0 && at < SECONDS_BELOW ? at * SECOND_MS : at;
}

static int read_delivery(struct reading *rd)
{
    enum { TARGETS_MAX = 1000 };
    const json_t *mids = json_object_get(rd->what, "mids");
    struct talk_in *in = &rd->ret->in;
    size_t i, n = json_array_size(mids);
    struct pii *targets;
    int r = 0;

    rd->ret->kind = HOOK_DELIVERY;
    takes(rd, IN_DELIVERED);
    n = n < TARGETS_MAX ? n : TARGETS_MAX;
    targets = arena_array(rd->all->arena, n + 1, sizeof(*targets));
    if (!targets)
        return ERR_MEMORY;
    for (i = 0; r == 0 && i < n; i++) {
        const json_t *mid = json_array_get(mids, i);

        if (!json_is_string(mid) || json_string_length(mid) == 0)
            continue;
        r = keep_pii(rd, slice_of(json_string_value(mid), json_string_length(mid)),
                     &targets[in->target_count++]);
    }
    in->targets = targets;
    in->watermark = in_ms(json_int(rd->what, "watermark", 0));
    return r;
}

/* Instagram names the message read instead of a time: all up to the event's own time is read. */
static int read_read(struct reading *rd)
{
    struct talk_in *in = &rd->ret->in;

    rd->ret->kind = HOOK_READ;
    takes(rd, IN_READ);
    in->watermark = in_ms(json_int(rd->what, "watermark", 0));
    if (in->watermark <= 0)
        in->watermark = in->at;
    return 0;
}

static int read_reaction(struct reading *rd)
{
    struct slice emoji = json_str(rd->what, "emoji"), action = json_str(rd->what, "action");
    bool taken_back = slice_eq(action, SLICE("unreact"));
    int r;

    rd->ret->kind = HOOK_REACTION;
    takes(rd, IN_REACTION);
    if (emoji.len == 0)
        emoji = json_str(rd->what, "reaction");
    r = keep_pii(rd, taken_back ? SLICE_NONE : emoji, &rd->ret->in.text);
    if (r == 0)
        r = about(rd, "reaction", action);
    if (emoji.len == 0 && !taken_back)
        rd->ret->kept = false;
    return r;
}

static int read_edit(struct reading *rd)
{
    char space[24];
    int r;

    rd->ret->kind = HOOK_EDIT;
    takes(rd, IN_EDIT);
    r = keep_pii(rd, json_str(rd->what, "text"), &rd->ret->in.text);
    return r < 0 ? r : about(rd, "edit", json_id(rd->what, "num_edit", space));
}

static int read_owner(struct reading *rd, const char *kind, struct slice owner)
{
    struct slice ours = rd->all->opts->app_id;

    rd->ret->kind = HOOK_THREAD;
    takes(rd, slice_eq(owner, ours) && ours.len ? IN_STANDBY_OFF : IN_STANDBY_ON);
    if (ours.len == 0) /* who is meant can't be told */
        rd->ret->kept = false;
    return EVENT_ID(rd, "%s:%lld:%.*s", kind, time_of(rd), SLICE_ARG(owner));
}

static int read_pass(struct reading *rd)
{
    char space[24];

    return read_owner(rd, "pass", json_id(rd->what, "new_owner_app_id", space));
}

/* The app that took the thread is named; we hear of it because it was ours before. */
static int read_take(struct reading *rd)
{
    char space[24];

    return read_owner(rd, "take", json_id(rd->what, "new_owner_app_id", space));
}

/* Another app asks for the thread: nothing changed hands yet, an agent decides. */
static int read_request(struct reading *rd)
{
    rd->ret->kind = HOOK_THREAD;
    return 0;
}

static int read_policy(struct reading *rd)
{
    struct slice action = json_str(rd->what, "action");

    rd->ret->kind = HOOK_POLICY;
    if (slice_eq(action, SLICE("block")))
        rd->ret->policy = POLICY_BLOCK;
    else if (slice_eq(action, SLICE("unblock")))
        rd->ret->policy = POLICY_UNBLOCK;
    return 0;
}

/* Which member says what an event is. The first that stands in the event counts; those without a
 * function are understood and need nothing done. */
static const struct {
    const char *member;
    enum hook_kind kind;
    read_kind *read;
} kinds[] = {
    {"message", HOOK_MESSAGE, read_message},
    {"postback", HOOK_POSTBACK, read_postback},
    {"referral", HOOK_REFERRAL, read_referral},
    {"optin", HOOK_OPTIN, read_optin},
    {"delivery", HOOK_DELIVERY, read_delivery},
    {"read", HOOK_READ, read_read},
    {"reaction", HOOK_REACTION, read_reaction},
    {"message_edit", HOOK_EDIT, read_edit},
    {"pass_thread_control", HOOK_THREAD, read_pass},
    {"take_thread_control", HOOK_THREAD, read_take},
    {"request_thread_control", HOOK_THREAD, read_request},
    {"app_roles", HOOK_THREAD, NULL},
    {"policy_enforcement", HOOK_POLICY, read_policy},
    {"policy-enforcement", HOOK_POLICY, read_policy}, /* as some pages of the reference spell it */
    {"response_feedback", HOOK_FEEDBACK, NULL},
    {"messaging_feedback", HOOK_FEEDBACK, NULL},
    {"account_linking", HOOK_ACCOUNT_LINKING, NULL},
    {"game_play", HOOK_GAME_PLAY, NULL},
    {"message_request", HOOK_MESSAGE_REQUEST, NULL},
};

/* Sender and recipient are the Page and the person, the other way round in an echo. */
static int read_person(struct reading *rd)
{
    const json_t *sender = json_object_get(rd->item, "sender");
    const json_t *recipient = json_object_get(rd->item, "recipient");
    char space[24];
    struct slice id = json_id(sender, "id", space);

    if (slice_eq(id, rd->all->page))
        id = json_id(recipient, "id", space);
    if (slice_eq(id, rd->all->page))
        id = SLICE_NONE;
    return keep_pii(rd, id, &rd->ret->in.external);
}

static int64_t event_time(const struct reading *rd)
{
    int64_t now = rd->all->opts->now;
    int64_t at = in_ms(json_int(rd->item, "timestamp", 0));

    if (at <= 0)
        at = in_ms(rd->all->entry_time);
    return at <= 0 || at > now ? now : at;
}

int messenger_event_read(const struct messenger_reading *all, const json_t *item,
                         struct messenger_event *ret)
{
    struct reading rd = {.all = all, .item = item, .ret = ret};
    size_t i;
    int r;

    *ret = (struct messenger_event){.kind = HOOK_UNKNOWN};
    for (i = 0; i < ARRAY_LEN(kinds) && !rd.what; i++)
        rd.what = json_object_get(item, kinds[i].member);
    if (!rd.what)
        return 0;
    i--;
    ret->kind = kinds[i].kind;
    if (!kinds[i].read || !json_is_object(rd.what))
        return 0;
    ret->in.at = event_time(&rd);
    ret->in.standby = all->standby;
    r = read_person(&rd);
    return r < 0 ? r : kinds[i].read(&rd);
}
