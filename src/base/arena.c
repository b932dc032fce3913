#include "base/arena.h"

#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#define FIRST_BLOCK 2048u
#define ALIGNMENT   16u

struct block {
    struct block *next; /* older blocks */
    size_t cap;
    size_t used;
    _Alignas(ALIGNMENT) char bytes[];
};

struct arena {
    struct block *block;
    size_t limit;
    size_t used;
};

static struct block *block_new(size_t cap, struct block *next)
{
    struct block *block = malloc(sizeof(*block) + cap);

    if (!block)
        return NULL;
    block->next = next;
    block->cap = cap;
    block->used = 0;
    return block;
}

static void block_free(struct block *block)
{
    sodium_memzero(block->bytes, block->used);
    free(block);
}

struct arena *arena_new(size_t limit)
{
    struct arena *arena = calloc(1, sizeof(*arena));

    if (arena)
        arena->limit = limit;
    return arena;
}

struct arena *arena_free(struct arena *arena)
{
    struct block *block, *next;

    if (!arena)
        return NULL;
    for (block = arena->block; block; block = next) {
        next = block->next;
        block_free(block);
    }
    free(arena);
    return NULL;
}

void arena_reset(struct arena *arena)
{
    struct block *block = arena->block, *next;

    while (block && block->next) {
        next = block->next;
        block_free(block);
        block = next;
    }
    if (block) {
        sodium_memzero(block->bytes, block->used);
        block->used = 0;
    }
    arena->block = block;
    arena->used = 0;
}

static struct block *block_with_room(struct arena *arena, size_t size)
{
    struct block *block = arena->block;
    size_t cap;

    if (block && block->cap - block->used >= size)
        return block;
    cap = block ? block->cap * 2 : FIRST_BLOCK;
    if (cap > 256 * 1024)
        cap = 256 * 1024;
    if (cap < size)
        cap = size;
    block = block_new(cap, arena->block);
    if (block)
        arena->block = block;
    return block;
}

void *arena_alloc(struct arena *arena, size_t size)
{
    struct block *block;
    size_t total;
    void *ptr;

    if (__builtin_add_overflow(size, ALIGNMENT - 1, &size))
        return NULL;
    size &= ~(size_t)(ALIGNMENT - 1);
    if (__builtin_add_overflow(arena->used, size, &total) || total > arena->limit)
        return NULL;
    block = block_with_room(arena, size);
    if (!block)
        return NULL;
    ptr = block->bytes + block->used;
    block->used += size;
    arena->used = total;
    return memset(ptr, 0, size);
}

void *arena_array(struct arena *arena, size_t count, size_t size)
{
    size_t total;

    return __builtin_mul_overflow(count, size, &total) ? NULL : arena_alloc(arena, total);
}

struct slice arena_copy(struct arena *arena, struct slice s)
{
    char *ptr = s.len < SIZE_MAX ? arena_alloc(arena, s.len + 1) : NULL;

    if (!ptr)
        return SLICE_NONE;
    if (s.len)
        memcpy(ptr, s.ptr, s.len);
    return slice_of(ptr, s.len);
}

struct slice arena_printf(struct arena *arena, const char *format, ...)
{
    va_list args;
    char *ptr;
    int n;

    va_start(args, format);
    n = vsnprintf(NULL, 0, format, args);
    va_end(args);
    ptr = n < 0 ? NULL : arena_alloc(arena, (size_t)n + 1);
    if (!ptr)
        return SLICE_NONE;
    va_start(args, format);
    vsnprintf(ptr, (size_t)n + 1, format, args);
    va_end(args);
    return slice_of(ptr, (size_t)n);
}

size_t arena_used(const struct arena *arena)
{
    return arena->used;
}
