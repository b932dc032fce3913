#include "vault/secmem.h"

#include <fcntl.h>
#include <sodium.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/err.h"

/* Linux 5.14 on, and only where it is configured in; glibc has no wrapper (memfd_secret(2)). */
static void *map_hidden(size_t size)
{
#ifdef SYS_memfd_secret
    int fd = (int)syscall(SYS_memfd_secret, O_CLOEXEC);
    void *p = MAP_FAILED;

    if (fd < 0)
        return MAP_FAILED;
    if (ftruncate(fd, (off_t)size) == 0)
        p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    close(fd);
    return p;
#else
    return MAP_FAILED;
#endif
}

int secmem_init(struct secmem *m, size_t size, enum secmem_kind want)
{
    void *p = want == SECMEM_HIDDEN ? map_hidden(size) : MAP_FAILED;

    if (p != MAP_FAILED) {
        *m = (struct secmem){.ptr = p, .size = size, .kind = SECMEM_HIDDEN};
        return 0;
    }
    p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (p == MAP_FAILED)
        return ERR_MEMORY;
    *m = (struct secmem){.ptr = p, .size = size, .kind = SECMEM_PLAIN};
    if (want != SECMEM_PLAIN && mlock2(p, size, MLOCK_ONFAULT) == 0)
        m->kind = SECMEM_LOCKED;
    madvise(p, size, MADV_DONTDUMP); /* a kernel without it still gives us the memory */
    return 0;
}

void secmem_done(struct secmem *m)
{
    if (!m->ptr)
        return;
    sodium_memzero(m->ptr, m->size);
    munmap(m->ptr, m->size);
    *m = (struct secmem){0};
}
