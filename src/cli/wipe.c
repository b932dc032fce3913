/* wipe.c - freed memory is overwritten, for every library that is linked: the program defines
 * free() and realloc() itself. What was erased must not lie in the heap until somebody happens to
 * reuse it. Off under the sanitizers, which have their own. */
#include <malloc.h>
#include <stdlib.h>
#include <string.h>

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__) && defined(__GLIBC__)

/* glibc's own, under the names it exports for programs that replace the public ones. */
extern void __libc_free(void *ptr);

void free(void *ptr)
{
    if (!ptr)
        return;
    explicit_bzero(ptr, malloc_usable_size(ptr));
    __libc_free(ptr);
}

void *realloc(void *ptr, size_t size)
{
    size_t old = ptr ? malloc_usable_size(ptr) : 0;
    void *grown;

    if (ptr && size == 0) {
        free(ptr);
        return NULL;
    }
    if (size <= old && size >= old / 2)
        return ptr;
    grown = malloc(size);
    if (!grown || !ptr)
        return grown;
    memcpy(grown, ptr, old < size ? old : size);
    free(ptr);
    return grown;
}

#endif
