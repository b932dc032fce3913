/* Statements are written once; a few tokens in braces stand for what differs between the engines.
 */
#include "sql/sql_driver.h"

#include "base/err.h"

struct token {
    const char *name;
    const char *text[2]; /* by enum sql_engine; \1 stands for what follows the colon */
};

static const struct token tokens[] = {
    {"blob", {"BLOB", "bytea"}},
    {"int", {"INTEGER", "bigint"}},
    {"text", {"TEXT", "text"}},
    {"each_int",
     {"SELECT value FROM each_int(\1)",
      "SELECT value FROM unnest(\1::bigint[]) AS each_int(value)"}},
    {"each_blob",
     {"SELECT value FROM each_blob(\1)",
      "SELECT value FROM unnest(\1::bytea[]) AS each_blob(value)"}},
    {"lock", {"", " FOR UPDATE"}},
    {"lock_skip", {"", " FOR UPDATE SKIP LOCKED"}},
    {"strict", {" STRICT", ""}},
    {"strict_rowless", {" STRICT, WITHOUT ROWID", ""}},
};

static int add_replacement(struct buf *ret, struct slice text, struct slice argument)
{
    ptrdiff_t mark = slice_find(text, '\1');
    int r;

    if ((mark >= 0) != (argument.len > 0))
        return ERR_INTERNAL;
    if (mark < 0)
        return buf_add(ret, text);
    r = buf_add(ret, slice_head(text, (size_t)mark));
    if (r == 0)
        r = buf_add(ret, argument);
    return r < 0 ? r : buf_add(ret, slice_from(text, (size_t)mark + 1));
}

/** `inner` is what stands between the braces. */
static int add_token(enum sql_engine engine, struct slice inner, struct buf *ret)
{
    ptrdiff_t colon = slice_find(inner, ':');
    struct slice name = colon < 0 ? inner : slice_head(inner, (size_t)colon);
    struct slice argument = colon < 0 ? SLICE_NONE : slice_from(inner, (size_t)colon + 1);
    size_t i;

    for (i = 0; i < ARRAY_LEN(tokens); i++)
        if (slice_eq(slice_cstr(tokens[i].name), name))
            return add_replacement(ret, slice_cstr(tokens[i].text[engine]), argument);
    return ERR_INTERNAL;
}

/** Raises *params to the number that begins at s. */
static int note_param(struct slice s, int *params)
{
    int number = 0;
    size_t i;

    for (i = 0; i < s.len && s.ptr[i] >= '0' && s.ptr[i] <= '9'; i++) {
        number = number * 10 + (s.ptr[i] - '0');
        if (number > SQL_PARAMS_MAX)
            return ERR_INTERNAL;
    }
    if (number == 0)
        return ERR_INTERNAL;
    if (number > *params)
        *params = number;
    return 0;
}

/** Takes the token at the front of *rest, which begins with a brace. */
static int expand_token(enum sql_engine engine, struct slice *rest, struct buf *ret, int *params)
{
    ptrdiff_t end = slice_find(*rest, '}'), dollar;
    struct slice inner;
    int r = 0;

    if (end < 0)
        return ERR_INTERNAL;
    inner = slice_head(slice_from(*rest, 1), (size_t)end - 1);
    dollar = slice_find(inner, '$');
    if (dollar >= 0)
        r = note_param(slice_from(inner, (size_t)dollar + 1), params);
    *rest = slice_from(*rest, (size_t)end + 1);
    return r < 0 ? r : add_token(engine, inner, ret);
}

int sql_expand(enum sql_engine engine, const char *text, struct buf *ret, int *ret_params)
{
    struct slice rest = slice_cstr(text);
    bool quoted = false;
    int params = 0, r = 0;

    while (r == 0 && rest.len) {
        char c = rest.ptr[0];

        if (c == '\'')
            quoted = !quoted;
        if (!quoted && c == '{') {
            r = expand_token(engine, &rest, ret, &params);
            continue;
        }
        rest = slice_from(rest, 1);
        if (!quoted && c == '$')
            r = note_param(rest, &params);
        if (r == 0)
            r = buf_add_char(ret, c);
    }
    *ret_params = params;
    return r < 0 ? r : buf_add_char(ret, '\0');
}
