#include "channel/messenger_check.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/log.h"
#include "channel/graph.h"
#include "channel/hook_log.h"
#include "channel/sql.h"
#include "store/job.h"

#define CHECK_EVERY_MS (15 * MINUTE_MS)

enum { PURGE_MAX = 5000 };

enum { TOKEN_DEAD = 190, NO_PERMISSION = 10, NO_PERMISSION_GRANTED = 200, PERMISSION_LAST = 299 };

/* What we read (Meta: webhooks reference, fields of the object "page"). */
static const char subscribe_body[] =
    "{\"subscribed_fields\":[\"messages\",\"messaging_postbacks\",\"messaging_optins\","
    "\"messaging_referrals\",\"message_deliveries\",\"message_reads\",\"message_echoes\","
    "\"message_reactions\",\"message_edits\",\"messaging_handovers\",\"standby\","
    "\"messaging_policy_enforcement\"]}";

struct check {
    const struct messenger_opts *opts;
    int64_t tenant, channel;
    messenger_checked *checked;
    void *arg;
    struct messenger_report report;
    char path[100];
    size_t token_len;
    char token[];
};

enum channel_reason messenger_report_reason(const struct messenger_report *report)
{
    if (report->code == TOKEN_DEAD)
        return CHANNEL_TOKEN_DEAD;
    if (report->code == NO_PERMISSION ||
        (report->code >= NO_PERMISSION_GRANTED && report->code <= PERMISSION_LAST))
        return CHANNEL_PERMISSION_MISSING;
    if (report->err < 0)
        return CHANNEL_UNREACHABLE;
    return report->subscribed ? CHANNEL_FINE : CHANNEL_UNSUBSCRIBED;
}

/* A block by Meta, a withdrawn app and an owner's "off" are not ours to end. */
static bool may_mend(const struct channel *channel)
{
    return channel->state == CHANNEL_BROKEN && channel->reason != CHANNEL_BLOCKED &&
           channel->reason != CHANNEL_DEAUTHORIZED;
}

static int note(struct turn *turn, struct channel *channel, const struct messenger_report *report)
{
    enum channel_reason reason = messenger_report_reason(report);

    if (channel->state == CHANNEL_OFF || reason == CHANNEL_UNREACHABLE)
        return 0; /* a line that is down for a while breaks nothing: messages wait */
    if (reason != CHANNEL_FINE)
        return may_mend(channel) || channel->state == CHANNEL_ON
                   ? channel_enter(turn, channel, CHANNEL_BROKEN, reason)
                   : 0;
    if (!report->was_subscribed && channel->state == CHANNEL_ON) {
        /* Mended already, but events may be missing: the firm is told. */
        int r = channel_enter(turn, channel, CHANNEL_BROKEN, CHANNEL_UNSUBSCRIBED);

        if (r < 0)
            return r;
    }
    return may_mend(channel) ? channel_enter(turn, channel, CHANNEL_ON, CHANNEL_FINE) : 0;
}

static int write_result(struct turn *turn, void *arg)
{
    const struct check *check = arg;
    struct channel channel;
    int r = channel_load(turn, check->tenant, check->channel, &channel);

    if (r < 0)
        return r;
    channel.checked_at = turn->now;
    r = turn_put(turn, &channel_sql_checked,
                 SQL_ARGS(SQL_INT(turn->now), SQL_INT(channel.id), SQL_INT(channel.tenant)));
    return r < 0 ? r : note(turn, &channel, &check->report);
}

static void end(struct check *check)
{
    if (check->checked)
        check->checked(check->arg, &check->report);
    explicit_bzero(check->token, check->token_len);
    free(check);
}

static void written(struct turn *turn, void *arg, int result)
{
    (void)turn;
    if (result < 0 && result != ERR_NOT_FOUND)
        log_event(LOG_WARN, "messenger.check_lost", LOG_ERR(result));
    end(arg);
}

static void finish(struct check *check)
{
    const struct messenger_report *report = &check->report;
    int r;

    if (report->err < 0 || !report->was_subscribed)
        log_event(LOG_WARN, "messenger.check",
                  LOG_WORD("reason", talk_channel_reason_word(messenger_report_reason(report))),
                  LOG_INT("code", report->code), LOG_INT("subscribed", report->subscribed));
    r = store_write(check->opts->store, check->tenant, write_result, written, check);
    if (r < 0)
        written(NULL, check, r);
}

static int send(struct check *check, const char *method, struct slice body, fetch_done *done)
{
    return graph_send(check->opts,
                      &(struct graph_call){
                          .method = method,
                          .path = check->path,
                          .token = slice_of(check->token, check->token_len),
                          .body = body,
                      },
                      done, check);
}

static json_t *read_answer(struct check *check, const struct fetch_answer *answer)
{
    struct graph_error error = {0, 0};
    json_t *object = NULL;

    check->report.err = graph_read(answer, &object, &error);
    check->report.code = error.code;
    return object;
}

