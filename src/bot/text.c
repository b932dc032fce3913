#include "bot/text.h"

#include <utf8proc.h>

#include "base/err.h"
#include "base/utf8.h"

enum {
    WORD_MAX = 64,         /* letters; a longer word is compared exactly */
    PHRASE_WORDS_MAX = 32, /* a longer phrase must be the whole text */
    JOIN_LETTERS_MIN = 8,  /* below, "for mal" is not "formal" */
    SLIP_COST = 4,         /* score */
    SLIPS_MAX = 5,         /* keeps a whole match at TEXT_WHOLE or above */
    NO_WORD = -1,
};

static const utf8proc_option_t FOLD =
    UTF8PROC_COMPAT | UTF8PROC_CASEFOLD | UTF8PROC_DECOMPOSE | UTF8PROC_IGNORE;

static bool within(int32_t c, int32_t first, int32_t last)
{
    return c >= first && c <= last;
}

/* Marks that only colour a letter: Latin, Greek and Cyrillic accents, Hebrew points, Arabic vowel
 * signs and the tatweel. Emoji skin tones too. */
static bool is_dropped(int32_t c)
{
    return within(c, 0x300, 0x36F) || within(c, 0x591, 0x5BD) || c == 0x5BF ||
           within(c, 0x5C1, 0x5C2) || within(c, 0x5C4, 0x5C5) || c == 0x5C7 || c == 0x640 ||
           within(c, 0x64B, 0x65F) || c == 0x670 || within(c, 0x1F3FB, 0x1F3FF);
}

static int32_t one_form(int32_t c)
{
    switch (c) {
    case 0x131: /* dotless i */
        return 'i';
    case 0x649: /* alef maksura */
    case 0x6CC: /* Persian yeh */
        return 0x64A;
    case 0x629: /* teh marbuta */
        return 0x647;
    case 0x6A9: /* Persian kaf */
        return 0x643;
    }
    if (within(c, 0x660, 0x669))
        return '0' + (c - 0x660);
    if (within(c, 0x6F0, 0x6F9))
        return '0' + (c - 0x6F0);
    if (within(c, 0x966, 0x96F))
        return '0' + (c - 0x966);
    return c;
}

static bool is_gap(int32_t c)
{
    switch ((int)utf8proc_category(c)) {
    case UTF8PROC_CATEGORY_PC:
    case UTF8PROC_CATEGORY_PD:
    case UTF8PROC_CATEGORY_PS:
    case UTF8PROC_CATEGORY_PE:
    case UTF8PROC_CATEGORY_PI:
    case UTF8PROC_CATEGORY_PF:
    case UTF8PROC_CATEGORY_PO:
    case UTF8PROC_CATEGORY_ZS:
    case UTF8PROC_CATEGORY_ZL:
    case UTF8PROC_CATEGORY_ZP:
    case UTF8PROC_CATEGORY_CC:
        return true;
    default:
        return c == '`' || c == 0xB4;
    }
}

static bool is_glued_letter(int32_t c)
{
    return within(c, 0xE00, 0xFFF) || within(c, 0x1000, 0x109F) || within(c, 0x1780, 0x17FF) ||
           within(c, 0x3040, 0x30FF) || within(c, 0x3400, 0x9FFF) || within(c, 0xAC00, 0xD7A3) ||
           within(c, 0xF900, 0xFAFF) || within(c, 0x20000, 0x3FFFF);
}

static bool is_word_letter(int32_t c)
{
    utf8proc_category_t category = utf8proc_category(c);

    return category >= UTF8PROC_CATEGORY_LU && category <= UTF8PROC_CATEGORY_NO;
}

/* Drops, maps and collapses in place; returns the new length. */
static size_t fold(int32_t *codes, size_t n)
{
    size_t i, kept = 0;
    bool gap = false;

    for (i = 0; i < n; i++) {
        int32_t c = codes[i];

        if (is_dropped(c))
            continue;
        if (is_gap(c)) {
            gap = true;
            continue;
        }
        if (gap && kept && !(is_glued_letter(codes[kept - 1]) && is_glued_letter(c)))
            codes[kept++] = ' ';
        gap = false;
        codes[kept++] = one_form(c);
    }
    return kept;
}

/* "the" is written onto an Arabic word; a person may leave it out. */
static size_t drop_articles(int32_t *codes, size_t n)
{
    size_t i, kept = 0;

    for (i = 0; i < n; i++) {
        bool first = i == 0 || codes[i - 1] == ' ';

        if (first && i + 4 < n && codes[i] == 0x627 && codes[i + 1] == 0x644 &&
            codes[i + 2] != ' ' && codes[i + 3] != ' ' && codes[i + 4] != ' ') {
            i++;
            continue;
        }
        codes[kept++] = codes[i];
    }
    return kept;
}

