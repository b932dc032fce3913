#include "account/secret.h"

#include <sodium.h>
#include <stdio.h>

#include "base/codec.h"

enum { SECRET_BYTES = 32 };

void secret_make(struct turn *turn, const char *prefix, char ret_text[SECRET_TEXT_SIZE],
                 unsigned char ret_hash[SECRET_HASH])
{
    char bytes[SECRET_BYTES], text[BASE64_SIZE(SECRET_BYTES)];

    turn_random(turn, bytes, sizeof(bytes));
    base64url_encode(slice_of(bytes, sizeof(bytes)), text);
    snprintf(ret_text, SECRET_TEXT_SIZE, "%s%s", prefix, text);
    crypto_generichash(ret_hash, SECRET_HASH, (const unsigned char *)ret_text, strlen(ret_text),
                       NULL, 0);
    sodium_memzero(bytes, sizeof(bytes));
    sodium_memzero(text, sizeof(text));
}

bool secret_hash(const char *prefix, struct slice text, unsigned char ret_hash[SECRET_HASH])
{
    if (text.len >= SECRET_TEXT_SIZE || !slice_starts(text, slice_cstr(prefix)))
        return false;
    /* 256 random bits need no key and no salt: nobody can guess their way back. */
    crypto_generichash(ret_hash, SECRET_HASH, (const unsigned char *)text.ptr, text.len, NULL, 0);
    return true;
}
