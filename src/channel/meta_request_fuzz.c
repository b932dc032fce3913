#include "channel/meta_sign.h"

#include <stdio.h>

#include "base/codec.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { NOW = 1795500000 };

/* Once as it is (nearly always refused), once with a right signature before it. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slice secret = SLICE("app secret"), payload = slice_of(data, size);
    struct arena *arena = arena_new(1 << 20);
    unsigned char mac[META_MAC_SIZE];
    char signature[BASE64_SIZE(META_MAC_SIZE)];
    struct meta_request request;
    struct slice text;

    if (!arena)
        return 0;
    if (meta_request_read(arena, secret, payload, NOW, &request) == 0)
        __builtin_trap(); /* nobody guesses a signature */
    if (!meta_mac(secret, payload, mac))
        __builtin_trap();
    base64url_encode(slice_of(mac, sizeof(mac)), signature);
    text = arena_printf(arena, "%s.%.*s", signature, SLICE_ARG(payload));
    if (text.ptr && meta_request_read(arena, secret, text, NOW, &request) == 0 &&
        request.user.len == 0)
        __builtin_trap();
    arena_free(arena);
    return 0;
}
