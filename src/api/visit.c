/* visit.c - GET /api/v1/widget/SITE/live: what a visitor sees as it happens. */
#include <stdlib.h>

#include "api/app.h"
#include "api/live.h"
#include "api/render.h"
#include "api/routes.h"
#include "base/err.h"
#include "channel/web.h"

enum { CATCH_UP_MAX = 200 };

static int out_agent(struct turn *turn, struct json_out *out, const struct conversation *c)
{
    json_out_str(out, "floor", slice_cstr(talk_floor_word(c->floor)));
    if (c->floor == FLOOR_AGENT)
        return render_user_ref(turn, out, "agent", c->tenant, c->floor_user);
    json_out_null(out, "agent");
    return 0;
}

static int message_frame(struct turn *turn, struct buf *text, const struct message *m, int64_t cseq)
{
    struct json_out out;
    int r;

    json_out_init(&out, text);
    json_out_object(&out, NULL);
    json_out_str(&out, "type", SLICE("message"));
    json_out_int(&out, "cseq", cseq);
    r = render_message(turn, &out, "message", m, FOR_VISITOR);
    json_out_close_object(&out);
    return r < 0 ? r : json_out_end(&out);
}

/* Who speaks now, and up to when the firm has read. */
static int floor_frame(struct turn *turn, struct buf *text, const struct conversation *c)
{
    struct json_out out;
    int r;

    json_out_init(&out, text);
    json_out_object(&out, NULL);
    json_out_str(&out, "type", SLICE("floor"));
    json_out_int(&out, "cseq", c->seq);
    if (c->agent_read)
        json_out_int(&out, "read_at", id_time_ms(c->agent_read));
    r = out_agent(turn, &out, c);
    json_out_close_object(&out);
    return r < 0 ? r : json_out_end(&out);
}

int visit_frame(struct turn *turn, const struct journal_event *event, struct buf *text)
{
    struct conversation c;
    struct message m;
    int r;

    if (event->kind == JOURNAL_MESSAGE) {
        r = message_load(turn, event->tenant, event->object, &m);
        if (r == 0 && render_visible(&m))
            return message_frame(turn, text, &m, event->cseq);
        if (r < 0 && r != ERR_NOT_FOUND && r != ERR_FORGOTTEN)
            return r;
    }
    r = conversation_load(turn, event->tenant, event->conversation, &c);
    if (r == ERR_NOT_FOUND || r == ERR_FORGOTTEN)
        return 0;
    return r < 0 ? r : floor_frame(turn, text, &c);
}

static int send_ready(struct turn *turn, const struct live_socket *socket,
                      const struct conversation *c, bool reset)
{
    struct buf text = BUF_INIT(4096);
    struct json_out out;
    int r;

    json_out_init(&out, &text);
    json_out_object(&out, NULL);
    json_out_str(&out, "type", SLICE("ready"));
    json_out_int(&out, "cseq", c->seq);
    json_out_bool(&out, "reset", reset);
    r = out_agent(turn, &out, c);
    json_out_close_object(&out);
    if (r == 0)
        r = json_out_end(&out);
    if (r == 0)
        ws_send(socket->ws, buf_slice(&text));
    buf_done(&text);
    return r;
}

static int catch_up(struct turn *turn, const struct live_socket *socket, const struct message *list,
                    size_t n)
{
    struct buf text = BUF_INIT(512 * 1024);
    size_t i;
    int r = 0;

    for (i = 0; r == 0 && i < n; i++) {
        if (!render_visible(&list[i]))
            continue;
        buf_clear(&text);
        r = message_frame(turn, &text, &list[i], list[i].cseq);
        if (r == 0)
            ws_send(socket->ws, buf_slice(&text));
    }
    buf_done(&text);
    return r;
}

int visit_greet(struct turn *turn, const struct live_socket *socket, struct greeting *greeting)
{
    struct conversation c = {0};
    struct person_ref person = {0};
    struct message *list = NULL;
    struct pii external;
    bool reset = socket->after < 0;
    size_t n = 0;
    int r = web_token_read(turn->vault, turn->arena, socket->channel, socket->token, &external);

    if (r == 0)
        r = person_resolve(turn, socket->tenant, socket->channel, external, turn->now, false,
                           &person);
    if (r == 0)
        r = conversation_latest(turn, socket->tenant, person.id, socket->channel, &c);
    if (r == 0 && !reset) {
        r = message_changed(turn, c.tenant, c.id, socket->after, CATCH_UP_MAX, &list, &n);
        reset = r == ERR_LIMIT;
        r = r == ERR_LIMIT ? 0 : r;
    }
    if (r < 0 && r != ERR_NOT_FOUND)
        return r;
    reset = reset || socket->after > c.seq; /* of a conversation that is gone */
    greeting->person = person.id;
    greeting->conversation = c.id;
    greeting->sent = c.seq;
    r = send_ready(turn, socket, &c, reset);
    if (r == 0 && !reset)
        r = catch_up(turn, socket, list, n);
    return r;
}

static void tell_typing(struct live_socket *socket, bool on)
{
    struct buf text = BUF_INIT(256);
    char id[ID_TEXT_SIZE];
    struct socket_look look;

    if (hub_may_type(socket, &look) && look.conversation &&
        buf_addf(&text,
                 "{\"type\":\"typing\",\"conversation\":\"%s\",\"who\":\"person\",\"on\":%s}",
                 id_text(ID_CONVERSATION, look.conversation, id).ptr, on ? "true" : "false") == 0)
        hub_tell_desks(socket->hub, look.tenant, buf_slice(&text), NULL);
    buf_done(&text);
}

static void on_message(struct ws *ws, struct live_socket *socket, const json_t *frame)
{
    struct slice type = json_str(frame, "type");

    if (slice_eq(type, SLICE("hello"))) {
        if (!hub_hello(socket, ws, frame))
            ws_close(ws, 1008);
    } else if (slice_eq(type, SLICE("typing"))) {
        tell_typing(socket, json_bool(frame, "on", false));
    } else if (!slice_eq(type, SLICE("page"))) {
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

static const struct ws_ops visit_ops = {.on_text = on_text, .on_close = on_close};

static int accept_visit(struct call *call)
{
    const int64_t *site = call->data;

    return hub_open(call, &(struct socket_start){.kind = SOCKET_VISITOR,
                                                 .ops = &visit_ops,
                                                 .opts = {.message_max = 8 * 1024},
                                                 .tenant = call->caller.tenant,
                                                 .channel = *site});
}

static int open_visit(struct turn *turn, struct call *call)
{
    int64_t *site_id = arena_alloc(call->arena, sizeof(*site_id));
    struct channel site;
    int r;

    if (!site_id)
        return ERR_MEMORY;
    if (!ws_wanted(call->http))
        return call_fail(call, ERR_SYNTAX, "This address speaks WebSocket only.");
    if (!rate_take(call->app->by_visitor, http_peer_hash(call->http), turn->now))
        return ERR_RATE;
    r = channel_find(turn, CHANNEL_WEB, call->params[0], &site);
    if (r == 0 && site.state == CHANNEL_OFF)
        r = ERR_NOT_FOUND;
    if (r < 0)
        return r;
    *site_id = site.id;
    call->caller.tenant = site.tenant;
    call->data = site_id;
    call->deliver = accept_visit;
    return 0;
}

const struct route visit_routes[] = {
    {HTTP_GET_, "/api/v1/widget/{site}/live", LANE_READ, ACCESS_PUBLIC, 0, open_visit,
     .summary = "Live push for a visitor over WebSocket; the first frame brings the token"},
};
const size_t visit_routes_count = ARRAY_LEN(visit_routes);
