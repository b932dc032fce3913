/* admin_hooks.c - the webhook log, by script. */
#include "base/err.h"
#include "channel/hook_log.h"
#include "cli/admin.h"
#include "talk/channel.h"

/* A channel by its id, or a Page by its own. */
static int find_channel(struct turn *turn, struct admin *admin, int64_t *ret)
{
    struct slice text = admin_text(admin, "channel");
    struct channel channel;
    int64_t id;
    int r;

    if (text.len == 0)
        return 0;
    if (id_parse(ID_CHANNEL, text, &id) == 0)
        r = channel_load(turn, admin->tenant, id, &channel);
    else
        r = channel_find(turn, CHANNEL_MESSENGER, text, &channel);
    if (r == ERR_NOT_FOUND || (r == 0 && channel.tenant != admin->tenant))
        return admin_fail(admin, ERR_NOT_FOUND, "The firm has no such channel.");
    if (r == 0)
        *ret = channel.id;
    return r;
}

static int read_filter(struct turn *turn, struct admin *admin, struct hook_query *ret)
{
    struct slice kind = admin_text(admin, "kind"), outcome = admin_text(admin, "outcome");
    struct slice slower = admin_text(admin, "slower_than_ms");
    int64_t ms = 0;

    if (kind.len)
        ret->kind = hook_kind_of(kind);
    if (outcome.len)
        ret->outcome = hook_outcome_of(outcome);
    if (ret->kind == HOOK_KINDS || ret->outcome == HOOK_OUTCOMES)
        return admin_fail(admin, ERR_INVALID, "There is no such kind or outcome of events.");
    if (slower.len && (slice_int64(slower, &ms) < 0 || ms < 0))
        return admin_fail(admin, ERR_INVALID, "--slower-than-ms takes a number.");
    ret->slower_than_us = ms * 1000;
    return find_channel(turn, admin, &ret->channel);
}

static int list(struct turn *turn, void *arg)
{
    struct admin *admin = arg;
    struct hook_query query = {.tenant = admin->tenant, .limit = 100};
    struct hook_line *lines;
    int64_t next;
    size_t i, n;
    int r = read_filter(turn, admin, &query);

    if (r == 0)
        r = hook_log_list(turn, &query, &lines, &n, &next);
    if (r < 0)
        return r;
    json_out_array(&admin->out, "items");
    for (i = 0; i < n; i++)
        hook_log_out(&admin->out, &lines[i]);
    json_out_close_array(&admin->out);
    return 0;
}

int admin_hooks_log(struct admin *admin)
{
    return admin_read(admin, list);
}
