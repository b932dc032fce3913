/* tls.h - TLS 1.2 and 1.3 by OpenSSL, straight between a loop's read buffer and a connection's
 * queue: no buffer of its own stands in between. */
#ifndef NET_TLS_H
#define NET_TLS_H

#include "net/conn.h"

struct tls;

/** Loads a certificate chain and its key (PEM). ERR_CONFIG, ERR_MEMORY. */
int tls_new(const char *cert_file, const char *key_file, struct tls **ret) MUST_CHECK;
/** Loads both files again for new connections; what runs keeps its own. ERR_CONFIG: the old stay.
 */
int tls_reload(struct tls *tls) MUST_CHECK;
/** Takes NULL, returns NULL. */
struct tls *tls_free(struct tls *tls);

/** Makes the connection expect a TLS handshake. ERR_MEMORY. */
int tls_begin(struct conn *conn) MUST_CHECK;
/** Takes bytes from the wire; what they decrypt to goes to conn_feed. */
void tls_input(struct conn *conn, struct slice cipher);
/** Encrypts onto the connection's queue. Owns `out`. */
void tls_send(struct conn *conn, struct out *out);
/** Queues the closing alert. */
void tls_say_goodbye(struct conn *conn);

#endif
