#include "talk/outbox.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/log.h"
#include "base/metrics.h"
#include "store/job.h"
#include "talk/sql.h"

/* Stored. A finished row is gone. */
enum outbox_state { OUTBOX_QUEUED = 0, OUTBOX_SENDING = 1, OUTBOX_UNSURE = 2 };

enum { CLAIM_MAX = 64, ATTEMPTS_MAX = 8 };
#define ECHO_WAIT_MS   (30 * SECOND_MS)
#define BACKOFF_MS     (2 * SECOND_MS)
#define BACKOFF_MAX_MS (10 * MINUTE_MS)

/* Conversations of a tenant are changed on its own lane only, so that no two turns write one. */
static int claim(struct turn *turn, void *arg);

struct claiming {
    int64_t tenant;
};

static void claim_done(struct turn *turn, void *arg, int result)
{
    (void)turn;
    free(arg);
    if (result < 0)
        log_event(LOG_WARN, "outbox.claim_failed", LOG_ERR(result));
}

static void wake(struct store *store, void *arg)
{
    const struct claiming *waking = arg;
    struct claiming *claiming = malloc(sizeof(*claiming));
    int r = claiming ? 0 : ERR_MEMORY;

    if (r == 0) {
        *claiming = *waking;
        r = store_write(store, claiming->tenant, claim, claim_done, claiming);
    }
    if (r < 0) { /* its row waits: the next message or the next start looks again */
        log_event(LOG_WARN, "outbox.claim_failed", LOG_ERR(r));
        free(claiming);
    }
}

/* Looks for what may leave, after the commit. */
static int wake_later(struct turn *turn, int64_t tenant)
{
    struct claiming *claiming = arena_alloc(turn->arena, sizeof(*claiming));

    if (!claiming)
        return ERR_MEMORY;
    claiming->tenant = tenant;
    return turn_effect(turn, wake, claiming);
}

/* Wakes the tenant's outbox at `at`, also after a restart. */
static int wake_at(struct turn *turn, int64_t tenant, int64_t at)
{
    return job_add(turn, &(struct job){.tenant = tenant, .kind = JOB_OUTBOX, .due_at = at});
}

static int run_job(struct turn *turn, const struct job *job, void *arg)
{
    (void)arg;
    return claim(turn, &(struct claiming){job->tenant});
}

int outbox_add(struct turn *turn, const struct conversation *c, int64_t message, int64_t epoch)
{
    int r = turn_put(turn, &talk_sql_outbox_add,
                     SQL_ARGS(SQL_INT(message), SQL_INT(c->tenant), SQL_INT(c->id),
                              SQL_INT(c->channel), SQL_INT(epoch), SQL_INT(turn->now)));

    return r < 0 ? r : wake_later(turn, c->tenant);
}

static int enter(struct turn *turn, int64_t tenant, int64_t message, enum outbox_state state,
                 int64_t attempts, int64_t due_at)
{
    return turn_put(turn, &talk_sql_outbox_enter,
                    SQL_ARGS(SQL_INT(state), SQL_INT(attempts), SQL_INT(due_at), SQL_INT(message),
                             SQL_INT(tenant)));
}

/* The row goes, the message gets its last state, the next in line may leave. */
static int finish(struct turn *turn, struct conversation *c, struct message *m,
                  enum message_state state, enum send_reason reason, struct pii external)
{
    int r = turn_put(turn, &talk_sql_outbox_remove, SQL_ARGS(SQL_INT(m->id), SQL_INT(m->tenant)));

    if (r < 0)
        return r;
    m->state = state;
    m->reason = reason;
    if (!pii_empty(external))
        m->external = external;
    r = message_update(turn, c, m, external);
    return r < 0 ? r : wake_later(turn, m->tenant);
}

static int load_both(struct turn *turn, int64_t tenant, int64_t message, struct conversation *ret_c,
                     struct message *ret_m)
{
    int r = message_load(turn, tenant, message, ret_m);

    return r < 0 ? r : conversation_load(turn, tenant, ret_m->conversation, ret_c);
}

int outbox_withdraw(struct turn *turn, struct conversation *c)
{
    struct sql_rows *rows;
    struct message m;
    size_t i;
    int r = turn_ask(turn, &talk_sql_outbox_queued, SQL_ARGS(SQL_INT(c->id), SQL_INT(c->tenant)),
                     &rows);

    for (i = 0; r == 0 && i < sql_rows_count(rows); i++) {
        r = message_load(turn, c->tenant, sql_int(rows, i, 0), &m);
        if (r == 0)
            r = finish(turn, c, &m, MESSAGE_WITHDRAWN, SEND_FLOOR_TAKEN, pii_of(SLICE_NONE));
    }
    return r;
}

int outbox_confirm(struct turn *turn, struct conversation *c, struct message *m,
                   struct pii external)
{
    if (m->state == MESSAGE_SENT || m->state == MESSAGE_DELIVERED || m->state == MESSAGE_READ)
        return ERR_EXISTS;
    metric_add(METRIC_SENDS, 1);
    return finish(turn, c, m, MESSAGE_SENT, SEND_FINE, external);
}

