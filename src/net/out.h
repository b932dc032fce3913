/* out.h - bytes on their way to a socket: a queue of pieces that wipe themselves when they are
 * gone. */
#ifndef NET_OUT_H
#define NET_OUT_H

#include <uv.h>

#include "base/slice.h"

struct out {
    struct out *next;
    size_t len;        /* bytes used in bytes[] */
    size_t cap;        /* bytes allocated there */
    size_t sent;       /* of bytes[], then of tail */
    struct slice tail; /* follows bytes[]; lies in .rodata and is never copied */
    char bytes[];
};

struct out_queue {
    struct out *first;
    struct out *last;
    size_t bytes; /* not sent yet */
};

/** Room for `cap` bytes; NULL when out of memory. */
struct out *out_new(size_t cap);
/** A piece that holds a copy of `s`. */
struct out *out_copy(struct slice s);
/** Appends to the piece. The caller reserved the room with out_new. */
void out_put(struct out *out, struct slice s);
/** Wipes and frees. Takes NULL, returns NULL. */
struct out *out_free(struct out *out);

/** The queue owns the piece from now on. */
void out_push(struct out_queue *queue, struct out *out);
/** Moves everything from `from` behind `queue`. */
void out_move(struct out_queue *queue, struct out_queue *from);
/** Describes the first bytes that wait, at most `max` runs of them. Returns the number of runs. */
unsigned out_gather(const struct out_queue *queue, uv_buf_t *ret, unsigned max);
/** Takes `n` sent bytes off the front. */
void out_drop(struct out_queue *queue, size_t n);
void out_clear(struct out_queue *queue);

#endif
