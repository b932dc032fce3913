#include "bot/expand.h"

#include <ctype.h>

#include "base/err.h"
#include "base/json_out.h"

bool expand_is_name(struct slice s)
{
    size_t i;

    if (s.len == 0 || s.len > EXPAND_NAME_MAX || s.ptr[0] < 'a' || s.ptr[0] > 'z')
        return false;
    for (i = 0; i < s.len; i++) {
        char c = s.ptr[i];

        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'))
            return false;
    }
    return true;
}

static struct slice take(struct slice *rest, size_t n)
{
    struct slice head = slice_head(*rest, n);

    *rest = slice_from(*rest, n);
    return head;
}

/* "{name}" or "{name|default}" at the front; 0 when it is something else, else its length. */
static size_t variable_at(struct slice s, struct expand_part *ret)
{
    ptrdiff_t end = slice_find(s, '}');
    struct slice inside, name;
    ptrdiff_t bar;

    if (end < 0)
        return 0;
    inside = slice_of(s.ptr + 1, (size_t)end - 1);
    bar = slice_find(inside, '|');
    name = bar < 0 ? inside : slice_head(inside, (size_t)bar);
    if (!expand_is_name(name))
        return 0;
    ret->kind = EXPAND_VARIABLE;
    ret->text = name;
    ret->otherwise = bar < 0 ? SLICE_NONE : slice_from(inside, (size_t)bar + 1);
    return (size_t)end + 1;
}

bool expand_next(struct slice *rest, struct expand_part *ret)
{
    size_t i, n;

    if (rest->len == 0)
        return false;
    *ret = (struct expand_part){EXPAND_LITERAL, SLICE_NONE, SLICE_NONE};
    if (rest->len > 1 && rest->ptr[0] == rest->ptr[1] &&
        (rest->ptr[0] == '{' || rest->ptr[0] == '}')) {
        take(rest, 1);
        ret->text = take(rest, 1);
        return true;
    }
    if (rest->ptr[0] == '{') {
        n = variable_at(*rest, ret);
        if (n) {
            take(rest, n);
            return true;
        }
    }
    for (i = 1; i < rest->len && rest->ptr[i] != '{' && rest->ptr[i] != '}'; i++)
        ;
    ret->text = take(rest, i);
    return true;
}

static int add_url(struct slice s, struct buf *ret)
{
    size_t i;
    int r = 0;

    for (i = 0; i < s.len && r == 0; i++) {
        unsigned char c = (unsigned char)s.ptr[i];

        if ((c < 0x80 && isalnum(c)) || c == '-' || c == '.' || c == '_' || c == '~')
            r = buf_add_char(ret, (char)c);
        else
            r = buf_addf(ret, "%%%02X", c);
    }
    return r;
}

static int add_header(struct slice s, struct buf *ret)
{
    size_t i;
    int r = 0;

    for (i = 0; i < s.len && r == 0; i++) {
        unsigned char c = (unsigned char)s.ptr[i];

        r = buf_add_char(ret, c < 0x20 || c == 0x7F ? ' ' : (char)c);
    }
    return r;
}

/* Through the one writer that knows how JSON escapes, without its quotes. */
static int add_json(struct slice s, struct buf *ret)
{
    struct buf quoted = BUF_INIT(s.len * 6 + 2);
    struct json_out out;
    int r;

    json_out_init(&out, &quoted);
    json_out_str(&out, NULL, s);
    r = json_out_end(&out);
    if (r == 0)
        r = buf_add(ret, slice_of(quoted.ptr + 1, quoted.len - 2));
    buf_done(&quoted);
    return r;
}

static int add_value(struct slice value, enum expand_mode mode, struct buf *ret)
{
    switch (mode) {
    case EXPAND_TEXT:
        return buf_add(ret, value);
    case EXPAND_URL:
        return add_url(value, ret);
    case EXPAND_JSON:
        return add_json(value, ret);
    case EXPAND_HEADER:
        return add_header(value, ret);
    }
    return ERR_INTERNAL;
}

static int expand_run(struct slice text, enum expand_mode mode, expand_lookup *lookup, void *arg,
                      struct buf *ret)
{
    struct expand_part part;
    struct pii value;
    int r = 0;

    while (r == 0 && expand_next(&text, &part)) {
        if (part.kind == EXPAND_LITERAL)
            r = buf_add(ret, part.text);
        else if (lookup(arg, part.text, &value) && !pii_empty(value))
            r = add_value(pii_reveal(value), mode, ret);
        else if (mode == EXPAND_JSON)
            r = buf_add(ret, part.otherwise); /* stands in a JSON string already */
        else
            r = add_value(part.otherwise, mode, ret);
    }
    return r;
}

/* The string that begins at *at (just behind its quote); leaves *at at the closing quote. */
static struct slice json_string(struct slice text, size_t *at)
{
    size_t start = *at;

    while (*at < text.len && text.ptr[*at] != '"')
        *at += text.ptr[*at] == '\\' ? 2 : 1;
    if (*at > text.len)
        *at = text.len;
    return slice_of(text.ptr + start, *at - start);
}

static int expand_json(struct slice text, expand_lookup *lookup, void *arg, struct buf *ret)
{
    size_t at = 0;
    int r = 0;

    while (r == 0 && at < text.len) {
        size_t start = at;
        struct slice inside;
        bool key;

        while (at < text.len && text.ptr[at] != '"')
            at++;
        if (at < text.len)
            at++;
        r = buf_add(ret, slice_of(text.ptr + start, at - start));
        if (r < 0 || at >= text.len)
            break;
        inside = json_string(text, &at);
        key = at + 1 < text.len && text.ptr[at + 1] == ':';
        r = key ? buf_add(ret, inside) : expand_run(inside, EXPAND_JSON, lookup, arg, ret);
        if (r == 0 && at < text.len)
            r = buf_add_char(ret, text.ptr[at++]); /* the closing quote */
    }
    return r;
}

int expand(struct slice text, enum expand_mode mode, expand_lookup *lookup, void *arg,
           struct buf *ret)
{
    if (mode == EXPAND_JSON)
        return expand_json(text, lookup, arg, ret);
    return expand_run(text, mode, lookup, arg, ret);
}
