#include "channel/web.h"

#include <openssl/hmac.h>
#include <sodium.h>
#include <stdio.h>

#include "base/codec.h"
#include "base/err.h"
#include "base/json.h"
#include "talk/port.h"

enum { TEXT_MAX = 4000, SECRET_BYTES = 32, MAC_BYTES = 32, USER_MAX = 200 };

static int may_send(const struct conversation *c, int64_t now)
{
    (void)c;
    (void)now;
    return 0;
}

static int64_t window_closes_at(const struct conversation *c)
{
    (void)c;
    return 0;
}

static const struct talk_port web_port = {
    .kind = CHANNEL_WEB,
    .direct = true,
    .text_max = TEXT_MAX,
    .may_send = may_send,
    .window_closes_at = window_closes_at,
};

void web_start(void)
{
    talk_port_register(&web_port);
}

int web_token_new(struct turn *turn, char ret[WEB_TOKEN_SIZE])
{
    char secret[SECRET_BYTES], text[BASE64_SIZE(SECRET_BYTES)];

    turn_random(turn, secret, sizeof(secret));
    base64url_encode(slice_of(secret, sizeof(secret)), text);
    snprintf(ret, WEB_TOKEN_SIZE, "va.%s", text);
    sodium_memzero(secret, sizeof(secret));
    return 0;
}

/* Our own mark on a signed token: BLAKE2b keyed by a secret of the installation. */
static int token_mac(struct vault *vault, int64_t site, struct slice user,
                     unsigned char ret[MAC_BYTES])
{
    crypto_generichash_state state;
    unsigned char key[32];
    int r = vault_secret(vault, "visitor", key);

    if (r < 0)
        return r;
    crypto_generichash_init(&state, key, sizeof(key), MAC_BYTES);
    crypto_generichash_update(&state, (const unsigned char *)&site, sizeof(site));
    crypto_generichash_update(&state, (const unsigned char *)user.ptr, user.len);
    crypto_generichash_final(&state, ret, MAC_BYTES);
    sodium_memzero(key, sizeof(key));
    return 0;
}

static bool vouched_for(struct slice secret, struct slice user, struct slice user_hash)
{
    unsigned char want[32], got[32];
    unsigned int n = sizeof(want);

    if (hex_decode(user_hash, got, sizeof(got)) < 0)
        return false;
    if (!HMAC(EVP_sha256(), secret.ptr, (int)secret.len, (const unsigned char *)user.ptr, user.len,
              want, &n))
        return false;
    return sodium_memcmp(want, got, sizeof(want)) == 0;
}

int web_token_signed(struct turn *turn, const struct channel *site, struct pii user,
                     struct slice user_hash, char ret[WEB_TOKEN_SIZE])
{
    struct slice id = pii_reveal(user);
    char id_text[BASE64_SIZE(USER_MAX)], mac_text[BASE64_SIZE(MAC_BYTES)];
    unsigned char mac[MAC_BYTES];
    int r;

    if (id.len == 0 || id.len > USER_MAX || site->secret.len == 0)
        return ERR_INVALID;
    if (!vouched_for(site->secret, id, user_hash))
        return ERR_DENIED;
    r = token_mac(turn->vault, site->id, id, mac);
    if (r < 0)
        return r;
    base64url_encode(id, id_text);
    base64url_encode(slice_of(mac, sizeof(mac)), mac_text);
    snprintf(ret, WEB_TOKEN_SIZE, "vu.%s.%s", id_text, mac_text);
    return 0;
}

static int read_signed(struct vault *vault, struct arena *arena, int64_t site, struct slice text,
                       struct pii *ret)
{
    unsigned char want[MAC_BYTES], got[MAC_BYTES];
    char *id = arena_alloc(arena, USER_MAX + 2);
    struct slice part;
    size_t n, mac_len;
    int r;

    if (!id)
        return ERR_MEMORY;
    if (!slice_cut(&text, '.', &part) || base64url_decode(part, id + 2, USER_MAX, &n) < 0 ||
        n == 0 || base64url_decode(text, got, sizeof(got), &mac_len) < 0 || mac_len != sizeof(got))
        return ERR_AUTH;
    r = token_mac(vault, site, slice_of(id + 2, n), want);
    if (r < 0)
        return r;
    if (sodium_memcmp(want, got, sizeof(want)) != 0)
        return ERR_AUTH;
    memcpy(id, "u:", 2);
    *ret = pii_of(slice_of(id, n + 2));
    return 0;
}

/* The token itself is not stored: its hash is the visitor's id. */
static int read_anonymous(struct arena *arena, struct slice text, struct pii *ret)
{
    unsigned char secret[SECRET_BYTES], hash[16];
    char *id = arena_alloc(arena, 2 + 2 * sizeof(hash) + 1);
    size_t n;

    if (!id)
        return ERR_MEMORY;
    if (base64url_decode(text, secret, sizeof(secret), &n) < 0 || n != sizeof(secret))
        return ERR_AUTH;
    crypto_generichash(hash, sizeof(hash), secret, sizeof(secret), NULL, 0);
    memcpy(id, "a:", 2);
    hex_encode(slice_of(hash, sizeof(hash)), id + 2);
    *ret = pii_of(slice_of(id, 2 + 2 * sizeof(hash)));
    return 0;
}

int web_token_read(struct vault *vault, struct arena *arena, int64_t site, struct slice token,
                   struct pii *ret_external)
{
    if (slice_starts(token, SLICE("va.")))
        return read_anonymous(arena, slice_from(token, 3), ret_external);
    if (slice_starts(token, SLICE("vu.")))
        return read_signed(vault, arena, site, slice_from(token, 3), ret_external);
    return ERR_AUTH;
}

uint64_t web_token_number(struct slice token)
{
    unsigned char hash[crypto_generichash_BYTES_MIN];
    uint64_t number;

    crypto_generichash(hash, sizeof(hash), (const unsigned char *)token.ptr, token.len, NULL, 0);
    memcpy(&number, hash, sizeof(number));
    return number;
}

struct pii web_origin_of(struct pii page)
{
    struct slice address = pii_reveal(page);
    struct slice rest;
    size_t scheme, n = 0;

    if (slice_starts(address, SLICE("https://")))
        scheme = 8;
    else if (slice_starts(address, SLICE("http://")))
        scheme = 7;
    else
        return pii_of(SLICE_NONE);
    rest = slice_from(address, scheme);
    while (n < rest.len && rest.ptr[n] != '/' && rest.ptr[n] != '?' && rest.ptr[n] != '#')
        n++;
    return pii_of(slice_head(address, scheme + n));
}

bool web_origin_allowed(const struct channel *site, struct slice origin)
{
    CLEANUP(json_cleanup) json_t *settings = NULL;
    const json_t *origins;
    size_t i;

    if (site->settings.len == 0 || json_read(site->settings, &settings) < 0)
        return true;
    origins = json_object_get(settings, "origins");
    if (json_array_size(origins) == 0)
        return true;
    for (i = 0; i < json_array_size(origins); i++) {
        const json_t *entry = json_array_get(origins, i);

        if (json_is_string(entry) && slice_eq(origin, slice_cstr(json_string_value(entry))))
            return true;
    }
    return false;
}
