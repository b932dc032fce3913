#include "base/buf.h"

#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/err.h"

void buf_done(struct buf *b)
{
    if (b->ptr)
        sodium_memzero(b->ptr, b->cap);
    free(b->ptr);
    *b = BUF_INIT(b->limit);
}

void buf_clear(struct buf *b)
{
    if (b->ptr)
        sodium_memzero(b->ptr, b->len);
    b->len = 0;
}

int buf_reserve(struct buf *b, size_t more)
{
    size_t need, cap;
    char *grown;

    if (__builtin_add_overflow(b->len, more, &need) || need > b->limit)
        return ERR_LIMIT;
    if (need <= b->cap)
        return 0;
    cap = b->cap ? b->cap : 64;
    while (cap < need)
        cap = cap > b->limit / 2 ? b->limit : cap * 2;
    grown = malloc(cap);
    if (!grown)
        return ERR_MEMORY;
    if (b->len)
        memcpy(grown, b->ptr, b->len);
    if (b->ptr)
        sodium_memzero(b->ptr, b->cap);
    free(b->ptr);
    b->ptr = grown;
    b->cap = cap;
    return 0;
}

int buf_add(struct buf *b, struct slice s)
{
    int r = buf_reserve(b, s.len);

    if (r < 0)
        return r;
    if (s.len)
        memcpy(b->ptr + b->len, s.ptr, s.len);
    b->len += s.len;
    return 0;
}

int buf_add_char(struct buf *b, char c)
{
    return buf_add(b, slice_of(&c, 1));
}

int buf_addf(struct buf *b, const char *format, ...)
{
    va_list args;
    int n, r;

    va_start(args, format);
    n = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (n < 0)
        return ERR_INTERNAL;
    r = buf_reserve(b, (size_t)n + 1);
    if (r < 0)
        return r;
    va_start(args, format);
    vsnprintf(b->ptr + b->len, (size_t)n + 1, format, args);
    va_end(args);
    b->len += (size_t)n;
    return 0;
}

void buf_drop(struct buf *b, size_t n)
{
    if (n >= b->len) {
        buf_clear(b);
        return;
    }
    memmove(b->ptr, b->ptr + n, b->len - n);
    sodium_memzero(b->ptr + b->len - n, n);
    b->len -= n;
}
