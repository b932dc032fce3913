#include "base/utf8.h"

static size_t length_of(unsigned char lead)
{
    if (lead < 0x80)
        return 1;
    if (lead >= 0xc2 && lead <= 0xdf)
        return 2;
    if (lead >= 0xe0 && lead <= 0xef)
        return 3;
    if (lead >= 0xf0 && lead <= 0xf4)
        return 4;
    return 0;
}

int32_t utf8_next(struct slice *s)
{
    static const int32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    size_t n, i;
    int32_t code;

    if (s->len == 0)
        return -2;
    n = length_of((unsigned char)s->ptr[0]);
    if (n == 0 || n > s->len)
        goto malformed;
    code = n == 1 ? s->ptr[0] : s->ptr[0] & (0x7f >> n);
    for (i = 1; i < n; i++) {
        if ((s->ptr[i] & 0xc0) != 0x80)
            goto malformed;
        code = code << 6 | (s->ptr[i] & 0x3f);
    }
    if (code < least[n] || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff))
        goto malformed;
    *s = slice_from(*s, n);
    return code;
malformed:
    *s = slice_from(*s, 1);
    return -1;
}

bool utf8_valid(struct slice s)
{
    int32_t code;

    while ((code = utf8_next(&s)) >= 0)
        ;
    return code == -2;
}

size_t utf8_count(struct slice s)
{
    size_t n = 0, i;

    for (i = 0; i < s.len; i++)
        n += (s.ptr[i] & 0xc0) != 0x80;
    return n;
}

struct slice utf8_head(struct slice s, size_t chars)
{
    struct slice rest = s;

    while (chars-- && utf8_next(&rest) >= 0)
        ;
    return slice_head(s, s.len - rest.len);
}

size_t utf8_put(int32_t code, char ret[4])
{
    if (code < 0x80) {
        ret[0] = (char)code;
        return 1;
    }
    if (code < 0x800) {
        ret[0] = (char)(0xc0 | code >> 6);
        ret[1] = (char)(0x80 | (code & 0x3f));
        return 2;
    }
    if (code < 0x10000) {
        ret[0] = (char)(0xe0 | code >> 12);
        ret[1] = (char)(0x80 | (code >> 6 & 0x3f));
        ret[2] = (char)(0x80 | (code & 0x3f));
        return 3;
    }
    ret[0] = (char)(0xf0 | code >> 18);
    ret[1] = (char)(0x80 | (code >> 12 & 0x3f));
    ret[2] = (char)(0x80 | (code >> 6 & 0x3f));
    ret[3] = (char)(0x80 | (code & 0x3f));
    return 4;
}
