/* text.h - what people write, made comparable; and phrases found in it, typing slips forgiven. */
#ifndef BOT_TEXT_H
#define BOT_TEXT_H

#include "base/arena.h"

/** More than this is not looked at: a phrase stands near the front or is not meant. */
enum { TEXT_CHARS_MAX = 1000, TEXT_WORDS_MAX = 256 };

struct text_word {
    uint16_t start; /* index into codes */
    uint16_t len;
};

/** Text reduced to what matters for comparison, as code points; words are parted by single spaces.
 *  - compatibility forms, case, invisible characters and emoji skin tones fold away (NFKC, Unicode
 *    case folding: "Straße" = "STRASSE");
 *  - so do accents of Latin, Greek and Cyrillic letters, and Hebrew and Arabic vowel points; marks
 *    that spell another letter (Thai, Indic, Japanese) stay;
 *  - every I of Turkish is i; Arabic alef, yeh, teh marbuta and kaf have one form each, the article
 *    in front goes; Arabic, Persian and Devanagari digits become 0 to 9;
 *  - punctuation is a space; symbols and emoji stay. */
struct text_form {
    const int32_t *codes;
    const struct text_word *words;
    size_t n;
    size_t n_words;
    bool glued; /* a script without spaces, or only symbols: found anywhere, word borders or not */
};

/** Reduces `text`, into the arena. Text that is not UTF-8 gives an empty form. ERR_MEMORY. */
int text_form(struct slice text, struct arena *arena, struct text_form *ret) MUST_CHECK;

bool text_same(const struct text_form *a, const struct text_form *b);

/** Scores of text_match. The whole text is the phrase: TEXT_WHOLE and above. It stands within the
 *  text: below, the longer the phrase the higher. Each typing slip costs a little. */
enum { TEXT_NO_MATCH = 0, TEXT_WHOLE = 80, TEXT_EXACT = 100 };

/** How well `text` says `phrase`: a score of 1 to 100, or TEXT_NO_MATCH.
 *  A slip is a wrong, missing, extra or swapped letter. Forgiven with `typos`: one in a word of 5
 * to 7 letters, two from 8 on, none in shorter ones, in the first letter, or in a word with digits;
 * a space too many or too few from 8 letters on. */
int text_match(const struct text_form *text, const struct text_form *phrase, bool typos);

#endif