static size_t cut_words(const int32_t *codes, size_t n, struct text_word *words)
{
    size_t i, start = 0, count = 0;

    for (i = 0; i <= n && count < TEXT_WORDS_MAX; i++) {
        if (i < n && codes[i] != ' ')
            continue;
        if (i > start)
            words[count++] = (struct text_word){(uint16_t)start, (uint16_t)(i - start)};
        start = i + 1;
    }
    return count;
}

static bool found_anywhere(const int32_t *codes, size_t n)
{
    bool letters = false;
    size_t i;

    for (i = 0; i < n; i++) {
        if (is_glued_letter(codes[i]))
            return true;
        letters = letters || is_word_letter(codes[i]);
    }
    return n > 0 && !letters;
}

static int form_of(int32_t *codes, size_t n, struct arena *arena, struct text_form *ret)
{
    struct text_word words[TEXT_WORDS_MAX], *kept;
    utf8proc_ssize_t composed;
    size_t n_words;

    n = drop_articles(codes, fold(codes, n));
    composed = utf8proc_normalize_utf32(codes, (utf8proc_ssize_t)n, UTF8PROC_COMPOSE);
    n = composed > 0 ? (size_t)composed : 0;
    if (n > TEXT_CHARS_MAX)
        n = TEXT_CHARS_MAX;
    n_words = cut_words(codes, n, words);
    kept = arena_array(arena, n_words + 1, sizeof(*kept));
    if (!kept)
        return ERR_MEMORY;
    memcpy(kept, words, n_words * sizeof(*kept));
    *ret = (struct text_form){codes, kept, n, n_words, found_anywhere(codes, n)};
    return 0;
}

int text_form(struct slice text, struct arena *arena, struct text_form *ret)
{
    utf8proc_ssize_t need, got;
    int32_t *codes;

    *ret = (struct text_form){0};
    if (text.len == 0 || !utf8_valid(text))
        return 0;
    text = utf8_head(text, TEXT_CHARS_MAX);
    need = utf8proc_decompose((const uint8_t *)text.ptr, (utf8proc_ssize_t)text.len, NULL, 0, FOLD);
    if (need <= 0)
        return 0;
    codes = arena_array(arena, (size_t)need, sizeof(*codes));
    if (!codes)
        return ERR_MEMORY;
    got = utf8proc_decompose((const uint8_t *)text.ptr, (utf8proc_ssize_t)text.len, codes, need,
                             FOLD);
    return got == need ? form_of(codes, (size_t)got, arena, ret) : ERR_MEMORY;
}

static bool same_codes(const int32_t *a, size_t n_a, const int32_t *b, size_t n_b)
{
    return n_a == n_b && (n_a == 0 || memcmp(a, b, n_a * sizeof(*a)) == 0);
}

bool text_same(const struct text_form *a, const struct text_form *b)
{
    return same_codes(a->codes, a->n, b->codes, b->n);
}

static int least(int a, int b)
{
    return a < b ? a : b;
}

/* Optimal string alignment (Damerau-Levenshtein without overlapping swaps), both at most WORD_MAX.
 */
static int distance(const int32_t *a, size_t n_a, const int32_t *b, size_t n_b)
{
    int rows[3][WORD_MAX + 1];
    size_t i, j;

    for (j = 0; j <= n_b; j++)
        rows[0][j] = (int)j;
    for (i = 1; i <= n_a; i++) {
        int *now = rows[i % 3], *last = rows[(i + 2) % 3], *before = rows[(i + 1) % 3];

        now[0] = (int)i;
        for (j = 1; j <= n_b; j++) {
            now[j] = last[j - 1] + (a[i - 1] != b[j - 1]);
            now[j] = least(now[j], least(last[j], now[j - 1]) + 1);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                now[j] = least(now[j], before[j - 2] + 1);
        }
    }
    return rows[n_a % 3][n_b];
}

static bool has_digit(const int32_t *codes, size_t n)
{
    size_t i;

    for (i = 0; i < n; i++)
        if (within(codes[i], '0', '9'))
            return true;
    return false;
}

/* The first letters agree, or the first two are swapped: slips rarely begin a word. */
static bool starts_alike(const int32_t *a, const int32_t *b)
{
    return a[0] == b[0] || (a[0] == b[1] && a[1] == b[0]);
}

