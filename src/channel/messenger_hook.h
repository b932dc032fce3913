/* messenger_hook.h - files what a Messenger body says about one Page, inside a turn. */
#ifndef CHANNEL_MESSENGER_HOOK_H
#define CHANNEL_MESSENGER_HOOK_H

#include "channel/messenger_in.h"

/** How a body came, for the webhook log. */
struct messenger_arrival {
    int64_t size;       /* bytes */
    int64_t latency_us; /* since its first byte */
};

/** Files events [from, from + n) of the page for its channel; with the first of them (from 0) also
 * what the provider says about the channel itself. Writes the webhook log. Running it again adds
 * nothing. */
int messenger_hook_file(struct turn *turn, int64_t channel, int64_t tenant,
                        struct messenger_page *page, size_t from, size_t n,
                        const struct messenger_arrival *arrival) MUST_CHECK;

#endif
