/* turn_inside.h - within bot: one run of a flow in a conversation. */
#ifndef BOT_TURN_INSIDE_H
#define BOT_TURN_INSIDE_H

#include "bot/run.h"
#include "bot/shelf.h"
#include "net/fetch.h"
#include "person/person.h"
#include "talk/conversation.h"

/** A conversation whose bot runs in this turn. */
struct bot_talk {
    struct turn *turn;
    struct conversation c;
    struct channel channel;
    struct person person;
    struct shelf_book *book;
    struct pii state;
    struct bot_facts facts;
    bool silent; /* the floor went to somebody else: nothing more is said */
};

/** Loads everything. ERR_NOT_FOUND: gone. ERR_DENIED: the bot has nothing to do here (an agent
 * speaks, another app owns the thread, the person is restricted, no flow is published). */
int talk_open(struct turn *turn, int64_t tenant, int64_t conversation,
              struct bot_talk *ret) MUST_CHECK;
void talk_close(struct bot_talk *talk);
/** What the flow may know, as it is now. */
int facts_load(struct bot_talk *talk) MUST_CHECK;
/** Runs one event and does what the flow wants. */
int talk_run(struct bot_talk *talk, struct bot_event *event) MUST_CHECK;
/** Saves the flow's state. */
int talk_save(struct bot_talk *talk) MUST_CHECK;
/** Does what the flow wants, in order. */
int outputs_do(struct bot_talk *talk, const struct bot_result *result) MUST_CHECK;

/** The HTTP node: queues the call; its answer comes back as an event of the conversation. */
int http_node_add(struct bot_talk *talk, const struct bot_http *http) MUST_CHECK;
void http_node_start(struct store *store, struct fetch *fetch);
/** An event that comes later than the words that caused it: dropped if the floor changed hands
 * since. */
int talk_later(struct turn *turn, int64_t tenant, int64_t conversation, int64_t epoch,
               struct bot_event *event) MUST_CHECK;

#endif
