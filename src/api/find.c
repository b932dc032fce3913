#include "api/find.h"

#include "base/clock.h"
#include "base/err.h"
#include "base/utf8.h"

enum { QUERY_MAX = 200, SCRATCH_MAX = 1024 * 1024, OVERLAP = QUERY_MAX, LIMIT_DEFAULT = 50 };

int find_open(struct call *call, enum id_kind kind, struct find **ret)
{
    struct slice q = slice_trim(http_query_param(call->http, "q"));
    struct slice cursor = http_query_param(call->http, "cursor");
    struct find *find = arena_alloc(call->arena, sizeof(*find));
    int64_t limit;
    int r = find ? call_query_int(call, "limit", 1, FIND_PAGE, LIMIT_DEFAULT, &limit) : ERR_MEMORY;

    if (r < 0)
        return r;
    if (!utf8_valid(q) || utf8_count(q) > QUERY_MAX)
        return call_fail(call, ERR_INVALID, "\"q\" has at most 200 characters.");
    if (cursor.len && id_parse(kind, cursor, &find->cursor) < 0)
        return call_fail(call, ERR_INVALID, "\"cursor\" must be the \"next\" of an earlier page.");
    find->limit = (size_t)limit;
    r = text_form(q, call->arena, &find->needle);
    if (r == 0)
        *ret = find;
    return r;
}

int find_step(struct find *find)
{
    find->scratch = arena_new(SCRATCH_MAX);
    if (!find->scratch)
        return ERR_MEMORY;
    find->started_us = clock_mono_us();
    find->rows = 0;
    find->steps++;
    return 0;
}

void find_step_end(struct find *find)
{
    find->scratch = arena_free(find->scratch);
}

bool find_goes_on(const struct find *find)
{
    return !find->ended && find->n < find->limit && find->rows < FIND_ROWS &&
           clock_mono_us() - find->started_us < FIND_STEP_US;
}

static bool holds(const struct text_form *text, const struct text_form *needle)
{
    size_t i;

    for (i = 0; i + needle->n <= text->n; i++)
        if (memcmp(text->codes + i, needle->codes, needle->n * sizeof(*needle->codes)) == 0)
            return true;
    return false;
}

/* Long text is looked at in pieces that overlap by the longest needle. */
int find_in(struct find *find, struct pii text, bool *ret)
{
    struct slice rest = pii_reveal(text), piece;
    struct text_form form;
    int r;

    *ret = false;
    while (find->needle.n && rest.len) {
        piece = utf8_head(rest, TEXT_CHARS_MAX);
        arena_reset(find->scratch);
        r = text_form(piece, find->scratch, &form);
        if (r < 0)
            return r;
        if (holds(&form, &find->needle)) {
            *ret = true;
            return 0;
        }
        if (piece.len == rest.len)
            break;
        rest = slice_from(rest, utf8_head(rest, TEXT_CHARS_MAX - OVERLAP).len);
    }
    return 0;
}

bool find_again(const struct find *find)
{
    return !find->ended && find->n < find->limit && find->steps < FIND_STEPS;
}
