/* bucket.h - which bucket an identifier falls into. Inside store only.
 *
 * The buckets of a tenant are the leaves of a binary tree over the first bits of a hash that is
 * keyed by the tenant's own slot and never re-keyed. The root is number 1, the halves of n are 2n
 * and 2n+1; only leaves have a row, so each hash belongs to exactly one. */
#ifndef STORE_BUCKET_H
#define STORE_BUCKET_H

#include <pthread.h>

#include "store/lookup.h"
#include "store/schema.h"

enum { BUCKET_DEPTH_MAX = 24, BUCKET_FIND_MAX = 256 };

struct bucket {
    int64_t number; /* 0: the tenant has no bucket yet */
    vault_slot slot;
};

struct depth_entry;

/** How deep the tenants' trees are: a hint that saves questions, right or wrong. */
struct bucket_hints {
    pthread_mutex_t lock;
    struct depth_entry *depths;
};

void bucket_hints_init(struct bucket_hints *hints);
void bucket_hints_done(struct bucket_hints *hints);

/** The bits that choose the bucket. ERR_LIMIT, ERR_FORGOTTEN the tenant was. */
int bucket_bits(struct turn *turn, int64_t tenant, const struct lookup_key *key,
                uint32_t *ret) MUST_CHECK;
/** A keyed hash of the identifier. */
int bucket_hash(struct turn *turn, vault_slot slot, enum hash_purpose purpose,
                const struct lookup_key *key, unsigned char ret[VAULT_HASH_SIZE]) MUST_CHECK;
/** One question for the buckets of up to BUCKET_FIND_MAX hashes; their rows are locked in WRITE. */
int bucket_find(struct turn *turn, int64_t tenant, const uint32_t *bits, size_t n,
                struct bucket *ret) MUST_CHECK;
/** Which half of bucket `number` the bits fall into: its number. */
int64_t bucket_half(int64_t number, uint32_t bits);
/** How many bits choose the bucket. */
int bucket_depth(int64_t number);

int bucket_add(struct turn *turn, int64_t tenant, int64_t number, struct bucket *ret) MUST_CHECK;
int bucket_delete(struct turn *turn, int64_t tenant, int64_t number) MUST_CHECK;

#endif
