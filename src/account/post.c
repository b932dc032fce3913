#include "account/post.h"

#include <stdlib.h>

#include "account/post_text.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/json.h"
#include "base/json_out.h"
#include "base/log.h"
#include "base/metrics.h"
#include "store/job.h"

enum { PAYLOAD_MAX = 64 * 1024, MESSAGE_ID_MAX = 128 };

/* One mail on its way: lives from the job's start to its end. */
struct mailing {
    const struct post_opts *opts;
    struct store *store;
    int64_t job;
    int64_t tenant;
    char *payload; /* JSON, owned */
    size_t payload_len;
};

static int write_payload(struct buf *b, const struct post *post)
{
    struct json_out out;

    json_out_init(&out, b);
    json_out_object(&out, NULL);
    json_out_int(&out, "kind", post->kind);
    json_out_int(&out, "user", post->user);
    json_out_pii(&out, "to", post->to);
    json_out_int(&out, "conversation", post->conversation);
    json_out_int(&out, "channel", post->channel);
    json_out_str(&out, "ticket", post->ticket);
    json_out_str(&out, "word", post->word);
    json_out_int(&out, "since", post->since);
    json_out_pii(&out, "subject", post->subject);
    json_out_pii(&out, "text", post->text);
    json_out_close_object(&out);
    return json_out_end(&out);
}

int post_add(struct turn *turn, const struct post *post)
{
    struct buf payload = BUF_INIT(PAYLOAD_MAX);
    int r = write_payload(&payload, post);

    if (r == 0)
        r = job_add(turn, &(struct job){
                              .tenant = post->tenant,
                              .kind = JOB_MAIL,
                              .object = post->conversation,
                              .person = post->person,
                              .slot = post->person_slot,
                              .payload = pii_of(buf_slice(&payload)),
                          });
    buf_done(&payload);
    return r;
}

/* Writing the mail, on a reader. */

static struct slice link_of(struct arena *arena, const struct post_opts *opts, enum post_kind kind,
                            const json_t *payload)
{
    char id[ID_TEXT_SIZE];

    switch (kind) {
    case POST_RESET:
        return arena_printf(arena, "%s/reset#%.*s", opts->public_url,
                            SLICE_ARG(json_str(payload, "ticket")));
    case POST_INVITATION:
        return arena_printf(arena, "%s/invite#%.*s", opts->public_url,
                            SLICE_ARG(json_str(payload, "ticket")));
    case POST_HELP:
    case POST_FLOW:
        return arena_printf(arena, "%s/app/inbox/%s", opts->public_url,
                            id_text(ID_CONVERSATION, json_int(payload, "conversation", 0), id).ptr);
    case POST_CHANNEL:
        return arena_printf(arena, "%s/app/settings/messenger", opts->public_url);
    case POST_TEST:
        break;
    }
    return arena_printf(arena, "%s/app", opts->public_url);
}

static enum alert_flag flag_of(enum post_kind kind)
{
    switch (kind) {
    case POST_HELP:
        return ALERT_HELP;
    case POST_CHANNEL:
        return ALERT_CHANNEL;
    case POST_RESET:
    case POST_INVITATION:
    case POST_TEST:
    case POST_FLOW:
        break;
    }
    return 0;
}

static int language_of(struct turn *turn, int64_t tenant, struct slice *ret)
{
    CLEANUP(json_cleanup) json_t *settings = NULL;
    struct tenant row;
    int r = tenant ? tenant_load(turn, tenant, &row) : ERR_NOT_FOUND;

    *ret = SLICE("en");
    if (r == ERR_NOT_FOUND)
        return 0;
    if (r == 0 && row.settings.len && json_read(row.settings, &settings) == 0)
        *ret = arena_copy(turn->arena, json_str(settings, "language"));
    return r;
}

/* Whom it goes to, read now: who left or changed the address gets no old mail. */
static int addressee(struct turn *turn, const struct mailing *mailing, const json_t *payload,
                     struct mail_message *mail)
{
    struct user user;
    int64_t id = json_int(payload, "user", 0);
    int r;

    if (!id) {
        mail->to = pii_of(arena_copy(turn->arena, json_str(payload, "to")));
        return 0;
    }
    r = user_load(turn, mailing->tenant, id, &user);
    if (r < 0)
        return r;
    if (user.state != USER_ACTIVE)
        return ERR_NOT_FOUND;
    mail->to = user.email;
    mail->to_name = user.name;
    return 0;
}

static int add_stop_link(struct turn *turn, const struct mailing *mailing, enum post_kind kind,
                         const json_t *payload, struct post_facts *facts)
{
    struct slice word;
    int r;

    if (!flag_of(kind))
        return 0;
    r = post_stop_word(turn->vault, turn->arena, json_int(payload, "user", 0), flag_of(kind),
                       &word);
    if (r < 0)
        return r;
    facts->stop_link = arena_printf(turn->arena, "%s/unsubscribe/%.*s", mailing->opts->public_url,
                                    SLICE_ARG(word));
    return facts->stop_link.ptr ? 0 : ERR_MEMORY;
}

