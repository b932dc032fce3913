/* copies.h - two files of 4,096-byte blocks, written in place one after the other and read back.
 *
 * Never by rename: a renamed-over file leaves the old key on the disk. One copy is finished before
 * the other is touched, so at any moment one of them is whole. Writers must be one at a time;
 * readers may run beside them and must verify what they read. */
#ifndef VAULT_COPIES_H
#define VAULT_COPIES_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/attr.h"

enum { COPIES = 2 };

/** The calls on an open file; tests put failures and torn writes in their place. */
struct copies_io {
    ssize_t (*read)(void *arg, int fd, void *buf, size_t n, off_t at);
    ssize_t (*write)(void *arg, int fd, const void *buf, size_t n, off_t at);
    int (*allocate)(void *arg, int fd, off_t at, off_t len);
    void *arg;
};

struct copies {
    int fd[COPIES];
    bool direct;                /* O_DIRECT: keys don't pass through the kernel's page cache */
    atomic_bool failed[COPIES]; /* a write to it failed since it was opened */
    uint64_t blocks;            /* both are allocated up to here */
    struct copies_io io;
};

/** Opens keys.a and keys.b in the folder, making a missing one. `first_block` becomes the first
 *  block of a new vault when neither is there; NULL refuses that with ERR_NOT_FOUND. `io` NULL is
 *  the system's. ERR_IO, ERR_FULL. */
int copies_open(struct copies *c, int dir_fd, const unsigned char *first_block,
                const struct copies_io *io) MUST_CHECK;
void copies_done(struct copies *c);

/** Reads blocks into a page-aligned buffer. What lies behind the end of the file comes as zeros; so
 *  does what can't be read, and then it returns false. */
bool copies_read(const struct copies *c, int copy, uint64_t first, size_t n, unsigned char *ret);
/** Writes one copy and compares it through `check` (as large as buf). ERR_IO, ERR_FULL. */
int copies_write(struct copies *c, int copy, uint64_t first, size_t n, const unsigned char *buf,
                 unsigned char *check) MUST_CHECK;
/** copies_write for the one, then for the other. */
int copies_write_both(struct copies *c, uint64_t first, size_t n, const unsigned char *buf,
                      unsigned char *check) MUST_CHECK;
/** Takes disk space for blocks below `end`, a MiB at a time. ERR_FULL, ERR_IO. */
int copies_grow(struct copies *c, uint64_t end) MUST_CHECK;

#endif
