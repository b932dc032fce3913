/* secret.h - within account: random secrets as text, stored as hashes. */
#ifndef ACCOUNT_SECRET_H
#define ACCOUNT_SECRET_H

#include "account/session.h"

enum { SECRET_HASH = 32 };

/** PREFIX and 32 random bytes in base64url; its hash is what is stored. */
void secret_make(struct turn *turn, const char *prefix, char ret_text[SECRET_TEXT_SIZE],
                 unsigned char ret_hash[SECRET_HASH]);
/** False when the text can't be one of ours. */
bool secret_hash(const char *prefix, struct slice text, unsigned char ret_hash[SECRET_HASH]);

#endif
