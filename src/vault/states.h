/* states.h - the state of every slot in memory: a byte each, read without a lock. */
#ifndef VAULT_STATES_H
#define VAULT_STATES_H

#include "vault/slots.h"

struct states;

int states_new(struct states **ret) MUST_CHECK;
struct states *states_free(struct states *s);
/** Makes room for numbers below `end`, all SLOT_EMPTY. ERR_MEMORY. */
int states_grow(struct states *s, vault_slot end) MUST_CHECK;
/** SLOT_EMPTY where there is no room. */
enum slot_state states_get(const struct states *s, vault_slot slot);
/** The slot lies below what states_grow made room for. */
void states_set(struct states *s, vault_slot slot, enum slot_state state);

#endif
