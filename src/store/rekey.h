/* rekey.h - moving the living of a look-up bucket to fresh slots: after a removal, and to split it.
 * Inside store only. */
#ifndef STORE_REKEY_H
#define STORE_REKEY_H

#include "store/bucket.h"

/** Rewrites all hashes of bucket `number` under the slots of `to`: one bucket of the same number,
 * or its two halves. Members that can't be revealed any more lose their hash. */
int rekey_members(struct turn *turn, int64_t tenant, int64_t number, const struct bucket *to,
                  size_t n) MUST_CHECK;
/** Splits a bucket that has over BUCKET_MEMBERS members; *ret_old is then the slot to forget after
 *  the commit, 0 when nothing was to be done. */
int rekey_split(struct turn *turn, int64_t tenant, int64_t number, vault_slot *ret_old) MUST_CHECK;

enum { BUCKET_MEMBERS = 1000 };

#endif
