#include "vault/vault.h"

#include <pthread.h>
#include <sodium.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "base/err.h"
#include "base/rand.h"
#include "vault/folder.h"
#include "vault/keycache.h"
#include "vault/record.h"
#include "vault/secrets.h"
#include "vault/slots.h"

enum { CACHE_KEYS = 65536, NONCE = 24 };

/* Locks are taken in this order: issuing, writing, using. */
struct vault {
    struct folder folder;
    struct slots *slots;
    struct secrets *secrets;
    struct keycache *cache;
    bool same_volume;

    pthread_mutex_t issuing; /* next moves, the latest draw's keys */
    pthread_mutex_t writing; /* one writer of `slots` at a time */
    pthread_rwlock_t using; /* read: a key is in use. Write: none is, and the cache may drop some */
    _Atomic vault_slot next; /* numbers below it are issued; up to the mark, keys lie ready */
    size_t draw;             /* how many numbers the next draw takes */
};

static void locks_init(struct vault *v)
{
    pthread_rwlockattr_t attr;

    pthread_mutex_init(&v->issuing, NULL);
    pthread_mutex_init(&v->writing, NULL);
    pthread_rwlockattr_init(&attr);
    /* Otherwise a steady stream of readers could put off a forgetting for ever. */
    pthread_rwlockattr_setkind_np(&attr, PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP);
    pthread_rwlock_init(&v->using, &attr);
    pthread_rwlockattr_destroy(&attr);
}

static int open_parts(struct vault *v, const struct vault_opts *opts)
{
    struct slots_opts slots = {.data_id = opts->data_id, .mark_at_least = opts->mark_at_least};
    int r = folder_open(opts->dir, opts->mark_at_least == 0, &v->folder);

    if (r < 0)
        return r;
    slots.dir_fd = v->folder.fd;
    r = slots_open(&slots, &v->slots);
    if (r == 0)
        r = secrets_open(v->folder.fd, &v->secrets);
    if (r == 0)
        r = keycache_new(opts->cache_keys ? opts->cache_keys : CACHE_KEYS, &v->cache);
    return r;
}

int vault_open(const struct vault_opts *opts, struct vault **ret)
{
    struct vault *v;
    int r;

    if (sodium_init() < 0)
        return ERR_INTERNAL;
    v = calloc(1, sizeof(*v));
    if (!v)
        return ERR_MEMORY;
    v->folder = (struct folder){.fd = -1, .lock = -1};
    locks_init(v);
    r = open_parts(v, opts);
    if (r < 0) {
        vault_close(v);
        return r;
    }
    v->same_volume = opts->data_dir && folder_shares_device(&v->folder, opts->data_dir);
    v->draw = SLOTS_DRAW_MIN;
    /* Which numbers below the mark an earlier run handed out can't be known: none comes again. */
    atomic_store(&v->next, slots_mark(v->slots));
    *ret = v;
    return 0;
}

struct vault *vault_close(struct vault *v)
{
    if (!v)
        return NULL;
    keycache_free(v->cache);
    secrets_close(v->secrets);
    slots_close(v->slots);
    folder_done(&v->folder);
    pthread_rwlock_destroy(&v->using);
    pthread_mutex_destroy(&v->writing);
    pthread_mutex_destroy(&v->issuing);
    free(v);
    return NULL;
}

/* The first draw of a run is small, since what is left of it at the end is burnt; a busy run's
 * draws grow. */
static int draw_locked(struct vault *v)
{
    int r;

    pthread_mutex_lock(&v->writing);
    r = slots_draw(v->slots, v->draw);
    pthread_mutex_unlock(&v->writing);
    if (r < 0)
        return r;
    v->draw = v->draw * 2 < SLOTS_DRAW_MAX ? v->draw * 2 : SLOTS_DRAW_MAX;
    return 0;
}

/* The next number with a key: not 0, and not one whose page was damaged while it lay ready. */
static int next_ready(struct vault *v, vault_slot *ret)
{
    vault_slot slot = atomic_load(&v->next);

    for (;; slot++) {
        if (slot >= slots_mark(v->slots)) {
            int r = draw_locked(v);

            if (r < 0)
                return r;
        }
        if (slots_state(v->slots, slot) == SLOT_LIVE)
            break;
    }
    *ret = slot;
    return 0;
}

