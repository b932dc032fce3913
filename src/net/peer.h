/* peer.h - who is on the other side, as a number: addresses are compared and hashed, never kept. */
#ifndef NET_PEER_H
#define NET_PEER_H

#include <sys/socket.h>

#include "base/slice.h"

enum { PEER_ADDRESS = 16, PEER_KEY = 16 };

/** An IPv6 address, or an IPv4 one in its mapped form (RFC 4291 §2.5.5.2). */
struct peer_address {
    unsigned char bytes[PEER_ADDRESS];
};

struct peer_net {
    struct peer_address address;
    int bits; /* of the address that must be equal */
};

/** The proxies that are believed, and the key of the hash. */
struct peer_book {
    unsigned char key[PEER_KEY];
    struct peer_net *proxies;
    size_t count;
};

/** What a request knows about its sender. */
struct peer {
    uint64_t hash;
    bool loopback;
    bool proxy; /* one of the trusted proxies */
};

/** Reads comma-separated addresses or networks ("10.0.0.0/8, ::1"). ERR_CONFIG, ERR_MEMORY. */
int peer_book_init(struct peer_book *book, struct slice proxies) MUST_CHECK;
void peer_book_done(struct peer_book *book);

struct peer_address peer_address_of(const struct sockaddr *sa);
/** A textual address without a port ("192.0.2.1", "2001:db8::1", "[2001:db8::1]"). ERR_SYNTAX. */
int peer_address_read(struct slice text, struct peer_address *ret) MUST_CHECK;
/** IPv6 addresses are hashed by their /64: a household has 2^64 of them. */
struct peer peer_of(const struct peer_book *book, struct peer_address address);
/** The sender behind trusted proxies: the last hop in X-Forwarded-For that is none of them. */
struct peer peer_behind(const struct peer_book *book, struct peer direct, struct slice forwarded);

#endif
