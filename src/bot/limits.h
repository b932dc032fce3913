/* limits.h - what fits into one message of a channel. Counts are code points, not bytes. */
#ifndef BOT_LIMITS_H
#define BOT_LIMITS_H

#include "base/slice.h"

struct bot_limits {
    const char *channel;      /* "messenger", "web" */
    size_t text;              /* of one message; longer ones are split */
    size_t text_with_buttons; /* of a message with buttons */
    size_t quick_replies;
    size_t quick_reply_title;
    size_t buttons; /* of a message, and of a card */
    size_t button_title;
    size_t cards;
    size_t card_text; /* title and subtitle, each */
};

/** The limits of a channel by its name; those of the website for a name that is unknown. */
const struct bot_limits *bot_limits_of(struct slice channel);
/** The i-th channel; NULL behind the last. */
const struct bot_limits *bot_limits_at(size_t i);

#endif
