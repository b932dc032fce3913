#include "channel/messenger_deletion.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/codec.h"
#include "base/err.h"
#include "base/log.h"
#include "channel/graph.h"
#include "channel/hook_kind.h"
#include "channel/sql.h"
#include "person/person.h"
#include "privacy/erase.h"
#include "store/job.h"
#include "talk/channel.h"

enum { CODE_BYTES = (DELETION_CODE_SIZE - 1) / 2, TOKEN_MAX = 300, PATH_MAX_BYTES = 100 };

int messenger_deletion_request(struct turn *turn, struct pii asid,
                               char ret_code[DELETION_CODE_SIZE])
{
    unsigned char code[CODE_BYTES];
    int64_t id = turn_id(turn);
    int r;

    turn_random(turn, code, sizeof(code));
    r = turn_put(turn, &channel_sql_deletion_add,
                 SQL_ARGS(SQL_INT(id), SQL_INT(0), SQL_BLOB(slice_of(code, sizeof(code))),
                          SQL_INT(HOOK_MESSENGER), SQL_INT(DELETION_ASKING), SQL_INT(turn->now)));
    if (r == 0)
        r = job_add(turn, &(struct job){.kind = JOB_DELETION, .object = id, .payload = asid});
    if (r == 0)
        hex_encode(slice_of(code, sizeof(code)), ret_code);
    return r;
}

int messenger_deletion_find(struct turn *turn, struct slice code, struct deletion *ret)
{
    unsigned char bytes[CODE_BYTES];
    struct sql_rows *rows;
    int r;

    if (hex_decode(code, bytes, sizeof(bytes)) < 0)
        return ERR_NOT_FOUND;
    r = turn_ask(turn, &channel_sql_deletion_find,
                 SQL_ARGS(SQL_BLOB(slice_of(bytes, sizeof(bytes)))), &rows);
    if (r < 0)
        return r;
    if (sql_rows_count(rows) == 0)
        return ERR_NOT_FOUND;
    *ret = (struct deletion){
        .tenant = sql_int(rows, 0, 0),
        .state = (enum deletion_state)sql_int(rows, 0, 1),
        .requested_at = sql_int(rows, 0, 2),
        .erasure = sql_int(rows, 0, 3),
    };
    return 0;
}

/* The job: GET /{asid}/ids_for_pages with the app's own token. */

struct question {
    const struct messenger_opts *opts;
    int64_t job, request;
    json_t *answer; /* NULL: Meta does not tell */
};

static void question_free(void *arg)
{
    struct question *question = arg;

    json_decref(question->answer);
    free(question);
}

static int enter(struct turn *turn, const struct question *question, enum deletion_state state,
                 int64_t tenant, int64_t erasure)
{
    return turn_put(turn, &channel_sql_deletion_enter,
                    SQL_ARGS(SQL_INT(state), SQL_INT(tenant), SQL_INT_OR_NULL(erasure),
                             SQL_INT(question->request)));
}

/* {"id":PSID,"page":{"id":PAGE}}. ERR_NOT_FOUND: the Page or the person is not ours. */
static int erase_one(struct turn *turn, const json_t *entry, int64_t *ret_tenant,
                     int64_t *ret_erasure)
{
    char page_space[24], psid_space[24];
    struct slice page = json_id(json_object_get(entry, "page"), "id", page_space);
    struct slice psid = json_id(entry, "id", psid_space);
    struct person_ref person;
    struct channel channel;
    int r = page.len && psid.len ? channel_find(turn, CHANNEL_MESSENGER, page, &channel)
                                 : ERR_NOT_FOUND;

    if (r == 0)
        r = person_resolve(turn, channel.tenant, channel.id, pii_of(psid), turn->now, false,
                           &person);
    if (r == 0)
        r = erase_request(turn, channel.tenant, person.id, DOOR_META, ret_erasure);
    if (r == 0)
        *ret_tenant = channel.tenant;
    return r;
}

static int apply(struct turn *turn, void *arg)
{
    const struct question *question = arg;
    const json_t *list = json_object_get(question->answer, "data");
    int64_t tenant = 0, erasure = 0;
    size_t i;

    for (i = 0; i < json_array_size(list); i++) {
        int r = erase_one(turn, json_array_get(list, i), &tenant, &erasure);

        if (r < 0 && r != ERR_NOT_FOUND && r != ERR_FORGOTTEN)
            return r;
    }
    return enter(turn, question, erasure ? DELETION_FOUND : DELETION_NOBODY, tenant, erasure);
}

static void finish(struct question *question, int result)
{
    int r = job_finish_then(question->opts->store, question->job, 0, result,
                            result == 0 ? apply : NULL, question_free, question);

    if (r < 0) { /* closing: the job runs again after the next start */
        log_event(LOG_WARN, "deletion.finish_lost", LOG_ERR(r));
        question_free(question);
    }
}

static bool is_temporary(int64_t code)
{
    return code == 1 || code == 2 || code == 4 || code == 613 || code == 1200;
}

static void answered(void *arg, const struct fetch_answer *answer)
{
    struct question *question = arg;
    struct graph_error error;
    int r = graph_read(answer, &question->answer, &error);

    if (r == ERR_REFUSED) {
        log_event(LOG_WARN, "deletion.not_matched", LOG_INT("code", error.code));
        r = is_temporary(error.code) ? ERR_UNAVAILABLE : 0;
    }
    finish(question, r);
}

static int ask(struct question *question, struct pii asid)
{
    const struct messenger_opts *opts = question->opts;
    struct slice id = pii_reveal(asid);
    char token[TOKEN_MAX], path[PATH_MAX_BYTES];
    int n;

    if (!graph_is_id(id) || opts->app_id.len == 0 || opts->app_secret.len == 0)
        return ERR_NOT_FOUND;
    n = snprintf(token, sizeof(token), "%.*s|%.*s", SLICE_ARG(opts->app_id),
                 SLICE_ARG(opts->app_secret));
    if (n < 0 || (size_t)n >= sizeof(token))
        return ERR_NOT_FOUND;
    snprintf(path, sizeof(path), "%.*s/ids_for_pages", SLICE_ARG(id));
    return graph_send(
        opts,
        &(struct graph_call){.method = "GET", .path = path, .token = slice_of(token, (size_t)n)},
        answered, question);
}

static void start(struct store *store, const struct job *job, void *arg)
{
    struct question *question = calloc(1, sizeof(*question));
    int r;

    if (!question) {
        r = job_finish(store, job->id, 0, ERR_MEMORY, NULL, NULL);
        if (r < 0)
            log_event(LOG_WARN, "deletion.finish_lost", LOG_ERR(r));
        return;
    }
    *question = (struct question){arg, job->id, job->object, NULL};
    r = ask(question, job->payload);
    if (r == ERR_NOT_FOUND) /* there is no way to ask: the status page says so */
        r = 0;
    else if (r == 0)
        return;
    finish(question, r);
}

void messenger_deletion_start(const struct messenger_opts *opts)
{
    job_register(opts->store, JOB_DELETION,
                 &(struct job_ops){
                     .max_attempts = 50,
                     .backoff_ms = 10 * SECOND_MS,
                     .backoff_max_ms = 6 * HOUR_MS,
                     .start = start,
                     .arg = (void *)opts,
                 });
}
