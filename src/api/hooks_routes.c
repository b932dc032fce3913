/* hooks_routes.c - the doors through which providers post to us. */
#include <stdatomic.h>

#include "api/app.h"
#include "api/routes.h"
#include "base/err.h"
#include "base/log.h"
#include "base/metrics.h"
#include "channel/messenger_hook.h"
#include "channel/meta_sign.h"

/* Meta: WhatsApp bodies up to 3 MB, Messenger below. */
enum { HOOK_BODY_MAX = 4 * 1024 * 1024, EVENTS_PER_TURN = 100 };

/* GET /hooks/meta: Meta asks whether this address is ours (hub.mode=subscribe). */
static int verify(struct turn *turn, struct call *call)
{
    struct slice mode = http_query_param(call->http, "hub.mode");
    struct slice token = http_query_param(call->http, "hub.verify_token");
    struct slice challenge = http_query_param(call->http, "hub.challenge");
    struct slice ours = call->app->meta_verify_token;

    (void)turn;
    if (ours.len == 0) {
        log_event(LOG_WARN, "hooks.no_verify_token", LOG_WORD("set", "meta.verify_token"));
        return call_fail(call, ERR_DENIED, "No verify token is configured (meta.verify_token).");
    }
    if (!slice_eq(mode, SLICE("subscribe")) || !slice_eq_secret(token, ours) || challenge.len == 0)
        return call_fail(call, ERR_DENIED, "The verify token is not ours.");
    call->answer.type = "text/plain";
    call->answer.body = challenge;
    return 0;
}

/* POST /hooks/meta: one item per Page and hundred events, answered after the last commit. */

struct delivery {
    struct call *call;
    struct messenger_arrival arrival;
    struct part *parts;
    size_t n;
    atomic_size_t left;
    atomic_int err;
};

struct part {
    struct delivery *delivery;
    struct messenger_page *page;
    int64_t channel, tenant;
    size_t from, n;
};

static void fail(struct delivery *delivery, int err)
{
    int none = 0;

    atomic_compare_exchange_strong(&delivery->err, &none, err);
}

/* Never 200 for what is not stored, and always an answer that makes Meta try again. */
static void settle(struct delivery *delivery)
{
    int err;

    if (atomic_fetch_sub(&delivery->left, 1) > 1)
        return;
    err = atomic_load(&delivery->err);
    if (err < 0)
        log_event(LOG_WARN, "hooks.not_stored", LOG_WORD("source", "meta"), LOG_ERR(err));
    if (err < 0 && !err_retryable(err))
        err = ERR_UNAVAILABLE;
    call_resume(delivery->call, err);
}

static int file_part(struct turn *turn, void *arg)
{
    const struct part *part = arg;
    int r = messenger_hook_file(turn, part->channel, part->tenant, part->page, part->from, part->n,
                                &part->delivery->arrival);

    return r == ERR_NOT_FOUND ? 0 : r; /* the channel was removed meanwhile */
}

static void part_done(struct turn *turn, void *arg, int result)
{
    struct part *part = arg;

    (void)turn;
    if (result < 0)
        fail(part->delivery, result);
    settle(part->delivery);
}

static int file_all(struct call *call)
{
    struct delivery *delivery = call->data;
    size_t i, n = delivery->n;

    atomic_store(&delivery->left, n + 1);
    for (i = 0; i < n; i++) {
        struct part *part = &delivery->parts[i];
        int r = store_write(call->app->store, part->tenant, file_part, part_done, part);

        if (r < 0) {
            fail(delivery, r);
            settle(delivery);
        }
    }
    settle(delivery);
    return 0;
}

static size_t parts_of(const struct messenger_page *page)
{
    return page->n ? (page->n + EVENTS_PER_TURN - 1) / EVENTS_PER_TURN : 1;
}

static void add_parts(struct delivery *delivery, struct messenger_page *page,
                      const struct channel *channel)
{
    size_t i, n = parts_of(page);

    for (i = 0; i < n; i++) {
        size_t from = i * EVENTS_PER_TURN, left = page->n - from;

        delivery->parts[delivery->n++] =
            (struct part){delivery,        page, channel->id,
                          channel->tenant, from, left < EVENTS_PER_TURN ? left : EVENTS_PER_TURN};
    }
}

