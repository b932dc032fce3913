#include "bot/answer.h"
#include "bot/expand.h"
#include "bot/split.h"
#include "bot/text.h"

#include "base/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool lookup(void *arg, struct slice name, struct pii *ret)
{
    *ret = pii_of(name.len % 2 ? *(struct slice *)arg : SLICE_NONE);
    return true;
}

static void try_expand(struct slice text, struct slice value)
{
    enum expand_mode mode;

    for (mode = EXPAND_TEXT; mode <= EXPAND_HEADER; mode++) {
        struct buf b = BUF_INIT(1 << 16);

        if (expand(text, mode, lookup, &value, &b) < 0 && b.len > 1 << 16)
            __builtin_trap();
        buf_done(&b);
    }
}

static void try_match(struct slice text, struct slice phrase, struct arena *arena)
{
    struct text_form a, b;

    if (text_form(text, arena, &a) < 0 || text_form(phrase, arena, &b) < 0)
        return;
    if (a.n && text_match(&a, &a, true) != TEXT_EXACT)
        __builtin_trap();
    if (text_match(&a, &b, false) > text_match(&a, &b, true))
        __builtin_trap();
}

static void try_answers(struct slice text, struct slice locale, struct arena *arena)
{
    struct slice ret;
    const struct flow_choice *choice;
    struct flow_ask ask = {.input = FLOW_INPUT_TEXT};
    int input;

    for (input = FLOW_INPUT_TEXT; input < FLOW_INPUT_COUNT; input++) {
        ask.input = (enum flow_input)input;
        if (answer_read(&ask, text, locale, 20000, arena, &ret, &choice) == 0 && ret.len == 0)
            __builtin_trap();
    }
}

static void try_split(struct slice text, size_t chars)
{
    struct slice piece;

    while (split_next(&text, chars, &piece))
        if (piece.len == 0 && text.len == 0)
            return;
}

/* The first half is the text, the second the phrase, value or locale. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slice all = slice_of(data, size), text, other;
    struct arena *arena = arena_new(4 << 20);

    if (!slice_cut(&all, '\0', &text))
        text = SLICE_NONE;
    other = all;
    try_expand(text, other);
    try_match(text, other, arena);
    try_answers(text, other, arena);
    try_split(text, other.len + 1);
    arena_free(arena);
    return 0;
}
