/* http_path.h - the request target: what stands behind the method (RFC 9112 §3.2, RFC 3986). */
#ifndef NET_HTTP_PATH_H
#define NET_HTTP_PATH_H

#include "base/slice.h"

/** A target taken apart; slices into it. */
struct http_target {
    struct slice authority; /* of the absolute form, else SLICE_NONE */
    struct slice path;      /* still encoded */
    struct slice query;     /* without '?'; SLICE_NONE when there is none */
};

/** Origin form ("/a?b") or absolute form ("http://host/a?b"). ERR_SYNTAX for others, a fragment,
 * and user information in the authority. */
int http_target_read(struct slice target, struct http_target *ret) MUST_CHECK;
/** Percent-decodes a path into ret, which holds path.len bytes. ERR_SYNTAX: a bad or needless
 * trick: malformed percent, an encoded slash, a backslash, control characters, malformed UTF-8,
 * "//", "." and ".." segments, no '/' in front. */
int http_path_decode(struct slice path, char *ret, size_t *ret_len) MUST_CHECK;
/** Decodes a form value ('+' is a space; a '%' without two digits stays) into ret, which holds
 *  value.len bytes. ERR_SYNTAX when it decodes to a NUL or malformed UTF-8. */
int http_form_decode(struct slice value, char *ret, size_t *ret_len) MUST_CHECK;
/** A host with an optional port as it may stand in Host (RFC 9110 §7.2). */
bool http_host_valid(struct slice host);

#endif
