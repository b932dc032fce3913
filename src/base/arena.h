/* arena.h - memory of one request, job or event: allocated piece by piece, freed at once. */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include "base/slice.h"

struct arena;

/** An arena that hands out at most `limit` bytes in all. NULL when out of memory. */
struct arena *arena_new(size_t limit);
/** Wipes and frees all of it. Takes NULL, returns NULL. */
struct arena *arena_free(struct arena *arena);
/** Wipes the content and keeps the first block for the next use. */
void arena_reset(struct arena *arena);
/** Zeroed, aligned for any object. NULL beyond the limit or out of memory. */
void *arena_alloc(struct arena *arena, size_t size);
/** Zeroed array; NULL when count * size overflows, too. */
void *arena_array(struct arena *arena, size_t count, size_t size);
/** A copy followed by a NUL (not counted in len). ptr is NULL on failure. */
struct slice arena_copy(struct arena *arena, struct slice s);
/** printf into the arena; ptr is NULL on failure. */
struct slice arena_printf(struct arena *arena, const char *format, ...) PRINTF_LIKE(2, 3);
/** Bytes handed out so far. */
size_t arena_used(const struct arena *arena);

#endif
