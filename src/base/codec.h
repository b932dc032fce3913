/* codec.h - hex and base64url, in the two forms that the protocols here use. */
#ifndef BASE_CODEC_H
#define BASE_CODEC_H

#include "base/slice.h"

/** Lower-case hex and a NUL; ret holds 2 * s.len + 1 bytes. */
void hex_encode(struct slice s, char *ret);
/** Exactly `len` bytes from 2 * len digits of either case; ERR_SYNTAX otherwise. */
int hex_decode(struct slice s, void *ret, size_t len) MUST_CHECK;

/** Bytes needed for base64_encode, with the NUL. */
#define BASE64_SIZE(n) (((n) + 2) / 3 * 4 + 1)
/** base64url without padding (RFC 4648 §5) and a NUL; returns the length without it. */
size_t base64url_encode(struct slice s, char *ret);
/** base64url with or without padding. Writes at most s.len * 3 / 4 bytes. ERR_SYNTAX. */
int base64url_decode(struct slice s, void *ret, size_t cap, size_t *ret_len) MUST_CHECK;

#endif
