/* head.h - the first 4,096-byte block of each copy: whose vault it is, and which numbers are used.
 *
 *    0  "LetheKH1"   8  format version (4)   16  sequence   24  mark   32  hash of the data id (32)
 * 4064  BLAKE2b-256 of all before it. Place and kind of version and checksum hold for every
 * version to come, so that a newer vault is told from a damaged one. */
#ifndef VAULT_HEAD_H
#define VAULT_HEAD_H

#include <stdint.h>

#include "base/attr.h"

enum { HEAD_VERSION = 1 };
/** Numbers stay below it: a thousand million, 40 GB per copy. */
#define HEAD_MARK_MAX UINT64_C(1000000000)

struct head {
    uint64_t sequence;
    uint64_t mark; /* a multiple of PAGE_SLOTS; numbers below it count as issued */
    unsigned char data_hash[32];
};

/** The hash by which a vault knows its installation. */
void head_hash(const char *data_id, unsigned char ret[32]);
void head_write(const struct head *head, unsigned char *ret_block);
/** ERR_DAMAGED, ERR_VERSION (whole, but of a newer format). */
int head_read(const unsigned char *block, struct head *ret) MUST_CHECK;

#endif
