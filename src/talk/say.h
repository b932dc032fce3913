/* say.h - the only way out: bots, agents and campaigns all speak through it. */
#ifndef TALK_SAY_H
#define TALK_SAY_H

#include "talk/message.h"

/** Who speaks, and the epoch at which they took the floor. */
struct talk_floor {
    enum floor_owner owner;
    int64_t user;
    int64_t epoch;
};

struct talk_draft {
    struct pii text;
    struct slice parts;     /* JSON object of other body members (quick_replies, cards, ...) */
    struct slice client_id; /* the sender's own id: the same one again gives the same message */
};

/** Adds `draft` to the conversation and queues it for its channel, inside the running turn.
 *  Errors: ERR_FENCED another speaker took the floor since; ERR_WINDOW the channel's reply window
 * is closed; ERR_LIMIT text longer than the channel allows; ERR_INVALID nothing to say. */
int talk_say(struct turn *turn, struct conversation *conversation, struct talk_floor floor,
             const struct talk_draft *draft, struct message *ret) MUST_CHECK;
/** An agent's reply: takes the floor, then says. */
int talk_reply(struct turn *turn, struct conversation *conversation, int64_t user,
               const struct talk_draft *draft, struct message *ret) MUST_CHECK;
/** A note among agents; never leaves. */
int talk_note(struct turn *turn, struct conversation *conversation, int64_t user,
              const struct talk_draft *draft, struct message *ret) MUST_CHECK;

#endif
