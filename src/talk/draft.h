/* draft.h - what an agent has begun to write: one text per user, conversation and mode. */
#ifndef TALK_DRAFT_H
#define TALK_DRAFT_H

#include "talk/conversation.h"

/* Stored: never change or reuse a number. */
enum draft_mode { DRAFT_MESSAGE = 1, DRAFT_NOTE = 2 };

/** Empty when there is none. */
int draft_load(struct turn *turn, const struct conversation *conversation, int64_t user,
               enum draft_mode mode, struct pii *ret) MUST_CHECK;
/** Empty text removes it. ERR_LIMIT over 10,000 characters; ERR_INVALID not UTF-8. */
int draft_save(struct turn *turn, const struct conversation *conversation, int64_t user,
               enum draft_mode mode, struct pii text) MUST_CHECK;

#endif
