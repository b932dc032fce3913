/* talk_unit.h - what this room's tests share: a firm with a Page, a person who writes to it, and a
 * port that answers as it is told. */
#ifndef TALK_TALK_UNIT_H
#define TALK_TALK_UNIT_H

#include "account/account.h"
#include "base/json.h"
#include "store/job.h"
#include "store/store_unit.h"
#include "talk/ingest.h"
#include "talk/outbox.h"
#include "talk/port.h"
#include "talk/say.h"

#define PII(s)   pii_of(SLICE(s))
#define ADA      PII("2001")
#define PAGE_ID  "101"
#define WINDOW   (24 * HOUR_MS)
#define BY_HAND  (7 * DAY_MS)
#define TEXT_MAX 40

enum { ORDERS_MAX = 64 };

/* What the port was given, and what it answers: scripted outcomes in turn, then the last of them.
 */
struct unit_port {
    pthread_mutex_t lock;
    struct store *store;
    struct send_result script[8];
    int script_n, script_at;
    bool silent; /* never answers */
    int64_t sent[ORDERS_MAX];
    bool late[ORDERS_MAX];
    int n;
};

static struct unit_port unit_port = {.lock = PTHREAD_MUTEX_INITIALIZER};

static inline int unit_may_send(const struct conversation *c, int64_t now)
{
    return c->last_in_at && now - c->last_in_at <= WINDOW ? 0 : ERR_WINDOW;
}

static inline int unit_by_hand(const struct conversation *c, const struct channel *channel,
                               int64_t now)
{
    return now - c->last_in_at <= BY_HAND ? 0 : ERR_WINDOW;
}

static inline int64_t unit_closes_at(const struct conversation *c)
{
    return c->last_in_at + WINDOW;
}

static inline void unit_send(void *arg, const struct send_order *order)
{
    struct unit_port *port = arg;
    struct send_result result = {.outcome = SENT_ACCEPTED};
    char external[32];
    bool silent;

    pthread_mutex_lock(&port->lock);
    ck_assert_int_lt(port->n, ORDERS_MAX);
    port->late[port->n] = order->late;
    port->sent[port->n++] = order->message;
    if (port->script_n)
        result = port->script[port->script_at < port->script_n - 1 ? port->script_at++
                                                                   : port->script_n - 1];
    snprintf(external, sizeof(external), "sent-%d", port->n);
    silent = port->silent;
    pthread_mutex_unlock(&port->lock);
    if (result.outcome == SENT_ACCEPTED)
        result.external = pii_of(slice_cstr(external));
    if (!silent)
        outbox_done(port->store, order, &result);
}

static inline int unit_sent(void)
{
    int n;

    pthread_mutex_lock(&unit_port.lock);
    n = unit_port.n;
    pthread_mutex_unlock(&unit_port.lock);
    return n;
}

struct world {
    struct store *store;
    const struct engines *e;
    struct tenant tenant;
    struct channel channel;
    int64_t conversation;
    int64_t events; /* numbers the events */
};

static inline int unit_found(struct turn *turn, void *arg)
{
    struct world *w = arg;
    int r = tenant_add(turn, SLICE("Fern & Kettle"), &w->tenant);

    w->channel = (struct channel){.tenant = w->tenant.id,
                                  .kind = CHANNEL_MESSENGER,
                                  .state = CHANNEL_ON,
                                  .external = SLICE(PAGE_ID),
                                  .secret = SLICE("token")};
    return r < 0 ? r : channel_add(turn, &w->channel, &w->channel.id);
}

static inline void unit_start(struct world *w)
{
    static const struct talk_port port = {
        .kind = CHANNEL_MESSENGER,
        .text_max = TEXT_MAX,
        .may_send = unit_may_send,
        .may_send_by_hand = unit_by_hand,
        .window_closes_at = unit_closes_at,
        .send = unit_send,
        .arg = &unit_port,
    };

    w->store = unit_open(w->e);
    unit_port.store = w->store;
    account_start(w->store);
    person_start(w->store);
    talk_port_register(&port);
    ck_assert_ok(outbox_start(w->store));
    ck_assert_ok(job_run_start(w->store));
}

static inline struct world unit_world(const struct engines *e)
{
    struct world w = {.e = e};

    unit_start(&w);
    ck_assert_ok(store_write_wait(w.store, 0, unit_found, &w));
    return w;
}

/* Time goes by; jobs that became due are looked for. */
static inline void unit_pass(struct world *w, int64_t ms)
{
    atomic_fetch_add(&unit_now, ms);
    job_wake(w->store);
}

/* Coming in */

struct unit_events {
    struct world *w;
    struct talk_in *list;
    size_t n;
};

