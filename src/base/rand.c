#include "base/rand.h"

#include <sodium.h>
#include <string.h>

#define BLOCK 1024u

static _Thread_local unsigned char block[BLOCK];
static _Thread_local size_t left;

void rand_bytes(void *ret, size_t n)
{
    if (n > BLOCK / 4) {
        randombytes_buf(ret, n);
        return;
    }
    if (left < n) {
        randombytes_buf(block, BLOCK);
        left = BLOCK;
    }
    left -= n;
    memcpy(ret, block + left, n);
    sodium_memzero(block + left, n); /* a byte is handed out once and not kept */
}
