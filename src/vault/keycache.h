/* keycache.h - slot keys in locked memory, a bounded number of them. Safe from any thread. */
#ifndef VAULT_KEYCACHE_H
#define VAULT_KEYCACHE_H

#include "vault/secmem.h"
#include "vault/slots.h"

struct keycache;

/** Room for about `keys` keys (at least 8), 48 bytes each. ERR_MEMORY, ERR_LIMIT. */
int keycache_new(size_t keys, struct keycache **ret) MUST_CHECK;
/** Wipes all keys. */
struct keycache *keycache_free(struct keycache *c);
bool keycache_get(struct keycache *c, vault_slot slot, unsigned char ret[SLOT_KEY]);
/** Takes the place of the key in the same set that was not used for longest. */
void keycache_put(struct keycache *c, vault_slot slot, const unsigned char key[SLOT_KEY]);
/** Wipes the slot's key. */
void keycache_drop(struct keycache *c, vault_slot slot);
enum secmem_kind keycache_kind(const struct keycache *c);

#endif
