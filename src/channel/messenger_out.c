#include "channel/messenger_out.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/id.h"
#include "base/log.h"
#include "channel/graph.h"
#include "channel/messenger_compose.h"
#include "person/recipient.h"
#include "talk/outbox.h"

enum { REQUEST_MAX = 256 * 1024 };
#define RATE_WAIT_MS     MINUTE_MS
#define RATE_WAIT_MAX_MS HOUR_MS

/* When we may write: since the person's last own action. The tags that automation once used are
 * refused since 2026-04-27; what is left is for words that a person types. */
static const struct window {
    const char *messaging_type, *tag;
    int64_t open_ms;
} by_anyone = {"RESPONSE", NULL, 24 * HOUR_MS},
  by_hand = {"MESSAGE_TAG", "HUMAN_AGENT", 7 * DAY_MS};

static bool is_open(const struct window *window, const struct conversation *c, int64_t now)
{
    return c->last_in_at && now - c->last_in_at <= window->open_ms;
}

static int may_send(const struct conversation *c, int64_t now)
{
    return is_open(&by_anyone, c, now) ? 0 : ERR_WINDOW;
}

/* The app needs Meta's permission for it: the channel's settings say {"human_agent": true}. */
static int may_send_by_hand(const struct conversation *c, const struct channel *channel,
                            int64_t now)
{
    CLEANUP(json_cleanup) json_t *settings = NULL;

    if (!is_open(&by_hand, c, now) || channel->settings.len == 0 ||
        json_read(channel->settings, &settings) < 0)
        return ERR_WINDOW;
    return json_bool(settings, "human_agent", false) ? 0 : ERR_WINDOW;
}

static int64_t window_closes_at(const struct conversation *c)
{
    return c->last_in_at ? c->last_in_at + by_anyone.open_ms : 0;
}

/* What Meta's errors mean (Messenger Platform, error codes). The first row that matches counts;
 * subcode 0 matches all. A code that is not here is tried again, to the outbox's limit. */
static const struct rule {
    int code, subcode;
    enum send_outcome outcome;
    enum send_reason reason;
    enum channel_reason broken;
    bool rate;
} rules[] = {
    {1200, 0, SENT_AGAIN, SEND_FINE, CHANNEL_FINE, false},
    {2, 0, SENT_AGAIN, SEND_FINE, CHANNEL_FINE, false},
    {4, 2018354, SENT_REFUSED, SEND_TOO_OFTEN, CHANNEL_FINE, false},
    {9, 2018352, SENT_REFUSED, SEND_TOO_OFTEN, CHANNEL_FINE, false},
    {4, 0, SENT_AGAIN, SEND_FINE, CHANNEL_FINE, true},
    {613, 0, SENT_AGAIN, SEND_FINE, CHANNEL_FINE, true},
    {190, 0, SENT_REFUSED, SEND_TOKEN_DEAD, CHANNEL_TOKEN_DEAD, false},
    {10, 2018278, SENT_REFUSED, SEND_WINDOW_CLOSED, CHANNEL_FINE, false},
    {10, 2018065, SENT_REFUSED, SEND_WINDOW_CLOSED, CHANNEL_FINE, false},
    {10, 2018108, SENT_REFUSED, SEND_UNREACHABLE, CHANNEL_FINE, false},
    {551, 0, SENT_REFUSED, SEND_UNREACHABLE, CHANNEL_FINE, false},
    {230, 0, SENT_REFUSED, SEND_UNREACHABLE, CHANNEL_FINE, false},
    {10, 0, SENT_REFUSED, SEND_PERMISSION, CHANNEL_PERMISSION_MISSING, false},
    {200, 0, SENT_REFUSED, SEND_PERMISSION, CHANNEL_PERMISSION_MISSING, false},
    {100, 2018001, SENT_REFUSED, SEND_UNREACHABLE, CHANNEL_FINE, false},
    {100, 0, SENT_REFUSED, SEND_BAD_REQUEST, CHANNEL_FINE, false},
    {368, 0, SENT_REFUSED, SEND_BLOCKED, CHANNEL_BLOCKED, false},
    {2022, 0, SENT_REFUSED, SEND_BLOCKED, CHANNEL_BLOCKED, false},
};