/* Slips between two words, at most `budget`; NO_WORD when they are different words. */
static int slips(const int32_t *a, size_t n_a, const int32_t *b, size_t n_b, int budget)
{
    size_t longer = n_a > n_b ? n_a : n_b, shorter = n_a > n_b ? n_b : n_a;
    int d;

    if (same_codes(a, n_a, b, n_b))
        return 0;
    if (budget == 0 || shorter < 2 || longer > WORD_MAX || longer - shorter > (size_t)budget)
        return NO_WORD;
    if (!starts_alike(a, b) || has_digit(a, n_a) || has_digit(b, n_b))
        return NO_WORD;
    d = distance(a, n_a, b, n_b);
    return d <= budget ? d : NO_WORD;
}

static int budget_of(size_t letters)
{
    if (letters < 5)
        return 0;
    return letters < 8 ? 1 : 2;
}

/* Word by word, from word `at` of the text. */
static int slips_in_row(const struct text_form *text, size_t at, const struct text_form *phrase,
                        bool typos)
{
    int sum = 0;
    size_t i;

    for (i = 0; i < phrase->n_words; i++) {
        struct text_word w = text->words[at + i], p = phrase->words[i];
        int d = slips(text->codes + w.start, w.len, phrase->codes + p.start, p.len,
                      typos ? budget_of(p.len) : 0);

        if (d == NO_WORD)
            return NO_WORD;
        sum += d;
    }
    return sum;
}

/* The letters of `count` words without the spaces; the caller knows that they fit. */
static void join(const struct text_form *form, size_t at, size_t count, int32_t *ret)
{
    size_t i, n = 0;

    for (i = at; i < at + count; i++) {
        struct text_word w = form->words[i];

        memcpy(ret + n, form->codes + w.start, w.len * sizeof(*ret));
        n += w.len;
    }
}

/* How many letters `count` words have. */
static size_t letters_in(const struct text_form *form, size_t at, size_t count)
{
    struct text_word first = form->words[at], last = form->words[at + count - 1];

    return (size_t)(last.start + last.len - first.start) - (count - 1);
}

/* A space too many or too few: the same letters, cut elsewhere. The odd space counts as a slip. */
static int slips_joined(const struct text_form *text, size_t at, size_t count,
                        const struct text_form *phrase)
{
    size_t n_a = letters_in(text, at, count), n_b = letters_in(phrase, 0, phrase->n_words);
    int32_t a[WORD_MAX], b[WORD_MAX];
    int d;

    if (n_b < JOIN_LETTERS_MIN || n_a + 1 < n_b || n_b + 1 < n_a || n_a > WORD_MAX ||
        n_b > WORD_MAX)
        return NO_WORD;
    join(text, at, count, a);
    join(phrase, 0, phrase->n_words, b);
    d = starts_alike(a, b) ? slips(a, n_a, b, n_b, 1) : NO_WORD;
    return d == NO_WORD ? NO_WORD : d + 1;
}

static int score(int edits, bool whole, size_t length)
{
    int within_text = 40 + (length > 35 ? 35 : (int)length);

    if (edits > SLIPS_MAX)
        edits = SLIPS_MAX;
    return (whole ? TEXT_EXACT : within_text) - SLIP_COST * edits;
}

static int better(int a, int b)
{
    return a > b ? a : b;
}

static int match_glued(const struct text_form *text, const struct text_form *phrase)
{
    size_t i;

    if (text_same(text, phrase))
        return TEXT_EXACT;
    for (i = 0; i + phrase->n <= text->n; i++)
        if (memcmp(text->codes + i, phrase->codes, phrase->n * sizeof(int32_t)) == 0)
            return score(0, false, phrase->n);
    return TEXT_NO_MATCH;
}

/* The best match that begins at word `at`. */
static int match_at(const struct text_form *text, size_t at, const struct text_form *phrase,
                    bool typos)
{
    size_t left = text->n_words - at, n = phrase->n_words, count;
    int best = TEXT_NO_MATCH, d;

    if (n <= left) {
        d = slips_in_row(text, at, phrase, typos);
        if (d != NO_WORD)
            best = score(d, n == text->n_words, phrase->n);
    }
    for (count = n > 1 ? n - 1 : n + 1; typos && count <= n + 1 && count <= left; count += 2) {
        d = slips_joined(text, at, count, phrase);
        if (d != NO_WORD)
            best = better(best, score(d, count == text->n_words, phrase->n));
    }
    return best;
}

int text_match(const struct text_form *text, const struct text_form *phrase, bool typos)
{
    int best = TEXT_NO_MATCH;
    size_t at;

    if (phrase->n == 0 || text->n == 0)
        return TEXT_NO_MATCH;
    if (text_same(text, phrase))
        return TEXT_EXACT;
    if (phrase->glued)
        return match_glued(text, phrase);
    if (phrase->n_words > PHRASE_WORDS_MAX)
        return TEXT_NO_MATCH;
    for (at = 0; at < text->n_words; at++)
        best = better(best, match_at(text, at, phrase, typos));
    return best;
}
