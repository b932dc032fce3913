/* rand.h - random bytes from the kernel, by way of a per-thread block (a syscall each is slow). */
#ifndef BASE_RAND_H
#define BASE_RAND_H

#include <stddef.h>

/** Fills n bytes; never fails (libsodium aborts when the kernel has no randomness). */
void rand_bytes(void *ret, size_t n);

#endif
