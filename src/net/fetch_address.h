/* fetch_address.h - which addresses a call may dial when its URL came from a tenant or a peer. */
#ifndef NET_FETCH_ADDRESS_H
#define NET_FETCH_ADDRESS_H

#include <stdbool.h>
#include <sys/socket.h>

/** True for an address of the public internet. False for everything that leads back to this machine
 *  or its neighbours (loopback, private, link-local, shared, multicast, reserved, documentation),
 *  also when it hides in an IPv4-mapped, NAT64 or 6to4 address, and for other families. */
bool fetch_address_public(const struct sockaddr *addr);
/** The same for numeric text, as libcurl reports a connection's peer. False when unreadable. */
bool fetch_address_public_text(const char *text);

#endif
