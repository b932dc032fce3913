#include "base/slice.h"

#include <sodium.h>

#include "base/err.h"

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

bool slice_eq_nocase(struct slice a, struct slice b)
{
    size_t i;

    if (a.len != b.len)
        return false;
    for (i = 0; i < a.len; i++)
        if (lower(a.ptr[i]) != lower(b.ptr[i]))
            return false;
    return true;
}

bool slice_starts(struct slice s, struct slice prefix)
{
    return s.len >= prefix.len && slice_eq(slice_head(s, prefix.len), prefix);
}

bool slice_ends(struct slice s, struct slice suffix)
{
    return s.len >= suffix.len && slice_eq(slice_from(s, s.len - suffix.len), suffix);
}

ptrdiff_t slice_find(struct slice s, char c)
{
    const char *hit = s.len ? memchr(s.ptr, c, s.len) : NULL;

    return hit ? hit - s.ptr : -1;
}

struct slice slice_from(struct slice s, size_t from)
{
    if (from > s.len)
        from = s.len;
    return (struct slice){s.ptr ? s.ptr + from : NULL, s.len - from};
}

struct slice slice_head(struct slice s, size_t len)
{
    return (struct slice){s.ptr, len < s.len ? len : s.len};
}

static bool is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

struct slice slice_trim(struct slice s)
{
    while (s.len && is_space(s.ptr[0]))
        s = slice_from(s, 1);
    while (s.len && is_space(s.ptr[s.len - 1]))
        s.len--;
    return s;
}

bool slice_cut(struct slice *rest, char sep, struct slice *ret_part)
{
    ptrdiff_t at;

    if (!rest->ptr)
        return false;
    at = slice_find(*rest, sep);
    if (at < 0) {
        *ret_part = *rest;
        *rest = SLICE_NONE;
        return true;
    }
    *ret_part = slice_head(*rest, (size_t)at);
    *rest = (struct slice){rest->ptr + at + 1, rest->len - (size_t)at - 1};
    return true;
}

int slice_int64(struct slice s, int64_t *ret)
{
    bool negative = s.len && s.ptr[0] == '-';
    int64_t value = 0;
    size_t i;

    if (s.len == (negative ? 1u : 0u))
        return ERR_SYNTAX;
    for (i = negative; i < s.len; i++) {
        int digit = s.ptr[i] - '0';

        if (digit < 0 || digit > 9)
            return ERR_SYNTAX;
        if (__builtin_mul_overflow(value, 10, &value) ||
            __builtin_add_overflow(value, negative ? -digit : digit, &value))
            return ERR_LIMIT;
    }
    *ret = value;
    return 0;
}

bool slice_eq_secret(struct slice a, struct slice b)
{
    return a.len == b.len && sodium_memcmp(a.ptr, b.ptr, a.len) == 0;
}
