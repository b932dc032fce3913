/* daily.h - what is thrown away once a day, and at each start: old journal rows, marks, tombstones,
 * keys that lie ready. A thread of its own, so that nobody waits for it. */
#ifndef CLI_DAILY_H
#define CLI_DAILY_H

#include "store/store.h"

struct daily;

int daily_start(struct store *store, struct daily **ret) MUST_CHECK;
/** Before store_close. Takes NULL, returns NULL. */
struct daily *daily_stop(struct daily *daily);

#endif
