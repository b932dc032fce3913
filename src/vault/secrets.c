#include "vault/secrets.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sodium.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/err.h"
#include "base/rand.h"
#include "vault/bytes.h"
#include "vault/page.h"
#include "vault/secmem.h"

/* "LetheKS1" | version (4) | zeros (4) | sequence (8) | at 64: 32 entries of name (32, zero-padded)
 * and secret (32) | at 4064: checksum. Few and written rarely, so the whole page is one unit. */
#define MAGIC "LetheKS1"
enum { VERSION = 1, VERSION_AT = 8, SEQUENCE_AT = 16, ENTRIES_AT = 64, NAME = 32 };
enum { ENTRY = NAME + SECRETS_SIZE, FILE_COPIES = 2 };

static_assert(ENTRIES_AT + SECRETS_MAX * ENTRY <= PAGE_SUM_AT, "entries end before the checksum");
static_assert(NAME == SECRETS_NAME_MAX + 1, "a name ends with a zero");

struct secrets {
    pthread_mutex_t lock;
    int fd;
    bool damaged;
    struct secmem memory; /* the page as it is on disk; a copy read; the next page */
    unsigned char *page;
    unsigned char *copy;
    unsigned char *next;
};

static bool page_is_ours(const unsigned char *page)
{
    return memcmp(page, MAGIC, 8) == 0 && page_sum_ok(page);
}

static bool read_copy(const struct secrets *s, int copy, unsigned char *ret)
{
    ssize_t n = pread(s->fd, ret, PAGE_BYTES, (off_t)copy * PAGE_BYTES);

    if (n < 0)
        return false;
    memset(ret + n, 0, PAGE_BYTES - (size_t)n);
    return true;
}

static int write_copies(struct secrets *s, const unsigned char *page)
{
    int copy;

    for (copy = 0; copy < FILE_COPIES; copy++) {
        ssize_t n = pwrite(s->fd, page, PAGE_BYTES, (off_t)copy * PAGE_BYTES);

        if (n < 0)
            return err_from_errno(errno);
        if (n != PAGE_BYTES || !read_copy(s, copy, s->copy) ||
            memcmp(page, s->copy, PAGE_BYTES) != 0)
            return ERR_IO;
    }
    return 0;
}

/* The second copy is written after the first: while it is all zeros, no secret was given out. */
static int load(struct secrets *s)
{
    bool first, second, unused;

    if (!read_copy(s, 0, s->page) || !read_copy(s, 1, s->copy))
        return ERR_IO;
    first = page_is_ours(s->page);
    second = page_is_ours(s->copy);
    unused = sodium_is_zero(s->copy, PAGE_BYTES);
    if (second &&
        (!first || bytes_get64(s->copy + SEQUENCE_AT) > bytes_get64(s->page + SEQUENCE_AT))) {
        memcpy(s->page, s->copy, PAGE_BYTES);
        first = true;
    }
    s->damaged = !first && !unused;
    if (s->damaged)
        return 0;
    if (!first) {
        memset(s->page, 0, PAGE_BYTES);
        memcpy(s->page, MAGIC, 8);
        bytes_put32(s->page + VERSION_AT, VERSION);
        page_sum_put(s->page);
    }
    if (bytes_get32(s->page + VERSION_AT) != VERSION)
        return ERR_VERSION;
    return write_copies(s, s->page);
}

/* Some file systems refuse O_DIRECT at open(2), some only at the first read. */
static int open_file(int dir_fd, unsigned char *block)
{
    int flags = O_RDWR | O_CREAT | O_DSYNC | O_CLOEXEC | O_NOFOLLOW;
    int fd = openat(dir_fd, "secrets", flags | O_DIRECT, 0600);

    if (fd >= 0 && pread(fd, block, PAGE_BYTES, 0) >= 0)
        return fd;
    if (fd >= 0)
        close(fd);
    return openat(dir_fd, "secrets", flags, 0600);
}

int secrets_open(int dir_fd, struct secrets **ret)
{
    struct secrets *s = calloc(1, sizeof(*s));
    int r;

    if (!s)
        return ERR_MEMORY;
    s->fd = -1;
    pthread_mutex_init(&s->lock, NULL);
    r = secmem_init(&s->memory, 3 * (size_t)PAGE_BYTES, SECMEM_LOCKED);
    if (r == 0) {
        s->page = s->memory.ptr;
        s->copy = s->page + PAGE_BYTES;
        s->next = s->copy + PAGE_BYTES;
        s->fd = open_file(dir_fd, s->copy);
        r = s->fd < 0 ? err_from_errno(errno) : load(s);
    }
    if (r == 0 && fsync(dir_fd) < 0)
        r = ERR_IO;
    if (r < 0) {
        secrets_close(s);
        return r;
    }
    *ret = s;
    return 0;
}

struct secrets *secrets_close(struct secrets *s)
{
    if (!s)
        return NULL;
    if (s->fd >= 0)
        close(s->fd);
    secmem_done(&s->memory);
    pthread_mutex_destroy(&s->lock);
    free(s);
    return NULL;
}

static bool name_ok(const char *name)
{
    size_t n = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_-");

    return n > 0 && n <= SECRETS_NAME_MAX && name[n] == '\0';
}

/* The entry of that name, else the first free one, else NULL. */
static unsigned char *entry_of(unsigned char *page, const char *name)
{
    int i;

    for (i = 0; i < SECRETS_MAX; i++) {
        unsigned char *entry = page + ENTRIES_AT + i * ENTRY;

        if (entry[0] == 0 || strncmp((const char *)entry, name, NAME) == 0)
            return entry;
    }
    return NULL;
}

static int add(struct secrets *s, const char *name)
{
    unsigned char *entry;
    int r;

    memcpy(s->next, s->page, PAGE_BYTES);
    entry = entry_of(s->next, name);
    memcpy(entry, name, strlen(name));
    rand_bytes(entry + NAME, SECRETS_SIZE);
    bytes_put64(s->next + SEQUENCE_AT, bytes_get64(s->next + SEQUENCE_AT) + 1);
    page_sum_put(s->next);
    r = write_copies(s, s->next);
    if (r == 0)
        memcpy(s->page, s->next, PAGE_BYTES);
    return r;
}

static int get_locked(struct secrets *s, const char *name, unsigned char ret[SECRETS_SIZE])
{
    unsigned char *entry;
    int r;

    if (s->damaged)
        return ERR_DAMAGED;
    entry = entry_of(s->page, name);
    if (!entry)
        return ERR_LIMIT;
    if (entry[0] == 0) {
        r = add(s, name);
        if (r < 0)
            return r;
    }
    memcpy(ret, entry + NAME, SECRETS_SIZE);
    return 0;
}

int secrets_get(struct secrets *s, const char *name, unsigned char ret[SECRETS_SIZE])
{
    int r;

    if (!name_ok(name))
        return ERR_INVALID;
    pthread_mutex_lock(&s->lock);
    r = get_locked(s, name, ret);
    pthread_mutex_unlock(&s->lock);
    return r;
}
