/* messenger_profile.c - asks Meta about a person who wrote for the first time: only for the fields
 * whose purpose the firm declared. */
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/log.h"
#include "channel/graph.h"
#include "channel/messenger_jobs.h"
#include "person/person.h"
#include "person/purpose.h"
#include "person/recipient.h"
#include "store/job.h"
#include "talk/channel.h"

static const struct {
    enum person_field field;
    const char *name; /* Meta's; each but the first three needs a permission of its own */
} fields[] = {
    {FIELD_FIRST_NAME, "first_name"}, {FIELD_LAST_NAME, "last_name"},
    {FIELD_PICTURE, "profile_pic"},   {FIELD_LOCALE, "locale"},
    {FIELD_GENDER, "gender"},         {FIELD_TIMEZONE, "timezone"},
};

struct asking {
    const struct messenger_opts *opts;
    int64_t job, tenant, person;
    json_t *answer;
};

static void asking_free(void *arg)
{
    struct asking *asking = arg;

    json_decref(asking->answer);
    free(asking);
}

static struct pii text_of(const json_t *answer, const char *name)
{
    return pii_of(json_str(answer, name));
}

/* Hours from UTC, a number: "+2". */
static struct pii timezone_of(struct turn *turn, const json_t *answer)
{
    const json_t *value = json_object_get(answer, "timezone");

    if (!json_is_number(value))
        return text_of(answer, "timezone");
    return pii_of(arena_printf(turn->arena, "%+g", json_number_value(value)));
}

static int store_profile(struct turn *turn, void *arg)
{
    const struct asking *asking = arg;
    const struct person_profile profile = {
        .first_name = text_of(asking->answer, "first_name"),
        .last_name = text_of(asking->answer, "last_name"),
        .picture_url = text_of(asking->answer, "profile_pic"),
        .locale = text_of(asking->answer, "locale"),
        .gender = text_of(asking->answer, "gender"),
        .timezone = timezone_of(turn, asking->answer),
    };

    return person_set_profile(turn, asking->tenant, asking->person, &profile);
}

/* Ends the job: with a profile, or without one. */
static void finish(struct asking *asking, int result)
{
    bool stores = result == 0 && asking->answer;
    int r = job_finish_then(asking->opts->store, asking->job, asking->tenant, result,
                            stores ? store_profile : NULL, asking_free, asking);

    if (r < 0) { /* closing: the job runs again after the next start */
        log_event(LOG_WARN, "profile.finish_lost", LOG_ERR(r));
        asking_free(asking);
    }
}

/* What is not temporary means that no profile is to be had: an account without one (2018218), a
 * person who is gone, a missing permission, a dead token (of which the channel check tells). */
static int result_of(int r, const struct graph_error *error)
{
    if (r != ERR_REFUSED)
        return r;
    log_event(LOG_INFO, "profile.refused", LOG_INT("code", error->code),
              LOG_INT("subcode", error->subcode));
    switch (error->code) {
    case 1:
    case 2:
    case 4:
    case 613:
    case 1200:
        return ERR_UNAVAILABLE; /* temporary */
    default:
        return 0; /* goes on without */
    }
}

static void answered(void *arg, const struct fetch_answer *answer)
{
    struct asking *asking = arg;
    struct graph_error error;
    int r = graph_read(answer, &asking->answer, &error);

    finish(asking, result_of(r, &error));
}

static const char *query_of(struct turn *turn, unsigned declared)
{
    struct buf b = BUF_INIT(200);
    struct slice query = SLICE_NONE;
    size_t i, n = 0;
    int r = buf_addf(&b, "fields=");

    for (i = 0; r == 0 && i < ARRAY_LEN(fields); i++)
        if (declared & 1u << fields[i].field)
            r = buf_addf(&b, "%s%s", n++ ? "," : "", fields[i].name);
    if (r == 0 && n)
        query = arena_copy(turn->arena, buf_slice(&b));
    buf_done(&b);
    return query.ptr;
}

/* The person's first identity on a Page that works. ERR_NOT_FOUND. */
static int find_page(struct turn *turn, const struct asking *asking, struct channel *ret_channel,
                     struct pii *ret_psid)
{
    struct person_identity *list;
    size_t i, n;
    int r = person_identities(turn, asking->tenant, asking->person, &list, &n);

    for (i = 0; r == 0 && i < n; i++) {
        r = channel_load(turn, asking->tenant, list[i].channel, ret_channel);
        if (r == ERR_NOT_FOUND) {
            r = 0;
            continue;
        }
        *ret_psid = list[i].external;
        if (r == 0 && ret_channel->kind == CHANNEL_MESSENGER && ret_channel->state == CHANNEL_ON)
            return 0;
    }
    return r < 0 ? r : ERR_NOT_FOUND;
}

struct question {
    struct asking *asking;
    struct graph_call call;
};

/* After the commit: that Meta was asked is noted before it is. */
static void depart(struct store *store, void *arg)
{
    const struct question *question = arg;
    int r = graph_send(question->asking->opts, &question->call, answered, question->asking);

    (void)store;
    if (r < 0)
        finish(question->asking, r);
}

static int ask(struct turn *turn, void *arg)
{
    struct asking *asking = arg;
    struct pii psid = pii_of(SLICE_NONE);
    struct channel channel;
    struct question *question;
    unsigned declared;
    int r = purpose_mask(turn, asking->tenant, &declared);

    if (r == 0 && !declared)
        return ERR_NOT_FOUND;
    if (r == 0)
        r = find_page(turn, asking, &channel, &psid);
    if (r < 0)
        return r;
    if (!graph_is_id(pii_reveal(psid)))
        return ERR_NOT_FOUND;
    question = arena_alloc(turn->arena, sizeof(*question));
    if (!question)
        return ERR_MEMORY;
    question->asking = asking;
    question->call = (struct graph_call){
        .method = "GET",
        .path = arena_copy(turn->arena, pii_reveal(psid)).ptr,
        .query = query_of(turn, declared),
        .token = channel.secret,
    };
    if (!question->call.path || !question->call.query)
        return ERR_MEMORY;
    r = recipient_note(turn, asking->tenant, asking->person, RECIPIENT_META);
    return r < 0 ? r : turn_effect(turn, depart, question);
}

static void asked(struct turn *turn, void *arg, int result)
{
    (void)turn;
    if (result == ERR_NOT_FOUND) /* nothing is wanted, or nobody is there to ask about */
        finish(arg, 0);
    else if (result < 0)
        finish(arg, result);
}

static void start(struct store *store, const struct job *job, void *arg)
{
    struct asking *asking = calloc(1, sizeof(*asking));
    int r = asking ? 0 : ERR_MEMORY;

    if (r == 0) {
        *asking = (struct asking){arg, job->id, job->tenant, job->object, NULL};
        r = store_write(store, job->tenant, ask, asked, asking);
        if (r < 0)
            finish(asking, r);
        return;
    }
    r = job_finish(store, job->id, job->tenant, r, NULL, NULL);
    if (r < 0)
        log_event(LOG_WARN, "profile.finish_lost", LOG_ERR(r));
}

void messenger_profile_start(const struct messenger_opts *opts)
{
    job_register(opts->store, JOB_PROFILE,
                 &(struct job_ops){
                     .max_attempts = 8,
                     .backoff_ms = 5 * SECOND_MS,
                     .backoff_max_ms = HOUR_MS,
                     .start = start,
                     .arg = (void *)opts,
                 });
}
