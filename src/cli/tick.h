/* tick.h - what is looked at every few seconds, by a thread of its own: sockets that must be
 * closed, and answers of bots that failed for want of room or database. */
#ifndef CLI_TICK_H
#define CLI_TICK_H

#include "api/app.h"

struct tick;

/** `app` with its hub and store must stand until tick_stop. */
int tick_start(struct app *app, struct tick **ret) MUST_CHECK;
/** Before store_close. Takes NULL, returns NULL. */
struct tick *tick_stop(struct tick *tick);

#endif