static int64_t rate_wait(const struct fetch_answer *answer, int attempts)
{
    int64_t told = graph_wait_ms(answer);
    int64_t wait = RATE_WAIT_MS << (attempts < 10 ? attempts : 10);

    wait = wait < RATE_WAIT_MAX_MS ? wait : RATE_WAIT_MAX_MS;
    return told > wait ? told : wait;
}

static struct send_result by_rule(const struct graph_error *error,
                                  const struct fetch_answer *answer, int attempts)
{
    size_t i;

    for (i = 0; i < ARRAY_LEN(rules); i++) {
        const struct rule *rule = &rules[i];

        if (rule->code != error->code || (rule->subcode && rule->subcode != error->subcode))
            continue;
        return (struct send_result){
            .outcome = rule->outcome,
            .reason = rule->reason,
            .broken = rule->broken,
            .retry_ms = rule->rate ? rate_wait(answer, attempts) : 0,
        };
    }
    return (struct send_result){.outcome = SENT_AGAIN};
}

void messenger_out_judge(const struct fetch_answer *answer, int attempts, void **ret_keep,
                         struct send_result *ret)
{
    struct graph_error error;
    json_t *object = NULL;
    int r = graph_read(answer, &object, &error);

    *ret_keep = object;
    if (r == ERR_REFUSED)
        *ret = by_rule(&error, answer, attempts);
    else if (r == 0 && json_str(object, "message_id").len)
        *ret = (struct send_result){.outcome = SENT_ACCEPTED,
                                    .external = pii_of(json_str(object, "message_id"))};
    else
        *ret = (struct send_result){.outcome = answer->err < 0 && !answer->sent ? SENT_NOT_SENT
                                                                                : SENT_UNSURE};
}

struct sending {
    struct store *store;
    struct send_order order; /* its numbers only */
};

static void answered(void *arg, const struct fetch_answer *answer)
{
    struct sending *sending = arg;
    struct send_result result;
    void *keep;

    messenger_out_judge(answer, sending->order.attempts, &keep, &result);
    outbox_done(sending->store, &sending->order, &result);
    json_decref(keep);
    free(sending);
}

static int start(const struct messenger_opts *opts, const struct send_order *order,
                 struct sending *sending)
{
    const struct window *window = order->late ? &by_hand : &by_anyone;
    struct buf body = BUF_INIT(REQUEST_MAX);
    char metadata[ID_TEXT_SIZE], path[100];
    int r;

    if (!graph_is_id(order->account))
        return ERR_INVALID;
    id_text(ID_MESSAGE, order->message, metadata);
    snprintf(path, sizeof(path), "%.*s/messages", SLICE_ARG(order->account));
    r = messenger_compose(&(struct messenger_letter){order->to, order->body, window->messaging_type,
                                                     window->tag, metadata},
                          &body);
    if (r == 0)
        r = graph_send(
            opts,
            &(struct graph_call){
                .method = "POST", .path = path, .token = order->secret, .body = buf_slice(&body)},
            answered, sending);
    buf_done(&body);
    return r;
}

static void send(void *arg, const struct send_order *order)
{
    const struct messenger_opts *opts = arg;
    struct sending *sending = calloc(1, sizeof(*sending));
    struct send_result result = {.outcome = SENT_NOT_SENT};
    int r = sending ? 0 : ERR_MEMORY;

    if (r == 0) {
        *sending = (struct sending){opts->store,
                                    {.tenant = order->tenant,
                                     .message = order->message,
                                     .conversation = order->conversation,
                                     .channel = order->channel,
                                     .attempts = order->attempts}};
        r = start(opts, order, sending);
    }
    if (r == 0)
        return;
    free(sending);
    log_event(LOG_WARN, "messenger.not_sent", LOG_ERR(r));
    if (!err_retryable(r))
        result = (struct send_result){.outcome = SENT_REFUSED, .reason = SEND_BAD_REQUEST};
    outbox_done(opts->store, order, &result);
}

void messenger_out_start(const struct messenger_opts *opts)
{
    static struct talk_port port = {
        .kind = CHANNEL_MESSENGER,
        .text_max = MESSENGER_TEXT_MAX,
        .recipient = RECIPIENT_META,
        .profiles = true,
        .may_send = may_send,
        .may_send_by_hand = may_send_by_hand,
        .window_closes_at = window_closes_at,
        .send = send,
    };

    port.arg = (void *)opts;
    talk_port_register(&port);
}
