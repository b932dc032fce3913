#include "channel/meta_sign.h"

#include <openssl/hmac.h>
#include <sodium.h>

#include "base/codec.h"
#include "base/err.h"
#include "base/json.h"

enum { REQUEST_MAX = 8 * 1024, CLOCK_SKEW_S = 10 * 60 };

bool meta_mac(struct slice secret, struct slice data, unsigned char ret[META_MAC_SIZE])
{
    unsigned int n = META_MAC_SIZE;

    return HMAC(EVP_sha256(), secret.ptr ? secret.ptr : "", (int)secret.len,
                (const unsigned char *)(data.ptr ? data.ptr : ""), data.len, ret, &n) != NULL;
}

bool meta_signed(struct slice secret, struct slice header, struct slice body)
{
    const struct slice prefix = SLICE("sha256=");
    unsigned char want[META_MAC_SIZE], got[META_MAC_SIZE];

    if (secret.len == 0 || !slice_starts(header, prefix) ||
        hex_decode(slice_from(header, prefix.len), got, sizeof(got)) < 0)
        return false;
    return meta_mac(secret, body, want) && sodium_memcmp(want, got, sizeof(want)) == 0;
}

bool meta_proof(struct slice secret, struct slice token, char ret[META_PROOF_SIZE])
{
    unsigned char mac[META_MAC_SIZE];

    if (!meta_mac(secret, token, mac))
        return false;
    hex_encode(slice_of(mac, sizeof(mac)), ret);
    return true;
}

static int check_mac(struct slice secret, struct slice signature, struct slice payload)
{
    unsigned char want[META_MAC_SIZE], got[META_MAC_SIZE + 2];
    size_t n;

    if (secret.len == 0 || base64url_decode(signature, got, sizeof(got), &n) < 0 ||
        n != META_MAC_SIZE)
        return ERR_AUTH;
    if (!meta_mac(secret, payload, want))
        return ERR_MEMORY;
    return sodium_memcmp(want, got, sizeof(want)) == 0 ? 0 : ERR_AUTH;
}

static int keep(struct arena *arena, const json_t *object, const char *key, struct slice *ret)
{
    char space[24];
    struct slice id = json_id(object, key, space);

    *ret = id.len ? arena_copy(arena, id) : SLICE_NONE;
    return id.len && !ret->ptr ? ERR_MEMORY : 0;
}

static int read_claims(struct arena *arena, const json_t *object, int64_t now_s,
                       struct meta_request *ret)
{
    struct meta_request request = {.issued_at = json_int(object, "issued_at", 0)};
    int r;

    if (!slice_eq(json_str(object, "algorithm"), SLICE("HMAC-SHA256")))
        return ERR_AUTH;
    if (request.issued_at < now_s - META_REQUEST_MAX_S || request.issued_at > now_s + CLOCK_SKEW_S)
        return ERR_TIMEOUT;
    r = keep(arena, object, "user_id", &request.user);
    if (r == 0)
        r = keep(arena, object, "profile_id", &request.profile);
    if (r == 0 && request.user.len == 0)
        r = ERR_SYNTAX;
    if (r == 0)
        *ret = request;
    return r;
}

int meta_request_read(struct arena *arena, struct slice secret, struct slice text, int64_t now_s,
                      struct meta_request *ret)
{
    CLEANUP(json_cleanup) json_t *object = NULL;
    struct slice payload = text, signature;
    char *json;
    size_t n;
    int r;

    if (text.len > REQUEST_MAX)
        return ERR_LIMIT;
    if (!slice_cut(&payload, '.', &signature) || payload.len == 0)
        return ERR_SYNTAX;
    r = check_mac(secret, signature, payload);
    if (r < 0)
        return r;
    json = arena_alloc(arena, payload.len + 1);
    if (!json)
        return ERR_MEMORY;
    r = base64url_decode(payload, json, payload.len, &n);
    if (r == 0)
        r = json_read(slice_of(json, n), &object);
    if (r < 0)
        return r;
    return json_is_object(object) ? read_claims(arena, object, now_s, ret) : ERR_SYNTAX;
}
