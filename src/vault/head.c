#include "vault/head.h"

#include <sodium.h>

#include "base/err.h"
#include "vault/bytes.h"
#include "vault/page.h"

#define MAGIC "LetheKH1"

enum { VERSION_AT = 8, SEQUENCE_AT = 16, MARK_AT = 24, DATA_AT = 32 };

void head_hash(const char *data_id, unsigned char ret[32])
{
    crypto_generichash(ret, 32, (const unsigned char *)data_id, strlen(data_id), NULL, 0);
}

void head_write(const struct head *head, unsigned char *ret_block)
{
    memset(ret_block, 0, PAGE_BYTES);
    memcpy(ret_block, MAGIC, 8);
    bytes_put32(ret_block + VERSION_AT, HEAD_VERSION);
    bytes_put64(ret_block + SEQUENCE_AT, head->sequence);
    bytes_put64(ret_block + MARK_AT, head->mark);
    memcpy(ret_block + DATA_AT, head->data_hash, sizeof(head->data_hash));
    page_sum_put(ret_block);
}

int head_read(const unsigned char *block, struct head *ret)
{
    uint64_t mark = bytes_get64(block + MARK_AT);

    if (memcmp(block, MAGIC, 8) != 0 || !page_sum_ok(block))
        return ERR_DAMAGED;
    if (bytes_get32(block + VERSION_AT) != HEAD_VERSION)
        return ERR_VERSION;
    if (mark > HEAD_MARK_MAX || mark % PAGE_SLOTS != 0)
        return ERR_DAMAGED;
    ret->sequence = bytes_get64(block + SEQUENCE_AT);
    ret->mark = mark;
    memcpy(ret->data_hash, block + DATA_AT, sizeof(ret->data_hash));
    return 0;
}
