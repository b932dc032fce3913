#include "base/json.h"

#include <stdio.h>

#include "base/err.h"
#include "base/utf8.h"

/* jansson recurses to 2,048; count brackets outside of strings before it sees the text. */
static bool too_deep(struct slice text)
{
    size_t i, depth = 0;
    bool quoted = false;

    for (i = 0; i < text.len; i++) {
        char c = text.ptr[i];

        if (quoted) {
            if (c == '\\')
                i++;
            else if (c == '"')
                quoted = false;
        } else if (c == '"') {
            quoted = true;
        } else if (c == '{' || c == '[') {
            if (++depth > JSON_DEPTH_MAX)
                return true;
        } else if ((c == '}' || c == ']') && depth) {
            depth--;
        }
    }
    return false;
}

int json_read(struct slice text, json_t **ret)
{
    json_error_t error;
    json_t *value;

    if (too_deep(text))
        return ERR_LIMIT;
    value = json_loadb(text.ptr ? text.ptr : "", text.len, JSON_REJECT_DUPLICATES, &error);
    if (!value)
        return json_error_code(&error) == json_error_out_of_memory ? ERR_MEMORY : ERR_SYNTAX;
    *ret = value;
    return 0;
}

int json_read_repaired(struct slice text, json_t **ret)
{
    struct buf repaired = BUF_INIT(text.len * 3 + 1);
    int r = json_read(text, ret);

    if (r != ERR_SYNTAX)
        return r;
    r = json_repair(text, &repaired);
    if (r == 0)
        r = json_read(buf_slice(&repaired), ret);
    buf_done(&repaired);
    return r;
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

/* The unit of "\uXXXX" at the front of s, or -1. */
static int32_t escape_unit(struct slice s)
{
    int32_t unit = 0;
    int i;

    if (s.len < 6 || s.ptr[0] != '\\' || s.ptr[1] != 'u')
        return -1;
    for (i = 2; i < 6; i++) {
        int digit = hex_digit(s.ptr[i]);

        if (digit < 0)
            return -1;
        unit = unit << 4 | digit;
    }
    return unit;
}

/* How many bytes of an escape at the front of *s may stay as they are; 0: replace its 6 bytes. */
static size_t good_escape(struct slice s)
{
    int32_t unit = escape_unit(s), low;

    if (unit < 0)
        return s.len < 2 ? s.len : 2; /* "\n" and the like, or left to the parser to refuse */
    if (unit == 0 || (unit >= 0xdc00 && unit <= 0xdfff))
        return 0;
    if (unit < 0xd800 || unit > 0xdbff)
        return 6;
    low = escape_unit(slice_from(s, 6));
    return low >= 0xdc00 && low <= 0xdfff ? 12 : 0;
}

static int repair_one(struct slice *rest, struct buf *ret)
{
    const struct slice replacement = SLICE("\xef\xbf\xbd");
    struct slice before = *rest;
    size_t keep;

    if (rest->ptr[0] == '\\') {
        keep = good_escape(*rest);
        *rest = slice_from(*rest, keep ? keep : 6);
        return buf_add(ret, keep ? slice_head(before, keep) : replacement);
    }
    if (utf8_next(rest) <= 0) /* malformed, or a raw NUL */
        return buf_add(ret, replacement);
    return buf_add(ret, slice_head(before, before.len - rest->len));
}

int json_repair(struct slice text, struct buf *ret)
{
    int r = 0;

    while (r == 0 && text.len)
        r = repair_one(&text, ret);
    return r;
}

struct slice json_str(const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);

    if (!json_is_string(value))
        return SLICE_NONE;
    return slice_of(json_string_value(value), json_string_length(value));
}

struct slice json_id(const json_t *object, const char *key, char space[24])
{
    const json_t *value = json_object_get(object, key);
    int n;

    if (json_is_string(value))
        return json_str(object, key);
    if (!json_is_integer(value))
        return SLICE_NONE;
    n = snprintf(space, 24, "%lld", (long long)json_integer_value(value));
    return slice_of(space, (size_t)n);
}

int64_t json_int(const json_t *object, const char *key, int64_t otherwise)
{
    const json_t *value = json_object_get(object, key);
    int64_t number;

    if (json_is_integer(value))
        return json_integer_value(value);
    if (json_is_string(value) && slice_int64(json_str(object, key), &number) == 0)
        return number;
    return otherwise;
}

bool json_bool(const json_t *object, const char *key, bool otherwise)
{
    const json_t *value = json_object_get(object, key);

    return json_is_boolean(value) ? json_is_true(value) : otherwise;
}

static int write_chunk(const char *ptr, size_t len, void *arg)
{
    return buf_add(arg, slice_of(ptr, len)) < 0 ? -1 : 0;
}

int json_write(const json_t *value, struct buf *b)
{
    if (json_dump_callback(value, write_chunk, b, JSON_COMPACT | JSON_ENCODE_ANY) != 0)
        return ERR_LIMIT;
    return 0;
}
