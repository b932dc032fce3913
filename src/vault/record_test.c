#include "vault/record.h"

#include "base/codec.h"
#include "base/err.h"
#include "unit.h"

static const struct vault_owner owner = {.tenant = 1, .person = 0x0203, .klass = 0x04};
static const struct vault_place place = {
    .tenant = 0x1112131415161718, .table = 3, .column = -2, .row = 99, .purpose = 5};

static struct record_keys keys_of(void)
{
    struct record_keys keys = {.has_person = true, .has_klass = true};

    memset(keys.tenant, 1, SLOT_KEY);
    memset(keys.person, 2, SLOT_KEY);
    memset(keys.klass, 3, SLOT_KEY);
    return keys;
}

static void ck_assert_hex(const void *bytes, size_t n, const char *expected)
{
    char hex[400];

    ck_assert_uint_lt(2 * n, sizeof(hex));
    hex_encode(slice_of(bytes, n), hex);
    ck_assert_str_eq(hex, expected);
}

/* Computed from record.h's text by another implementation (Python's BLAKE2b, XChaCha20-Poly1305
 * spelt out). What is sealed today must open in ten years: these bytes never change. */
START_TEST(keeps_its_format)
{
    struct record_keys keys = keys_of();
    unsigned char key[RECORD_KEY], nonce[24], hash[VAULT_HASH_SIZE];
    struct buf sealed = BUF_INIT(200);

    memset(nonce, 9, sizeof(nonce));
    record_key(&keys, 5, key);
    ck_assert_hex(key, sizeof(key),
                  "1b0f3573221dcf2aaa4dad41b380286c6fde306a0f7c270723951e0f25fd690f");
    ck_assert_int_eq(record_seal(key, nonce, &owner, &place, pii_of(SLICE("hello Ada")), &sealed),
                     0);
    ck_assert_hex(sealed.ptr, sealed.len,
                  "010909090909090909090909090909090909090909090909097c4d12b788a872b3222bb0726ceec2"
                  "2cbe75f30ae4b651931b");
    record_hash(keys.tenant, 6, pii_of(SLICE("ada@example.com")), hash);
    ck_assert_hex(hash, sizeof(hash), "43a0f899332fcf8de0f9fd284a54cc3c");
    buf_done(&sealed);
}
END_TEST

START_TEST(needs_each_key_and_purpose)
{
    struct record_keys keys = keys_of(), other;
    unsigned char a[RECORD_KEY], b[RECORD_KEY];

    record_key(&keys, 5, a);
#define DIFFERS(change)                                                                            \
    other = keys;                                                                                  \
    change;                                                                                        \
    record_key(&other, 5, b);                                                                      \
    ck_assert_mem_ne(a, b, sizeof(a))
    DIFFERS(other.tenant[31] ^= 1);
    DIFFERS(other.person[31] ^= 1);
    DIFFERS(other.klass[31] ^= 1);
    DIFFERS(other.has_person = false);
    DIFFERS(other.has_klass = false);
#undef DIFFERS
    record_key(&keys, 6, b);
    ck_assert_mem_ne(a, b, sizeof(a));
    memset(keys.person, 0, SLOT_KEY); /* no person is not a person whose key is zeros */
    record_key(&keys, 5, a);
    keys.has_person = false;
    record_key(&keys, 5, b);
    ck_assert_mem_ne(a, b, sizeof(a));
}
END_TEST

START_TEST(opens_no_changed_byte_and_no_shorter_one)
{
    struct record_keys keys = keys_of();
    struct buf sealed = BUF_INIT(200), plain = BUF_INIT(200);
    unsigned char key[RECORD_KEY], nonce[24] = {1};
    size_t i;

    record_key(&keys, 5, key);
    ck_assert_int_eq(record_seal(key, nonce, &owner, &place, pii_of(SLICE("hello Ada")), &sealed),
                     0);
    for (i = 0; i < sealed.len; i++) {
        sealed.ptr[i] ^= 1;
        ck_assert_int_eq(record_open(key, &owner, &place, buf_slice(&sealed), &plain), ERR_DAMAGED);
        sealed.ptr[i] ^= 1;
        ck_assert_int_eq(
            record_open(key, &owner, &place, slice_head(buf_slice(&sealed), i), &plain),
            ERR_DAMAGED);
    }
    ck_assert_uint_eq(plain.len, 0);
    plain.limit = 8;
    ck_assert_int_eq(record_open(key, &owner, &place, buf_slice(&sealed), &plain), ERR_LIMIT);
    plain.limit = 9;
    ck_assert_int_eq(record_open(key, &owner, &place, buf_slice(&sealed), &plain), 0);
    ck_assert_slice(buf_slice(&plain), "hello Ada");
    buf_done(&sealed);
    buf_done(&plain);
}
END_TEST

UNIT_MAIN("vault/record", keeps_its_format, needs_each_key_and_purpose,
          opens_no_changed_byte_and_no_shorter_one)
