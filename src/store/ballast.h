/* ballast.h - a file that holds space back: SQLite needs some even to delete, so when the disk is
 * full the ballast makes room for erasures. Inside store only. */
#ifndef STORE_BALLAST_H
#define STORE_BALLAST_H

#include "store/store.h"

enum { BALLAST_BYTES = 8 * 1024 * 1024 };

/** Makes the file where it is missing. ERR_FULL, ERR_IO. */
int ballast_make(struct store *store) MUST_CHECK;
/** Gives the space up; from then on only items that free space are run. False when there was
 * nothing to give. */
bool ballast_release(struct store *store);
/** Makes the file again once there is space for it and as much again; then all items are run again.
 */
void ballast_restore(struct store *store);

#endif
