/* conversation.h - a conversation's row: who speaks, who is assigned, what is unread. */
#ifndef TALK_CONVERSATION_H
#define TALK_CONVERSATION_H

#include "base/pii.h"
#include "person/person.h"
#include "store/row.h"
#include "talk/channel.h"

struct conversation {
    int64_t id, tenant, person, channel;
    enum channel_kind channel_kind;
    vault_slot slot, klass;
    enum conversation_status status;
    int64_t assignee;       /* user; 0: nobody */
    int64_t help_wanted_at; /* 0: no */
    enum floor_owner floor;
    int64_t floor_user;
    int64_t epoch; /* grows whenever the floor changes hands */
    int64_t seq;   /* number of its last change */
    int64_t created_at, last_at, last_in_at, last_message;
    int64_t person_read_at;
    int64_t agent_read; /* last message an agent has read */
    int64_t unread;
    int64_t bot_due; /* first message the bot has not answered; 0: none */
    int64_t flow_version;
    bool standby; /* another app owns the thread */
    struct pii bot_state, origin, page, tags;
};

/** ERR_NOT_FOUND. */
int conversation_load(struct turn *turn, int64_t tenant, int64_t id,
                      struct conversation *ret) MUST_CHECK;
/** The conversation in which an event of this person on this channel belongs: the open one, a
 * closed one that ended less than 30 days ago (reopened), or a new one. */
int conversation_for(struct turn *turn, const struct channel *channel,
                     const struct person_ref *person, int64_t at,
                     struct conversation *ret) MUST_CHECK;
/** The latest one, without opening any. ERR_NOT_FOUND. */
int conversation_latest(struct turn *turn, int64_t tenant, int64_t person, int64_t channel,
                        struct conversation *ret) MUST_CHECK;
/** Writes the row's plain columns back, with the next seq, and a journal row that tells of it.
 *  `object` and `kind` as in journal.h; `actor` a user id or 0. */
int conversation_save(struct turn *turn, struct conversation *conversation, int kind,
                      int64_t object, int64_t actor) MUST_CHECK;
/** Writes the sealed columns that changed. NULL leaves one as it is. */
int conversation_save_bot(struct turn *turn, struct conversation *conversation,
                          struct pii bot_state) MUST_CHECK;
int conversation_save_page(struct turn *turn, struct conversation *conversation, struct pii origin,
                           struct pii page) MUST_CHECK;
int conversation_save_tags(struct turn *turn, struct conversation *conversation,
                           struct pii tags) MUST_CHECK;

/** Gives the floor to somebody: epoch grows, the other speaker's queued messages are withdrawn, in
 * this transaction. Nothing happens when they have it already. The row is changed in memory; the
 * caller saves it. */
int conversation_give_floor(struct turn *turn, struct conversation *conversation,
                            enum floor_owner owner, int64_t user) MUST_CHECK;

static inline struct row_owner conversation_owner(const struct conversation *c)
{
    return (struct row_owner){c->tenant, c->slot, c->klass};
}

/* What agents do. Each saves the row and adds an event line where people should see it. */
int conversation_assign(struct turn *turn, struct conversation *c, int64_t user,
                        int64_t actor) MUST_CHECK;
int conversation_set_status(struct turn *turn, struct conversation *c,
                            enum conversation_status status, int64_t actor) MUST_CHECK;
/** A person is wanted: flags the conversation, hands the floor to nobody, queues the alerts.
 * Idempotent while the flag stands. */
int conversation_want_help(struct turn *turn, struct conversation *c) MUST_CHECK;
int conversation_help_done(struct turn *turn, struct conversation *c, int64_t actor) MUST_CHECK;
/** The agent has read up to `message`; unread is counted anew. */
int conversation_agent_read(struct turn *turn, struct conversation *c, int64_t message,
                            int64_t actor) MUST_CHECK;

#endif
