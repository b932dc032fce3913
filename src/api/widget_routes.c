/* widget_routes.c - what a website's visitors call. */
#include <stdio.h>

#include "api/app.h"
#include "api/hub.h"
#include "api/render.h"
#include "api/routes.h"
#include "api/widget.h"
#include "base/clock.h"
#include "base/err.h"
#include "channel/web.h"
#include "talk/file.h"
#include "talk/ingest.h"

enum { BODY_MAX = 64 * 1024, PAGE_MAX = 200, PAGE_DEFAULT = 50 };

static struct slice bearer(const struct call *call)
{
    struct slice header = http_header(call->http, "authorization");

    return slice_starts(header, SLICE("Bearer ")) ? slice_from(header, 7) : SLICE_NONE;
}

int widget_enter(struct turn *turn, struct call *call, bool token_needed, call_handler *handler,
                 int lane)
{
    struct visit *visit = arena_alloc(call->arena, sizeof(*visit));
    struct slice token = bearer(call);
    struct channel site;
    int r;

    if (!visit)
        return ERR_MEMORY;
    if (!rate_take(call->app->by_visitor, http_peer_hash(call->http), turn->now))
        return ERR_RATE;
    r = channel_find(turn, CHANNEL_WEB, call->params[0], &site);
    if (r < 0)
        return r;
    if (site.state == CHANNEL_OFF)
        return ERR_NOT_FOUND;
    visit->site = site.id;
    call->caller.tenant = site.tenant;
    if (token.len) {
        r = web_token_read(turn->vault, call->arena, site.id, token, &visit->external);
        visit->stranger = web_token_number(token);
    } else if (token_needed) {
        r = ERR_AUTH;
    }
    call->data = visit;
    call->then = handler;
    call->then_lane = lane;
    return r;
}

int widget_find(struct turn *turn, struct call *call, struct channel *ret_site,
                struct person_ref *ret_person, struct conversation *ret_conversation)
{
    const struct visit *visit = call->data;
    int r = channel_load(turn, call->caller.tenant, visit->site, ret_site);

    if (r == 0)
        r = person_resolve(turn, call->caller.tenant, visit->site, visit->external, turn->now,
                           false, ret_person);
    if (r == 0)
        r = conversation_latest(turn, call->caller.tenant, ret_person->id, visit->site,
                                ret_conversation);
    return r;
}

/* POST session */

static int give_token(struct turn *turn, struct call *call)
{
    const struct visit *visit = call->data;
    struct pii user = call_body_pii(call, "user");
    char token[WEB_TOKEN_SIZE];
    struct channel site;
    int r = channel_load(turn, call->caller.tenant, visit->site, &site);

    if (r < 0)
        return r;
    r = pii_empty(user)
            ? web_token_new(turn, token)
            : web_token_signed(turn, &site, user, json_str(call->body, "user_hash"), token);
    if (r == ERR_DENIED || r == ERR_INVALID)
        return call_fail(call, r, "The website's signature of this visitor is not right.");
    if (r == 0)
        r = channel_heard(turn, &site, turn->now);
    if (r < 0)
        return r;
    json_out_object(&call->out, NULL);
    json_out_str(&call->out, "token", slice_cstr(token));
    json_out_close_object(&call->out);
    return 0;
}

static int open_session(struct turn *turn, struct call *call)
{
    return widget_enter(turn, call, false, give_token, LANE_WRITE);
}

/* GET messages */

static int out_agent(struct turn *turn, struct json_out *out, const struct conversation *c)
{
    if (c->floor == FLOOR_AGENT)
        return render_user_ref(turn, out, "agent", c->tenant, c->floor_user);
    json_out_null(out, "agent");
    return 0;
}

static int out_history(struct turn *turn, struct call *call, const struct conversation *c,
                       const struct message *list, size_t n, bool reset)
{
    size_t i;
    int r = 0;

    json_out_object(&call->out, NULL);
    json_out_array(&call->out, "items");
    for (i = 0; r == 0 && i < n; i++)
        if (render_visible(&list[i]))
            r = render_message(turn, &call->out, NULL, &list[i], FOR_VISITOR);
    json_out_close_array(&call->out);
    json_out_int(&call->out, "cseq", c->seq);
    json_out_bool(&call->out, "reset", reset);
    json_out_str(&call->out, "floor", slice_cstr(talk_floor_word(c->floor)));
    if (r == 0)
        r = out_agent(turn, &call->out, c);
    json_out_close_object(&call->out);
    return r;
}

