/* messenger_out.h - sending through Messenger: the port that the outbox uses. */
#ifndef CHANNEL_MESSENGER_OUT_H
#define CHANNEL_MESSENGER_OUT_H

#include "channel/messenger.h"
#include "talk/port.h"

/** Registers the port. At start; `opts` must outlive all sending. */
void messenger_out_start(const struct messenger_opts *opts);

/** What an answer of the Send API means. result->external is borrowed from *ret_keep (a json_t),
 * which the caller frees after use. Pure, for tests. */
void messenger_out_judge(const struct fetch_answer *answer, int attempts, void **ret_keep,
                         struct send_result *ret);

#endif
