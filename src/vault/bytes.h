/* bytes.h - little-endian numbers in file pages and in what a sealed value is bound to. */
#ifndef VAULT_BYTES_H
#define VAULT_BYTES_H

#include <endian.h>
#include <stdint.h>
#include <string.h>

static inline void bytes_put32(unsigned char *at, uint32_t n)
{
    n = htole32(n);
    memcpy(at, &n, sizeof(n));
}

static inline void bytes_put64(unsigned char *at, uint64_t n)
{
    n = htole64(n);
    memcpy(at, &n, sizeof(n));
}

static inline uint32_t bytes_get32(const unsigned char *at)
{
    uint32_t n;

    memcpy(&n, at, sizeof(n));
    return le32toh(n);
}

static inline uint64_t bytes_get64(const unsigned char *at)
{
    uint64_t n;

    memcpy(&n, at, sizeof(n));
    return le64toh(n);
}

#endif
