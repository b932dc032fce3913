#include "bot/turn.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/json.h"
#include "base/log.h"
#include "bot/sql.h"
#include "bot/turn_inside.h"
#include "store/job.h"
#include "talk/ingest.h"

enum { EVENTS_MAX = 50, SWEEP_MAX = 10000 };

/* Opening */

static bool may_answer(const struct bot_talk *talk)
{
    return talk->channel.flow && talk->c.floor != FLOOR_AGENT && !talk->c.standby &&
           talk->person.state == PERSON_ACTIVE;
}

/* A running flow stays on its version; a new one begins with what is published. */
static int take_book(struct bot_talk *talk)
{
    struct shelf_flow flow;
    int r;

    if (talk->c.flow_version && !pii_empty(talk->c.bot_state))
        return shelf_take(talk->turn, talk->c.tenant, talk->c.flow_version, &talk->book);
    r = shelf_load(talk->turn, talk->c.tenant, talk->channel.flow, &flow);
    if (r < 0 || !flow.published)
        return r < 0 && r != ERR_NOT_FOUND ? r : ERR_DENIED;
    talk->c.flow_version = flow.published;
    return shelf_take(talk->turn, talk->c.tenant, flow.published, &talk->book);
}

int talk_open(struct turn *turn, int64_t tenant, int64_t conversation, struct bot_talk *ret)
{
    struct bot_talk talk = {.turn = turn};
    int r = conversation_load(turn, tenant, conversation, &talk.c);

    if (r == 0)
        r = channel_load(turn, tenant, talk.c.channel, &talk.channel);
    if (r == 0)
        r = facts_load(&talk);
    if (r == 0 && !may_answer(&talk))
        r = ERR_DENIED;
    if (r == 0)
        r = take_book(&talk);
    if (r < 0)
        return r;
    talk.state = talk.c.bot_state;
    *ret = talk;
    return 0;
}

void talk_close(struct bot_talk *talk)
{
    if (talk->book)
        shelf_give(talk->book);
}

int talk_save(struct bot_talk *talk)
{
    return conversation_save_bot(talk->turn, &talk->c, talk->state);
}

/* Running */

static int arm_timer(struct bot_talk *talk, const struct bot_result *result)
{
    char payload[96];
    int n;

    if (!result->timer_at)
        return 0;
    n = snprintf(payload, sizeof(payload), "{\"id\":%lld,\"epoch\":%lld}",
                 (long long)result->timer_id, (long long)talk->c.epoch);
    return job_add(talk->turn, &(struct job){
                                   .tenant = talk->c.tenant,
                                   .kind = JOB_BOT_TIMER,
                                   .due_at = result->timer_at,
                                   .object = talk->c.id,
                                   .person = talk->c.person,
                                   .slot = talk->c.slot,
                                   .payload = pii_of(slice_of(payload, (size_t)n)),
                               });
}

int talk_run(struct bot_talk *talk, struct bot_event *event)
{
    struct arena *arena = arena_new(BOT_ARENA_BYTES);
    struct bot_result result;
    struct slice state;
    int r = arena ? 0 : ERR_MEMORY;

    event->now = talk->turn->now;
    turn_random(talk->turn, &event->seed, sizeof(event->seed));
    if (r == 0)
        r = bot_run(shelf_book_flow(talk->book), talk->state, event, &talk->facts, arena, &result);
    if (r == 0)
        r = outputs_do(talk, &result);
    if (r == 0)
        r = arm_timer(talk, &result);
    state = r == 0 ? arena_copy(talk->turn->arena, pii_reveal(result.state)) : SLICE_NONE;
    arena_free(arena);
    if (r == 0 && !state.ptr)
        r = ERR_MEMORY;
    if (r < 0)
        return r;
    talk->state = pii_of(state);
    return facts_load(talk); /* what was set is known to the next event */
}

/* From a stored message to an event */

static enum bot_event_kind act_kind(struct slice type)
{
    if (slice_eq(type, SLICE("start")))
        return BOT_START;
    if (slice_eq(type, SLICE("help_asked")))
        return BOT_HELP_BUTTON;
    return BOT_REFERRAL; /* referral, optin */
}

static struct slice keep(struct bot_talk *talk, struct slice s)
{
    return arena_copy(talk->turn->arena, s);
}

static struct bot_event event_of(struct bot_talk *talk, const json_t *body)
{
    const json_t *act = json_object_get(body, "event");
    const json_t *files = json_object_get(body, "attachments");
    struct slice payload = json_str(body, "payload");
    struct bot_event event = {.kind = BOT_TEXT, .text = pii_of(keep(talk, json_str(body, "text")))};

    if (act) {
        event.kind = act_kind(json_str(act, "type"));
        event.payload = pii_of(keep(talk, json_str(act, "ref")));
    } else if (payload.len) {
        event.kind = BOT_PAYLOAD;
        event.payload = pii_of(keep(talk, payload));
    } else if (json_array_size(files) > 0 && pii_empty(event.text)) {
        event.kind = BOT_FILE;
        event.text = pii_of(keep(talk, json_str(json_array_get(files, 0), "url")));
    }
    return event;
}

static int run_message(struct bot_talk *talk, const struct message *m)
{
    CLEANUP(json_cleanup) json_t *body = NULL;
    struct bot_event event;

    if (pii_empty(m->body))
        return 0; /* taken back meanwhile */
    if (json_read(pii_reveal(m->body), &body) < 0)
        return ERR_DAMAGED;
    event = event_of(talk, body);
    return talk_run(talk, &event);
}

