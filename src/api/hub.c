#include "api/hub.h"

#include <pthread.h>
#include <stdlib.h>
#include <utlist.h>

#include "api/app.h"
#include "api/call.h"
#include "api/hub_private.h"
#include "api/live.h"
#include "base/clock.h"
#include "base/err.h"
#include "channel/web.h"
#include "talk/presence.h"

#define HELLO_WAIT_US  (INT64_C(15) * 1000 * 1000)
#define CHECK_EVERY_US (INT64_C(10) * 1000 * 1000)
/* Who types sends a frame every few seconds; ten at once and two a second are plenty. */
#define TYPING_REFILL_US (INT64_C(500) * 1000)
enum { TYPING_BURST = 10, WAITING_MAX = 100000 };

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

void hub_drop_entries(struct hub_entry *list)
{
    struct hub_entry *entry, *next;

    LL_FOREACH_SAFE(list, entry, next)
    {
        if (entry->socket)
            socket_unref(entry->socket);
        free(entry);
    }
}

struct hub *hub_free(struct hub *hub)
{
    if (!hub)
        return NULL;
    hub_drop_entries(hub->queue);
    pthread_mutex_destroy(&hub->mutex);
    free(hub);
    return NULL;
}

struct app *hub_app(struct hub *hub)
{
    return hub->app;
}

/* Sockets */

static struct slice copy(struct slice s)
{
    char *ptr = s.len ? malloc(s.len) : NULL;

    if (!ptr)
        return SLICE_NONE;
    memcpy(ptr, s.ptr, s.len);
    return slice_of(ptr, s.len);
}

static struct live_socket *add(struct hub *hub, const struct socket_start *start)
{
    struct live_socket *socket = calloc(1, sizeof(*socket));

    if (!socket)
        return NULL;
    atomic_init(&socket->refs, 3); /* the list, the WebSocket, and who opens it */
    socket->kind = start->kind;
    socket->hub = hub;
    socket->opened_us = clock_mono_us();
    socket->tenant = start->tenant;
    socket->channel = start->channel;
    socket->token = copy(start->cookie);
    socket->by_cookie = socket->token.len > 0;
    pthread_mutex_lock(&hub->mutex);
    DL_APPEND(hub->sockets, socket);
    pthread_mutex_unlock(&hub->mutex);
    return socket;
}

/* Its hello may have come, and it may even be gone, before the upgrade returns here. */
static void opened(struct live_socket *socket, struct ws *ws)
{
    bool known;

    pthread_mutex_lock(&socket->hub->mutex);
    known = socket->ws != NULL;
    if (!known)
        socket->ws = ws;
    pthread_mutex_unlock(&socket->hub->mutex);
    if (known)
        ws_unref(ws);
}

int hub_open(struct call *call, const struct socket_start *start)
{
    struct live_socket *socket = add(call->app->hub, start);
    struct ws_opts opts = start->opts;
    struct ws *ws;
    int r;

    if (!socket)
        return ERR_MEMORY;
    opts.with_ref = true;
    r = ws_accept(call->http, start->ops, &opts, socket, &ws);
    if (r < 0)
        hub_remove(socket);
    else
        opened(socket, ws);
    socket_unref(socket);
    return r;
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
    if (socket->counted && presence_change(socket->person, -1))
        left = socket->person;
    socket->counted = false;
    pthread_mutex_unlock(&hub->mutex);
    if (left)
        live_tell_presence(hub, tenant, left, false);
    if (viewing)
        live_tell_viewers(hub, tenant, viewing);
    socket_unref(socket); /* the list's */
    socket_unref(socket); /* the WebSocket's */
}

bool hub_hello(struct live_socket *socket, struct ws *ws, const json_t *frame)
{
    struct slice token = json_str(frame, "token");
    bool first;

    pthread_mutex_lock(&socket->hub->mutex);
    first = !socket->hello;
    if (first) {
        socket->hello = true;
        if (!socket->ws)
            socket->ws = ws_ref(ws);
        socket->after = json_int(frame, "after", -1);
        if (!socket->by_cookie)
            socket->token = copy(token);
        socket->stranger = web_token_number(token);
    }
    pthread_mutex_unlock(&socket->hub->mutex);
    if (first)
        hub_queue(socket->hub, ENTRY_HELLO, socket);
    return first;
}