static int history(struct turn *turn, struct call *call)
{
    struct conversation c = {0};
    struct slice before_text = http_query_param(call->http, "before");
    struct message *list = NULL;
    struct person_ref person;
    struct channel site;
    int64_t after, before = 0;
    size_t n = 0;
    int r = call_query_int(call, "after", 0, INT64_MAX, 0, &after);

    if (r == 0 && before_text.len)
        r = id_parse(ID_MESSAGE, before_text, &before) < 0 ? ERR_INVALID : 0;
    if (r < 0)
        return r;
    r = widget_find(turn, call, &site, &person, &c);
    if (r == ERR_NOT_FOUND)
        return out_history(turn, call, &c, NULL, 0, after > 0);
    if (r == 0 && after > c.seq)
        r = ERR_LIMIT; /* a number of a conversation that is gone */
    if (r == 0 && after && !before) {
        r = message_changed(turn, c.tenant, c.id, after, PAGE_MAX, &list, &n);
        if (r == 0)
            return out_history(turn, call, &c, list, n, false);
        if (r != ERR_LIMIT)
            return r;
    }
    if (r == 0 || r == ERR_LIMIT)
        r = message_page(turn, c.tenant, c.id, before, PAGE_DEFAULT, &list, &n);
    return r < 0 ? r : out_history(turn, call, &c, list, n, after != 0 && !before);
}

static int get_history(struct turn *turn, struct call *call)
{
    return widget_enter(turn, call, true, history, LANE_READ);
}

/* POST messages, start, help */

struct attach {
    struct hub *hub;
    struct hub_visit visit;
};

static void attach(struct store *store, void *arg)
{
    const struct attach *a = arg;

    (void)store;
    hub_attach(a->hub, &a->visit);
}

/* The open sockets of a stranger learn who they are, after the commit. */
static int attach_later(struct turn *turn, struct call *call, const struct conversation *c)
{
    const struct visit *visit = call->data;
    struct attach *a = arena_alloc(turn->arena, sizeof(*a));

    if (!a)
        return ERR_MEMORY;
    *a = (struct attach){call->app->hub,
                         {visit->stranger, c->tenant, visit->site, c->person, c->id}};
    return turn_effect(turn, attach, a);
}

/* The file that a message sends: one of the visitor's own. id 0: none. */
static int said_file(struct turn *turn, struct call *call, struct file *ret)
{
    const struct visit *visit = call->data;
    struct person_ref person;
    int64_t id;
    int r = call_body_id(call, "file", ID_FILE, &id);

    *ret = (struct file){0};
    if (r < 0 || !id)
        return r;
    r = person_resolve(turn, call->caller.tenant, visit->site, visit->external, turn->now, false,
                       &person);
    if (r == 0)
        r = file_for(turn, call->caller.tenant, person.id, id, ret);
    return r == ERR_NOT_FOUND ? call_fail(call, ERR_INVALID, "\"file\" is no file of yours.") : r;
}

/* {"client_id":…,"payload":…,"attachments":[…]} */
static int said_parts(struct turn *turn, struct call *call, const struct file *file,
                      struct slice *ret)
{
    struct buf b = BUF_INIT(16 * 1024); /* a control character takes six bytes */
    struct json_out out;
    int r;

    json_out_init(&out, &b);
    json_out_object(&out, NULL);
    json_out_str(&out, "client_id", json_str(call->body, "client_id"));
    if (call_has(call, "payload"))
        json_out_pii(&out, "payload", call_body_pii(call, "payload"));
    if (file->id) {
        json_out_array(&out, "attachments");
        file_out(&out, file);
        json_out_close_array(&out);
    }
    json_out_close_object(&out);
    r = json_out_end(&out);
    *ret = r == 0 ? arena_copy(turn->arena, buf_slice(&b)) : SLICE_NONE;
    buf_done(&b);
    return r == 0 && !ret->ptr ? ERR_MEMORY : r;
}

/* Files the event and gives the conversation and, for what was said, the message. */
static int file_event(struct turn *turn, struct call *call, struct talk_in *in,
                      struct conversation *ret_c, struct message *ret_m)
{
    const struct visit *visit = call->data;
    struct person_ref person;
    struct channel site;
    int r = channel_load(turn, call->caller.tenant, visit->site, &site);

    in->external = visit->external;
    in->at = turn->now;
    in->page = call_body_pii(call, "page");
    in->origin = web_origin_of(in->page);
    if (pii_empty(in->origin))
        in->page = pii_of(SLICE_NONE);
    if (r == 0)
        r = talk_ingest(turn, &site, in, 1);
    if (r < 0)
        return r;
    if (in->result < 0 && in->result != ERR_EXISTS)
        return in->result;
    r = widget_find(turn, call, &site, &person, ret_c);
    if (r == 0)
        r = attach_later(turn, call, ret_c);
    if (r == 0)
        r = message_by_external(turn, ret_c->tenant, ret_c->person, ret_c->slot, in->event_id,
                                ret_m);
    return r;
}

static int event_id(struct turn *turn, const char *kind, struct slice client_id, struct pii *ret)
{
    struct slice id = arena_printf(turn->arena, "w:%s:%.*s", kind, SLICE_ARG(client_id));

    *ret = pii_of(id);
    return id.ptr ? 0 : ERR_MEMORY;
}

