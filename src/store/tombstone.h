/* tombstone.h - identities erased in the last 8 days, as hashes under a slot of (tenant, day): what
 * a provider delivers again of an erased person is dropped and does not make them a person anew. */
#ifndef STORE_TOMBSTONE_H
#define STORE_TOMBSTONE_H

#include "store/lookup.h"

enum { TOMBSTONE_DAYS = 8 };

/** Remembers the identifier as erased now. Part of the erasure's turn. */
int tombstone_add(struct turn *turn, int64_t tenant, const struct lookup_key *key) MUST_CHECK;
/** True in *ret when the identifier was erased at or after `event_at`: the event must be dropped.
 */
int tombstone_covers(struct turn *turn, int64_t tenant, const struct lookup_key *key,
                     int64_t event_at, bool *ret) MUST_CHECK;
/** Slots of days that are over, of all tenants, at most `cap`. Forget them first (vault_forget, as
 *  SLOW work), then delete their rows with tombstone_purge: a crash between the two is harmless. */
int tombstone_expired(struct turn *turn, vault_slot *ret_slots, size_t cap,
                      size_t *ret_n) MUST_CHECK;
/** Deletes the rows of days whose slots are these. */
int tombstone_purge(struct turn *turn, const vault_slot *slots, size_t n) MUST_CHECK;

#endif