static int run_due(struct bot_talk *talk)
{
    struct message *list;
    size_t i, n;
    int r = message_unanswered(talk->turn, &talk->c, EVENTS_MAX, &list, &n);

    talk->c.bot_due = 0;
    for (i = 0; r == 0 && i < n; i++)
        r = run_message(talk, &list[i]);
    return r;
}

int bot_turn(struct turn *turn, int64_t tenant, int64_t conversation)
{
    struct bot_talk talk = {0};
    int r = talk_open(turn, tenant, conversation, &talk);

    if (r == ERR_NOT_FOUND)
        return 0;
    if (r == 0 && !talk.c.bot_due) {
        talk_close(&talk);
        return 0;
    }
    if (r == 0)
        r = run_due(&talk);
    if (r == 0)
        r = talk_save(&talk);
    talk_close(&talk);
    if (r < 0 && r != ERR_DENIED)
        return r;
    return turn_put(turn, &bot_sql_not_due, SQL_ARGS(SQL_INT(conversation), SQL_INT(tenant)));
}

int talk_later(struct turn *turn, int64_t tenant, int64_t conversation, int64_t epoch,
               struct bot_event *event)
{
    struct bot_talk talk = {0};
    int r = talk_open(turn, tenant, conversation, &talk);

    if (r == ERR_NOT_FOUND || r == ERR_DENIED)
        return 0;
    if (r == 0 && talk.c.epoch == epoch && !pii_empty(talk.state)) {
        r = talk_run(&talk, event);
        if (r == 0)
            r = talk_save(&talk);
    }
    talk_close(&talk);
    return r;
}

/* Waking */

struct due {
    struct store *store;
    int64_t tenant;
    int64_t conversation;
};

static int run_one(struct turn *turn, void *arg)
{
    const struct due *due = arg;

    return bot_turn(turn, due->tenant, due->conversation);
}

/* A turn that fails each time must not leave the person without an answer: somebody is asked. */
static int give_up(struct turn *turn, void *arg)
{
    const struct due *due = arg;
    struct conversation c;
    int r = conversation_load(turn, due->tenant, due->conversation, &c);

    if (r == ERR_NOT_FOUND)
        return 0;
    if (r == 0)
        r = conversation_want_help(turn, &c);
    return r < 0 ? r : turn_put(turn, &bot_sql_not_due, SQL_ARGS(SQL_INT(c.id), SQL_INT(c.tenant)));
}

static void gave_up(struct turn *turn, void *arg, int result)
{
    (void)turn;
    if (result < 0)
        log_event(LOG_ERROR, "bot.give_up_failed", LOG_ERR(result));
    free(arg);
}

/* bot_due stands in the row: bot_again tries again what failed for want of room or database. */
static void run_done(struct turn *turn, void *arg, int result)
{
    struct due *due = arg;
    bool failed = result < 0 && result != ERR_FORGOTTEN; /* being erased: nobody waits */

    (void)turn;
    if (failed)
        log_event(LOG_ERROR, "bot.turn_failed", LOG_ERR(result));
    if (failed && !err_retryable(result) &&
        store_write(due->store, due->tenant, give_up, gave_up, due) == 0)
        return;
    free(due);
}

static void wake(void *arg, int64_t tenant, int64_t conversation)
{
    struct due *due = malloc(sizeof(*due));
    int r = due ? 0 : ERR_MEMORY;

    if (r == 0) {
        *due = (struct due){arg, tenant, conversation};
        r = store_write(arg, tenant, run_one, run_done, due);
    }
    if (r < 0) {
        log_event(LOG_WARN, "bot.wake_failed", LOG_ERR(r));
        free(due);
    }
}

static int sweep(struct turn *turn, void *arg)
{
    struct sql_rows *rows;
    size_t i;
    int r = turn_ask(turn, &bot_sql_due, SQL_ARGS(SQL_INT(SWEEP_MAX)), &rows);

    for (i = 0; r == 0 && i < sql_rows_count(rows); i++)
        wake(arg, sql_int(rows, i, 0), sql_int(rows, i, 1));
    return r;
}

static int timer_job(struct turn *turn, const struct job *job, void *arg)
{
    CLEANUP(json_cleanup) json_t *payload = NULL;
    struct bot_event event = {.kind = BOT_TIMER};

    (void)arg;
    if (json_read(pii_reveal(job->payload), &payload) < 0)
        return ERR_REFUSED;
    event.id = json_int(payload, "id", 0);
    return talk_later(turn, job->tenant, job->object, json_int(payload, "epoch", -1), &event);
}

void bot_again(struct store *store)
{
    int r = store_read(store, sweep, NULL, store);

    if (r < 0 && r != ERR_CANCELED)
        log_event(LOG_WARN, "bot.sweep_failed", LOG_ERR(r));
}

int bot_start(struct store *store, struct fetch *fetch)
{
    job_register(store, JOB_BOT_TIMER,
                 &(struct job_ops){
                     .max_attempts = 20,
                     .backoff_ms = SECOND_MS,
                     .backoff_max_ms = 10 * MINUTE_MS,
                     .turn = timer_job,
                 });
    http_node_start(store, fetch);
    talk_on_bot_due(wake, store);
    return store_read_wait(store, sweep, store);
}
