/* messenger_event.h - within channel: one event of a Messenger body. */
#ifndef CHANNEL_MESSENGER_EVENT_H
#define CHANNEL_MESSENGER_EVENT_H

#include "base/json.h"
#include "channel/messenger_in.h"

struct messenger_event {
    enum hook_kind kind;
    bool kept; /* `in` is to be filed; otherwise it was understood, and that was all */
    struct talk_in in;
    enum messenger_policy policy;
};

struct messenger_reading {
    struct arena *arena;
    const struct messenger_in_opts *opts;
    struct slice page;
    int64_t entry_time; /* for events that have no time of their own */
    bool standby;
};

/** ERR_MEMORY only. */
int messenger_event_read(const struct messenger_reading *reading, const json_t *item,
                         struct messenger_event *ret) MUST_CHECK;
/** What stands in a message's body beside its text, as a JSON object in the arena: payload,
 * attachments. Empty when there is nothing. */
int messenger_parts(struct arena *arena, const json_t *message, struct slice payload,
                    struct slice *ret) MUST_CHECK;

#endif
