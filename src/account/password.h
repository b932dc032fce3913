/* password.h - Argon2id, 64 MiB (RFC 9106). Slow by design: only on the SLOW pool. */
#ifndef ACCOUNT_PASSWORD_H
#define ACCOUNT_PASSWORD_H

#include "base/arena.h"
#include "base/pii.h"

enum { PASSWORD_MIN = 10, PASSWORD_MAX = 200 };

/** 0, or ERR_INVALID: shorter than PASSWORD_MIN characters, longer than PASSWORD_MAX bytes, or one
 * of the most common ones. Quick. */
int password_check(struct pii password) MUST_CHECK;
/** The encoded hash, in `arena`. ERR_MEMORY. */
int password_hash(struct arena *arena, struct pii password, struct slice *ret) MUST_CHECK;
/** False also for a hash that can't be read. An empty hash takes as long as a real one, so that a
 *  stranger can't tell by time whether an address has an account. */
bool password_verify(struct pii password, struct slice hash);

#endif