static int issue_locked(struct vault *v, vault_slot *ret)
{
    unsigned char key[SLOT_KEY];
    vault_slot slot;
    int r = next_ready(v, &slot);

    if (r < 0)
        return r;
    slots_take(v->slots, slot, key);
    keycache_put(v->cache, slot, key);
    sodium_memzero(key, sizeof(key));
    atomic_store(&v->next, slot + 1);
    *ret = slot;
    return 0;
}

int vault_issue(struct vault *v, vault_slot *ret)
{
    int r;

    pthread_mutex_lock(&v->issuing);
    r = issue_locked(v, ret);
    pthread_mutex_unlock(&v->issuing);
    return r;
}

int vault_redraw(struct vault *v)
{
    int r;

    pthread_mutex_lock(&v->issuing);
    pthread_mutex_lock(&v->writing);
    r = slots_redraw(v->slots, atomic_load(&v->next));
    if (r < 0) /* the two copies may now disagree about these keys */
        atomic_store(&v->next, slots_mark(v->slots));
    pthread_mutex_unlock(&v->writing);
    pthread_mutex_unlock(&v->issuing);
    return r;
}

enum vault_state vault_state_of(struct vault *v, vault_slot slot)
{
    if (slot == 0 || slot >= atomic_load(&v->next))
        return VAULT_FREE;
    switch (slots_state(v->slots, slot)) {
    case SLOT_LIVE:
    case SLOT_LEAVING: /* not forgotten before every copy says so */
        return VAULT_ISSUED;
    case SLOT_FORGOTTEN:
        return VAULT_FORGOTTEN;
    case SLOT_DAMAGED:
        return VAULT_DAMAGED;
    case SLOT_EMPTY:
    case SLOT_STATES:
        break;
    }
    return VAULT_FREE;
}

/* Nobody starts to use a leaving slot, and taking the lock waits for those who had started. */
static int leave_locked(struct vault *v, const vault_slot *slots, size_t n)
{
    vault_slot next = atomic_load(&v->next);
    size_t i;
    int r;

    for (i = 0; i < n; i++)
        if (slots[i] >= next)
            return ERR_NOT_FOUND;
    pthread_rwlock_wrlock(&v->using);
    r = slots_leave(v->slots, slots, n);
    for (i = 0; r == 0 && i < n; i++)
        keycache_drop(v->cache, slots[i]);
    pthread_rwlock_unlock(&v->using);
    return r;
}

int vault_forget(struct vault *v, const vault_slot *slots, size_t n)
{
    int r;

    pthread_mutex_lock(&v->writing);
    r = leave_locked(v, slots, n);
    if (r == 0)
        r = slots_forget(v->slots, slots, n);
    pthread_mutex_unlock(&v->writing);
    return r;
}

static int usable(struct vault *v, vault_slot slot)
{
    if (slot >= atomic_load(&v->next))
        return ERR_NOT_FOUND;
    switch (slots_state(v->slots, slot)) {
    case SLOT_LIVE:
        return 0;
    case SLOT_LEAVING:
    case SLOT_FORGOTTEN:
        return ERR_FORGOTTEN;
    case SLOT_DAMAGED:
        return ERR_DAMAGED;
    case SLOT_EMPTY:
    case SLOT_STATES:
        break;
    }
    return ERR_NOT_FOUND;
}

/* With `using` held for reading. */
static int key_of(struct vault *v, vault_slot slot, unsigned char ret[SLOT_KEY])
{
    int r;

    if (keycache_get(v->cache, slot, ret))
        return 0;
    r = slots_read(v->slots, slot, ret);
    if (r == 0)
        keycache_put(v->cache, slot, ret);
    return r;
}

/* A key could not be read though its state says it lives: looks closer, so that the state tells the
 * truth from now on. Without `using`: a forgetting takes the two locks in the other order. */
static void examine(struct vault *v, vault_slot slot)
{
    pthread_mutex_lock(&v->writing);
    if (usable(v, slot) == 0)
        slots_check(v->slots, slot);
    pthread_mutex_unlock(&v->writing);
}