void hub_view(struct live_socket *socket, int64_t conversation)
{
    bool queue;

    pthread_mutex_lock(&socket->hub->mutex);
    queue = socket->greeted && !socket->look_waits;
    socket->look = conversation;
    socket->look_waits = socket->look_waits || queue;
    pthread_mutex_unlock(&socket->hub->mutex);
    if (queue)
        hub_queue(socket->hub, ENTRY_VIEW, socket);
}

static bool spend_typing(struct live_socket *socket)
{
    int64_t now = clock_mono_us(), back = (now - socket->typing_us) / TYPING_REFILL_US;

    if (back > 0) {
        socket->typing_spent = back < socket->typing_spent ? socket->typing_spent - (int)back : 0;
        socket->typing_us = now;
    }
    if (socket->typing_spent >= TYPING_BURST)
        return false;
    socket->typing_spent++;
    return true;
}

bool hub_may_type(struct live_socket *socket, struct socket_look *ret)
{
    bool may;

    pthread_mutex_lock(&socket->hub->mutex);
    may = socket->greeted && spend_typing(socket);
    if (may)
        *ret = (struct socket_look){socket->tenant, socket->caller.user, socket->viewing,
                                    socket->viewing_person, socket->conversation};
    pthread_mutex_unlock(&socket->hub->mutex);
    return may;
}

static bool is_of_visit(const struct live_socket *socket, const struct hub_visit *visit)
{
    if (socket->kind != SOCKET_VISITOR || !socket->hello || socket->channel != visit->channel)
        return false;
    return socket->stranger == visit->stranger || socket->person == visit->person;
}

/* True when the person came online by it. */
static bool attach(struct live_socket *socket, const struct hub_visit *visit)
{
    bool came = false;

    if (socket->counted && socket->person != visit->person) {
        presence_change(socket->person, -1);
        socket->counted = false;
    }
    if (socket->greeted && !socket->counted) {
        came = presence_change(visit->person, 1);
        socket->counted = true;
    }
    if (socket->conversation != visit->conversation)
        socket->sent = 0; /* numbers count per conversation */
    socket->person = visit->person;
    socket->conversation = visit->conversation;
    return came;
}

void hub_attach(struct hub *hub, const struct hub_visit *visit)
{
    struct live_socket *socket;
    bool came = false;

    pthread_mutex_lock(&hub->mutex);
    DL_FOREACH(hub->sockets, socket)
    {
        if (is_of_visit(socket, visit) && attach(socket, visit))
            came = true;
    }
    pthread_mutex_unlock(&hub->mutex);
    if (came)
        live_tell_presence(hub, visit->tenant, visit->person, true);
}

/* Telling: never under the mutex, since on its own thread a socket may be gone by it, and then
 * calls back here. */

struct crowd {
    struct ws **list;
    size_t n;
};

typedef bool filter(const struct live_socket *socket, const void *arg);

static struct crowd gather(struct hub *hub, filter *wanted, const void *arg)
{
    struct crowd crowd = {0};
    struct live_socket *socket;
    size_t count = 0;

    pthread_mutex_lock(&hub->mutex);
    DL_FOREACH(hub->sockets, socket)
    count += socket->ws && wanted(socket, arg);
    crowd.list = count ? calloc(count, sizeof(struct ws *)) : NULL;
    if (crowd.list)
        DL_FOREACH(hub->sockets, socket)
    if (socket->ws && wanted(socket, arg))
        crowd.list[crowd.n++] = ws_ref(socket->ws);
    pthread_mutex_unlock(&hub->mutex);
    return crowd;
}

static void tell(struct crowd crowd, struct slice text)
{
    size_t i;

    for (i = 0; i < crowd.n; i++) {
        ws_send(crowd.list[i], text);
        ws_unref(crowd.list[i]);
    }
    free(crowd.list);
}

struct desks {
    int64_t tenant;
    const struct live_socket *except;
};

static bool is_desk(const struct live_socket *socket, const void *arg)
{
    const struct desks *desks = arg;

    return socket->kind == SOCKET_DESK && socket->greeted && socket->tenant == desks->tenant &&
           socket != desks->except;
}

/* As a hello gets that nobody stands behind: the client shows its sign-in. */
enum { SIGNED_OUT = 4401 };

struct ending {
    struct hub *hub;
    struct caller whom;
    int64_t keep_session;
};

static bool is_ended(const struct live_socket *socket, const struct ending *ending)
{
    const struct caller *caller = &socket->caller, *whom = &ending->whom;

    if (socket->kind != SOCKET_DESK || caller->tenant != whom->tenant)
        return false;
    if (whom->token)
        return caller->token == whom->token;
    if (caller->user != whom->user || !caller->user)
        return false;
    return whom->session ? caller->session == whom->session
                         : caller->session != ending->keep_session;
}

