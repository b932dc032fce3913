/* search.h - messages newest first, for those who look through their text. */
#ifndef TALK_SEARCH_H
#define TALK_SEARCH_H

#include "talk/message.h"

/** Ids of what was said or noted and still stands, below `before` (0: from the newest), at most
 * `max` and 1,000. In the turn's arena. */
int search_newest(struct turn *turn, int64_t tenant, int64_t before, size_t max, int64_t **ret,
                  size_t *ret_n) MUST_CHECK;

#endif
