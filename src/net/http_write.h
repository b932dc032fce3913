/* http_write.h - an answer to bytes. */
#ifndef NET_HTTP_WRITE_H
#define NET_HTTP_WRITE_H

#include "net/http_request.h"

/** What the status line says ("Not Found"). */
const char *http_status_text(int status);
/** The answer's bytes; NULL when out of memory. Any thread. */
struct out *http_write_answer(const struct http_request *request, const struct http_answer *answer);
/** A problem document (RFC 9457) of a bare status, for requests that never reached the handler. */
struct out *http_write_problem(const struct http_request *request, int status);

#endif
