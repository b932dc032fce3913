/* http_node.c - a flow's HTTP call: queued as a job, made once the turn is durable, and answered as
 * an event. A call whose fate is unknown is not made again: it may have had an effect. */
#include <stdlib.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/json.h"
#include "base/json_out.h"
#include "base/log.h"
#include "bot/turn_inside.h"
#include "store/job.h"

enum { PAYLOAD_MAX = 256 * 1024, TIMEOUT_MS = 10000, HEADERS_MAX = 20 };

struct http_call {
    struct store *store;
    int64_t job, tenant, conversation;
    int64_t id, epoch;
    int status; /* 0: no answer */
    char *body; /* owned */
    size_t body_len;
};

int http_node_add(struct bot_talk *talk, const struct bot_http *http)
{
    struct buf payload = BUF_INIT(PAYLOAD_MAX);
    struct json_out out;
    size_t i;
    int r;

    json_out_init(&out, &payload);
    json_out_object(&out, NULL);
    json_out_int(&out, "id", http->id);
    json_out_int(&out, "epoch", talk->c.epoch);
    json_out_str(&out, "method", slice_cstr(http->method));
    json_out_pii(&out, "url", http->url);
    json_out_pii(&out, "body", http->body);
    json_out_array(&out, "headers");
    for (i = 0; i < http->n_headers; i++) {
        json_out_object(&out, NULL);
        json_out_str(&out, "name", http->headers[i].name);
        json_out_pii(&out, "value", http->headers[i].value);
        json_out_close_object(&out);
    }
    json_out_close_array(&out);
    json_out_close_object(&out);
    r = json_out_end(&out);
    if (r == 0)
        r = job_add(talk->turn, &(struct job){
                                    .tenant = talk->c.tenant,
                                    .kind = JOB_HTTP_NODE,
                                    .ordering = talk->c.id,
                                    .object = talk->c.id,
                                    .person = talk->c.person,
                                    .slot = talk->c.slot,
                                    .payload = pii_of(buf_slice(&payload)),
                                });
    buf_done(&payload);
    return r;
}

static void release(void *arg)
{
    struct http_call *call = arg;

    free(call->body);
    free(call);
}

static int answered(struct turn *turn, void *arg)
{
    const struct http_call *call = arg;
    struct bot_event event = {
        .kind = BOT_HTTP_ANSWER,
        .id = call->id,
        .status = call->status,
        .body = pii_of(slice_of(call->body, call->body_len)),
    };

    return talk_later(turn, call->tenant, call->conversation, call->epoch, &event);
}

static void end(struct http_call *call, int result)
{
    int r = job_finish_then(call->store, call->job, call->tenant, result,
                            result == 0 ? answered : NULL, release, call);

    if (r < 0) {
        log_event(LOG_WARN, "bot.answer_waits", LOG_ERR(r));
        release(call);
    }
}

static void on_answer(void *arg, const struct fetch_answer *answer)
{
    struct http_call *call = arg;

    if (answer->err == ERR_CANCELED && !answer->sent) {
        end(call, ERR_CANCELED); /* closing: made at the next start */
        return;
    }
    if (answer->err == 0) {
        call->status = answer->status;
        call->body = malloc(answer->body.len + 1);
        if (call->body) {
            memcpy(call->body, answer->body.ptr, answer->body.len);
            call->body_len = answer->body.len;
        }
    }
    end(call, 0);
}

static size_t read_headers(const json_t *list, struct fetch_header ret[HEADERS_MAX])
{
    size_t i, n = 0;

    for (i = 0; i < json_array_size(list) && n < HEADERS_MAX; i++) {
        const json_t *entry = json_array_get(list, i);
        const char *name = json_string_value(json_object_get(entry, "name"));

        if (name)
            ret[n++] = (struct fetch_header){name, json_str(entry, "value")};
    }
    return n;
}

static int send(struct fetch *fetch, struct http_call *call, const json_t *payload)
{
    struct fetch_header headers[HEADERS_MAX];

    return fetch_send(
        fetch,
        &(struct fetch_request){
            .method = json_string_value(json_object_get(payload, "method")),
            .url = json_string_value(json_object_get(payload, "url")),
            .headers = headers,
            .header_count = read_headers(json_object_get(payload, "headers"), headers),
            .body = json_str(payload, "body"),
            .timeout_ms = TIMEOUT_MS,
            .answer_max = BOT_ANSWER_MAX,
        },
        on_answer, call);
}

static void start(struct store *store, const struct job *job, void *arg)
{
    CLEANUP(json_cleanup) json_t *payload = NULL;
    struct http_call *call = calloc(1, sizeof(*call));
    int r = call ? json_read(pii_reveal(job->payload), &payload) : ERR_MEMORY;

    if (!call) {
        r = job_finish(store, job->id, job->tenant, r, NULL, NULL);
        if (r < 0)
            log_event(LOG_WARN, "bot.answer_waits", LOG_ERR(r));
        return;
    }
    *call = (struct http_call){
        .store = store,
        .job = job->id,
        .tenant = job->tenant,
        .conversation = job->object,
        .id = json_int(payload, "id", 0),
        .epoch = json_int(payload, "epoch", -1),
    };
    /* Begun before and not ended: it may have been made. The flow hears that there was no answer.
     */
    if (r == 0 && job->attempts == 0)
        r = send(arg, call, payload);
    else if (r == 0)
        r = ERR_TIMEOUT;
    if (r < 0)
        end(call, r == ERR_BUSY ? r : 0);
}

void http_node_start(struct store *store, struct fetch *fetch)
{
    job_register(store, JOB_HTTP_NODE,
                 &(struct job_ops){
                     .max_attempts = 10,
                     .backoff_ms = SECOND_MS,
                     .backoff_max_ms = MINUTE_MS,
                     .start = start,
                     .arg = fetch,
                 });
}
