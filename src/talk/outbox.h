/* outbox.h - sends queued messages through their channel's port: in order per conversation, by the
 * states queued → sending (committed before the first byte leaves) → sent | refused | unknown. */
#ifndef TALK_OUTBOX_H
#define TALK_OUTBOX_H

#include "talk/port.h"

/** Starts the runner. What an earlier process left `sending` counts as unsure. */
int outbox_start(struct store *store) MUST_CHECK;
/** The port's answer to one send_order. Copies. Any thread. */
void outbox_done(struct store *store, const struct send_order *order,
                 const struct send_result *result);

/* Inside a turn */

/** Queues a message that was just appended. */
int outbox_add(struct turn *turn, const struct conversation *conversation, int64_t message,
               int64_t epoch) MUST_CHECK;
/** Withdraws what another speaker has queued and what has not begun to leave. */
int outbox_withdraw(struct turn *turn, struct conversation *conversation) MUST_CHECK;
/** Our own echo: proof that the message was accepted under `external`. */
int outbox_confirm(struct turn *turn, struct conversation *conversation, struct message *message,
                   struct pii external) MUST_CHECK;
/** An agent's "send again" of a refused or unknown message. ERR_CONFLICT: it is neither. */
int outbox_retry(struct turn *turn, struct conversation *conversation,
                 struct message *message) MUST_CHECK;

#endif
