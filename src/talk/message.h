/* message.h - one thing said, noted or done. Only ingest.c and say.c add what people say. */
#ifndef TALK_MESSAGE_H
#define TALK_MESSAGE_H

#include "talk/conversation.h"

struct message {
    int64_t id, tenant, conversation, person;
    vault_slot slot, klass;
    enum message_kind kind;
    enum message_author author;
    int64_t author_user;
    enum message_state state;
    enum send_reason reason;
    int64_t cseq; /* the conversation's number of its last change */
    int64_t sent_at, edited_at, deleted_at;
    /** A JSON object whose members are those of the API's Message that hold content: text,
     *  quick_replies, buttons, cards, attachments, input, event, reply_to, client_id. */
    struct pii body;
    struct pii external; /* the provider's id */
    struct pii reaction;
};

/** ERR_NOT_FOUND. */
int message_load(struct turn *turn, int64_t tenant, int64_t id, struct message *ret) MUST_CHECK;
/** A page of a conversation, oldest first: the `limit` last ones before `before` (0: the end). */
int message_page(struct turn *turn, int64_t tenant, int64_t conversation, int64_t before,
                 size_t limit, struct message **ret, size_t *ret_n) MUST_CHECK;
/** All that changed after `cseq`, at most `max`, oldest first. ERR_LIMIT: more did, load afresh. */
int message_changed(struct turn *turn, int64_t tenant, int64_t conversation, int64_t cseq,
                    size_t max, struct message **ret, size_t *ret_n) MUST_CHECK;
/** What the person said from conversation->bot_due on, oldest first, at most `max`. */
int message_unanswered(struct turn *turn, const struct conversation *conversation, size_t max,
                       struct message **ret, size_t *ret_n) MUST_CHECK;
int message_count(struct turn *turn, int64_t tenant, int64_t conversation, int64_t *ret) MUST_CHECK;
/** By the provider's id, through the person's keyed hash. ERR_NOT_FOUND. */
int message_by_external(struct turn *turn, int64_t tenant, int64_t person, vault_slot slot,
                        struct pii external, struct message *ret) MUST_CHECK;

/** Adds a row: id (unless set), tenant, person, slot, klass and cseq are taken from the
 * conversation, whose row is changed in memory (last_message, last_at) and saved with a journal
 * row. `dedup_of` (may be empty) makes its keyed duplicate mark. ERR_EXISTS: seen before. */
int message_append(struct turn *turn, struct conversation *conversation, struct message *message,
                   struct pii dedup_of) MUST_CHECK;
/** A line that tells what happened: body {"event":{"type":type,"user":…}}. */
int message_append_event(struct turn *turn, struct conversation *conversation, const char *type,
                         int64_t user, int64_t actor) MUST_CHECK;
/** Writes state, reason, times, body, reaction and external back, with the next cseq and a journal
 *  row. `dedup_of` empty leaves the mark as it is. */
int message_update(struct turn *turn, struct conversation *conversation, struct message *message,
                   struct pii dedup_of) MUST_CHECK;

enum { MESSAGE_DEDUP_SIZE = 8 };
/** 64 bits of a hash keyed by the person's key: equal ids collide, nobody can guess from it. */
int message_dedup(struct turn *turn, vault_slot slot, struct pii id,
                  unsigned char ret[MESSAGE_DEDUP_SIZE]) MUST_CHECK;

/** Writes {"text":…} with card numbers masked and, after it, the members of the JSON object `parts`
 *  (may be empty). In the turn's arena. */
int message_body(struct turn *turn, struct pii text, struct slice parts,
                 struct pii *ret) MUST_CHECK;
/** The JSON object `parts` (may be empty) with one more member, first. In the turn's arena.
 *  ERR_LIMIT over 256 KiB. */
int message_parts_add(struct turn *turn, struct slice parts, const char *key, struct slice value,
                      struct slice *ret) MUST_CHECK;
/** The text of a body; empty when it has none. In the turn's arena. */
int message_text(struct turn *turn, struct pii body, struct pii *ret) MUST_CHECK;

#endif
