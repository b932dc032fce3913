/* buf.h - a growing buffer that is born with its limit. */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include "base/slice.h"

struct buf {
    char *ptr;
    size_t len;
    size_t cap;
    size_t limit; /* bytes; an addition beyond it is ERR_LIMIT and changes nothing */
};

/** No memory is taken before the first byte. */
#define BUF_INIT(limit_bytes) ((struct buf){NULL, 0, 0, (limit_bytes)})

void buf_done(struct buf *b);
/** Forgets the content, keeps the memory. */
void buf_clear(struct buf *b);
/** Room for `more` bytes behind len. ERR_LIMIT, ERR_MEMORY. */
int buf_reserve(struct buf *b, size_t more) MUST_CHECK;
int buf_add(struct buf *b, struct slice s) MUST_CHECK;
int buf_add_char(struct buf *b, char c) MUST_CHECK;
/** printf into the buffer. For numbers and static text; personal text goes by buf_add. */
int buf_addf(struct buf *b, const char *format, ...) PRINTF_LIKE(2, 3) MUST_CHECK;
/** Drops the first n bytes, moving the rest to the front. */
void buf_drop(struct buf *b, size_t n);

static inline struct slice buf_slice(const struct buf *b)
{
    return (struct slice){b->ptr, b->len};
}

#endif