int outbox_retry(struct turn *turn, struct conversation *c, struct message *m)
{
    int r;

    if (m->state != MESSAGE_UNKNOWN && m->state != MESSAGE_REFUSED)
        return ERR_CONFLICT;
    m->state = MESSAGE_QUEUED;
    m->reason = SEND_FINE;
    r = message_update(turn, c, m, pii_of(SLICE_NONE));
    return r < 0 ? r : outbox_add(turn, c, m->id, c->epoch);
}

struct departure {
    const struct talk_port *port;
    struct send_order order;
};

static void depart(struct store *store, void *arg)
{
    const struct departure *departure = arg;

    (void)store;
    departure->port->send(departure->port->arg, &departure->order);
}

/* Fills the order and marks it as leaving; it leaves after the commit. */
static int dispatch(struct turn *turn, struct conversation *c, struct message *m,
                    const struct channel *channel, int attempts, bool late)
{
    struct departure *departure = arena_alloc(turn->arena, sizeof(*departure));
    struct pii to;
    int r;

    if (!departure)
        return ERR_MEMORY;
    r = person_external(turn, m->tenant, m->person, channel->id, &to);
    if (r < 0)
        return r;
    departure->port = talk_port_of(channel->kind);
    departure->order = (struct send_order){
        .tenant = m->tenant,
        .message = m->id,
        .conversation = c->id,
        .channel = channel->id,
        .attempts = attempts,
        .to = to,
        .body = m->body,
        .secret = channel->secret,
        .account = channel->external,
        .late = late,
    };
    if (departure->port->recipient != RECIPIENT_NONE)
        r = recipient_note(turn, m->tenant, m->person, departure->port->recipient);
    if (r == 0)
        r = enter(turn, m->tenant, m->id, OUTBOX_SENDING, attempts, turn->now);
    return r < 0 ? r : turn_effect(turn, depart, departure);
}

/* One row at the head of its conversation's queue. */
static int claim_one(struct turn *turn, int64_t tenant, int64_t message, int attempts)
{
    const struct talk_port *port;
    struct conversation c;
    struct channel channel;
    struct message m;
    bool late;
    int r = load_both(turn, tenant, message, &c, &m);

    if (r == 0)
        r = channel_load(turn, tenant, c.channel, &channel);
    if (r < 0)
        return r;
    port = talk_port_of(channel.kind);
    if (!port || channel.state != CHANNEL_ON)
        return finish(turn, &c, &m, MESSAGE_REFUSED, SEND_CHANNEL_OFF, pii_of(SLICE_NONE));
    r = talk_port_allows(port, &c, &channel, m.author, turn->now, &late);
    if (r == ERR_WINDOW)
        return finish(turn, &c, &m, MESSAGE_REFUSED, SEND_WINDOW_CLOSED, pii_of(SLICE_NONE));
    return r < 0 ? r : dispatch(turn, &c, &m, &channel, attempts, late);
}

/* The echo did not come: nobody knows, and only a person may decide to send it again. */
static int give_up_waiting(struct turn *turn, int64_t tenant)
{
    struct conversation c;
    struct sql_rows *rows;
    struct message m;
    size_t i;
    int r = turn_ask(turn, &talk_sql_outbox_unsure_due,
                     SQL_ARGS(SQL_INT(turn->now), SQL_INT(CLAIM_MAX), SQL_INT(tenant)), &rows);

    for (i = 0; r == 0 && i < sql_rows_count(rows); i++) {
        r = load_both(turn, sql_int(rows, i, 1), sql_int(rows, i, 0), &c, &m);
        if (r == 0)
            r = finish(turn, &c, &m, MESSAGE_UNKNOWN, SEND_NOT_CONFIRMED, pii_of(SLICE_NONE));
        metric_add(METRIC_SENDS_UNKNOWN, r == 0);
    }
    return r;
}

static int claim(struct turn *turn, void *arg)
{
    const struct claiming *claiming = arg;
    struct sql_rows *rows;
    size_t i, n;
    int r = give_up_waiting(turn, claiming->tenant);

    if (r == 0)
        r = turn_ask(turn, &talk_sql_outbox_claim,
                     SQL_ARGS(SQL_INT(turn->now), SQL_INT(CLAIM_MAX), SQL_INT(claiming->tenant)),
                     &rows);
    if (r < 0)
        return r;
    n = sql_rows_count(rows);
    for (i = 0; r == 0 && i < n; i++)
        r = claim_one(turn, sql_int(rows, i, 1), sql_int(rows, i, 0), (int)sql_int(rows, i, 5));
    if (r == 0 && n == CLAIM_MAX)
        r = wake_later(turn, claiming->tenant);
    return r;
}

static int64_t backoff(int attempts)
{
    int64_t wait = BACKOFF_MS << (attempts < 16 ? attempts : 16);

    return wait < BACKOFF_MAX_MS ? wait : BACKOFF_MAX_MS;
}

