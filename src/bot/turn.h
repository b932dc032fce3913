/* turn.h - the bot of a conversation answers: what is due is read, the flow runs to its next wait,
 * and what it wants is done, all in one turn. */
#ifndef BOT_TURN_H
#define BOT_TURN_H

#include "net/fetch.h"
#include "store/store.h"

/** Registers timers and HTTP nodes with the store, listens for due conversations, and queues what
 * an earlier process left due. Before job_run_start; `fetch` must outlive the store. */
int bot_start(struct store *store, struct fetch *fetch) MUST_CHECK;

/** Runs the bot of one conversation now, inside this turn. Nothing happens when nothing is due, or
 * when the floor is an agent's. */
int bot_turn(struct turn *turn, int64_t tenant, int64_t conversation) MUST_CHECK;

/** Queues again what is still due: a turn that failed while the database was away or the disk full.
 */
void bot_again(struct store *store);

#endif
