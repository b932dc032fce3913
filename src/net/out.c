#include "net/out.h"

#include <sodium.h>
#include <stdlib.h>

struct out *out_new(size_t cap)
{
    struct out *out;
    size_t size;

    if (__builtin_add_overflow(sizeof(*out), cap, &size))
        return NULL;
    out = malloc(size);
    if (!out)
        return NULL;
    *out = (struct out){.cap = cap};
    return out;
}

struct out *out_copy(struct slice s)
{
    struct out *out = out_new(s.len);

    if (out)
        out_put(out, s);
    return out;
}

void out_put(struct out *out, struct slice s)
{
    if (s.len == 0 || s.len > out->cap - out->len)
        return;
    memcpy(out->bytes + out->len, s.ptr, s.len);
    out->len += s.len;
}

struct out *out_free(struct out *out)
{
    if (!out)
        return NULL;
    sodium_memzero(out->bytes, out->len);
    free(out);
    return NULL;
}

void out_push(struct out_queue *queue, struct out *out)
{
    if (queue->last)
        queue->last->next = out;
    else
        queue->first = out;
    queue->last = out;
    queue->bytes += out->len + out->tail.len - out->sent;
}

void out_move(struct out_queue *queue, struct out_queue *from)
{
    if (!from->first)
        return;
    if (queue->last)
        queue->last->next = from->first;
    else
        queue->first = from->first;
    queue->last = from->last;
    queue->bytes += from->bytes;
    *from = (struct out_queue){0};
}

unsigned out_gather(const struct out_queue *queue, uv_buf_t *ret, unsigned max)
{
    const struct out *out;
    unsigned n = 0;
    size_t skip;

    for (out = queue->first; out && n < max; out = out->next) {
        if (out->sent < out->len)
            ret[n++] =
                uv_buf_init((char *)out->bytes + out->sent, (unsigned)(out->len - out->sent));
        skip = out->sent > out->len ? out->sent - out->len : 0;
        if (out->tail.len > skip && n < max)
            ret[n++] = uv_buf_init((char *)out->tail.ptr + skip, (unsigned)(out->tail.len - skip));
    }
    return n;
}

void out_drop(struct out_queue *queue, size_t n)
{
    struct out *out;
    size_t left;

    queue->bytes -= n;
    while ((out = queue->first)) {
        left = out->len + out->tail.len - out->sent;
        if (n < left) {
            out->sent += n;
            return;
        }
        n -= left;
        queue->first = out->next;
        if (!queue->first)
            queue->last = NULL;
        out_free(out);
    }
}

void out_clear(struct out_queue *queue)
{
    struct out *out, *next;

    for (out = queue->first; out; out = next) {
        next = out->next;
        out_free(out);
    }
    *queue = (struct out_queue){0};
}
