/* hook_log.h - what providers posted, as typed lines: no text, no id of a person. */
#ifndef CHANNEL_HOOK_LOG_H
#define CHANNEL_HOOK_LOG_H

#include "base/clock.h"
#include "base/json_out.h"
#include "channel/hook_kind.h"
#include "store/store.h"

#define HOOK_LOG_KEEP_MS (14 * DAY_MS)

/** What one body said of one kind, with one outcome. */
struct hook_line {
    int64_t id, tenant, channel, at;
    enum hook_source source;
    enum hook_kind kind;
    enum hook_outcome outcome;
    int64_t size;       /* bytes of the body */
    int64_t latency_us; /* from the first byte to the writing of the line */
};

/** Adds a line inside the turn; id and at are set by it. */
int hook_log_add(struct turn *turn, const struct hook_line *line) MUST_CHECK;

struct hook_query {
    int64_t tenant;
    int64_t channel;           /* 0: all */
    enum hook_kind kind;       /* 0: all */
    enum hook_outcome outcome; /* 0: all */
    int64_t slower_than_us;    /* 0: all */
    int64_t cursor;            /* lines before this id; 0: the newest */
    size_t limit;              /* at most 100 */
};
/** Newest first, in the turn's arena; *ret_next is the cursor of the next page, 0 at the end. */
int hook_log_list(struct turn *turn, const struct hook_query *query, struct hook_line **ret,
                  size_t *ret_n, int64_t *ret_next) MUST_CHECK;
/** A line as JSON: {at, channel, kind, outcome, size, latency_us}, an element of an array. */
void hook_log_out(struct json_out *out, const struct hook_line *line);
/** Deletes up to `max` of the oldest lines made before `before`. *ret_more: call again. */
int hook_log_purge(struct turn *turn, int64_t before, size_t max, bool *ret_more) MUST_CHECK;

#endif