static void subscribed(void *arg, const struct fetch_answer *answer)
{
    struct check *check = arg;
    CLEANUP(json_cleanup) json_t *object = read_answer(check, answer);

    check->report.subscribed = object && json_bool(object, "success", false);
    finish(check);
}

/* {"data":[{"id":APP, …}]}. Without a configured app id any app of ours counts: the token is of
 * one app, and Meta lists with it the apps of that Page. */
static bool lists_us(const struct messenger_opts *opts, const json_t *object)
{
    const json_t *apps = json_object_get(object, "data");
    char space[24];
    size_t i;

    if (opts->app_id.len == 0)
        return json_array_size(apps) > 0;
    for (i = 0; i < json_array_size(apps); i++)
        if (slice_eq(json_id(json_array_get(apps, i), "id", space), opts->app_id))
            return true;
    return false;
}

static void listed(void *arg, const struct fetch_answer *answer)
{
    struct check *check = arg;
    CLEANUP(json_cleanup) json_t *object = read_answer(check, answer);
    int r;

    check->report.was_subscribed = object && lists_us(check->opts, object);
    check->report.subscribed = check->report.was_subscribed;
    if (!object || check->report.subscribed) {
        finish(check);
        return;
    }
    r = send(check, "POST", slice_cstr(subscribe_body), subscribed);
    if (r < 0) {
        check->report.err = r;
        finish(check);
    }
}

int messenger_check(const struct messenger_opts *opts, const struct channel *channel,
                    messenger_checked *checked, void *arg)
{
    struct check *check;
    int r;

    if (!graph_is_id(channel->external) || channel->secret.len == 0)
        return ERR_INVALID;
    check = calloc(1, sizeof(*check) + channel->secret.len);
    if (!check)
        return ERR_MEMORY;
    check->opts = opts;
    check->tenant = channel->tenant;
    check->channel = channel->id;
    check->checked = checked;
    check->arg = arg;
    check->token_len = channel->secret.len;
    memcpy(check->token, channel->secret.ptr, channel->secret.len);
    snprintf(check->path, sizeof(check->path), "%.*s/subscribed_apps",
             SLICE_ARG(channel->external));
    r = send(check, "GET", SLICE_NONE, listed);
    if (r < 0) {
        explicit_bzero(check->token, check->token_len);
        free(check);
    }
    return r;
}

/* The job */

/* Each start begins a row of checks of its own; those of earlier starts end. */
struct round {
    const struct messenger_opts *opts;
    int64_t number;
};

struct beginning {
    const struct messenger_opts *opts;
    struct channel channel;
};

static void begin(struct store *store, void *arg)
{
    const struct beginning *beginning = arg;
    int r = messenger_check(beginning->opts, &beginning->channel, NULL, NULL);

    (void)store;
    if (r < 0)
        log_event(LOG_WARN, "messenger.not_checked", LOG_ERR(r));
}

static int begin_later(struct turn *turn, const struct messenger_opts *opts, int64_t tenant,
                       int64_t id)
{
    struct beginning *beginning = arena_alloc(turn->arena, sizeof(*beginning));
    int r = beginning ? channel_load(turn, tenant, id, &beginning->channel) : ERR_MEMORY;

    if (r < 0)
        return r;
    beginning->opts = opts;
    return turn_effect(turn, begin, beginning);
}

static int add_next(struct turn *turn, const struct round *round, int64_t due_at)
{
    return job_add(
        turn, &(struct job){.kind = JOB_CHANNEL_CHECK, .object = round->number, .due_at = due_at});
}

static int run(struct turn *turn, const struct job *job, void *arg)
{
    const struct round *round = arg;
    struct sql_rows *rows;
    size_t i;
    bool more; /* the next round goes on */
    int r;

    if (job->object != round->number)
        return 0;
    r = turn_ask(turn, &channel_sql_live, SQL_ARGS(SQL_INT(CHANNEL_MESSENGER)), &rows);
    for (i = 0; r == 0 && i < sql_rows_count(rows); i++)
        r = begin_later(turn, round->opts, sql_int(rows, i, 1), sql_int(rows, i, 0));
    if (r == 0)
        r = hook_log_purge(turn, turn->now - HOOK_LOG_KEEP_MS, PURGE_MAX, &more);
    return r < 0 ? r : add_next(turn, round, turn->now + CHECK_EVERY_MS);
}

static int begin_round(struct turn *turn, void *arg)
{
    struct round *round = arg;

    round->number = turn_id(turn);
    return add_next(turn, round, 0);
}

int messenger_check_start(const struct messenger_opts *opts)
{
    static struct round round; /* one server in a process */

    round.opts = opts;
    job_register(opts->store, JOB_CHANNEL_CHECK,
                 &(struct job_ops){
                     .max_attempts = 1000,
                     .backoff_ms = MINUTE_MS,
                     .backoff_max_ms = CHECK_EVERY_MS,
                     .turn = run,
                     .arg = &round,
                 });
    return store_write_wait(opts->store, 0, begin_round, &round);
}
