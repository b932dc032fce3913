#include "net/http_path.h"

#include "base/err.h"
#include "base/utf8.h"

static int digit_of(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

/* The byte that "%xy" at s[at] stands for, or -1. */
static int percent_at(struct slice s, size_t at)
{
    int high, low;

    if (s.len - at < 3)
        return -1;
    high = digit_of(s.ptr[at + 1]);
    low = digit_of(s.ptr[at + 2]);
    return high < 0 || low < 0 ? -1 : high << 4 | low;
}

static int split_authority(struct slice *target, struct slice *ret)
{
    static const struct slice schemes[] = {{"http://", 7}, {"https://", 8}};
    size_t i, end;

    for (i = 0; i < ARRAY_LEN(schemes); i++) {
        if (!slice_eq_nocase(slice_head(*target, schemes[i].len), schemes[i]))
            continue;
        *target = slice_from(*target, schemes[i].len);
        for (end = 0; end < target->len && !strchr("/?", target->ptr[end]); end++)
            ;
        *ret = slice_head(*target, end);
        *target = slice_from(*target, end);
        return http_host_valid(*ret) ? 0 : ERR_SYNTAX;
    }
    return ERR_SYNTAX;
}

int http_target_read(struct slice target, struct http_target *ret)
{
    struct http_target parts = {0};
    ptrdiff_t question;
    int r;

    if (target.len == 0 || memchr(target.ptr, '#', target.len) ||
        memchr(target.ptr, '\0', target.len))
        return ERR_SYNTAX;
    if (target.ptr[0] != '/') {
        r = split_authority(&target, &parts.authority);
        if (r < 0)
            return r;
    }
    question = slice_find(target, '?');
    parts.path = question < 0 ? target : slice_head(target, (size_t)question);
    if (question >= 0)
        parts.query = slice_from(target, (size_t)question + 1);
    if (parts.path.len == 0)
        parts.path = SLICE("/"); /* "http://host" and "http://host?q" mean the root */
    *ret = parts;
    return 0;
}

/* No empty, "." or ".." segment; a slash at the end is fine. */
static bool segments_ok(struct slice path)
{
    struct slice rest = slice_from(path, 1), segment;

    while (rest.len && slice_cut(&rest, '/', &segment))
        if (segment.len == 0 || slice_eq(segment, SLICE(".")) || slice_eq(segment, SLICE("..")))
            return false;
    return true;
}

int http_path_decode(struct slice path, char *ret, size_t *ret_len)
{
    size_t i, n = 0;
    int c;

    if (path.len == 0 || path.ptr[0] != '/')
        return ERR_SYNTAX;
    for (i = 0; i < path.len; i++) {
        c = (unsigned char)path.ptr[i];
        if (c == '%') {
            c = percent_at(path, i);
            i += 2;
            if (c == '/')
                return ERR_SYNTAX;
        }
        if (c < 0x20 || c == 0x7f || c == '\\')
            return ERR_SYNTAX;
        ret[n++] = (char)c;
    }
    if (!segments_ok(slice_of(ret, n)) || !utf8_valid(slice_of(ret, n)))
        return ERR_SYNTAX;
    *ret_len = n;
    return 0;
}

int http_form_decode(struct slice value, char *ret, size_t *ret_len)
{
    size_t i, n = 0;
    int c;

    for (i = 0; i < value.len; i++) {
        c = value.ptr[i] == '%' ? percent_at(value, i) : -1;
        if (c >= 0)
            i += 2;
        else
            c = value.ptr[i] == '+' ? ' ' : (unsigned char)value.ptr[i];
        if (c == 0)
            return ERR_SYNTAX;
        ret[n++] = (char)c;
    }
    if (!utf8_valid(slice_of(ret, n)))
        return ERR_SYNTAX;
    *ret_len = n;
    return 0;
}

static bool port_ok(struct slice s)
{
    size_t i;

    for (i = 0; i < s.len; i++)
        if (s.ptr[i] < '0' || s.ptr[i] > '9')
            return false;
    return s.len <= 5;
}

bool http_host_valid(struct slice host)
{
    bool bracket = host.len && host.ptr[0] == '[';
    size_t i;
    char c;

    for (i = bracket; i < host.len; i++) {
        c = host.ptr[i];
        if (bracket ? c == ']' : c == ':')
            break;
        if (bracket ? digit_of(c) < 0 && c != ':' && c != '.'
                    : !((c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') ||
                        (c && strchr("-._~", c))))
            return false;
    }
    if (i == (size_t)bracket || i > 255)
        return false;
    if (bracket && i++ == host.len)
        return false;
    return i == host.len || (host.ptr[i] == ':' && port_ok(slice_from(host, i + 1)));
}
