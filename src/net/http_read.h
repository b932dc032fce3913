/* http_read.h - bytes of a connection to requests: head, body, and what llhttp leaves to us. */
#ifndef NET_HTTP_READ_H
#define NET_HTTP_READ_H

#include "net/http_request.h"

/** Parses a whole head (as http_head_scan found it) into the request. 0, or a negative HTTP status.
 */
int http_read_head(struct http_request *request, struct slice head,
                   const struct http_limits *limits) MUST_CHECK;
/** Takes bytes of the body. Sets body_done behind its last byte. Returns the bytes taken, or a
 *  negative HTTP status. */
ptrdiff_t http_read_body(struct http_request *request, const char *bytes, size_t len) MUST_CHECK;
/** True when a body follows the head. */
bool http_read_has_body(const struct http_request *request);

#endif
