#include "vault/record.h"

#include "base/err.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Foreign bytes never open. The same bytes sealed do, unless any of them is changed. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const unsigned char key[RECORD_KEY] = {1, 2, 3}, nonce[24] = {4};
    const struct vault_owner owner = {.tenant = 1, .person = 2};
    const struct vault_place place = {.tenant = 1, .table = 2, .column = 3, .row = 4};
    struct buf sealed = BUF_INIT(1 << 20), plain = BUF_INIT(1 << 20);
    struct slice in = slice_of(data, size);

    if (record_open(key, &owner, &place, in, &plain) != ERR_DAMAGED || plain.len != 0)
        __builtin_trap();
    if (record_seal(key, nonce, &owner, &place, pii_of(in), &sealed) == 0) {
        if (record_open(key, &owner, &place, buf_slice(&sealed), &plain) != 0 ||
            !slice_eq(buf_slice(&plain), in))
            __builtin_trap();
        sealed.ptr[size ? data[0] % sealed.len : 0] ^= 1;
        buf_clear(&plain);
        if (record_open(key, &owner, &place, buf_slice(&sealed), &plain) != ERR_DAMAGED)
            __builtin_trap();
    }
    buf_done(&sealed);
    buf_done(&plain);
    return 0;
}
