/* slots.h - the slots of tenants and of their retention classes, kept in memory. Inside store only.
 * A slot issued in a turn is seen by that turn alone until it has committed: a row of another turn
 * must not be sealed under a slot whose own row may yet be rolled back. */
#ifndef STORE_SLOTS_H
#define STORE_SLOTS_H

#include <pthread.h>
#include <uthash.h>

#include "store/item.h"

enum { SLOTS_TENANT = -1 }; /* the class of the tenant's own slot */

struct slot_key {
    int64_t tenant;
    int32_t class;
    int32_t month;
};

struct slot_entry {
    struct slot_key key;
    vault_slot slot;
    const struct item *item;
    UT_hash_handle hh;
};

struct slots {
    pthread_mutex_t lock;
    struct slot_entry *known;
};

void slots_init(struct slots *slots);
void slots_done(struct slots *slots);
/** 0 when it is not in memory. */
vault_slot slots_find(struct turn *turn, const struct slot_key *key);
/** Keeps a slot that was read or issued in this turn. ERR_MEMORY. */
int slots_keep(struct turn *turn, const struct slot_key *key, vault_slot slot) MUST_CHECK;

void slots_publish(struct slots *slots, struct slot_entry **log);
void slots_undo(struct slot_entry **log, const struct item *item);
void slots_clear(struct slot_entry **log);

#endif
