/* secmem.h - memory for keys: not swapped, not in core dumps, wiped when given back. */
#ifndef VAULT_SECMEM_H
#define VAULT_SECMEM_H

#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"

enum secmem_kind {
    SECMEM_HIDDEN, /* memfd_secret: even the kernel has no mapping of it; not for file I/O */
    SECMEM_LOCKED, /* mlock: not swapped; may be read and written by O_DIRECT */
    SECMEM_PLAIN,  /* the lock limit (RLIMIT_MEMLOCK) was hit: only kept out of core dumps */
};

struct secmem {
    unsigned char *ptr; /* page-aligned, zeroed */
    size_t size;
    enum secmem_kind kind; /* what was got, which may be weaker than what was asked for */
};

/** The best memory of at most kind `want`. ERR_MEMORY. */
int secmem_init(struct secmem *m, size_t size, enum secmem_kind want) MUST_CHECK;
/** Wipes and gives back; may be called on a zeroed struct. */
void secmem_done(struct secmem *m);

#endif
