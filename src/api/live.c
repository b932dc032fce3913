/* live.c - GET /api/v1/live: what desks see as it happens. */
#include "api/live.h"

#include <pthread.h>
#include <stdlib.h>
#include <utlist.h>

#include "api/app.h"
#include "api/hub_private.h"
#include "api/render.h"
#include "api/routes.h"
#include "base/err.h"

enum { CATCH_UP_MAX = 1000, FRAME_MAX = 512 * 1024 };

static const char *kind_word(enum journal_kind kind)
{
    switch (kind) {
    case JOURNAL_MESSAGE:
        return "message";
    case JOURNAL_CONVERSATION:
        return "conversation";
    case JOURNAL_PERSON:
        return "person";
    case JOURNAL_ERASED:
        return "erased";
    case JOURNAL_SETTINGS:
        return "settings";
    }
    return "unknown";
}

/* What is gone by now is left out: the event still moves the number on. */
static int out_objects(struct turn *turn, struct json_out *out, const struct journal_event *event)
{
    struct conversation c;
    struct message m;
    int r = 0;

    if (event->kind == JOURNAL_MESSAGE) {
        r = message_load(turn, event->tenant, event->object, &m);
        if (r == 0)
            r = render_message(turn, out, "message", &m, FOR_DESK);
    }
    if ((r == 0 || r == ERR_NOT_FOUND) && event->conversation) {
        r = conversation_load(turn, event->tenant, event->conversation, &c);
        if (r == 0)
            r = render_conversation(turn, out, "data", &c);
    }
    return r == ERR_NOT_FOUND || r == ERR_FORGOTTEN ? 0 : r;
}

static enum id_kind object_kind(const struct journal_event *event)
{
    return event->kind == JOURNAL_MESSAGE ? ID_MESSAGE : ID_PERSON;
}

int live_frame(struct turn *turn, const struct journal_event *event, struct buf *text)
{
    struct json_out out;
    int r;

    json_out_init(&out, text);
    json_out_object(&out, NULL);
    json_out_str(&out, "type", SLICE("event"));
    json_out_int(&out, "seq", event->seq);
    json_out_str(&out, "kind", slice_cstr(kind_word(event->kind)));
    call_out_id(&out, "conversation", ID_CONVERSATION, event->conversation);
    if (event->kind != JOURNAL_SETTINGS)
        call_out_id(&out, "object", object_kind(event), event->object);
    r = out_objects(turn, &out, event);
    json_out_close_object(&out);
    return r < 0 ? r : json_out_end(&out);
}

int live_who(struct turn *turn, const struct live_socket *socket, struct caller *ret)
{
    struct caller caller;
    int r = socket->by_cookie ? session_find(turn, socket->token, &caller)
                              : token_find(turn, socket->token, &caller);

    if (r == 0 && !caller.user && !(caller.scopes & SCOPE_READ))
        r = ERR_DENIED;
    if (r == 0)
        *ret = caller;
    return r;
}

static int send_ready(const struct live_socket *socket, int64_t head, bool reset)
{
    struct buf text = BUF_INIT(256);
    int r = buf_addf(&text, "{\"type\":\"ready\",\"seq\":%lld,\"reset\":%s}", (long long)head,
                     reset ? "true" : "false");

    if (r == 0)
        ws_send(socket->ws, buf_slice(&text));
    buf_done(&text);
    return r;
}

static int catch_up(struct turn *turn, const struct live_socket *socket,
                    const struct journal_event *events, size_t n)
{
    struct buf frame = BUF_INIT(FRAME_MAX);
    size_t i;
    int r = 0;

    for (i = 0; r == 0 && i < n; i++) {
        buf_clear(&frame);
        r = live_frame(turn, &events[i], &frame);
        if (r == 0)
            ws_send(socket->ws, buf_slice(&frame));
    }
    buf_done(&frame);
    return r;
}

int live_greet(struct turn *turn, const struct live_socket *socket, struct greeting *greeting)
{
    struct journal_event *events = NULL;
    struct caller caller = {0};
    size_t n = 0;
    int64_t head = 0;
    bool reset = true;
    int r = live_who(turn, socket, &caller);

    if (r == 0)
        r = journal_head(turn, caller.tenant, &head);
    if (r == 0 && socket->after >= 0) {
        r = journal_since(turn, caller.tenant, socket->after, CATCH_UP_MAX + 1, &events, &n);
        reset = r == ERR_NOT_FOUND || n > CATCH_UP_MAX;
        r = r == ERR_NOT_FOUND ? 0 : r;
    }
    if (r == 0)
        r = send_ready(socket, head, reset);
    if (r == 0 && !reset)
        r = catch_up(turn, socket, events, n);
    *greeting = (struct greeting){.caller = caller, .tenant = caller.tenant, .sent = head};
    return r;
}

void live_tell_presence(struct hub *hub, int64_t tenant, int64_t person, bool online)
{
    struct buf text = BUF_INIT(256);
    char id[ID_TEXT_SIZE];

    if (buf_addf(&text, "{\"type\":\"presence\",\"person\":\"%s\",\"online\":%s}",
                 id_text(ID_PERSON, person, id).ptr, online ? "true" : "false") == 0)
        hub_tell_desks(hub, tenant, buf_slice(&text), NULL);
    buf_done(&text);
}

