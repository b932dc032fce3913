/* meta_routes.c - for the firm: what Meta posted to us, and whether a Page is still connected. */
#include "api/app.h"
#include "api/render.h"
#include "api/routes.h"
#include "base/clock.h"
#include "base/err.h"
#include "channel/hook_log.h"
#include "channel/messenger_check.h"

/* GET /api/v1/hooks */

static int read_filter(struct call *call, struct hook_query *ret)
{
    struct slice kind = http_query_param(call->http, "kind");
    struct slice outcome = http_query_param(call->http, "outcome");
    struct slice channel = http_query_param(call->http, "channel");
    int64_t slower_ms = 0, limit = 0;
    int r = call_query_int(call, "slower_than_ms", 0, 3600 * 1000, 0, &slower_ms);

    if (r == 0)
        r = call_query_int(call, "limit", 1, 100, 50, &limit);
    if (r == 0)
        r = call_query_int(call, "cursor", 0, INT64_MAX, 0, &ret->cursor);
    if (r < 0)
        return r;
    if (channel.len && id_parse(ID_CHANNEL, channel, &ret->channel) < 0)
        return call_fail(call, ERR_INVALID, "\"channel\" is no channel's id.");
    if (kind.len)
        ret->kind = hook_kind_of(kind);
    if (outcome.len)
        ret->outcome = hook_outcome_of(outcome);
    if (ret->kind == HOOK_KINDS || ret->outcome == HOOK_OUTCOMES)
        return call_fail(call, ERR_INVALID, "There is no such kind or outcome of events.");
    ret->slower_than_us = slower_ms * 1000;
    ret->limit = (size_t)limit;
    return 0;
}

static int list_hooks(struct turn *turn, struct call *call)
{
    struct hook_query query = {.tenant = call->caller.tenant};
    struct slice cursor = SLICE_NONE;
    struct hook_line *lines;
    int64_t next;
    size_t i, n;
    int r = read_filter(call, &query);

    if (r == 0)
        r = hook_log_list(turn, &query, &lines, &n, &next);
    if (r < 0)
        return r;
    if (next) {
        cursor = arena_printf(turn->arena, "%lld", (long long)next);
        if (!cursor.ptr)
            return ERR_MEMORY;
    }
    render_list_open(&call->out);
    for (i = 0; i < n; i++)
        hook_log_out(&call->out, &lines[i]);
    render_list_close(&call->out, cursor, (int64_t)n);
    return 0;
}

/* POST /api/v1/channels/{id}/check */

struct checking {
    struct call *call;
    struct channel channel; /* in the call's arena */
    struct messenger_report report;
};

struct check_step {
    const char *name;
    bool ok;
    const char *good, *bad;
};

static void out_steps(struct json_out *out, const struct check_step *steps, size_t n)
{
    size_t i;

    json_out_object(out, NULL);
    json_out_array(out, "steps");
    for (i = 0; i < n; i++) {
        json_out_object(out, NULL);
        json_out_str(out, "name", slice_cstr(steps[i].name));
        json_out_bool(out, "ok", steps[i].ok);
        json_out_str(out, "text", slice_cstr(steps[i].ok ? steps[i].good : steps[i].bad));
        json_out_close_object(out);
        if (!steps[i].ok)
            break; /* what comes after can't be known */
    }
    json_out_close_array(out);
    json_out_close_object(out);
}

static const char *why_not_reached(int err)
{
    switch (err) {
    case ERR_TIMEOUT:
        return "Meta did not answer in time. Try again in a moment; if it stays so, ask whether a "
               "firewall holds back this server's calls.";
    case ERR_PROTOCOL:
        return "What answered at the Graph API's address is not Meta. Check meta.graph_url and the "
               "proxy of this server.";
    case ERR_CONFIG:
        return "No address of the Graph API is configured (meta.graph_url).";
    default:
        return "Meta can't be reached from this server. Check its DNS, its firewall and "
               "meta.graph_url.";
    }
}

