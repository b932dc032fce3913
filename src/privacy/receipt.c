#include "privacy/receipt.h"

#include <sodium.h>
#include <stdio.h>

#include "base/clock.h"
#include "base/codec.h"
#include "base/err.h"
#include "base/json.h"
#include "base/json_out.h"
#include "privacy/sql.h"

enum { LEAF_SIZE = crypto_hash_sha256_BYTES, DAY_LEN = 10 };
#define STATE_ERASED "erased"

static const char *const not_covered[] = {
    "copies that somebody who held the keys took before",
    "recipients outside, who only promise to delete",
    "older backups still show that someone wrote at certain times, without who or what",
};

static int key_pair(struct vault *vault, unsigned char ret_public[crypto_sign_PUBLICKEYBYTES],
                    unsigned char ret_secret[crypto_sign_SECRETKEYBYTES])
{
    unsigned char seed[32];
    int r = vault_secret(vault, "receipt", seed);

    if (r < 0)
        return r;
    crypto_sign_seed_keypair(ret_public, ret_secret, seed);
    sodium_memzero(seed, sizeof(seed));
    return 0;
}

int receipt_key(struct vault *vault, char ret[65])
{
    unsigned char public[crypto_sign_PUBLICKEYBYTES], secret[crypto_sign_SECRETKEYBYTES];
    int r = key_pair(vault, public, secret);

    if (r < 0)
        return r;
    sodium_memzero(secret, sizeof(secret));
    hex_encode(slice_of(public, sizeof(public)), ret);
    return 0;
}

static void leaf_of(const unsigned char random[32], struct slice day, struct slice state,
                    char ret_hex[2 * LEAF_SIZE + 1])
{
    crypto_hash_sha256_state hash;
    unsigned char leaf[LEAF_SIZE];

    crypto_hash_sha256_init(&hash);
    crypto_hash_sha256_update(&hash, (const unsigned char *)"\0", 1);
    crypto_hash_sha256_update(&hash, random, 32);
    crypto_hash_sha256_update(&hash, (const unsigned char *)day.ptr, day.len);
    crypto_hash_sha256_update(&hash, (const unsigned char *)state.ptr, state.len);
    crypto_hash_sha256_final(&hash, leaf);
    hex_encode(slice_of(leaf, sizeof(leaf)), ret_hex);
}

static int write_payload(struct buf *b, struct slice installation, const struct erasure *erasure)
{
    char code[BASE64_SIZE(32)], iso[CLOCK_ISO_SIZE], leaf[2 * LEAF_SIZE + 1];
    struct json_out out;
    size_t i;

    base64url_encode(slice_of(erasure->code, sizeof(erasure->code)), code);
    clock_iso(erasure->done_at, iso);
    leaf_of(erasure->code, slice_of(iso, DAY_LEN), SLICE(STATE_ERASED), leaf);
    json_out_init(&out, b);
    json_out_object(&out, NULL);
    json_out_str(&out, "installation", installation);
    json_out_str(&out, "code", slice_cstr(code));
    json_out_str(&out, "day", slice_of(iso, DAY_LEN));
    json_out_str(&out, "state", SLICE(STATE_ERASED));
    json_out_str(&out, "leaf", slice_cstr(leaf));
    json_out_array(&out, "not_covered");
    for (i = 0; i < ARRAY_LEN(not_covered); i++)
        json_out_str(&out, NULL, slice_cstr(not_covered[i]));
    json_out_close_array(&out);
    json_out_close_object(&out);
    return json_out_end(&out);
}

static int sign(struct turn *turn, struct slice payload, struct buf *ret)
{
    unsigned char public[crypto_sign_PUBLICKEYBYTES], secret[crypto_sign_SECRETKEYBYTES];
    unsigned char signature[crypto_sign_BYTES];
    char text[RECEIPT_MAX], key_text[BASE64_SIZE(sizeof(public))];
    char signature_text[BASE64_SIZE(sizeof(signature))];
    struct json_out out;
    int r =
        BASE64_SIZE(payload.len) > sizeof(text) ? ERR_LIMIT : key_pair(turn->vault, public, secret);

    if (r < 0)
        return r;
    base64url_encode(payload, text);
    crypto_sign_detached(signature, NULL, (const unsigned char *)text, strlen(text), secret);
    sodium_memzero(secret, sizeof(secret));
    base64url_encode(slice_of(public, sizeof(public)), key_text);
    base64url_encode(slice_of(signature, sizeof(signature)), signature_text);
    json_out_init(&out, ret);
    json_out_object(&out, NULL);
    json_out_int(&out, "lethe_receipt", 1);
    json_out_str(&out, "payload", slice_cstr(text));
    json_out_str(&out, "key", slice_cstr(key_text));
    json_out_str(&out, "signature", slice_cstr(signature_text));
    json_out_close_object(&out);
    return json_out_end(&out);
}

