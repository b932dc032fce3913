/* vault.h - keys that can be forgotten. Everything sealed here opens only while its slots live.
 *
 * A slot is a number that stands for 32 random bytes. Whatever may have to be forgotten alone has a
 * slot of its own: a person, a tenant, a (tenant, retention class, month), a look-up bucket.
 * Callers keep slot numbers in their rows; nobody but the vault knows how keys are kept. The
 * vault's folder is never part of a backup, so a forgotten slot stays forgotten in every backup,
 * too. All functions may be called from any thread. This room does not log. */
#ifndef VAULT_VAULT_H
#define VAULT_VAULT_H

#include "base/buf.h"
#include "base/pii.h"

struct vault;

/** A slot number; 0 is "no slot". Slots are issued once and never given back. */
typedef uint64_t vault_slot;

enum vault_state { VAULT_FREE, VAULT_ISSUED, VAULT_FORGOTTEN, VAULT_DAMAGED };

struct vault_opts {
    const char *dir;      /* created with mode 0700, CACHEDIR.TAG and a README when missing */
    const char *data_id;  /* id of the installation: refuses (ERR_CONFLICT) a vault of another */
    const char *data_dir; /* for vault_status's same_volume; NULL: not known */
    size_t cache_keys;    /* 0: 65,536 (3 MiB) */
    vault_slot mark_at_least; /* highest slot named in the database: numbers start above it */
};

/** Opens or creates the vault, and mends what one of its copies lost from the other. With
 *  mark_at_least it is only opened: ERR_NOT_FOUND if there is no vault although the database names
 *  slots (a wrong folder, or keys lost: nothing is made in their place).
 *  ERR_LOCKED another process has it; ERR_DAMAGED neither of the two files is whole; ERR_CONFLICT;
 *  ERR_VERSION; ERR_IO; ERR_FULL; ERR_MEMORY; ERR_LIMIT cache_keys over 16 million. */
int vault_open(const struct vault_opts *opts, struct vault **ret) MUST_CHECK;
/** Takes NULL, returns NULL. Wipes all keys. */
struct vault *vault_close(struct vault *vault);

/** A fresh slot, usable at once. The number is burnt even if the caller's transaction rolls back.
 *  Its key is durable before this returns: keys are drawn 100 to 1,000 ahead, so most calls cost no
 *  I/O. ERR_FULL (disk, or 1,000 million slots), ERR_IO. */
int vault_issue(struct vault *vault, vault_slot *ret) MUST_CHECK;
/** Draws the keys that lie ready afresh, so that a copy of this folder opens nobody who comes after
 *  the day it was taken. Call daily. ERR_IO; on any error the ready numbers are burnt. */
int vault_redraw(struct vault *vault) MUST_CHECK;
/** VAULT_FREE was never issued. Numbers that an earlier run had ready and that nobody owns count as
 *  issued. VAULT_FORGOTTEN and VAULT_DAMAGED are told apart by state, never by a failed open. */
enum vault_state vault_state_of(struct vault *vault, vault_slot slot);
/** Forgets the slots for good, on every file, read back before it returns. Many cost little more
 *  than one: a write per copy for each run of up to 16 neighbouring pages of 100 slots. 0 is
 *  skipped; idempotent. A slot of a damaged page can be forgotten, too; the rest of that page then
 *  stays damaged for good.
 *  ERR_NOT_FOUND a slot was never issued: nothing was forgotten. ERR_IO, ERR_MEMORY: the slots are
 *  out of use here (ERR_FORGOTTEN), but may live again after a restart. Call again until it returns
 *  0, and only then say that they are forgotten. */
int vault_forget(struct vault *vault, const vault_slot *slots, size_t n) MUST_CHECK;

/** What a sealed value hangs on. It dies with any one of its slots. person and klass may be 0. */
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
 *  ERR_FORGOTTEN a slot was forgotten; ERR_NOT_FOUND a slot was never issued, or owner->tenant is
 * 0; ERR_DAMAGED a slot's key is lost (vault_state_of tells which); ERR_LIMIT, ERR_MEMORY. */
int vault_seal(struct vault *vault, const struct vault_owner *owner,
               const struct vault_place *place, struct pii plain, struct buf *ret) MUST_CHECK;
/** Appends the plain text to *ret. ERR_FORGOTTEN, ERR_NOT_FOUND, ERR_DAMAGED (did not authenticate,
 *  or as above), ERR_LIMIT, ERR_MEMORY. */
int vault_open_sealed(struct vault *vault, const struct vault_owner *owner,
                      const struct vault_place *place, struct slice sealed,
                      struct buf *ret) MUST_CHECK;

enum { VAULT_HASH_SIZE = 16 };
/** A keyed hash for look-ups: equal input gives equal output while the slot lives, and tells
 * nothing afterwards. `purpose` separates uses (identity, e-mail, duplicate, tombstone). Errors as
 * vault_seal. */
int vault_hash(struct vault *vault, vault_slot slot, uint32_t purpose, struct pii input,
               unsigned char ret[VAULT_HASH_SIZE]) MUST_CHECK;

/** A secret of the installation that is not a person's (cookie and receipt signing): 32 bytes kept
 *  with the vault, made on first use. `name` is a short word of ours: 1 to 31 of a-z, 0-9, '_' and
 * '-'. ERR_INVALID; ERR_LIMIT 32 names are in use; ERR_DAMAGED; ERR_IO. */
int vault_secret(struct vault *vault, const char *name, unsigned char ret[32]) MUST_CHECK;

struct vault_status {
    uint64_t issued; /* and live, those without an owner included */
    uint64_t forgotten;
    uint64_t damaged;
    vault_slot mark;  /* numbers below it are used up or ready */
    int files;        /* copies to which every write since the start succeeded */
    bool same_volume; /* as the data folder: a snapshot of the disk would hold both */
    bool direct;      /* keys are written past the kernel's page cache (O_DIRECT) */
    bool locked;      /* all memory for keys is locked: raise RLIMIT_MEMLOCK if not */
    bool hidden;      /* the cache of keys is memfd_secret memory */
};
/** Looks at the state of every slot in memory (1 ms per million). Never fails today. */
int vault_status(struct vault *vault, struct vault_status *ret) MUST_CHECK;

#endif
