#include "net/peer.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sodium.h>
#include <stdlib.h>

#include "base/err.h"
#include "base/rand.h"

static const unsigned char mapped[12] = {[10] = 0xff, [11] = 0xff};

static bool is_v4(const struct peer_address *address)
{
    return memcmp(address->bytes, mapped, sizeof(mapped)) == 0;
}

struct peer_address peer_address_of(const struct sockaddr *sa)
{
    struct peer_address address = {{0}};

    if (sa->sa_family == AF_INET6) {
        memcpy(address.bytes, &((const struct sockaddr_in6 *)sa)->sin6_addr, PEER_ADDRESS);
    } else if (sa->sa_family == AF_INET) {
        memcpy(address.bytes, mapped, sizeof(mapped));
        memcpy(address.bytes + 12, &((const struct sockaddr_in *)sa)->sin_addr, 4);
    }
    return address;
}

int peer_address_read(struct slice text, struct peer_address *ret)
{
    char plain[INET6_ADDRSTRLEN];
    struct peer_address address = {{0}};

    if (text.len > 2 && text.ptr[0] == '[' && text.ptr[text.len - 1] == ']')
        text = slice_of(text.ptr + 1, text.len - 2);
    if (text.len == 0 || text.len >= sizeof(plain))
        return ERR_SYNTAX;
    memcpy(plain, text.ptr, text.len);
    plain[text.len] = '\0';
    if (inet_pton(AF_INET, plain, address.bytes + 12) == 1)
        memcpy(address.bytes, mapped, sizeof(mapped));
    else if (inet_pton(AF_INET6, plain, address.bytes) != 1)
        return ERR_SYNTAX;
    *ret = address;
    return 0;
}

static int net_read(struct slice text, struct peer_net *ret)
{
    ptrdiff_t slash = slice_find(text, '/');
    struct peer_net net;
    int64_t bits;
    int max;

    if (peer_address_read(slash < 0 ? text : slice_head(text, (size_t)slash), &net.address) < 0)
        return ERR_CONFIG;
    max = is_v4(&net.address) ? 32 : 128;
    bits = max;
    if (slash >= 0 &&
        (slice_int64(slice_from(text, (size_t)slash + 1), &bits) < 0 || bits < 0 || bits > max))
        return ERR_CONFIG;
    net.bits = (int)bits + 128 - max;
    *ret = net;
    return 0;
}

int peer_book_init(struct peer_book *book, struct slice proxies)
{
    struct slice rest = proxies, part;
    struct peer_net *grown;
    int r;

    *book = (struct peer_book){0};
    rand_bytes(book->key, sizeof(book->key));
    while (slice_cut(&rest, ',', &part)) {
        part = slice_trim(part);
        if (part.len == 0)
            continue;
        grown = reallocarray(book->proxies, book->count + 1, sizeof(*grown));
        r = grown ? 0 : ERR_MEMORY;
        if (grown) {
            book->proxies = grown;
            r = net_read(part, &grown[book->count]);
        }
        if (r < 0) {
            peer_book_done(book);
            return r;
        }
        book->count++;
    }
    return 0;
}

void peer_book_done(struct peer_book *book)
{
    free(book->proxies);
    sodium_memzero(book, sizeof(*book));
}

static bool net_holds(const struct peer_net *net, const struct peer_address *address)
{
    size_t whole = (size_t)net->bits / 8;
    int rest = net->bits % 8;

    if (memcmp(net->address.bytes, address->bytes, whole) != 0)
        return false;
    return rest == 0 ||
           ((net->address.bytes[whole] ^ address->bytes[whole]) & (0xff00 >> rest) & 0xff) == 0;
}

static bool is_loopback(const struct peer_address *address)
{
    static const unsigned char v6[PEER_ADDRESS] = {[15] = 1};

    return is_v4(address) ? address->bytes[12] == 127 : memcmp(address->bytes, v6, sizeof(v6)) == 0;
}

struct peer peer_of(const struct peer_book *book, struct peer_address address)
{
    struct peer peer = {.loopback = is_loopback(&address)};
    size_t i;

    for (i = 0; i < book->count && !peer.proxy; i++)
        peer.proxy = net_holds(&book->proxies[i], &address);
    if (!is_v4(&address) && !peer.loopback)
        memset(address.bytes + 8, 0, 8);
    crypto_shorthash((unsigned char *)&peer.hash, address.bytes, PEER_ADDRESS, book->key);
    return peer;
}

struct peer peer_behind(const struct peer_book *book, struct peer direct, struct slice forwarded)
{
    struct peer peer = direct;
    struct peer_address address;
    struct slice hop;
    size_t at;

    while (peer.proxy && forwarded.len) {
        for (at = forwarded.len; at > 0 && forwarded.ptr[at - 1] != ','; at--)
            ;
        hop = slice_trim(slice_from(forwarded, at));
        forwarded = slice_head(forwarded, at ? at - 1 : 0);
        if (peer_address_read(hop, &address) < 0)
            return peer;
        peer = peer_of(book, address);
    }
    return peer;
}