int receipt_make(struct turn *turn, const struct erasure *erasure, struct slice *ret)
{
    struct buf payload = BUF_INIT(RECEIPT_MAX), text = BUF_INIT(RECEIPT_MAX);
    struct sql_rows *rows;
    struct slice copy = SLICE_NONE;
    int r;

    if (erasure->step != ERASE_DONE)
        return ERR_CONFLICT;
    r = turn_ask(turn, &privacy_sql_data_id, SQL_NO_ARGS, &rows);
    if (r == 0 && sql_rows_count(rows) == 0)
        r = ERR_DAMAGED;
    if (r == 0)
        r = write_payload(&payload, sql_bytes(rows, 0, 0), erasure);
    if (r == 0)
        r = sign(turn, buf_slice(&payload), &text);
    if (r == 0)
        copy = arena_copy(turn->arena, buf_slice(&text));
    buf_done(&payload);
    buf_done(&text);
    if (r == 0 && !copy.ptr)
        r = ERR_MEMORY;
    if (r == 0)
        *ret = copy;
    return r;
}

static int check_signature(const json_t *receipt, char ret_key_hex[65])
{
    unsigned char public[crypto_sign_PUBLICKEYBYTES], signature[crypto_sign_BYTES];
    struct slice payload = json_str(receipt, "payload");
    size_t n;

    if (json_int(receipt, "lethe_receipt", 0) != 1 || payload.len == 0)
        return ERR_SYNTAX;
    if (base64url_decode(json_str(receipt, "key"), public, sizeof(public), &n) < 0 ||
        n != sizeof(public) ||
        base64url_decode(json_str(receipt, "signature"), signature, sizeof(signature), &n) < 0 ||
        n != sizeof(signature))
        return ERR_SYNTAX;
    if (crypto_sign_verify_detached(signature, (const unsigned char *)payload.ptr, payload.len,
                                    public) != 0)
        return ERR_DAMAGED;
    hex_encode(slice_of(public, sizeof(public)), ret_key_hex);
    return 0;
}

static int check_payload(struct arena *arena, const json_t *payload, struct receipt_view *view)
{
    char leaf[2 * LEAF_SIZE + 1];
    unsigned char random[32];
    size_t n;

    view->installation = arena_copy(arena, json_str(payload, "installation"));
    view->code = arena_copy(arena, json_str(payload, "code"));
    view->day = arena_copy(arena, json_str(payload, "day"));
    view->state = arena_copy(arena, json_str(payload, "state"));
    if (!view->installation.ptr || !view->code.ptr || !view->day.ptr || !view->state.ptr)
        return ERR_MEMORY;
    if (base64url_decode(view->code, random, sizeof(random), &n) < 0 || n != sizeof(random))
        return ERR_SYNTAX;
    leaf_of(random, view->day, view->state, leaf);
    return slice_eq(slice_cstr(leaf), json_str(payload, "leaf")) ? 0 : ERR_DAMAGED;
}

int receipt_verify(struct arena *arena, struct slice text, struct receipt_view *ret)
{
    CLEANUP(json_cleanup) json_t *receipt = NULL;
    CLEANUP(json_cleanup) json_t *payload = NULL;
    struct receipt_view view = {0};
    struct slice encoded;
    char *bytes;
    size_t n;
    int r = text.len > RECEIPT_MAX ? ERR_LIMIT : json_read(slice_trim(text), &receipt);

    if (r < 0)
        return r == ERR_LIMIT || r == ERR_MEMORY ? r : ERR_SYNTAX;
    r = check_signature(receipt, view.key_hex);
    if (r < 0)
        return r;
    encoded = json_str(receipt, "payload");
    bytes = arena_alloc(arena, encoded.len);
    if (!bytes)
        return ERR_MEMORY;
    if (base64url_decode(encoded, bytes, encoded.len, &n) < 0)
        return ERR_SYNTAX;
    view.payload = slice_of(bytes, n);
    if (json_read(view.payload, &payload) < 0)
        return ERR_SYNTAX;
    r = check_payload(arena, payload, &view);
    if (r == 0)
        *ret = view;
    return r;
}
