/* test_disk.h - a disk that fails: at the n-th write it dies, before, in the middle of, or right
 * after that write. What a program finds afterwards is what a power cut would have left. */
#ifndef VAULT_TEST_DISK_H
#define VAULT_TEST_DISK_H

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "vault/copies.h"

enum test_disk_end { DISK_BEFORE, DISK_TORN, DISK_AFTER, DISK_ENDS };

struct test_disk {
    int writes; /* that happened */
    int last;   /* the write at which it dies; -1: never */
    enum test_disk_end end;
    bool full;  /* refuses to allocate */
    bool blind; /* refuses to read */
};

/* The first part of the new bytes over the old ones, cut inside a sector. */
static inline void test_disk_tear(int fd, const void *buf, size_t n, off_t at)
{
    void *mixed = aligned_alloc(4096, n);

    if (pread(fd, mixed, n, at) >= 0) {
        memcpy(mixed, buf, n / 2 + 100);
        if (pwrite(fd, mixed, n, at) < 0)
            abort();
    }
    free(mixed);
}

static inline ssize_t test_disk_read(void *arg, int fd, void *buf, size_t n, off_t at)
{
    const struct test_disk *disk = arg;

    if (!disk->blind)
        return pread(fd, buf, n, at);
    errno = EIO;
    return -1;
}

static inline ssize_t test_disk_write(void *arg, int fd, const void *buf, size_t n, off_t at)
{
    struct test_disk *disk = arg;
    int number = disk->writes++;

    if (disk->last < 0 || number < disk->last)
        return pwrite(fd, buf, n, at);
    if (number == disk->last && disk->end == DISK_TORN)
        test_disk_tear(fd, buf, n, at);
    if (number == disk->last && disk->end == DISK_AFTER && pwrite(fd, buf, n, at) < 0)
        abort();
    errno = EIO;
    return -1;
}

static inline int test_disk_allocate(void *arg, int fd, off_t at, off_t len)
{
    const struct test_disk *disk = arg;

    if (!disk->full)
        return fallocate(fd, 0, at, len);
    errno = ENOSPC;
    return -1;
}

static inline struct copies_io test_disk_io(struct test_disk *disk)
{
    return (struct copies_io){.read = test_disk_read,
                              .write = test_disk_write,
                              .allocate = test_disk_allocate,
                              .arg = disk};
}

#endif
