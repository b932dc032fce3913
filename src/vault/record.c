#include "vault/record.h"

#include <assert.h>
#include <sodium.h>

#include "base/err.h"
#include "vault/bytes.h"

enum {
    NONCE = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES,
    TAG = crypto_aead_xchacha20poly1305_ietf_ABYTES,
    BOUND = 1 + 8 + 4 + 4 + 8 + 8 + 8,
    LABEL = 16,
    KDF_INPUT = LABEL + 4 + 4 + 2 * SLOT_KEY,
};

static_assert(VAULT_OVERHEAD == 1 + NONCE + TAG, "what sealing adds");
static_assert(RECORD_KEY == crypto_aead_xchacha20poly1305_ietf_KEYBYTES, "cipher key");

void record_key(const struct record_keys *keys, uint32_t purpose, unsigned char ret[RECORD_KEY])
{
    unsigned char in[KDF_INPUT] = {0};

    memcpy(in, "lethe record key", LABEL);
    in[LABEL] = RECORD_VERSION;
    in[LABEL + 1] = keys->has_person;
    in[LABEL + 2] = keys->has_klass;
    bytes_put32(in + LABEL + 4, purpose);
    if (keys->has_person)
        memcpy(in + LABEL + 8, keys->person, SLOT_KEY);
    if (keys->has_klass)
        memcpy(in + LABEL + 8 + SLOT_KEY, keys->klass, SLOT_KEY);
    crypto_generichash(ret, RECORD_KEY, in, sizeof(in), keys->tenant, SLOT_KEY);
    sodium_memzero(in, sizeof(in));
}

static void bind(const struct vault_owner *owner, const struct vault_place *place,
                 unsigned char ret[BOUND])
{
    ret[0] = RECORD_VERSION;
    bytes_put64(ret + 1, (uint64_t)place->tenant);
    bytes_put32(ret + 9, (uint32_t)place->table);
    bytes_put32(ret + 13, (uint32_t)place->column);
    bytes_put64(ret + 17, (uint64_t)place->row);
    bytes_put64(ret + 25, owner->person);
    bytes_put64(ret + 33, owner->klass);
}

int record_seal(const unsigned char key[RECORD_KEY], const unsigned char *nonce,
                const struct vault_owner *owner, const struct vault_place *place, struct pii plain,
                struct buf *ret)
{
    struct slice text = pii_reveal(plain);
    unsigned char bound[BOUND], *at;
    int r;

    if (text.len > SIZE_MAX - VAULT_OVERHEAD)
        return ERR_LIMIT;
    r = buf_reserve(ret, text.len + VAULT_OVERHEAD);
    if (r < 0)
        return r;
    bind(owner, place, bound);
    at = (unsigned char *)ret->ptr + ret->len;
    at[0] = RECORD_VERSION;
    memcpy(at + 1, nonce, NONCE);
    crypto_aead_xchacha20poly1305_ietf_encrypt(at + 1 + NONCE, NULL,
                                               (const unsigned char *)text.ptr, text.len, bound,
                                               sizeof(bound), NULL, nonce, key);
    ret->len += text.len + VAULT_OVERHEAD;
    return 0;
}

int record_open(const unsigned char key[RECORD_KEY], const struct vault_owner *owner,
                const struct vault_place *place, struct slice sealed, struct buf *ret)
{
    const unsigned char *from = (const unsigned char *)sealed.ptr;
    unsigned char bound[BOUND];
    unsigned long long len;
    int r;

    if (sealed.len < VAULT_OVERHEAD || from[0] != RECORD_VERSION)
        return ERR_DAMAGED;
    r = buf_reserve(ret, sealed.len - VAULT_OVERHEAD);
    if (r < 0)
        return r;
    bind(owner, place, bound);
    /* libsodium checks the tag before it writes a byte. */
    if (crypto_aead_xchacha20poly1305_ietf_decrypt((unsigned char *)ret->ptr + ret->len, &len, NULL,
                                                   from + 1 + NONCE, sealed.len - 1 - NONCE, bound,
                                                   sizeof(bound), from + 1, key) != 0)
        return ERR_DAMAGED;
    ret->len += (size_t)len;
    return 0;
}

void record_hash(const unsigned char slot_key[SLOT_KEY], uint32_t purpose, struct pii input,
                 unsigned char ret[VAULT_HASH_SIZE])
{
    struct slice text = pii_reveal(input);
    unsigned char in[LABEL + 4], key[SLOT_KEY];

    memcpy(in, "lethe look-up k.", LABEL);
    bytes_put32(in + LABEL, purpose);
    crypto_generichash(key, sizeof(key), in, sizeof(in), slot_key, SLOT_KEY);
    crypto_generichash(ret, VAULT_HASH_SIZE, (const unsigned char *)text.ptr, text.len, key,
                       sizeof(key));
    sodium_memzero(key, sizeof(key));
}