static void examine_owner(struct vault *v, const struct vault_owner *owner)
{
    examine(v, owner->tenant);
    examine(v, owner->person);
    examine(v, owner->klass);
}

/* A forgotten slot outweighs what else may be wrong with the others. */
static int owner_usable(struct vault *v, const struct vault_owner *owner)
{
    int tenant = usable(v, owner->tenant);
    int person = owner->person ? usable(v, owner->person) : 0;
    int klass = owner->klass ? usable(v, owner->klass) : 0;

    if (tenant == ERR_FORGOTTEN || person == ERR_FORGOTTEN || klass == ERR_FORGOTTEN)
        return ERR_FORGOTTEN;
    return tenant < 0 ? tenant : person < 0 ? person : klass;
}

/* With `using` held for reading. */
static int owner_key(struct vault *v, const struct vault_owner *owner, uint32_t purpose,
                     unsigned char ret[RECORD_KEY])
{
    struct record_keys keys = {.has_person = owner->person != 0, .has_klass = owner->klass != 0};
    int r = owner_usable(v, owner);

    if (r == 0)
        r = key_of(v, owner->tenant, keys.tenant);
    if (r == 0 && keys.has_person)
        r = key_of(v, owner->person, keys.person);
    if (r == 0 && keys.has_klass)
        r = key_of(v, owner->klass, keys.klass);
    if (r == 0)
        record_key(&keys, purpose, ret);
    sodium_memzero(&keys, sizeof(keys));
    return r;
}

int vault_seal(struct vault *v, const struct vault_owner *owner, const struct vault_place *place,
               struct pii plain, struct buf *ret)
{
    unsigned char key[RECORD_KEY], nonce[NONCE];
    int r;

    rand_bytes(nonce, sizeof(nonce));
    pthread_rwlock_rdlock(&v->using);
    r = owner_key(v, owner, place->purpose, key);
    if (r == 0)
        r = record_seal(key, nonce, owner, place, plain, ret);
    sodium_memzero(key, sizeof(key));
    pthread_rwlock_unlock(&v->using);
    if (r == ERR_DAMAGED)
        examine_owner(v, owner);
    return r;
}

int vault_open_sealed(struct vault *v, const struct vault_owner *owner,
                      const struct vault_place *place, struct slice sealed, struct buf *ret)
{
    unsigned char key[RECORD_KEY];
    int keys, r;

    pthread_rwlock_rdlock(&v->using);
    keys = r = owner_key(v, owner, place->purpose, key);
    if (r == 0)
        r = record_open(key, owner, place, sealed, ret);
    sodium_memzero(key, sizeof(key));
    pthread_rwlock_unlock(&v->using);
    if (keys == ERR_DAMAGED)
        examine_owner(v, owner);
    return r;
}

int vault_hash(struct vault *v, vault_slot slot, uint32_t purpose, struct pii input,
               unsigned char ret[VAULT_HASH_SIZE])
{
    unsigned char key[SLOT_KEY];
    int r;

    pthread_rwlock_rdlock(&v->using);
    r = usable(v, slot);
    if (r == 0)
        r = key_of(v, slot, key);
    if (r == 0)
        record_hash(key, purpose, input, ret);
    sodium_memzero(key, sizeof(key));
    pthread_rwlock_unlock(&v->using);
    if (r == ERR_DAMAGED)
        examine(v, slot);
    return r;
}

int vault_secret(struct vault *v, const char *name, unsigned char ret[32])
{
    return secrets_get(v->secrets, name, ret);
}

int vault_status(struct vault *v, struct vault_status *ret)
{
    uint64_t count[SLOT_STATES];
    enum secmem_kind kind = keycache_kind(v->cache);

    slots_count(v->slots, atomic_load(&v->next), count);
    *ret = (struct vault_status){
        .issued = count[SLOT_LIVE] + count[SLOT_LEAVING],
        .forgotten = count[SLOT_FORGOTTEN],
        .damaged = count[SLOT_DAMAGED],
        .mark = slots_mark(v->slots),
        .files = slots_copies(v->slots),
        .same_volume = v->same_volume,
        .direct = slots_direct(v->slots),
        .locked = slots_locked(v->slots) && kind != SECMEM_PLAIN,
        .hidden = kind == SECMEM_HIDDEN,
    };
    return 0;
}
