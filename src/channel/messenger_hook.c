#include "channel/messenger_hook.h"

#include "base/err.h"
#include "base/metrics.h"
#include "channel/hook_log.h"

/* How many events of a kind ended so. */
struct tally {
    size_t n[HOOK_KINDS][HOOK_OUTCOMES];
};

static enum hook_outcome outcome_of(int result)
{
    switch (result) {
    case 0:
        return HOOK_STORED;
    case ERR_EXISTS:
        return HOOK_DUPLICATE;
    case ERR_LIMIT:
        return HOOK_TOO_LARGE;
    default: /* unknown, erased or deactivated: all the same from outside */
        return HOOK_NOBODY;
    }
}

static int write_lines(struct turn *turn, const struct channel *channel, const struct tally *tally,
                       const struct messenger_arrival *arrival)
{
    struct hook_line line = {
        .tenant = channel->tenant,
        .channel = channel->id,
        .source = HOOK_MESSENGER,
        .size = arrival->size,
        .latency_us = arrival->latency_us,
    };
    int kind, outcome, r = 0;

    for (kind = 1; kind < HOOK_KINDS; kind++) {
        for (outcome = 1; r == 0 && outcome < HOOK_OUTCOMES; outcome++) {
            if (!tally->n[kind][outcome])
                continue;
            line.kind = (enum hook_kind)kind;
            line.outcome = (enum hook_outcome)outcome;
            r = hook_log_add(turn, &line);
        }
    }
    return r;
}

static int follow_policy(struct turn *turn, struct channel *channel, enum messenger_policy policy)
{
    switch (policy) {
    case POLICY_NONE:
        return 0;
    case POLICY_BLOCK:
        return channel_enter(turn, channel, CHANNEL_BROKEN, CHANNEL_BLOCKED);
    case POLICY_UNBLOCK:
        if (channel->state != CHANNEL_BROKEN || channel->reason != CHANNEL_BLOCKED)
            return 0;
        return channel_enter(turn, channel, CHANNEL_ON, CHANNEL_FINE);
    }
    return ERR_INTERNAL;
}

static void count_ignored(const struct messenger_page *page, struct tally *tally)
{
    int kind;

    for (kind = 1; kind < HOOK_KINDS; kind++) {
        tally->n[kind][HOOK_IGNORED] += page->ignored[kind];
        metric_add(METRIC_HOOK_IGNORED, (int64_t)page->ignored[kind]);
    }
}

int messenger_hook_file(struct turn *turn, int64_t channel_id, int64_t tenant,
                        struct messenger_page *page, size_t from, size_t n,
                        const struct messenger_arrival *arrival)
{
    struct tally *tally = arena_alloc(turn->arena, sizeof(*tally));
    struct channel channel;
    size_t i;
    int r = channel_load(turn, tenant, channel_id, &channel);

    if (!tally)
        return ERR_MEMORY;
    if (r == 0 && from == 0) {
        count_ignored(page, tally);
        r = follow_policy(turn, &channel, page->policy);
    }
    if (r == 0 && channel.state != CHANNEL_OFF)
        r = talk_ingest(turn, &channel, page->events + from, n);
    if (r < 0)
        return r;
    for (i = from; i < from + n; i++) {
        enum hook_outcome outcome =
            channel.state == CHANNEL_OFF ? HOOK_IGNORED : outcome_of(page->events[i].result);

        tally->n[page->kinds[i]][outcome]++;
    }
    return write_lines(turn, &channel, tally, arrival);
}
