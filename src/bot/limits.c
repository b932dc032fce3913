#include "bot/limits.h"

static const struct bot_limits LIMITS[] = {
    /* ours: what the widget shows well */
    {.channel = "web",
     .text = 4000,
     .text_with_buttons = 4000,
     .quick_replies = 20,
     .quick_reply_title = 40,
     .buttons = 6,
     .button_title = 40,
     .cards = 10,
     .card_text = 200},
    /* Messenger Platform, Send API: message text, quick replies, button template (640), generic
     * template (80). The documentation asks for fewer than 2,000 characters. */
    {.channel = "messenger",
     .text = 1999,
     .text_with_buttons = 640,
     .quick_replies = 13,
     .quick_reply_title = 20,
     .buttons = 3,
     .button_title = 20,
     .cards = 10,
     .card_text = 80},
};

const struct bot_limits *bot_limits_at(size_t i)
{
    return i < ARRAY_LEN(LIMITS) ? &LIMITS[i] : NULL;
}

const struct bot_limits *bot_limits_of(struct slice channel)
{
    size_t i;

    for (i = 0; i < ARRAY_LEN(LIMITS); i++)
        if (slice_eq(slice_cstr(LIMITS[i].channel), channel))
            return &LIMITS[i];
    return &LIMITS[0];
}