static inline int unit_ingest_work(struct turn *turn, void *arg)
{
    struct unit_events *events = arg;
    struct channel channel;
    int r = channel_load(turn, events->w->tenant.id, events->w->channel.id, &channel);

    return r < 0 ? r : talk_ingest(turn, &channel, events->list, events->n);
}

/** Files one event of Ada's; returns its result. Time and id are filled in when absent. */
static inline int unit_comes(struct world *w, struct talk_in *in)
{
    struct unit_events events = {w, in, 1};

    if (pii_empty(in->external))
        in->external = ADA;
    if (!in->at)
        in->at = atomic_load(&unit_now);
    ck_assert_ok(store_write_wait(w->store, w->tenant.id, unit_ingest_work, &events));
    return in->result;
}

/** Ada says something under a provider's id. */
static inline int unit_says(struct world *w, const char *id, const char *text)
{
    return unit_comes(w, &(struct talk_in){.kind = IN_MESSAGE,
                                           .event_id = pii_of(slice_cstr(id)),
                                           .text = pii_of(slice_cstr(text))});
}

/* Looking */

struct unit_view {
    struct world *w;
    struct conversation c;
    char text[16][100]; /* bodies */
    struct message m[16];
    size_t n;
};

static inline int unit_view_work(struct turn *turn, void *arg)
{
    struct unit_view *view = arg;
    struct person_ref person;
    struct message *list;
    size_t i;
    int r = person_resolve(turn, view->w->tenant.id, view->w->channel.id, ADA, turn->now, false,
                           &person);

    if (r == 0)
        r = conversation_latest(turn, view->w->tenant.id, person.id, view->w->channel.id, &view->c);
    if (r == 0)
        r = message_page(turn, view->c.tenant, view->c.id, 0, 16, &list, &view->n);
    for (i = 0; r == 0 && i < view->n; i++) {
        view->m[i] = list[i];
        snprintf(view->text[i], sizeof(view->text[i]), "%.*s", SLICE_ARG(pii_reveal(list[i].body)));
    }
    return r;
}

/** Ada's conversation as it is now; slices in it are gone, `text` stays. */
static inline struct unit_view unit_look(struct world *w)
{
    struct unit_view view = {.w = w};

    ck_assert_ok(store_read_wait(w->store, unit_view_work, &view));
    return view;
}

/** Waits for a message to reach the state: each question is an answer of the store itself. */
static inline struct message unit_await(struct world *w, size_t i, enum message_state state)
{
    struct unit_view view;

    do
        view = unit_look(w);
    while (view.n <= i || view.m[i].state != state);
    return view.m[i];
}

/* Going out */

struct unit_reply {
    struct world *w;
    struct talk_draft draft;
    struct talk_floor floor; /* owner not 0: talk_say under it; otherwise talk_reply of user 9 */
    struct message ret;
};

static inline int unit_reply_work(struct turn *turn, void *arg)
{
    struct unit_reply *reply = arg;
    struct unit_view view = {.w = reply->w};
    struct conversation c;
    int r = unit_view_work(turn, &view);

    if (r < 0)
        return r;
    c = view.c;
    return reply->floor.owner ? talk_say(turn, &c, reply->floor, &reply->draft, &reply->ret)
                              : talk_reply(turn, &c, 9, &reply->draft, &reply->ret);
}

static inline int unit_reply(struct world *w, struct unit_reply *reply)
{
    reply->w = w;
    return store_write_wait(w->store, w->tenant.id, unit_reply_work, reply);
}

static inline int unit_answers(struct world *w, const char *text)
{
    return unit_reply(w, &(struct unit_reply){.draft.text = pii_of(slice_cstr(text))});
}

/* Statements */

/* With nothing but NULL, each statement either runs or breaks a constraint; a limit must be some
 * number. */
static inline int unit_statement_work(struct turn *turn, void *arg)
{
    struct sql_arg nothing[24] = {{0}};
    const struct sql_stmt *stmt = arg;
    const char *limit = strstr(stmt->text, "LIMIT $");
    struct sql_rows *rows;
    size_t n = 0;
    char place[8];

    if (limit)
        nothing[strtol(limit + strlen("LIMIT $"), NULL, 10) - 1] = SQL_INT(1);
    do
        snprintf(place, sizeof(place), "$%zu", ++n);
    while (strstr(stmt->text, place));
    return turn_ask(turn, stmt, nothing, n - 1, &rows);
}

/** Fails unless the engine understands every statement of a room's list. */
static inline void unit_statements(struct world *w, const struct sql_stmt *const *list)
{
    for (; *list; list++) {
        int r = store_write_wait(w->store, w->tenant.id, unit_statement_work, (void *)*list);

        ck_assert_msg(r == 0 || r == ERR_CONSTRAINT, "%s: %s", (*list)->name,
                      r < 0 ? err_code(r) : "");
    }
}

#endif