static int again(struct turn *turn, struct conversation *c, struct message *m, int64_t attempts,
                 const struct send_result *result)
{
    int64_t due;
    int r;

    if (attempts + 1 >= ATTEMPTS_MAX)
        return finish(turn, c, m, MESSAGE_REFUSED, SEND_GAVE_UP, pii_of(SLICE_NONE));
    due = turn->now + (result->retry_ms ? result->retry_ms : backoff((int)attempts));
    r = enter(turn, m->tenant, m->id, OUTBOX_QUEUED, attempts + 1, due);
    return r < 0 ? r : wake_at(turn, m->tenant, due);
}

static int unsure(struct turn *turn, const struct message *m, int64_t attempts)
{
    int64_t due = turn->now + ECHO_WAIT_MS;
    int r = enter(turn, m->tenant, m->id, OUTBOX_UNSURE, attempts, due);

    return r < 0 ? r : wake_at(turn, m->tenant, due);
}

static int apply(struct turn *turn, struct conversation *c, struct message *m, int64_t attempts,
                 const struct send_result *result)
{
    switch (result->outcome) {
    case SENT_ACCEPTED:
        metric_add(METRIC_SENDS, 1);
        return finish(turn, c, m, MESSAGE_SENT, SEND_FINE, result->external);
    case SENT_REFUSED:
        metric_add(METRIC_SENDS_REFUSED, 1);
        return finish(turn, c, m, MESSAGE_REFUSED, result->reason, pii_of(SLICE_NONE));
    case SENT_AGAIN:
    case SENT_NOT_SENT:
        return again(turn, c, m, attempts, result);
    case SENT_UNSURE:
        return unsure(turn, m, attempts);
    }
    return ERR_INTERNAL;
}

struct arrival {
    int64_t tenant, message, channel;
    struct send_result result;
    char external[]; /* copied behind */
};

static int break_channel(struct turn *turn, const struct arrival *arrival)
{
    struct channel channel;
    int r;

    if (arrival->result.broken == CHANNEL_FINE)
        return 0;
    r = channel_load(turn, arrival->tenant, arrival->channel, &channel);
    return r < 0 ? r : channel_enter(turn, &channel, CHANNEL_BROKEN, arrival->result.broken);
}

static int arrive(struct turn *turn, void *arg)
{
    const struct arrival *arrival = arg;
    struct conversation c;
    struct sql_rows *rows;
    struct message m;
    int r = turn_ask(turn, &talk_sql_outbox_load,
                     SQL_ARGS(SQL_INT(arrival->message), SQL_INT(arrival->tenant)), &rows);

    if (r < 0)
        return r;
    /* Not there: our echo was faster. Not sending: this answer is late, the row has moved on. */
    if (sql_rows_count(rows) == 0 || sql_int(rows, 0, 0) != OUTBOX_SENDING)
        return 0;
    r = load_both(turn, arrival->tenant, arrival->message, &c, &m);
    if (r == 0)
        r = apply(turn, &c, &m, sql_int(rows, 0, 1), &arrival->result);
    return r < 0 ? r : break_channel(turn, arrival);
}

static void arrived(struct turn *turn, void *arg, int result)
{
    (void)turn;
    if (result < 0) /* the row stays `sending`: unsure after the next start */
        log_event(LOG_ERROR, "outbox.answer_lost", LOG_ERR(result));
    free(arg);
}

void outbox_done(struct store *store, const struct send_order *order,
                 const struct send_result *result)
{
    struct slice external = pii_reveal(result->external);
    struct arrival *arrival = malloc(sizeof(*arrival) + external.len);
    int r = arrival ? 0 : ERR_MEMORY;

    if (r == 0) {
        *arrival = (struct arrival){order->tenant, order->message, order->channel, *result};
        if (external.len)
            memcpy(arrival->external, external.ptr, external.len);
        arrival->result.external = pii_of(slice_of(arrival->external, external.len));
        r = store_write(store, order->tenant, arrive, arrived, arrival);
    }
    if (r < 0) {
        log_event(LOG_ERROR, "outbox.answer_lost", LOG_ERR(r));
        free(arrival);
    }
}

/* What was leaving when an earlier process ended may have arrived, or not. */
static int recover(struct turn *turn, void *arg)
{
    struct sql_rows *rows;
    size_t i;
    int r =
        turn_put(turn, &talk_sql_outbox_left_sending, SQL_ARGS(SQL_INT(turn->now + ECHO_WAIT_MS)));

    (void)arg;
    if (r == 0)
        r = turn_ask(turn, &talk_sql_outbox_tenants, NULL, 0, &rows);
    for (i = 0; r == 0 && i < sql_rows_count(rows); i++) {
        r = wake_at(turn, sql_int(rows, i, 0), turn->now);
        if (r == 0)
            r = wake_at(turn, sql_int(rows, i, 0), turn->now + ECHO_WAIT_MS);
    }
    return r;
}

int outbox_start(struct store *store)
{
    job_register(store, JOB_OUTBOX,
                 &(struct job_ops){
                     .max_attempts = 100,
                     .backoff_ms = SECOND_MS,
                     .backoff_max_ms = MINUTE_MS,
                     .turn = run_job,
                 });
    return store_write_wait(store, 0, recover, NULL);
}
