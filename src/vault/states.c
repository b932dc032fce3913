#include "vault/states.h"

#include <stdatomic.h>
#include <stdlib.h>

#include "base/err.h"
#include "vault/head.h"

enum { CHUNK = 65536 };
#define CHUNKS (HEAD_MARK_MAX / CHUNK + 1)

/* Chunks are never moved, so a reader needs no lock while the table grows. The table itself is 122
 * KiB of untouched zeros until it is used. */
struct states {
    _Atomic(_Atomic unsigned char *) chunks[CHUNKS];
};

int states_new(struct states **ret)
{
    struct states *s = calloc(1, sizeof(*s));

    if (!s)
        return ERR_MEMORY;
    *ret = s;
    return 0;
}

struct states *states_free(struct states *s)
{
    size_t i;

    if (!s)
        return NULL;
    for (i = 0; i < CHUNKS && s->chunks[i]; i++)
        free((void *)s->chunks[i]);
    free(s);
    return NULL;
}

int states_grow(struct states *s, vault_slot end)
{
    size_t i;

    if (end > HEAD_MARK_MAX)
        return ERR_FULL;
    for (i = 0; (vault_slot)i * CHUNK < end; i++) {
        _Atomic unsigned char *chunk;

        if (atomic_load(&s->chunks[i]))
            continue;
        chunk = calloc(CHUNK, 1);
        if (!chunk)
            return ERR_MEMORY;
        atomic_store(&s->chunks[i], chunk);
    }
    return 0;
}

enum slot_state states_get(const struct states *s, vault_slot slot)
{
    const _Atomic unsigned char *chunk;

    if (slot >= HEAD_MARK_MAX)
        return SLOT_EMPTY;
    chunk = atomic_load_explicit(&s->chunks[slot / CHUNK], memory_order_acquire);
    if (!chunk)
        return SLOT_EMPTY;
    return (enum slot_state)atomic_load_explicit(&chunk[slot % CHUNK], memory_order_acquire);
}

void states_set(struct states *s, vault_slot slot, enum slot_state state)
{
    _Atomic unsigned char *chunk = atomic_load(&s->chunks[slot / CHUNK]);

    atomic_store_explicit(&chunk[slot % CHUNK], (unsigned char)state, memory_order_release);
}
