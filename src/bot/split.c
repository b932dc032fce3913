#include "bot/split.h"

#include <utf8proc.h>

#include "base/utf8.h"

/* How good a place to cut is, between `before` and what follows. */
enum quality { CUT_NOWHERE, CUT_WORD, CUT_SENTENCE, CUT_LINE };

static enum quality quality_of(int32_t before, int32_t after)
{
    bool space = after == ' ' || after == '\t' || after == '\n';

    switch (before) {
    case '\n':
        return CUT_LINE;
    case 0x3002: /* ideographic full stop */
    case 0xFF01:
    case 0xFF1F:
        return CUT_SENTENCE;
    case '.':
    case '!':
    case '?':
    case 0x2026: /* ellipsis */
    case 0x061F: /* Arabic question mark */
        return space ? CUT_SENTENCE : CUT_NOWHERE;
    case ' ':
    case '\t':
        return CUT_WORD;
    default:
        return CUT_NOWHERE;
    }
}

/* Bytes of the best piece of `s`, which is longer than `chars`. */
static size_t cut_at(struct slice s, size_t chars)
{
    size_t i, best_len = 0, hard_len = 0;
    enum quality best = CUT_NOWHERE;
    struct slice rest = s, ahead;
    int32_t state = 0;

    for (i = 1; i <= chars; i++) {
        int32_t code = utf8_next(&rest), after;
        enum quality quality;

        ahead = rest;
        after = utf8_next(&ahead);
        if (utf8proc_grapheme_break_stateful(code < 0 ? 0xFFFD : code, after < 0 ? 0xFFFD : after,
                                             &state))
            hard_len = s.len - rest.len;
        quality = i > chars / 2 ? quality_of(code, after) : CUT_NOWHERE;
        if (quality != CUT_NOWHERE && quality >= best) {
            best = quality;
            best_len = s.len - rest.len;
        }
    }
    if (best != CUT_NOWHERE)
        return best_len;
    return hard_len ? hard_len : s.len - rest.len;
}

bool split_next(struct slice *rest, size_t chars, struct slice *ret)
{
    size_t n;

    *rest = slice_trim(*rest);
    if (rest->len == 0)
        return false;
    n = utf8_head(*rest, chars).len < rest->len ? cut_at(*rest, chars) : rest->len;
    *ret = slice_trim(slice_head(*rest, n));
    *rest = slice_from(*rest, n);
    return true;
}
