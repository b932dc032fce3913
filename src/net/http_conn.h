/* http_conn.h - a connection while it speaks HTTP: which request is read, which wait for answers.
 */
#ifndef NET_HTTP_CONN_H
#define NET_HTTP_CONN_H

#include "net/http_request.h"

/** Takes a head from bytes that begin with its first one. Returns the bytes taken; 0: more are
 *  needed. May hand a request to the handler. */
size_t http_conn_head(struct conn *conn, const char *bytes, size_t len);
/** Takes bytes of the last request's body. Returns the bytes taken. */
size_t http_conn_body(struct conn *conn, const char *bytes, size_t len);
/** Answers `status` in its turn, instead of the request that was being read, and reads no more. */
void http_conn_refuse(struct conn *conn, int status);
/** Sends the answers that are ready and whose turn it is. */
void http_conn_advance(struct conn *conn);
/** True while enough requests or answers wait. */
bool http_conn_is_full(const struct conn *conn);
/** Forgets the request that was being read. */
void http_conn_forget_last(struct conn *conn);
/** Forgets the requests: those that a handler holds are freed when it answers. */
void http_conn_drop(struct conn *conn);

#endif