static int said(struct turn *turn, struct call *call)
{
    struct talk_in in = {.kind = IN_MESSAGE,
                         .text = call_body_pii(call, "text"),
                         .payload = call_body_pii(call, "payload")};
    struct conversation c;
    struct message m;
    struct file file;
    int r = said_file(turn, call, &file);

    if (r < 0)
        return r;
    if (!file.id && slice_trim(pii_reveal(in.text)).len == 0)
        return call_fail(call, ERR_INVALID, "The message is empty.");
    if (json_str(call->body, "client_id").len == 0)
        return call_fail(call, ERR_INVALID, "\"client_id\" must not be empty.");
    r = event_id(turn, "m", json_str(call->body, "client_id"), &in.event_id);
    if (r == 0)
        r = said_parts(turn, call, &file, &in.parts);
    if (r == 0)
        r = file_event(turn, call, &in, &c, &m);
    if (r == 0 && file.id)
        r = file_sent(turn, &file, c.id);
    return r < 0 ? r : render_message(turn, &call->out, NULL, &m, FOR_VISITOR);
}

static int post_message(struct turn *turn, struct call *call)
{
    return widget_enter(turn, call, true, said, LANE_WRITE);
}

static int started(struct turn *turn, struct call *call)
{
    struct talk_in in = {.kind = IN_START};
    struct conversation c = {0};
    struct person_ref person;
    struct channel site;
    struct message m;
    char last[48];
    int r = widget_find(turn, call, &site, &person, &c);

    call->status = 202;
    if (r == 0 && c.status == CONVERSATION_OPEN)
        return 0; /* they are talking already */
    if (r < 0 && r != ERR_NOT_FOUND)
        return r;
    /* Once after each conversation, however often it is sent. */
    snprintf(last, sizeof(last), "%lld.%lld", (long long)c.id, (long long)c.seq);
    r = event_id(turn, "start", slice_cstr(last), &in.event_id);
    return r < 0 ? r : file_event(turn, call, &in, &c, &m);
}

static int post_start(struct turn *turn, struct call *call)
{
    return widget_enter(turn, call, true, started, LANE_WRITE);
}

static int help_asked(struct turn *turn, struct call *call)
{
    struct talk_in in = {.kind = IN_HELP};
    char minute[32];
    struct conversation c;
    struct message m;
    int r;

    snprintf(minute, sizeof(minute), "%lld", (long long)(turn->now / MINUTE_MS));
    r = event_id(turn, "help", slice_cstr(minute), &in.event_id);
    call->status = 202;
    return r < 0 ? r : file_event(turn, call, &in, &c, &m);
}

static int post_help(struct turn *turn, struct call *call)
{
    return widget_enter(turn, call, true, help_asked, LANE_WRITE);
}

static int was_read(struct turn *turn, struct call *call)
{
    struct talk_in in = {.kind = IN_READ, .watermark = turn->now};
    const struct visit *visit = call->data;
    struct channel site;
    int r = channel_load(turn, call->caller.tenant, visit->site, &site);

    in.external = visit->external;
    in.at = turn->now;
    return r < 0 ? r : talk_ingest(turn, &site, &in, 1);
}

static int post_read(struct turn *turn, struct call *call)
{
    return widget_enter(turn, call, true, was_read, LANE_WRITE);
}

const struct route widget_routes[] = {
    {HTTP_POST_, "/api/v1/widget/{site}/session", LANE_READ, ACCESS_PUBLIC, 0, open_session,
     .body_max = BODY_MAX, .takes = "user?:text<=200 user_hash?:text<=64 page?:text<=2000",
     .gives = "token:text", .summary = "Gives a visitor a token; nothing is stored yet"},
    {HTTP_GET_, "/api/v1/widget/{site}/messages", LANE_READ, ACCESS_PUBLIC, 0, get_history,
     .query = "after?:int before?:id.message",
     .gives = "items:Message[] cseq:int reset:bool floor:text agent:object~",
     .summary = "Lists a visitor's messages, or what changed after a number"},
    {HTTP_POST_, "/api/v1/widget/{site}/messages", LANE_READ, ACCESS_PUBLIC, 0, post_message,
     .body_max = BODY_MAX,
     .takes = "client_id:text<=64 text?:text<=4000 payload?:text<=1000 page?:text<=2000"
              " file?:id.file",
     .gives = "Message", .summary = "Says something; answered once it is durable"},
    {HTTP_POST_, "/api/v1/widget/{site}/start", LANE_READ, ACCESS_PUBLIC, 0, post_start,
     .body_max = BODY_MAX, .takes = "page?:text<=2000", .summary = "Begins a new chat"},
    {HTTP_POST_, "/api/v1/widget/{site}/help", LANE_READ, ACCESS_PUBLIC, 0, post_help,
     .body_max = BODY_MAX, .takes = "page?:text<=2000", .summary = "Asks for a person"},
    {HTTP_POST_, "/api/v1/widget/{site}/read", LANE_READ, ACCESS_PUBLIC, 0, post_read,
     .body_max = BODY_MAX, .takes = "message?:id.message", .summary = "Marks answers as read"},
};
const size_t widget_routes_count = ARRAY_LEN(widget_routes);
