#include "base/codec.h"

#include <sodium.h>

#include "base/err.h"

void hex_encode(struct slice s, char *ret)
{
    sodium_bin2hex(ret, 2 * s.len + 1, (const unsigned char *)s.ptr, s.len);
}

int hex_decode(struct slice s, void *ret, size_t len)
{
    size_t got;

    if (s.len != 2 * len)
        return ERR_SYNTAX;
    if (sodium_hex2bin(ret, len, s.ptr, s.len, NULL, &got, NULL) != 0 || got != len)
        return ERR_SYNTAX;
    return 0;
}

size_t base64url_encode(struct slice s, char *ret)
{
    sodium_bin2base64(ret, BASE64_SIZE(s.len), (const unsigned char *)s.ptr, s.len,
                      sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    return strlen(ret);
}

int base64url_decode(struct slice s, void *ret, size_t cap, size_t *ret_len)
{
    while (s.len && s.ptr[s.len - 1] == '=')
        s.len--;
    if (sodium_base642bin(ret, cap, s.ptr, s.len, NULL, ret_len, NULL,
                          sodium_base64_VARIANT_URLSAFE_NO_PADDING) != 0)
        return ERR_SYNTAX;
    return 0;
}