static const char *subscribed_text(const struct messenger_report *report)
{
    return report->was_subscribed ? "The app receives the Page's messages."
                                  : "The app was not subscribed to the Page; now it is again.";
}

static int out_check(struct turn *turn, struct call *call)
{
    const struct checking *checking = call->data;
    const struct messenger_report *report = &checking->report;
    enum channel_reason reason = messenger_report_reason(report);
    const struct check_step steps[] = {
        {"app", call->app->meta_app_secret.len > 0, "The app's secret is configured.",
         "The app's secret is missing. Set meta.app_secret and start the server again."},
        {"reach", reason != CHANNEL_UNREACHABLE, "Meta can be reached.",
         why_not_reached(report->err)},
        {"token", reason != CHANNEL_TOKEN_DEAD, "Meta accepts the Page's token.",
         "Meta does not accept the Page's token any more. Make a new one in the app's settings and "
         "enter it here."},
        {"permission", reason != CHANNEL_PERMISSION_MISSING,
         "The app has the permissions it needs.",
         "The app lacks a permission for this Page: pages_messaging and pages_manage_metadata are "
         "needed. Grant them and make a new token."},
        {"subscription", report->subscribed, subscribed_text(report),
         "The app is not subscribed to the Page, and Meta did not let us subscribe it. Do it in "
         "the "
         "app's webhook settings."},
        {"webhook", checking->channel.last_event_at > 0, "Events of this Page have arrived.",
         "No event of this Page has arrived yet. Enter this server's address with /hooks/meta in "
         "the "
         "app's webhook settings, then write to the Page."},
    };

    (void)turn;
    out_steps(&call->out, steps, ARRAY_LEN(steps));
    return 0;
}

static void checked(void *arg, const struct messenger_report *report)
{
    struct checking *checking = arg;

    checking->report = *report;
    call_resume(checking->call, 0);
}

static int begin_check(struct call *call)
{
    struct checking *checking = call->data;
    int r;

    if (call->app->meta_app_secret.len == 0) {
        checking->report.err = ERR_CONFIG;
        call_resume(call, 0);
        return 0;
    }
    r = messenger_check(call->app->messenger, &checking->channel, checked, checking);
    if (r == ERR_INVALID) { /* no token any more */
        checking->report.code = 190;
        call_resume(call, 0);
        return 0;
    }
    return r;
}

static int keep(struct arena *arena, struct slice *s)
{
    if (s->len == 0)
        return 0;
    *s = arena_copy(arena, *s);
    return s->ptr ? 0 : ERR_MEMORY;
}

static int check(struct turn *turn, struct call *call)
{
    struct checking *checking = arena_alloc(call->arena, sizeof(*checking));
    int64_t id;
    int r = call_id(call, 0, ID_CHANNEL, &id);

    if (!checking)
        return ERR_MEMORY;
    checking->call = call;
    if (r == 0)
        r = channel_load(turn, call->caller.tenant, id, &checking->channel);
    if (r == 0 && checking->channel.kind != CHANNEL_MESSENGER)
        return ERR_NOT_FOUND;
    if (r == 0)
        r = keep(call->arena, &checking->channel.external);
    if (r == 0)
        r = keep(call->arena, &checking->channel.secret);
    call->data = checking;
    call->suspend = begin_check;
    call->then = out_check;
    call->then_lane = LANE_READ;
    return r;
}

const struct route meta_routes[] = {
    {HTTP_GET_, "/api/v1/hooks", LANE_READ, ACCESS_ADMIN, SCOPE_SETTINGS, list_hooks,
     .query = "channel?:id.channel kind?:text outcome?:text slower_than_ms?:int limit?:int"
              " cursor?:int",
     .gives = "items:list next:text~ total:int", .summary = "What providers posted, newest first"},
    {HTTP_POST_, "/api/v1/channels/{id}/check", LANE_READ, ACCESS_ADMIN, SCOPE_SETTINGS, check,
     .body_max = 1024, .takes = "", .gives = "steps:list",
     .summary = "Checks each step of a Page's connection"},
};
const size_t meta_routes_count = ARRAY_LEN(meta_routes);
