#include "vault/keycache.h"

#include <pthread.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"

enum { WAYS = 8, LOCKS = 64 };
#define KEYS_MAX ((size_t)1 << 24)

struct entry {
    vault_slot slot; /* 0: nothing here */
    unsigned char key[SLOT_KEY];
    uint32_t used; /* the set's clock when it was last asked for */
    uint32_t unused;
};

struct set {
    struct entry ways[WAYS];
};

/* A slot can stand in one set only: no list to keep, no memory beside the locked one. Numbers are
 * given in a row, so slot % sets spreads them evenly and small vaults touch few pages. */
struct keycache {
    struct secmem memory;
    struct set *sets;
    size_t n_sets;
    pthread_mutex_t locks[LOCKS]; /* of every LOCKS-th set */
    uint32_t clocks[LOCKS];
};

int keycache_new(size_t keys, struct keycache **ret)
{
    struct keycache *c;
    size_t i;

    if (keys > KEYS_MAX)
        return ERR_LIMIT;
    c = calloc(1, sizeof(*c));
    if (!c)
        return ERR_MEMORY;
    c->n_sets = keys < WAYS ? 1 : keys / WAYS;
    if (secmem_init(&c->memory, c->n_sets * sizeof(struct set), SECMEM_HIDDEN) < 0) {
        free(c);
        return ERR_MEMORY;
    }
    c->sets = (struct set *)(void *)c->memory.ptr;
    for (i = 0; i < LOCKS; i++)
        pthread_mutex_init(&c->locks[i], NULL);
    *ret = c;
    return 0;
}

struct keycache *keycache_free(struct keycache *c)
{
    size_t i;

    if (!c)
        return NULL;
    secmem_done(&c->memory);
    for (i = 0; i < LOCKS; i++)
        pthread_mutex_destroy(&c->locks[i]);
    free(c);
    return NULL;
}

static struct set *set_lock(struct keycache *c, vault_slot slot)
{
    size_t i = slot % c->n_sets;

    pthread_mutex_lock(&c->locks[i % LOCKS]);
    c->clocks[i % LOCKS]++;
    return &c->sets[i];
}

static void set_unlock(struct keycache *c, const struct set *set)
{
    pthread_mutex_unlock(&c->locks[(size_t)(set - c->sets) % LOCKS]);
}

static void entry_touch(const struct keycache *c, const struct set *set, struct entry *e)
{
    e->used = c->clocks[(size_t)(set - c->sets) % LOCKS];
}

static struct entry *find(struct set *set, vault_slot slot)
{
    int i;

    for (i = 0; i < WAYS; i++)
        if (set->ways[i].slot == slot)
            return &set->ways[i];
    return NULL;
}

static struct entry *oldest(const struct keycache *c, struct set *set)
{
    uint32_t now = c->clocks[(size_t)(set - c->sets) % LOCKS];
    struct entry *old = &set->ways[0];
    int i;

    for (i = 1; i < WAYS; i++)
        if (now - set->ways[i].used > now - old->used)
            old = &set->ways[i];
    return old;
}

bool keycache_get(struct keycache *c, vault_slot slot, unsigned char ret[SLOT_KEY])
{
    struct set *set = set_lock(c, slot);
    struct entry *e = find(set, slot);

    if (e) {
        memcpy(ret, e->key, SLOT_KEY);
        entry_touch(c, set, e);
    }
    set_unlock(c, set);
    return e != NULL;
}

void keycache_put(struct keycache *c, vault_slot slot, const unsigned char key[SLOT_KEY])
{
    struct set *set = set_lock(c, slot);
    struct entry *e = find(set, slot);

    if (!e)
        e = find(set, 0);
    if (!e)
        e = oldest(c, set);
    e->slot = slot;
    memcpy(e->key, key, SLOT_KEY);
    entry_touch(c, set, e);
    set_unlock(c, set);
}

void keycache_drop(struct keycache *c, vault_slot slot)
{
    struct set *set = set_lock(c, slot);
    struct entry *e = find(set, slot);

    if (e)
        sodium_memzero(e, sizeof(*e));
    set_unlock(c, set);
}

enum secmem_kind keycache_kind(const struct keycache *c)
{
    return c->memory.kind;
}
