/* help_words.h - "a human please" in many languages: what every flow understands without being
 * told. */
#ifndef BOT_HELP_WORDS_H
#define BOT_HELP_WORDS_H

#include "base/slice.h"

struct help_word {
    const char *phrase;
    bool whole; /* too common within a sentence: only as the whole message */
};

/** The i-th phrase; NULL behind the last. */
const struct help_word *help_words_at(size_t i);

#endif
