/* pump.c - takes what waits in the hub's queue and answers it from one fresh snapshot. */
#include <stdlib.h>
#include <utlist.h>

#include "api/app.h"
#include "api/hub_private.h"
#include "api/live.h"
#include "base/err.h"
#include "base/log.h"
#include "talk/presence.h"

enum { BATCH_MAX = 256, FRAME_MAX = 512 * 1024 };

static void take_batch(struct hub *hub)
{
    struct hub_entry *last;
    int n = 1;

    pthread_mutex_lock(&hub->mutex);
    hub->batch = hub->queue;
    for (last = hub->queue; last && last->next && n < BATCH_MAX; n++)
        last = last->next;
    hub->queue = last ? last->next : NULL;
    if (!hub->queue)
        hub->queue_end = NULL;
    if (last)
        last->next = NULL;
    pthread_mutex_unlock(&hub->mutex);
}

/* Desks of the tenant that have not seen this number get the frame. */
static void send_to_desks(struct hub *hub, const struct journal_event *event, struct slice frame)
{
    struct live_socket *socket;

    pthread_mutex_lock(&hub->mutex);
    DL_FOREACH(hub->sockets, socket)
    {
        if (socket->kind != SOCKET_DESK || !socket->greeted || socket->tenant != event->tenant ||
            socket->sent >= event->seq)
            continue;
        ws_send(socket->ws, frame);
        socket->sent = event->seq;
    }
    pthread_mutex_unlock(&hub->mutex);
}

static void send_to_visitors(struct hub *hub, const struct journal_event *event, struct slice frame)
{
    struct live_socket *socket;

    pthread_mutex_lock(&hub->mutex);
    DL_FOREACH(hub->sockets, socket)
    {
        if (socket->kind != SOCKET_VISITOR || !socket->greeted ||
            socket->conversation != event->conversation || socket->sent >= event->cseq)
            continue;
        if (frame.len)
            ws_send(socket->ws, frame);
        socket->sent = event->cseq;
    }
    pthread_mutex_unlock(&hub->mutex);
}

static void close_person(struct hub *hub, int64_t person)
{
    struct live_socket *socket;

    pthread_mutex_lock(&hub->mutex);
    DL_FOREACH(hub->sockets, socket)
    {
        if (socket->kind == SOCKET_VISITOR && socket->person == person)
            ws_close(socket->ws, 1000);
    }
    pthread_mutex_unlock(&hub->mutex);
}

static bool anybody(struct hub *hub, enum socket_kind kind, int64_t tenant, int64_t conversation)
{
    struct live_socket *socket;
    bool found = false;

    pthread_mutex_lock(&hub->mutex);
    DL_FOREACH(hub->sockets, socket)
    {
        found =
            socket->kind == kind && socket->greeted &&
            (kind == SOCKET_DESK ? socket->tenant == tenant : socket->conversation == conversation);
        if (found)
            break;
    }
    pthread_mutex_unlock(&hub->mutex);
    return found;
}

static int pump_event(struct turn *turn, struct hub *hub, const struct journal_event *event)
{
    struct buf frame = BUF_INIT(FRAME_MAX);
    int r = 0;

    if (event->kind == JOURNAL_ERASED)
        close_person(hub, event->object);
    if (anybody(hub, SOCKET_DESK, event->tenant, 0)) {
        r = live_frame(turn, event, &frame);
        if (r == 0)
            send_to_desks(hub, event, buf_slice(&frame));
    }
    if (r == 0 && event->conversation && anybody(hub, SOCKET_VISITOR, 0, event->conversation)) {
        buf_clear(&frame);
        r = visit_frame(turn, event, &frame);
        if (r == 0)
            send_to_visitors(hub, event, buf_slice(&frame));
    }
    buf_done(&frame);
    return r;
}

static void pump_hello(struct turn *turn, struct hub *hub, struct live_socket *socket)
{
    int64_t came = 0;
    int r = socket->kind == SOCKET_DESK ? live_greet(turn, socket) : visit_greet(turn, socket);

    if (r < 0) {
        ws_close(socket->ws, r == ERR_AUTH || r == ERR_DENIED ? 4401 : 1013);
        return;
    }
    pthread_mutex_lock(&hub->mutex);
    socket->greeted = !socket->closed;
    if (socket->greeted && socket->person && presence_change(socket->person, 1))
        came = socket->person;
    pthread_mutex_unlock(&hub->mutex);
    if (came)
        live_tell_presence(hub, socket->tenant, came, true);
}

static int pump_view(struct turn *turn, struct hub *hub, struct live_socket *socket, int64_t id)
{
    struct conversation c = {0};
    int64_t before;
    int r = id ? conversation_load(turn, socket->tenant, id, &c) : 0;

    if (r < 0)
        return r == ERR_NOT_FOUND ? 0 : r;
    pthread_mutex_lock(&hub->mutex);
    before = socket->viewing;
    socket->viewing = c.id;
    socket->viewing_person = c.person;
    pthread_mutex_unlock(&hub->mutex);
    if (before && before != c.id)
        live_tell_viewers(hub, socket->tenant, before);
    if (c.id)
        live_tell_viewers(hub, socket->tenant, c.id);
    return 0;
}

static int pump_one(struct turn *turn, struct hub *hub, struct hub_entry *entry)
{
    switch (entry->kind) {
    case ENTRY_EVENT:
        return pump_event(turn, hub, &entry->event);
    case ENTRY_HELLO:
        pump_hello(turn, hub, entry->socket);
        return 0;
    case ENTRY_VIEW:
        return pump_view(turn, hub, entry->socket, entry->conversation);
    }
    return ERR_INTERNAL;
}

static int pump(struct turn *turn, void *arg)
{
    struct hub *hub = arg;
    struct hub_entry *entry;
    int r;

    take_batch(hub);
    LL_FOREACH(hub->batch, entry)
    {
        r = pump_one(turn, hub, entry);
        if (r < 0) {
            log_event(LOG_WARN, "live.lost", LOG_ERR(r));
            hub_lose(hub);
        }
    }
    return 0;
}

static void pump_done(struct turn *turn, void *arg, int result)
{
    struct hub *hub = arg;
    struct hub_entry *entry, *next;
    bool more;

    (void)turn;
    if (result < 0)
        hub_lose(hub);
    LL_FOREACH_SAFE(hub->batch, entry, next)
    {
        if (entry->socket)
            socket_unref(entry->socket);
        free(entry);
    }
    hub->batch = NULL;
    pthread_mutex_lock(&hub->mutex);
    more = hub->queue != NULL;
    hub->pumping = more;
    pthread_mutex_unlock(&hub->mutex);
    if (more)
        hub_pump(hub);
}

void hub_pump(struct hub *hub)
{
    if (store_read(hub->app->store, pump, pump_done, hub) == 0)
        return;
    pthread_mutex_lock(&hub->mutex);
    hub->pumping = false; /* the next event tries again; sockets come back with their numbers */
    pthread_mutex_unlock(&hub->mutex);
    hub_lose(hub);
}

void hub_lose(struct hub *hub)
{
    struct live_socket *socket;

    pthread_mutex_lock(&hub->mutex);
    DL_FOREACH(hub->sockets, socket)
    if (socket->ws)
        ws_close(socket->ws, 1012);
    pthread_mutex_unlock(&hub->mutex);
}
