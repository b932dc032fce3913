/* lookup.h - from an outside identifier (channel id, e-mail address) to its owner, by keyed hash.
 * Keys are slots of buckets, so that forgetting one person re-keys only a few hundred others.
 * tenant 0 holds what belongs to no tenant: e-mail addresses of platform users. */
#ifndef STORE_LOOKUP_H
#define STORE_LOOKUP_H

#include "base/pii.h"
#include "store/store.h"

/* Numbers enter the hash: never change or reuse one. */
enum lookup_kind {
    LOOKUP_IDENTITY = 1,
    LOOKUP_USER_EMAIL = 2,
    LOOKUP_PERSON_EMAIL = 3,
    LOOKUP_KINDS
};

/** An identifier within its scope, at most 1 KiB, in the one form in which it is always looked up
 * (an e-mail address in lower case): `scope` is the channel's id for identities, 0 otherwise. */
struct lookup_key {
    enum lookup_kind kind;
    int64_t scope;
    struct pii value;
};

/** ERR_NOT_FOUND; as everywhere here ERR_LIMIT and ERR_INVALID for a value too long or empty. */
int lookup_find(struct turn *turn, int64_t tenant, const struct lookup_key *key,
                int64_t *ret_owner) MUST_CHECK;
/** One question for many; ret_owners[i] is 0 where there is none. */
int lookup_find_all(struct turn *turn, int64_t tenant, const struct lookup_key *keys, size_t n,
                    int64_t *ret_owners) MUST_CHECK;
/** ERR_EXISTS the identifier has an owner already. `owner` is an identity's or a user's row id. */
int lookup_add(struct turn *turn, int64_t tenant, const struct lookup_key *key,
               int64_t owner) MUST_CHECK;

/** Reads back the identifier of an owner, to rewrite its hash under a fresh bucket slot.
 * ERR_NOT_FOUND or ERR_FORGOTTEN: the owner is gone, its hash goes, too. */
typedef int lookup_reveal(struct turn *turn, int64_t tenant, enum lookup_kind kind, int64_t owner,
                          struct lookup_key *ret);
/** Told once at start by those rooms that add look-ups. */
void lookup_set_reveal(struct store *store, enum lookup_kind kind, lookup_reveal *reveal);

/** Removes an owner's hashes and moves the living of their buckets to fresh slots, within this
 * turn. Appends the old bucket slots, to be forgotten after the commit, to *ret_slots (array of at
 * most `cap`, *ret_n in it). ERR_LIMIT: more buckets than room. */
int lookup_remove(struct turn *turn, int64_t tenant, const int64_t *owners, size_t n,
                  vault_slot *ret_slots, size_t cap, size_t *ret_n) MUST_CHECK;

#endif
