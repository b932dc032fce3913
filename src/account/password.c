#include "account/password.h"

#include <sodium.h>

#include "base/err.h"
#include "base/utf8.h"

/* RFC 9106's second choice: 64 MiB, three passes. */
enum { PASSES = 3 };
#define MEMORY_BYTES (64u * 1024u * 1024u)

/* What attackers try first, at our least length. */
static const char *const too_common[] = {
    "1234567890",  "qwertyuiop", "0123456789", "1q2w3e4r5t", "password12", "password123",
    "passwort123", "1111111111", "0000000000", "abcdefghij", "letmein123", "iloveyou12",
};

int password_check(struct pii password)
{
    struct slice text = pii_reveal(password);
    size_t i;

    if (!utf8_valid(text) || utf8_count(text) < PASSWORD_MIN || text.len > PASSWORD_MAX)
        return ERR_INVALID;
    for (i = 0; i < ARRAY_LEN(too_common); i++)
        if (slice_eq_nocase(text, slice_cstr(too_common[i])))
            return ERR_INVALID;
    return 0;
}

int password_hash(struct arena *arena, struct pii password, struct slice *ret)
{
    char *text = arena_alloc(arena, crypto_pwhash_STRBYTES);
    struct slice plain = pii_reveal(password);

    if (!text || crypto_pwhash_str_alg(text, plain.ptr, plain.len, PASSES, MEMORY_BYTES,
                                       crypto_pwhash_ALG_ARGON2ID13) != 0)
        return ERR_MEMORY;
    *ret = slice_cstr(text);
    return 0;
}

/* A hash of nothing anybody knows, so that an unknown address costs the same time. */
static void waste_time(struct slice plain)
{
    unsigned char out[32], salt[crypto_pwhash_SALTBYTES] = {0};

    if (crypto_pwhash(out, sizeof(out), plain.ptr ? plain.ptr : "", plain.len, salt, PASSES,
                      MEMORY_BYTES, crypto_pwhash_ALG_ARGON2ID13) == 0)
        sodium_memzero(out, sizeof(out));
}

bool password_verify(struct pii password, struct slice hash)
{
    struct slice plain = pii_reveal(password);
    char text[crypto_pwhash_STRBYTES];

    if (hash.len == 0 || hash.len >= sizeof(text)) {
        waste_time(plain);
        return false;
    }
    memcpy(text, hash.ptr, hash.len);
    text[hash.len] = '\0';
    return crypto_pwhash_str_verify(text, plain.ptr ? plain.ptr : "", plain.len) == 0;
}
