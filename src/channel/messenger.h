/* messenger.h - Facebook Messenger as a channel: what it needs to run. */
#ifndef CHANNEL_MESSENGER_H
#define CHANNEL_MESSENGER_H

#include "net/fetch.h"
#include "store/store.h"

struct messenger_opts {
    struct store *store;
    struct fetch *fetch;
    const char *graph_url; /* "https://graph.facebook.com", without version; may end with '/' */
    struct slice app_id;
    struct slice app_secret;
};

/** Registers the port and the jobs. At start, before job_run_start and outbox_start; `opts` must
 * outlive the store's work. */
int messenger_start(const struct messenger_opts *opts) MUST_CHECK;

#endif
