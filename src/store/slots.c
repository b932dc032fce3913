#include "store/slots.h"

#include <stdlib.h>

#include "base/err.h"
#include "store/inside.h"
#include "store/turn.h"

/* About 6 MB when full; then it starts afresh. */
#define KNOWN_MAX 65536u

static struct slot_entry *find(struct slot_entry *table, const struct slot_key *key)
{
    struct slot_entry *entry;

    HASH_FIND(hh, table, key, sizeof(*key), entry);
    return entry;
}

void slots_init(struct slots *slots)
{
    pthread_mutex_init(&slots->lock, NULL);
    slots->known = NULL;
}

void slots_done(struct slots *slots)
{
    slots_clear(&slots->known);
    pthread_mutex_destroy(&slots->lock);
}

vault_slot slots_find(struct turn *turn, const struct slot_key *key)
{
    struct slots *slots = &turn->store->slots;
    struct turn_log *log = item_of(turn)->log;
    const struct slot_entry *entry = log ? find(log->slots, key) : NULL;
    vault_slot slot;

    if (entry)
        return entry->slot;
    pthread_mutex_lock(&slots->lock);
    entry = find(slots->known, key);
    slot = entry ? entry->slot : 0;
    pthread_mutex_unlock(&slots->lock);
    return slot;
}

/* Adds to a table in which the key is not yet; frees the entry when it is. */
static void add(struct slot_entry **table, struct slot_entry *entry)
{
    if (find(*table, &entry->key)) {
        free(entry);
        return;
    }
    HASH_ADD(hh, *table, key, sizeof(entry->key), entry);
}

static void make_known(struct slots *slots, struct slot_entry *entry)
{
    pthread_mutex_lock(&slots->lock);
    if (HASH_COUNT(slots->known) >= KNOWN_MAX)
        slots_clear(&slots->known);
    add(&slots->known, entry);
    pthread_mutex_unlock(&slots->lock);
}

int slots_keep(struct turn *turn, const struct slot_key *key, vault_slot slot)
{
    struct item *item = item_of(turn);
    struct slot_entry *entry = calloc(1, sizeof(*entry));

    if (!entry)
        return ERR_MEMORY;
    entry->key = *key;
    entry->slot = slot;
    entry->item = item;
    if (item->log)
        add(&item->log->slots, entry);
    else
        make_known(&turn->store->slots, entry);
    return 0;
}

void slots_publish(struct slots *slots, struct slot_entry **log)
{
    struct slot_entry *entry, *next;

    HASH_ITER(hh, *log, entry, next) {
        HASH_DEL(*log, entry);
        make_known(slots, entry);
    }
}

void slots_undo(struct slot_entry **log, const struct item *item)
{
    struct slot_entry *entry, *next;

    HASH_ITER(hh, *log, entry, next) {
        if (entry->item != item)
            continue;
        HASH_DEL(*log, entry);
        free(entry);
    }
}

void slots_clear(struct slot_entry **log)
{
    struct slot_entry *entry, *next;

    HASH_ITER(hh, *log, entry, next) {
        HASH_DEL(*log, entry);
        free(entry);
    }
}
