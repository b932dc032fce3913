/* record.h - from slot keys to sealed bytes. Pure: no files, no state, no lock.
 *
 * Sealed, format 1:  version (1) | nonce (24) | ciphertext | tag (16)
 * XChaCha20-Poly1305-IETF; bound to (little-endian): version (1) | tenant (8) | table (4) |
 * column (4) | row (8) | person's slot (8) | class slot (8).
 * Record key: BLAKE2b-256, keyed with the tenant slot's key, of: "lethe record key" (16) |
 * version (1) | has person (1) | has class (1) | 0 | purpose (4) | person's key or zeros (32) |
 * class key or zeros (32). Whoever lacks any one of the three keys can't make it. */
#ifndef VAULT_RECORD_H
#define VAULT_RECORD_H

#include "vault/slots.h"

enum { RECORD_VERSION = 1, RECORD_KEY = 32 };

struct record_keys {
    unsigned char tenant[SLOT_KEY];
    unsigned char person[SLOT_KEY]; /* counts if has_person */
    unsigned char klass[SLOT_KEY];  /* counts if has_klass */
    bool has_person;
    bool has_klass;
};

void record_key(const struct record_keys *keys, uint32_t purpose, unsigned char ret[RECORD_KEY]);
/** Appends plain.len + VAULT_OVERHEAD bytes. `nonce` (24 bytes) is random and used once.
 *  ERR_LIMIT, ERR_MEMORY. */
int record_seal(const unsigned char key[RECORD_KEY], const unsigned char *nonce,
                const struct vault_owner *owner, const struct vault_place *place, struct pii plain,
                struct buf *ret) MUST_CHECK;
/** Appends the plain text; nothing on an error. ERR_DAMAGED, ERR_LIMIT, ERR_MEMORY. */
int record_open(const unsigned char key[RECORD_KEY], const struct vault_owner *owner,
                const struct vault_place *place, struct slice sealed, struct buf *ret) MUST_CHECK;
/** BLAKE2b-128 keyed with BLAKE2b-256(slot's key, "lethe look-up k." | purpose (4)). */
void record_hash(const unsigned char slot_key[SLOT_KEY], uint32_t purpose, struct pii input,
                 unsigned char ret[VAULT_HASH_SIZE]);

#endif