static int compose(struct turn *turn, const struct mailing *mailing, const json_t *payload,
                   struct mail_message *mail)
{
    enum post_kind kind = (enum post_kind)json_int(payload, "kind", 0);
    int64_t since = json_int(payload, "since", 0);
    struct slice subject = arena_copy(turn->arena, json_str(payload, "subject"));
    struct post_facts facts = {
        .link = link_of(turn->arena, mailing->opts, kind, payload),
        .privacy_link = arena_printf(turn->arena, "%s/privacy", mailing->opts->public_url),
        .word = arena_copy(turn->arena, json_str(payload, "word")),
        .minutes = since ? (turn->now - since) / MINUTE_MS : 0,
        .text = pii_of(arena_copy(turn->arena, json_str(payload, "text"))),
    };
    int r = addressee(turn, mailing, payload, mail);

    if (r == 0)
        r = language_of(turn, mailing->tenant, &facts.lang);
    if (r == 0)
        r = add_stop_link(turn, mailing, kind, payload, &facts);
    if (r == 0)
        r = post_words(turn->arena, kind, &facts, &mail->subject, &mail->text);
    if (r < 0)
        return r;
    if (subject.len)
        mail->subject = subject;
    mail->auto_submitted = true;
    if (slice_starts(facts.stop_link,
                     SLICE("https://"))) /* RFC 8058 wants no other; the text has it too */
        mail->list_unsubscribe = facts.stop_link;
    mail->date_ms = turn->now;
    mail->message_id = arena_printf(turn->arena, "job-%lld@lethe.invalid", (long long)mailing->job);
    return 0;
}

static void mailing_end(struct mailing *mailing, int result)
{
    if (result == 0)
        metric_add(METRIC_MAILS, 1);
    /* Nobody to send it to any more: the job has done what it can. */
    if (result == ERR_NOT_FOUND || result == ERR_FORGOTTEN)
        result = 0;
    result = job_finish(mailing->store, mailing->job, mailing->tenant, result, NULL, NULL);
    if (result < 0) /* the job's row stays `running` and runs again after the next start */
        log_event(LOG_ERROR, "post.finish_lost", LOG_ERR(result));
    if (mailing->payload) /* it may hold a link's secret */
        explicit_bzero(mailing->payload, mailing->payload_len);
    free(mailing->payload);
    free(mailing);
}

static void sent(void *arg, const struct fetch_answer *answer)
{
    mailing_end(arg, answer->err);
}

static int read_and_send(struct turn *turn, void *arg)
{
    struct mailing *mailing = arg;
    CLEANUP(json_cleanup) json_t *payload = NULL;
    struct mail_message mail = {0};
    const struct mail_opts opts = {
        .smtp_url = mailing->opts->smtp_url,
        .user = mailing->opts->user,
        .password = mailing->opts->password,
        .from = mailing->opts->from,
    };
    int r = json_read(slice_of(mailing->payload, mailing->payload_len), &payload);

    if (r == 0)
        r = compose(turn, mailing, payload, &mail);
    return r < 0 ? r : mail_send(mailing->opts->fetch, &opts, &mail, sent, mailing);
}

static void read_done(struct turn *turn, void *arg, int result)
{
    (void)turn;
    if (result < 0)
        mailing_end(arg, result);
}

static void start(struct store *store, const struct job *job, void *arg)
{
    const struct post_opts *opts = arg;
    struct slice payload = pii_reveal(job->payload);
    struct mailing *mailing = calloc(1, sizeof(*mailing));
    int r = opts->smtp_url ? ERR_MEMORY : ERR_UNAVAILABLE;

    if (mailing) {
        *mailing = (struct mailing){
            opts, store, job->id, job->tenant, malloc(payload.len + 1), payload.len};
        if (mailing->payload) {
            memcpy(mailing->payload, payload.ptr, payload.len);
            if (opts->smtp_url)
                r = store_read(store, read_and_send, read_done, mailing);
        }
        if (r < 0)
            mailing_end(mailing, r);
        return;
    }
    r = job_finish(store, job->id, job->tenant, ERR_MEMORY, NULL, NULL);
    if (r < 0)
        log_event(LOG_ERROR, "post.finish_lost", LOG_ERR(r));
}

void post_start(struct store *store, const struct post_opts *opts)
{
    job_register(store, JOB_MAIL,
                 &(struct job_ops){
                     .max_attempts = 500,
                     .backoff_ms = 5 * SECOND_MS,
                     .backoff_max_ms = HOUR_MS,
                     .start = start,
                     .arg = (void *)opts,
                 });
}
