/* pump.c - takes what waits in the hub's queue and answers it from one fresh snapshot. */
#include <stdlib.h>
#include <utlist.h>

#include "api/app.h"
#include "api/hub_private.h"
#include "api/live.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/log.h"
#include "talk/presence.h"

enum { BATCH_MAX = 256, FRAME_MAX = 512 * 1024 };

static void take_batch(struct hub *hub)
{
    struct hub_entry *last;
    size_t n = 1;

    pthread_mutex_lock(&hub->mutex);
    hub->batch = hub->queue;
    for (last = hub->queue; last && last->next && n < BATCH_MAX; n++)
        last = last->next;
    hub->queue = last ? last->next : NULL;
    if (!hub->queue)
        hub->queue_end = NULL;
    if (last)
        last->next = NULL;
    hub->waiting -= hub->batch ? n : 0;
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

/* True when the person came online by it. */
static bool greeted(struct live_socket *socket, const struct greeting *greeting)
{
    socket->greeted = true;
    socket->checked_us = clock_mono_us();
    socket->caller = greeting->caller;
    socket->tenant = greeting->tenant;
    if (!socket->person) /* else hub_attach came between: it knows better */
        socket->person = greeting->person;
    if (!socket->conversation)
        socket->conversation = greeting->conversation;
    if (socket->conversation == greeting->conversation)
        socket->sent = greeting->sent;
    if (!socket->person || socket->counted)
        return false;
    socket->counted = true;
    return presence_change(socket->person, 1);
}

static void pump_hello(struct turn *turn, struct hub *hub, struct live_socket *socket)
{
    struct greeting greeting = {.tenant = socket->tenant};
    bool came = false;
    int r = socket->kind == SOCKET_DESK ? live_greet(turn, socket, &greeting)
                                        : visit_greet(turn, socket, &greeting);

    if (r < 0) {
        ws_close(socket->ws, r == ERR_AUTH || r == ERR_DENIED ? 4401 : 1013);
        return;
    }
    pthread_mutex_lock(&hub->mutex);
    if (!socket->closed)
        came = greeted(socket, &greeting);
    pthread_mutex_unlock(&hub->mutex);
    if (came)
        live_tell_presence(hub, greeting.tenant, socket->person, true);
}

/* Who was signed out, switched off or lost the token sees no more. */
static void pump_check(struct turn *turn, struct live_socket *socket)
{
    struct caller caller;
    int r = live_who(turn, socket, &caller);

    if (r == ERR_AUTH || r == ERR_DENIED)
        ws_close(socket->ws, 4401);
}

static int pump_view(struct turn *turn, struct hub *hub, struct live_socket *socket)
{
    struct conversation c = {0};
    int64_t before, id, tenant;
    int r;

    pthread_mutex_lock(&hub->mutex);
    id = socket->look;
    tenant = socket->tenant;
    socket->look_waits = false;
    pthread_mutex_unlock(&hub->mutex);
    r = id ? conversation_load(turn, tenant, id, &c) : 0;
    if (r < 0)
        return r == ERR_NOT_FOUND ? 0 : r;
    pthread_mutex_lock(&hub->mutex);
    before = socket->viewing;
    socket->viewing = c.id;
    socket->viewing_person = c.person;
    pthread_mutex_unlock(&hub->mutex);
    if (before && before != c.id)
        live_tell_viewers(hub, tenant, before);
    if (c.id)
        live_tell_viewers(hub, tenant, c.id);
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
        return pump_view(turn, hub, entry->socket);
    case ENTRY_CHECK:
        pump_check(turn, entry->socket);
        return 0;
    }
    return ERR_INTERNAL;
}

static bool is_losing(struct hub *hub)
{
    bool losing;

    pthread_mutex_lock(&hub->mutex);
    losing = hub->losing;
    pthread_mutex_unlock(&hub->mutex);
    return losing;
}

static int pump(struct turn *turn, void *arg)
{
    struct hub *hub = arg;
    struct hub_entry *entry;
    int r;

    if (is_losing(hub))
        hub_lose(hub);
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
    bool more;

    (void)turn;
    if (result < 0)
        hub_lose(hub);
    hub_drop_entries(hub->batch);
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
    hub->pumping = false; /* the next event tries again */
    hub->losing = true;
    pthread_mutex_unlock(&hub->mutex);
}

void hub_lose(struct hub *hub)
{
    struct live_socket *socket;
    struct hub_entry *dropped;

    pthread_mutex_lock(&hub->mutex);
    DL_FOREACH(hub->sockets, socket)
    if (socket->ws)
        ws_close(socket->ws, 1012);
    dropped = hub->queue;
    hub->queue = hub->queue_end = NULL;
    hub->waiting = 0;
    hub->losing = false;
    pthread_mutex_unlock(&hub->mutex);
    hub_drop_entries(dropped);
}
