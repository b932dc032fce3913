/* secrets.h - the installation's own secrets by name, in one file of two 4,096-byte copies. */
#ifndef VAULT_SECRETS_H
#define VAULT_SECRETS_H

#include "base/attr.h"

struct secrets;

enum { SECRETS_MAX = 32, SECRETS_NAME_MAX = 31, SECRETS_SIZE = 32 };

/** Opens or makes the file `secrets` in the folder. A file of which neither copy is whole is left
 *  alone, and secrets_get answers ERR_DAMAGED. ERR_IO, ERR_FULL, ERR_MEMORY, ERR_VERSION. */
int secrets_open(int dir_fd, struct secrets **ret) MUST_CHECK;
struct secrets *secrets_close(struct secrets *s);
/** The secret of that name, made and durable on first use. Safe from any thread.
 *  ERR_INVALID the name is not 1 to 31 of a-z, 0-9, '_', '-'; ERR_LIMIT 32 names are in use;
 *  ERR_DAMAGED, ERR_IO. */
int secrets_get(struct secrets *s, const char *name, unsigned char ret[SECRETS_SIZE]) MUST_CHECK;

#endif
