/* receipt.h - what an erased person keeps: a signed statement that anybody can check offline.
 *
 * The text is one JSON object {"lethe_receipt":1,"payload":P,"key":K,"signature":S}: P is base64url
 * of a JSON object, S an Ed25519 signature (RFC 8032) over the bytes of P as they stand, K the
 * public key. The payload holds installation, code, day, state, leaf and what is not covered; the
 * leaf is SHA-256(0x00 || 32 random bytes || day || state), as a Merkle log hashes its leaves (RFC
 * 6962 §2.1). */
#ifndef PRIVACY_RECEIPT_H
#define PRIVACY_RECEIPT_H

#include "privacy/erase.h"

enum { RECEIPT_MAX = 4096 };

/** The receipt of a finished erasure, in the turn's arena. ERR_CONFLICT: it is not done yet. */
int receipt_make(struct turn *turn, const struct erasure *erasure, struct slice *ret) MUST_CHECK;

struct receipt_view {
    struct slice installation, code, day, state;
    char key_hex[65];     /* of the key it was signed with */
    struct slice payload; /* the signed JSON */
};
/** Checks form, signature and leaf; slices lie in `arena`. ERR_LIMIT over RECEIPT_MAX, ERR_SYNTAX
 * no receipt, ERR_DAMAGED a byte was changed. */
int receipt_verify(struct arena *arena, struct slice text, struct receipt_view *ret) MUST_CHECK;
/** The public key of this installation, in hex. */
int receipt_key(struct vault *vault, char ret[65]) MUST_CHECK;

#endif
