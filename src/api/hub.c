#include "api/hub.h"

#include <pthread.h>
#include <stdlib.h>
#include <utlist.h>

#include "api/app.h"
#include "api/hub_private.h"
#include "api/live.h"
#include "base/err.h"
#include "talk/presence.h"

int hub_new(struct app *app, struct hub **ret)
{
    struct hub *hub = calloc(1, sizeof(*hub));

    if (!hub)
        return ERR_MEMORY;
    pthread_mutex_init(&hub->mutex, NULL);
    hub->app = app;
    journal_listen(app->store, hub_on_journal, hub);
    *ret = hub;
    return 0;
}

struct hub *hub_free(struct hub *hub)
{
    struct hub_entry *entry, *next;

    if (!hub)
        return NULL;
    LL_FOREACH_SAFE(hub->queue, entry, next)
    {
        if (entry->socket)
            socket_unref(entry->socket);
        free(entry);
    }
    pthread_mutex_destroy(&hub->mutex);
    free(hub);
    return NULL;
}

struct app *hub_app(struct hub *hub)
{
    return hub->app;
}

/* Sockets */

struct live_socket *hub_add(struct hub *hub, enum socket_kind kind)
{
    struct live_socket *socket = calloc(1, sizeof(*socket));

    if (!socket)
        return NULL;
    atomic_init(&socket->refs, 2); /* the list and the WebSocket */
    socket->kind = kind;
    socket->hub = hub;
    pthread_mutex_lock(&hub->mutex);
    DL_APPEND(hub->sockets, socket);
    pthread_mutex_unlock(&hub->mutex);
    return socket;
}

void socket_unref(struct live_socket *socket)
{
    if (atomic_fetch_sub(&socket->refs, 1) > 1)
        return;
    free((char *)socket->token.ptr);
    if (socket->ws)
        ws_unref(socket->ws);
    free(socket);
}

void hub_remove(struct live_socket *socket)
{
    struct hub *hub = socket->hub;
    int64_t viewing, tenant, left = 0;

    pthread_mutex_lock(&hub->mutex);
    socket->closed = true;
    DL_DELETE(hub->sockets, socket);
    viewing = socket->viewing;
    tenant = socket->tenant;
    if (socket->person && presence_change(socket->person, -1))
        left = socket->person;
    pthread_mutex_unlock(&hub->mutex);
    if (left)
        live_tell_presence(hub, tenant, left, false);
    if (viewing)
        live_tell_viewers(hub, tenant, viewing);
    socket_unref(socket); /* the list's */
    socket_unref(socket); /* the WebSocket's */
}

void hub_attach(struct hub *hub, uint64_t stranger, int64_t tenant, int64_t person,
                int64_t conversation)
{
    struct live_socket *socket;
    bool came = false;

    pthread_mutex_lock(&hub->mutex);
    DL_FOREACH(hub->sockets, socket)
    {
        if (socket->kind != SOCKET_VISITOR || socket->stranger != stranger)
            continue;
        if (!socket->person)
            came = presence_change(person, 1) || came;
        socket->person = person;
        socket->conversation = conversation;
    }
    pthread_mutex_unlock(&hub->mutex);
    if (came)
        live_tell_presence(hub, tenant, person, true);
}

void hub_tell_desks(struct hub *hub, int64_t tenant, struct slice text,
                    const struct live_socket *except)
{
    struct live_socket *socket;

    pthread_mutex_lock(&hub->mutex);
    DL_FOREACH(hub->sockets, socket)
    {
        if (socket->kind == SOCKET_DESK && socket->greeted && socket->tenant == tenant &&
            socket != except)
            ws_send(socket->ws, text);
    }
    pthread_mutex_unlock(&hub->mutex);
}

void hub_tell_person(struct hub *hub, int64_t person, struct slice text)
{
    struct live_socket *socket;

    pthread_mutex_lock(&hub->mutex);
    DL_FOREACH(hub->sockets, socket)
    {
        if (socket->kind == SOCKET_VISITOR && socket->greeted && socket->person == person)
            ws_send(socket->ws, text);
    }
    pthread_mutex_unlock(&hub->mutex);
}

/* The queue and its pump */

static void add_entry(struct hub *hub, const struct hub_entry *filled)
{
    struct hub_entry *entry = malloc(sizeof(*entry));
    bool start;

    if (!entry) {
        hub_lose(hub);
        return;
    }
    *entry = *filled;
    entry->next = NULL;
    if (entry->socket)
        atomic_fetch_add(&entry->socket->refs, 1);
    pthread_mutex_lock(&hub->mutex);
    if (hub->queue_end)
        hub->queue_end->next = entry;
    else
        hub->queue = entry;
    hub->queue_end = entry;
    start = !hub->pumping;
    hub->pumping = true;
    pthread_mutex_unlock(&hub->mutex);
    if (start)
        hub_pump(hub);
}

void hub_on_journal(void *arg, const struct journal_event *event)
{
    add_entry(arg, &(struct hub_entry){.kind = ENTRY_EVENT, .event = *event});
}

void hub_greet(struct live_socket *socket)
{
    add_entry(socket->hub, &(struct hub_entry){.kind = ENTRY_HELLO, .socket = socket});
}

void hub_view(struct live_socket *socket, int64_t conversation)
{
    add_entry(socket->hub, &(struct hub_entry){
                               .kind = ENTRY_VIEW, .socket = socket, .conversation = conversation});
}
