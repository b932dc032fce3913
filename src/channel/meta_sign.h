/* meta_sign.h - Meta's signatures: HMAC-SHA256 under the app's secret. */
#ifndef CHANNEL_META_SIGN_H
#define CHANNEL_META_SIGN_H

#include "base/arena.h"

enum { META_MAC_SIZE = 32, META_PROOF_SIZE = 65 };

/** False when the machine can't (out of memory). */
bool meta_mac(struct slice secret, struct slice data, unsigned char ret[META_MAC_SIZE]) MUST_CHECK;
/** True when `header` is "sha256=" and the hex mac of the body's bytes as they came. Compares in
 * constant time. */
bool meta_signed(struct slice secret, struct slice header, struct slice body);
/** appsecret_proof of a token: hex and a NUL. */
bool meta_proof(struct slice secret, struct slice token, char ret[META_PROOF_SIZE]) MUST_CHECK;

/** How old a signed request may be: Meta posts it while the person waits, and tries again for a
 * while. Older ones are taken for replays. */
#define META_REQUEST_MAX_S (24 * 60 * 60)

struct meta_request {
    struct slice user;    /* the person's id for the app (ASID) */
    struct slice profile; /* of a Page that removed the app, where given */
    int64_t issued_at;    /* seconds */
};
/** Reads "signature.payload" (base64url, padding optional) of the deletion and deauthorize
 * callbacks; slices lie in the arena. now_s in seconds.
 *  ERR_AUTH the signature is wrong or names another algorithm; ERR_TIMEOUT issued too long ago or
 * in the future; ERR_SYNTAX; ERR_LIMIT over 8 KiB; ERR_MEMORY. */
int meta_request_read(struct arena *arena, struct slice secret, struct slice text, int64_t now_s,
                      struct meta_request *ret) MUST_CHECK;

#endif
