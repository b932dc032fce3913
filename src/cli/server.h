/* server.h - within cli: a whole Lethe, opened and closed in the right order. */
#ifndef CLI_SERVER_H
#define CLI_SERVER_H

#include "account/post.h"
#include "api/app.h"
#include "base/buf.h"
#include "channel/messenger.h"
#include "cli/config.h"
#include "cli/daily.h"
#include "cli/tick.h"

struct lethe {
    struct config config;
    struct app app;
    struct post_opts post;
    struct messenger_opts messenger;
    struct server *server;
    struct daily *daily;
    struct admin_socket *admin;
    struct tick *tick;
    char public_url[256];
    char vault_dir[4096];
};

/** Opens the store of the configuration and registers every room with it. On an error *problem
 * holds a sentence for the operator. */
int lethe_open(struct lethe *lethe, struct buf *problem) MUST_CHECK;
/** Starts fetch, jobs, outbox, hub and the HTTP server. */
int lethe_serve(struct lethe *lethe, struct buf *problem) MUST_CHECK;
/** Stops what runs, in reverse order, and closes the store. */
void lethe_close(struct lethe *lethe);

#endif
