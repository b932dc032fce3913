#include "net/fetch_address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/attr.h"

struct net4 {
    uint32_t base;
    int bits;
};

/* IANA IPv4 Special-Purpose Address Registry (RFC 6890 and its updates). */
static const struct net4 refused4[] = {
    {0x00000000, 8},  /* 0.0.0.0/8 this network */
    {0x0a000000, 8},  /* 10.0.0.0/8 private */
    {0x64400000, 10}, /* 100.64.0.0/10 carrier NAT, RFC 6598 */
    {0x7f000000, 8},  /* 127.0.0.0/8 loopback */
    {0xa9fe0000, 16}, /* 169.254.0.0/16 link-local; clouds answer with credentials there */
    {0xac100000, 12}, /* 172.16.0.0/12 private */
    {0xc0000000, 24}, /* 192.0.0.0/24 protocol assignments */
    {0xc0000200, 24}, /* 192.0.2.0/24 documentation */
    {0xc0586300, 24}, /* 192.88.99.0/24 former 6to4 relays, RFC 7526 */
    {0xc0a80000, 16}, /* 192.168.0.0/16 private */
    {0xc6120000, 15}, /* 198.18.0.0/15 benchmarks */
    {0xc6336400, 24}, /* 198.51.100.0/24 documentation */
    {0xcb007100, 24}, /* 203.0.113.0/24 documentation */
    {0xe0000000, 4},  /* 224.0.0.0/4 multicast */
    {0xf0000000, 4},  /* 240.0.0.0/4 reserved, with the broadcast address */
};

struct net6 {
    uint8_t base[4];
    int bits; /* at most 32 */
};

/* Refused parts of 2000::/3; whatever lies outside of it is no public address at all. */
static const struct net6 refused6[] = {
    {{0x20, 0x01, 0x00, 0x00}, 23}, /* 2001::/23 protocol assignments: Teredo, ORCHID, benchmarks */
    {{0x20, 0x01, 0x0d, 0xb8}, 32}, /* 2001:db8::/32 documentation */
    {{0x3f, 0xff, 0x00, 0x00}, 20}, /* 3fff::/20 documentation, RFC 9637 */
};

static uint32_t read32(const uint8_t *b)
{
    return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
}

static bool within(uint32_t addr, uint32_t base, int bits)
{
    return (addr ^ base) >> (32 - bits) == 0;
}

static bool public4(uint32_t addr)
{
    size_t i;

    for (i = 0; i < ARRAY_LEN(refused4); i++)
        if (within(addr, refused4[i].base, refused4[i].bits))
            return false;
    return true;
}

static bool public6(const uint8_t *b)
{
    static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff}; /* ::ffff:0:0/96, RFC 4291 */
    static const uint8_t nat64[12] = {0x00, 0x64, 0xff, 0x9b};    /* 64:ff9b::/96, RFC 6052 */
    size_t i;

    if (memcmp(b, mapped, sizeof(mapped)) == 0 || memcmp(b, nat64, sizeof(nat64)) == 0)
        return public4(read32(b + 12));
    if (b[0] == 0x20 &&
        b[1] == 0x02) /* 2002::/16 6to4, RFC 3056: bytes 2 to 5 are the IPv4 address */
        return public4(read32(b + 2));
    if (b[0] >> 5 != 1)
        return false;
    for (i = 0; i < ARRAY_LEN(refused6); i++)
        if (within(read32(b), read32(refused6[i].base), refused6[i].bits))
            return false;
    return true;
}

bool fetch_address_public(const struct sockaddr *addr)
{
    struct sockaddr_in in4;
    struct sockaddr_in6 in6;

    if (addr->sa_family == AF_INET) {
        memcpy(&in4, addr, sizeof(in4));
        return public4(ntohl(in4.sin_addr.s_addr));
    }
    if (addr->sa_family == AF_INET6) {
        memcpy(&in6, addr, sizeof(in6));
        return public6(in6.sin6_addr.s6_addr);
    }
    return false;
}

bool fetch_address_public_text(const char *text)
{
    struct sockaddr_in in4 = {.sin_family = AF_INET};
    struct sockaddr_in6 in6 = {.sin6_family = AF_INET6};

    if (inet_pton(AF_INET, text, &in4.sin_addr) == 1)
        return fetch_address_public((const struct sockaddr *)&in4);
    if (inet_pton(AF_INET6, text, &in6.sin6_addr) == 1)
        return fetch_address_public((const struct sockaddr *)&in6);
    return false;
}
