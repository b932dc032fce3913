/* http_head.h - finding the end of a request's head in bytes that arrive piece by piece, and
 * refusing early what no parser should see: long heads, bare line feeds, folded lines. */
#ifndef NET_HTTP_HEAD_H
#define NET_HTTP_HEAD_H

#include "base/slice.h"

struct http_limits {
    size_t header_bytes;
    size_t header_count;
    size_t uri;
    int head_ms;
    int body_ms;
    int idle_ms;
};

/** Where the scan stands. All zero before the first byte of a head. */
struct http_head_scan {
    uint32_t at;    /* bytes looked at */
    uint32_t line;  /* where the current line begins */
    uint32_t start; /* where the request line begins; once it is read, where the fields begin */
    uint32_t lines; /* whole lines so far */
};

/** Goes on where it stopped; `bytes` begins with the head's first byte each time.
 *  Returns 0 (more bytes are needed), the length of the whole head, or the HTTP status of the
 * refusal as a negative number: -400, -414, -431, -505. */
int http_head_scan(struct http_head_scan *scan, struct slice bytes,
                   const struct http_limits *limits) MUST_CHECK;

#endif
