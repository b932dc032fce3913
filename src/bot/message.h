/* message.h - one message that a bot says, in the words of every channel. */
#ifndef BOT_MESSAGE_H
#define BOT_MESSAGE_H

#include "base/buf.h"
#include "base/pii.h"

struct bot_choice {
    struct pii title;
    struct pii payload; /* comes back as BOT_PAYLOAD; empty when there is a url */
    struct pii url;
};

struct bot_choices {
    const struct bot_choice *items;
    size_t n;
};

struct bot_card {
    struct pii title, subtitle, image;
    struct bot_choices buttons;
};

struct bot_message {
    struct pii text;
    struct pii image; /* address */
    struct bot_choices quick_replies;
    struct bot_choices buttons;
    const struct bot_card *cards;
    size_t n_cards;
    const char *input; /* "email", ... : what kind of answer is awaited; NULL: none in particular */
};

/** Writes the members of a message beside its text as one JSON object, as in docs/api.md:
 *  quick_replies, buttons, cards, attachments, input. Appends nothing when there are none.
 *  ERR_LIMIT, ERR_MEMORY. */
int bot_message_parts(const struct bot_message *message, struct buf *ret) MUST_CHECK;

#endif
