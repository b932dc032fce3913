/* messenger_check.h - is a Page still ours? Meta silently ends the subscription of a Page whose
 * webhooks failed for an hour. */
#ifndef CHANNEL_MESSENGER_CHECK_H
#define CHANNEL_MESSENGER_CHECK_H

#include "channel/messenger.h"
#include "talk/channel.h"

struct messenger_report {
    int err;             /* 0: Meta answered; else why not (ERR_x) */
    int64_t code;        /* of Meta's error; 0: none */
    bool was_subscribed; /* when we asked */
    bool subscribed;     /* now: it was, or we did it again */
};

/** What the report means for the channel. Pure, for tests. */
enum channel_reason messenger_report_reason(const struct messenger_report *report);

/** Called once, when the channel's new state is durable (or could not be written), on a lane's
 * thread: must not block. */
typedef void messenger_checked(void *arg, const struct messenger_report *report);
/** Asks whether the app is subscribed to the Page, subscribes it again if not, and notes the
 * channel's state: a dead token and a missing permission break it, a good answer mends what they or
 * a lost subscription broke. Copies from `channel`. `checked` is called only when this returned 0.
 * Any thread. */
int messenger_check(const struct messenger_opts *opts, const struct channel *channel,
                    messenger_checked *checked, void *arg) MUST_CHECK;

/** JOB_CHANNEL_CHECK: every Page, each 15 minutes; first a moment after the start. */
int messenger_check_start(const struct messenger_opts *opts) MUST_CHECK;

#endif