/* The signature proves the app; whose events they are, the Page's id says. */
static int find_pages(struct turn *turn, struct messenger_batch *batch, struct delivery *delivery)
{
    struct channel channel;
    size_t i, unknown = batch->ignored;
    int r;

    for (i = 0; i < batch->n; i++) {
        r = channel_find(turn, CHANNEL_MESSENGER, batch->pages[i].id, &channel);
        if (r == 0)
            add_parts(delivery, &batch->pages[i], &channel);
        else if (r == ERR_NOT_FOUND)
            unknown += batch->pages[i].n + 1;
        else
            return r;
    }
    if (unknown) {
        metric_add(METRIC_HOOK_IGNORED, (int64_t)unknown);
        log_event(LOG_WARN, "hooks.unknown_page", LOG_INT("events", (int64_t)unknown));
    }
    return 0;
}

static int make_delivery(struct turn *turn, struct call *call, struct messenger_batch *batch)
{
    struct delivery *delivery = arena_alloc(call->big, sizeof(*delivery));
    size_t i, n = 0;
    int r;

    for (i = 0; i < batch->n; i++)
        n += parts_of(&batch->pages[i]);
    if (!delivery)
        return ERR_MEMORY;
    delivery->call = call;
    delivery->arrival =
        (struct messenger_arrival){(int64_t)http_body(call->http).len, http_age_us(call->http)};
    delivery->parts = arena_array(call->big, n + 1, sizeof(*delivery->parts));
    if (!delivery->parts)
        return ERR_MEMORY;
    r = find_pages(turn, batch, delivery);
    call->data = delivery;
    call->suspend = file_all;
    call->answer.type = "text/plain";
    return r;
}

static int refuse(struct call *call, const char *why)
{
    metric_add(METRIC_HOOK_REFUSED, 1);
    log_event(LOG_WARN, "hooks.refused", LOG_WORD("source", "meta"), LOG_WORD("why", why));
    return call_fail(call, ERR_AUTH, "The signature is missing or wrong.");
}

static int check_signature(struct call *call)
{
    struct slice header = http_header(call->http, "x-hub-signature-256");

    if (call->app->meta_app_secret.len == 0) {
        log_event(LOG_ERROR, "hooks.no_app_secret", LOG_WORD("set", "meta.app_secret"));
        return call_fail(call, ERR_UNAVAILABLE,
                         "The Meta app's secret is not configured here (meta.app_secret).");
    }
    if (header.len == 0)
        return refuse(call, "unsigned");
    return meta_signed(call->app->meta_app_secret, header, http_body(call->http))
               ? 0
               : refuse(call, "wrong_signature");
}

static int receive(struct turn *turn, struct call *call)
{
    const struct messenger_in_opts opts = {call->app->meta_app_id, turn->now};
    struct messenger_batch batch;
    int r = check_signature(call);

    if (r < 0)
        return r;
    if (!call->big)
        call->big = arena_new(MESSENGER_IN_ARENA);
    if (!call->big)
        return ERR_MEMORY;
    r = messenger_in_read(call->big, http_body(call->http), &opts, &batch);
    if (r == ERR_SYNTAX || r == ERR_LIMIT) { /* signed, but no JSON: it would never become so */
        metric_add(METRIC_HOOK_IGNORED, 1);
        log_event(LOG_WARN, "hooks.unreadable", LOG_ERR(r));
        call->answer.type = "text/plain";
        return 0;
    }
    return r < 0 ? r : make_delivery(turn, call, &batch);
}

const struct route hooks_routes[] = {
    {HTTP_GET_, "/hooks/meta", LANE_NONE, ACCESS_PUBLIC, 0, verify},
    {HTTP_POST_, "/hooks/meta", LANE_READ, ACCESS_PUBLIC, 0, receive, .body_max = HOOK_BODY_MAX,
     .raw = true},
};
const size_t hooks_routes_count = ARRAY_LEN(hooks_routes);
