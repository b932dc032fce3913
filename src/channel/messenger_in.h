/* messenger_in.h - what Meta posts, as events. Pure: knows no table, no clock, no network.
 * Shapes: Meta's Messenger Platform webhook reference, v25.0. */
#ifndef CHANNEL_MESSENGER_IN_H
#define CHANNEL_MESSENGER_IN_H

#include "channel/hook_kind.h"
#include "talk/ingest.h"

enum messenger_policy { POLICY_NONE, POLICY_BLOCK, POLICY_UNBLOCK };

/** All that a body says about one Page. */
struct messenger_page {
    struct slice id;
    struct talk_in *events; /* by time */
    enum hook_kind *kinds;  /* of each event */
    size_t n, room;
    size_t ignored[HOOK_KINDS]; /* how many of a kind were understood and need nothing done */
    enum messenger_policy policy;
};

struct messenger_batch {
    struct messenger_page *pages;
    size_t n;
    size_t ignored; /* entries that name no Page */
};

struct messenger_in_opts {
    struct slice app_id; /* ours; empty: not configured, then metadata alone tells an echo */
    int64_t now;         /* ms; no event is later than this */
};

enum { MESSENGER_IN_ARENA = 48 * 1024 * 1024 };

/** Reads a body whose signature was checked. What can't be read within it is counted as ignored; it
 * never costs the rest. Nothing of `body` needs to outlive the call; the batch lies in `arena`.
 *  ERR_SYNTAX no JSON object at all, ERR_LIMIT nested too deep, ERR_MEMORY the arena is too
 * small (MESSENGER_IN_ARENA is enough for 4 MiB). */
int messenger_in_read(struct arena *arena, struct slice body, const struct messenger_in_opts *opts,
                      struct messenger_batch *ret) MUST_CHECK;

#endif