static void end_sockets(struct store *store, void *arg)
{
    const struct ending *ending = arg;
    struct live_socket *socket;

    (void)store;
    pthread_mutex_lock(&ending->hub->mutex);
    DL_FOREACH(ending->hub->sockets, socket)
    {
        if (!is_ended(socket, ending))
            continue;
        socket->caller = (struct caller){0}; /* a hello on its way is nobody's now */
        socket->greeted = false;
        if (socket->ws)
            ws_close(socket->ws, SIGNED_OUT);
    }
    pthread_mutex_unlock(&ending->hub->mutex);
}

int hub_end_later(struct turn *turn, struct hub *hub, const struct caller *whom,
                  int64_t keep_session)
{
    struct ending *ending = arena_alloc(turn->arena, sizeof(*ending));

    if (!ending)
        return ERR_MEMORY;
    *ending = (struct ending){hub, *whom, keep_session};
    return turn_effect(turn, end_sockets, ending);
}

void hub_tell_desks(struct hub *hub, int64_t tenant, struct slice text,
                    const struct live_socket *except)
{
    tell(gather(hub, is_desk, &(struct desks){tenant, except}), text);
}

static bool is_person(const struct live_socket *socket, const void *arg)
{
    return socket->kind == SOCKET_VISITOR && socket->greeted &&
           socket->person == *(const int64_t *)arg;
}

void hub_tell_person(struct hub *hub, int64_t person, struct slice text)
{
    tell(gather(hub, is_person, &person), text);
}

/* The queue */

static bool put(struct hub *hub, struct hub_entry *entry)
{
    bool start;

    pthread_mutex_lock(&hub->mutex);
    if (hub->queue_end)
        hub->queue_end->next = entry;
    else
        hub->queue = entry;
    hub->queue_end = entry;
    if (++hub->waiting > WAITING_MAX)
        hub->losing = true;
    start = !hub->pumping;
    hub->pumping = true;
    pthread_mutex_unlock(&hub->mutex);
    return start;
}

static void add_entry(struct hub *hub, const struct hub_entry *filled)
{
    struct hub_entry *entry = malloc(sizeof(*entry));

    if (!entry) {
        pthread_mutex_lock(&hub->mutex);
        hub->losing = true;
        pthread_mutex_unlock(&hub->mutex);
        return;
    }
    *entry = *filled;
    entry->next = NULL;
    if (entry->socket)
        atomic_fetch_add(&entry->socket->refs, 1);
    if (put(hub, entry))
        hub_pump(hub);
}

void hub_on_journal(void *arg, const struct journal_event *event)
{
    add_entry(arg, &(struct hub_entry){.kind = ENTRY_EVENT, .event = *event});
}

void hub_queue(struct hub *hub, enum entry_kind kind, struct live_socket *socket)
{
    add_entry(hub, &(struct hub_entry){.kind = kind, .socket = socket});
}

/* Every few seconds */

static bool is_check_due(const struct live_socket *socket, int64_t now)
{
    return socket->kind == SOCKET_DESK && socket->greeted &&
           now - socket->checked_us > CHECK_EVERY_US;
}

/* The first desk whose session was not looked at for long, with a reference. */
static struct live_socket *next_to_check(struct hub *hub, int64_t now)
{
    struct live_socket *socket;

    pthread_mutex_lock(&hub->mutex);
    DL_FOREACH(hub->sockets, socket)
    {
        if (is_check_due(socket, now)) {
            socket->checked_us = now;
            atomic_fetch_add(&socket->refs, 1);
            break;
        }
    }
    pthread_mutex_unlock(&hub->mutex);
    return socket;
}

void hub_tick(struct hub *hub)
{
    struct live_socket *socket;
    int64_t now = clock_mono_us();
    bool losing;

    pthread_mutex_lock(&hub->mutex);
    losing = hub->losing;
    DL_FOREACH(hub->sockets, socket)
    {
        if (!socket->greeted && socket->ws && now - socket->opened_us > HELLO_WAIT_US)
            ws_close(socket->ws, 1008);
    }
    pthread_mutex_unlock(&hub->mutex);
    if (losing)
        hub_lose(hub);
    while ((socket = next_to_check(hub, now))) {
        hub_queue(hub, ENTRY_CHECK, socket);
        socket_unref(socket);
    }
}
