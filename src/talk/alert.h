/* alert.h - e-mail to the firm when somebody asks for a person, or a channel breaks. */
#ifndef TALK_ALERT_H
#define TALK_ALERT_H

#include "talk/conversation.h"

/** Registers the job that conversation_want_help queues. Before job_run_start. */
void alert_start(struct store *store);
/** Tells those who want to know that a channel broke; inside the turn that notes it. */
int alert_channel(struct turn *turn, const struct channel *channel) MUST_CHECK;

#endif
