#include "vault/copies.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "vault/page.h"

enum { CHUNK = 256 }; /* blocks: a MiB */

static const char *const names[COPIES] = {"keys.a", "keys.b"};
#define FIRST_NAME "keys.a.new"

static ssize_t system_read(void *arg, int fd, void *buf, size_t n, off_t at)
{
    return pread(fd, buf, n, at);
}

static ssize_t system_write(void *arg, int fd, const void *buf, size_t n, off_t at)
{
    return pwrite(fd, buf, n, at);
}

static int system_allocate(void *arg, int fd, off_t at, off_t len)
{
    return fallocate(fd, 0, at, len);
}

static const struct copies_io system_io = {
    .read = system_read, .write = system_write, .allocate = system_allocate};

static off_t offset_of(uint64_t block)
{
    return (off_t)(block * PAGE_BYTES);
}

static int write_blocks(const struct copies *c, int fd, uint64_t first, size_t n,
                        const unsigned char *buf)
{
    size_t done = 0, size = n * PAGE_BYTES;

    while (done < size) {
        ssize_t w =
            c->io.write(c->io.arg, fd, buf + done, size - done, offset_of(first) + (off_t)done);

        if (w < 0 && errno == EINTR)
            continue;
        if (w < 0)
            return err_from_errno(errno);
        if (w == 0 || w % PAGE_BYTES != 0)
            return ERR_IO; /* O_DIRECT can't go on from the middle of a block */
        done += (size_t)w;
    }
    return 0;
}

static bool read_blocks(const struct copies *c, int copy, uint64_t first, size_t n,
                        unsigned char *ret)
{
    size_t done = 0, size = n * PAGE_BYTES;

    while (done < size) {
        ssize_t got = c->io.read(c->io.arg, c->fd[copy], ret + done, size - done,
                                 offset_of(first) + (off_t)done);

        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return false;
        if (got == 0)
            break;
        done += (size_t)got;
        if (done % PAGE_BYTES != 0)
            break; /* the file ends inside a block */
    }
    memset(ret + done, 0, size - done);
    return true;
}

bool copies_read(const struct copies *c, int copy, uint64_t first, size_t n, unsigned char *ret)
{
    bool all = true;
    size_t i;

    if (read_blocks(c, copy, first, n, ret))
        return true;
    for (i = 0; i < n; i++) /* one bad sector must not cost its neighbours */
        if (!read_blocks(c, copy, first + i, 1, ret + i * PAGE_BYTES)) {
            memset(ret + i * PAGE_BYTES, 0, PAGE_BYTES);
            all = false;
        }
    return all;
}

int copies_write(struct copies *c, int copy, uint64_t first, size_t n, const unsigned char *buf,
                 unsigned char *check)
{
    int r = write_blocks(c, c->fd[copy], first, n, buf);

    if (r == 0 &&
        (!read_blocks(c, copy, first, n, check) || memcmp(buf, check, n * PAGE_BYTES) != 0))
        r = ERR_IO;
    if (r < 0)
        atomic_store(&c->failed[copy], true);
    return r;
}

int copies_write_both(struct copies *c, uint64_t first, size_t n, const unsigned char *buf,
                      unsigned char *check)
{
    int copy, r;

    for (copy = 0; copy < COPIES; copy++) {
        r = copies_write(c, copy, first, n, buf, check);
        if (r < 0)
            return r;
    }
    return 0;
}

int copies_grow(struct copies *c, uint64_t end)
{
    uint64_t blocks = (end + CHUNK - 1) / CHUNK * CHUNK;
    int copy;

    if (end <= c->blocks)
        return 0;
    for (copy = 0; copy < COPIES; copy++) {
        /* A file system that can't take space ahead says so at the first write instead. */
        if (c->io.allocate(c->io.arg, c->fd[copy], offset_of(c->blocks),
                           offset_of(blocks - c->blocks)) < 0 &&
            errno != EOPNOTSUPP && errno != ENOSYS)
            return err_from_errno(errno);
        if (fsync(c->fd[copy]) < 0)
            return ERR_IO;
    }
    c->blocks = blocks;
    return 0;
}

/* In place is for files that hold keys. The first file holds none yet, and is there whole or not at
 * all: so a vault without a whole head was once whole, and is never made anew. */
static int make_first(const struct copies *c, int dir_fd, const unsigned char *first_block)
{
    int fd = openat(dir_fd, FIRST_NAME, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    int r;

    if (fd < 0)
        return err_from_errno(errno);
    r = write_blocks(c, fd, 0, 1, first_block);
    if (r == 0 && fsync(fd) < 0)
        r = err_from_errno(errno);
    close(fd);
    if (r == 0 && renameat(dir_fd, FIRST_NAME, dir_fd, names[0]) < 0)
        r = err_from_errno(errno);
    return r;
}

static int open_flags(struct copies *c, int dir_fd, int flags)
{
    int copy;

    for (copy = 0; copy < COPIES; copy++) {
        c->fd[copy] = openat(dir_fd, names[copy],
                             O_RDWR | O_CREAT | O_DSYNC | O_CLOEXEC | O_NOFOLLOW | flags, 0600);
        if (c->fd[copy] < 0)
            return -errno;
    }
    return 0;
}

static void close_both(struct copies *c)
{
    int copy;

    for (copy = 0; copy < COPIES; copy++) {
        if (c->fd[copy] >= 0)
            close(c->fd[copy]);
        c->fd[copy] = -1;
    }
}

/* Some file systems refuse O_DIRECT at open(2), some only at the first read. */
static int open_both(struct copies *c, int dir_fd)
{
    _Alignas(PAGE_BYTES) unsigned char block[PAGE_BYTES];
    int r = open_flags(c, dir_fd, O_DIRECT);

    c->direct = r == 0 && pread(c->fd[0], block, sizeof(block), 0) >= 0;
    if (c->direct)
        return 0;
    close_both(c);
    r = open_flags(c, dir_fd, 0);
    return r < 0 ? err_from_errno(-r) : 0;
}

static uint64_t blocks_of_shorter(const struct copies *c)
{
    uint64_t blocks = UINT64_MAX;
    int copy;

    for (copy = 0; copy < COPIES; copy++) {
        struct stat st;
        uint64_t have = fstat(c->fd[copy], &st) == 0 ? (uint64_t)st.st_size / PAGE_BYTES : 0;

        if (have < blocks)
            blocks = have;
    }
    return blocks;
}

/* Only "no such file" says so: after any other failure a new first file could bury an old one. */
static bool is_missing(int dir_fd, const char *name)
{
    return faccessat(dir_fd, name, F_OK, AT_SYMLINK_NOFOLLOW) < 0 && errno == ENOENT;
}

int copies_open(struct copies *c, int dir_fd, const unsigned char *first_block,
                const struct copies_io *io)
{
    int r = 0;

    *c = (struct copies){.fd = {-1, -1}, .io = io ? *io : system_io};
    if (is_missing(dir_fd, names[0]) && is_missing(dir_fd, names[1]))
        r = first_block ? make_first(c, dir_fd, first_block) : ERR_NOT_FOUND;
    if (r == 0)
        r = open_both(c, dir_fd);
    if (r == 0 && fsync(dir_fd) < 0)
        r = ERR_IO;
    if (r < 0) {
        close_both(c);
        return r;
    }
    c->blocks = blocks_of_shorter(c);
    return 0;
}

void copies_done(struct copies *c)
{
    close_both(c);
}
