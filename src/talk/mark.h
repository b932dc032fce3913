/* mark.h - within talk: marks of what was seen before, keyed by the person's key. */
#ifndef TALK_MARK_H
#define TALK_MARK_H

#include "talk/message.h"

/** Sets a mark for `id`; ERR_EXISTS when it stands already. `message` (0: none) is what it led to.
 */
int mark_set(struct turn *turn, const struct conversation *conversation, struct pii id,
             int64_t message) MUST_CHECK;
/** The message a mark led to. ERR_NOT_FOUND. */
int mark_find(struct turn *turn, const struct conversation *conversation, struct pii id,
              int64_t *ret_message) MUST_CHECK;

#endif
