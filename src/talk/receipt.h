/* receipt.h - within talk: events that change messages which exist. */
#ifndef TALK_RECEIPT_H
#define TALK_RECEIPT_H

#include "talk/ingest.h"

int receipt_delivered(struct turn *turn, struct conversation *c,
                      const struct talk_in *in) MUST_CHECK;
int receipt_read(struct turn *turn, struct conversation *c, const struct talk_in *in) MUST_CHECK;
/** Reaction, edit, deletion. ERR_EXISTS: seen before. ERR_NOT_FOUND: the message is not ours. */
int receipt_change(struct turn *turn, struct conversation *c, const struct talk_in *in) MUST_CHECK;

#endif
