/* vault.h - keys that can be forgotten. Everything sealed here opens only while its slots live.
 *
 * A slot is a number that stands for 32 random bytes. Whatever may have to be forgotten alone has a
 * slot of its own: a person, a tenant, a (tenant, retention class, month), a look-up bucket.
 * Callers keep slot numbers in their rows; nobody but the vault knows how keys are kept. The vault's
 * folder is never part of a backup, so a forgotten slot stays forgotten in every backup, too.
 * All functions may be called from any thread. This room does not log. */
#ifndef VAULT_VAULT_H
#define VAULT_VAULT_H

#include "base/buf.h"
#include "base/pii.h"

struct vault;

/** A slot number; 0 is "no slot". Slots are issued once and never given back. */
typedef uint64_t vault_slot;

enum vault_state { VAULT_FREE, VAULT_ISSUED, VAULT_FORGOTTEN, VAULT_DAMAGED };

struct vault_opts {
    const char *dir;          /* created with mode 0700, CACHEDIR.TAG and a README when missing */
    const char *data_id;      /* id of the installation: refuses (ERR_CONFLICT) a vault of another */
    size_t cache_keys;        /* 0: 65,536 */
    vault_slot mark_at_least; /* highest slot named in the database: numbers start above it */
};

/** Opens or creates the vault. ERR_LOCKED another process has it; ERR_DAMAGED neither of the two
 *  files is whole; ERR_VERSION; ERR_IO; ERR_FULL. */
int vault_open(const struct vault_opts *opts, struct vault **ret) MUST_CHECK;
/** Takes NULL, returns NULL. Wipes all keys. */
struct vault *vault_close(struct vault *vault);

/** A fresh slot, usable at once. The number is burnt even if the caller's transaction rolls back.
 *  Its key is durable before this returns. ERR_FULL, ERR_IO. */
int vault_issue(struct vault *vault, vault_slot *ret) MUST_CHECK;
/** VAULT_FORGOTTEN and VAULT_DAMAGED are told apart by state, never by a failed open. */
enum vault_state vault_state_of(struct vault *vault, vault_slot slot);
/** Forgets the slots for good, on every file, read back before it returns; many slots cost little
 *  more than one. Idempotent. On an error some slots may still live: call again. */
int vault_forget(struct vault *vault, const vault_slot *slots, size_t n) MUST_CHECK;

/** What a sealed value hangs on. It dies with any one of its slots. `person` and `klass` may be 0. */
struct vault_owner {
    vault_slot tenant;
    vault_slot person;
    vault_slot klass; /* (tenant, retention class, month) */
};

/** Where a sealed value stands; bound to it, so that a value moved to another row won't open. */
struct vault_place {
    int64_t tenant;
    int32_t table;
    int32_t column;
    int64_t row;
    uint32_t purpose; /* enters the record key: a purpose's data opens with no other's key */
};

/** Bytes that sealing adds. */
enum { VAULT_OVERHEAD = 1 + 24 + 16 };

/** XChaCha20-Poly1305 under the record key of owner and purpose. Appends to *ret.
 *  ERR_FORGOTTEN a slot was forgotten; ERR_NOT_FOUND a slot was never issued. */
int vault_seal(struct vault *vault, const struct vault_owner *owner, const struct vault_place *place,
               struct pii plain, struct buf *ret) MUST_CHECK;
/** Appends the plain text to *ret. ERR_FORGOTTEN, ERR_NOT_FOUND, ERR_DAMAGED (did not authenticate). */
int vault_open_sealed(struct vault *vault, const struct vault_owner *owner,
                      const struct vault_place *place, struct slice sealed,
                      struct buf *ret) MUST_CHECK;

enum { VAULT_HASH_SIZE = 16 };
/** A keyed hash for look-ups: equal input gives equal output while the slot lives, and tells nothing
 *  afterwards. `purpose` separates uses (identity, e-mail, duplicate, tombstone). */
int vault_hash(struct vault *vault, vault_slot slot, uint32_t purpose, struct pii input,
               unsigned char ret[VAULT_HASH_SIZE]) MUST_CHECK;

/** A secret of the installation that is not a person's (cookie and receipt signing): 32 bytes kept
 *  with the vault, made on first use. `name` is a short word of ours. */
int vault_secret(struct vault *vault, const char *name, unsigned char ret[32]) MUST_CHECK;

struct vault_status {
    uint64_t issued;
    uint64_t forgotten;
    uint64_t damaged;
    vault_slot mark;      /* numbers below it are used up */
    int files;            /* whole copies */
    bool same_volume;     /* as the data folder: a snapshot of the disk would hold both */
};
int vault_status(struct vault *vault, struct vault_status *ret) MUST_CHECK;

#endif