static void out_viewers(struct hub *hub, struct json_out *out, int64_t conversation)
{
    struct live_socket *socket;

    pthread_mutex_lock(&hub->mutex);
    DL_FOREACH(hub->sockets, socket)
    if (socket->kind == SOCKET_DESK && socket->viewing == conversation && socket->caller.user)
        call_out_id(out, NULL, ID_USER, socket->caller.user);
    pthread_mutex_unlock(&hub->mutex);
}

void live_tell_viewers(struct hub *hub, int64_t tenant, int64_t conversation)
{
    struct buf text = BUF_INIT(16 * 1024);
    struct json_out out;

    json_out_init(&out, &text);
    json_out_object(&out, NULL);
    json_out_str(&out, "type", SLICE("viewers"));
    call_out_id(&out, "conversation", ID_CONVERSATION, conversation);
    json_out_array(&out, "users");
    out_viewers(hub, &out, conversation);
    json_out_close_array(&out);
    json_out_close_object(&out);
    if (json_out_end(&out) == 0)
        hub_tell_desks(hub, tenant, buf_slice(&text), NULL);
    buf_done(&text);
}

static void tell_typing(struct live_socket *socket, int64_t conversation, bool on)
{
    struct buf text = BUF_INIT(256);
    char id[ID_TEXT_SIZE], user[ID_TEXT_SIZE];
    struct socket_look look;
    int r;

    if (!hub_may_type(socket, &look) || look.viewing != conversation)
        return;
    r = buf_addf(&text, "{\"type\":\"typing\",\"conversation\":\"%s\",\"who\":\"%s\",\"on\":%s}",
                 id_text(ID_CONVERSATION, look.viewing, id).ptr,
                 id_text(ID_USER, look.user, user).ptr, on ? "true" : "false");
    if (r == 0)
        hub_tell_desks(socket->hub, look.tenant, buf_slice(&text), socket);
    buf_clear(&text);
    r = buf_addf(&text, "{\"type\":\"typing\",\"who\":\"agent\",\"on\":%s}", on ? "true" : "false");
    if (r == 0 && look.viewing_person)
        hub_tell_person(socket->hub, look.viewing_person, buf_slice(&text));
    buf_done(&text);
}

static void on_message(struct ws *ws, struct live_socket *socket, const json_t *frame)
{
    struct slice type = json_str(frame, "type");
    struct slice conversation = json_str(frame, "conversation");
    int64_t id = 0;

    if (conversation.len && id_parse(ID_CONVERSATION, conversation, &id) < 0) {
        ws_close(ws, 1008);
    } else if (slice_eq(type, SLICE("hello"))) {
        if (!hub_hello(socket, ws, frame))
            ws_close(ws, 1008);
    } else if (slice_eq(type, SLICE("viewing"))) {
        hub_view(socket, id);
    } else if (slice_eq(type, SLICE("typing"))) {
        if (id)
            tell_typing(socket, id, json_bool(frame, "on", false));
    } else {
        ws_close(ws, 1008);
    }
}

static void on_text(struct ws *ws, struct slice text, void *data)
{
    CLEANUP(json_cleanup) json_t *frame = NULL;

    if (json_read(text, &frame) < 0 || !json_is_object(frame))
        ws_close(ws, 1007);
    else
        on_message(ws, data, frame);
}

static void on_close(struct ws *ws, void *data)
{
    (void)ws;
    hub_remove(data);
}

static const struct ws_ops live_ops = {.on_text = on_text, .on_close = on_close};

static int accept_live(struct call *call)
{
    const struct slice *cookie = call->data;

    return hub_open(call, &(struct socket_start){.kind = SOCKET_DESK,
                                                 .ops = &live_ops,
                                                 .opts = {.queue_max = 4 << 20},
                                                 .cookie = *cookie});
}

/* A good cookie comes with the request, a token with the hello. */
static int open_live(struct turn *turn, struct call *call)
{
    struct slice *cookie = arena_alloc(call->arena, sizeof(*cookie));
    struct slice origin = http_header(call->http, "origin");
    struct caller caller;
    int r;

    if (!cookie)
        return ERR_MEMORY;
    if (!ws_wanted(call->http))
        return call_fail(call, ERR_SYNTAX, "This address speaks WebSocket only.");
    if (origin.len && !call_from_us(call))
        return ERR_ORIGIN;
    *cookie = origin.len ? http_cookie(call->http, "__Host-lethe") : SLICE_NONE;
    r = cookie->len ? session_find(turn, *cookie, &caller) : 0;
    if (r == ERR_AUTH)
        *cookie = SLICE_NONE;
    else if (r < 0)
        return r;
    call->data = cookie;
    call->deliver = accept_live;
    return 0;
}

const struct route live_routes[] = {
    {HTTP_GET_, "/api/v1/live", LANE_READ, ACCESS_PUBLIC, SCOPE_READ, open_live,
     .summary = "Live push over WebSocket; the first frame authenticates"},
};
const size_t live_routes_count = ARRAY_LEN(live_routes);
