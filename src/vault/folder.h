/* folder.h - the vault's folder: private, locked by one process, and marked as never to be copied.
 */
#ifndef VAULT_FOLDER_H
#define VAULT_FOLDER_H

#include <stdbool.h>

#include "base/attr.h"

struct folder {
    int fd;   /* -1: not open */
    int lock; /* holds flock(2) until it is closed */
};

/** Opens the folder, made where missing if `make` (mode 0700; an existing one is brought to it),
 *  takes its lock, and writes CACHEDIR.TAG and README where missing. ERR_LOCKED, ERR_IO, ERR_FULL,
 *  ERR_NOT_FOUND (it is missing, or the folder above). */
int folder_open(const char *path, bool make, struct folder *ret) MUST_CHECK;
void folder_done(struct folder *f);
/** True if `other` lies on the same device; false too if that can't be told. */
bool folder_shares_device(const struct folder *f, const char *other);

#endif
