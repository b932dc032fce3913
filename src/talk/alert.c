#include "talk/alert.h"

#include "account/post.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/json.h"
#include "store/job.h"
#include "talk/message.h"

/* Quoting is off unless the firm switched it on: an alert then holds the person's last words,
 * sealed under the person's key for as long as the mail waits. */
static int quote(struct turn *turn, const struct conversation *c, struct post *post)
{
    CLEANUP(json_cleanup) json_t *settings = NULL;
    struct tenant tenant;
    struct message m;
    int r = tenant_load(turn, c->tenant, &tenant);

    if (r < 0)
        return r;
    if (tenant.settings.len == 0 || json_read(tenant.settings, &settings) < 0 ||
        !json_bool(settings, "quote_in_alerts", false) || !c->last_message)
        return 0;
    r = message_load(turn, c->tenant, c->last_message, &m);
    if (r == 0)
        r = message_text(turn, m.body, &post->text);
    post->person = c->person;
    post->person_slot = c->slot;
    return r;
}

static int help_job(struct turn *turn, const struct job *job, void *arg)
{
    struct conversation c;
    struct user *users;
    size_t i, n;
    struct post post;
    int r = conversation_load(turn, job->tenant, job->object, &c);

    (void)arg;
    if (r == ERR_NOT_FOUND || (r == 0 && !c.help_wanted_at))
        return 0; /* erased, or somebody was faster */
    if (r == 0)
        r = user_alerted(turn, c.tenant, ALERT_HELP, &users, &n);
    if (r < 0)
        return r;
    post = (struct post){
        .kind = POST_HELP,
        .tenant = c.tenant,
        .conversation = c.id,
        .word = slice_cstr(talk_channel_kind_word(c.channel_kind)),
        .since = c.help_wanted_at,
    };
    r = quote(turn, &c, &post);
    for (i = 0; r == 0 && i < n; i++) {
        post.user = users[i].id;
        r = post_add(turn, &post);
    }
    return r;
}

void alert_start(struct store *store)
{
    job_register(store, JOB_HUMAN_HELP,
                 &(struct job_ops){
                     .max_attempts = 20,
                     .backoff_ms = SECOND_MS,
                     .backoff_max_ms = 10 * MINUTE_MS,
                     .turn = help_job,
                 });
}

int alert_channel(struct turn *turn, const struct channel *channel)
{
    struct user *users;
    size_t i, n;
    struct post post = {
        .kind = POST_CHANNEL,
        .tenant = channel->tenant,
        .channel = channel->id,
        .word = slice_cstr(talk_channel_reason_word(channel->reason)),
    };
    int r = user_alerted(turn, channel->tenant, ALERT_CHANNEL, &users, &n);

    for (i = 0; r == 0 && i < n; i++) {
        post.user = users[i].id;
        r = post_add(turn, &post);
    }
    return r;
}
