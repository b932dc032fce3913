/* blob.h - bytes too large for a row: an upload, sealed in pieces, in a file of its own at
 * DATA/files/XX/NAME. The row that names it is added only after the bytes are durable, and goes
 * only after they are; what a crash leaves between the two has no row and is swept at the start. */
#ifndef STORE_BLOB_H
#define STORE_BLOB_H

#include "store/row.h"

enum {
    BLOB_MAX = 10 * 1024 * 1024,
    BLOB_CHUNK = 64 * 1024, /* of clear text in one sealed piece */
};

/** A blob of table `file`, and the keys it hangs on. Made in a turn with a database, used in SLOW
 *  work. */
struct blob {
    int64_t tenant;
    int64_t id; /* the row's */
    struct vault_owner keys;
};

/** ERR_NOT_FOUND no such tenant. */
int blob_of(struct turn *turn, const struct row_owner *owner, int64_t id,
            struct blob *ret) MUST_CHECK;
/** Seals and stores 1 to BLOB_MAX bytes; durable, under its name, when it returns 0. On an error
 *  nothing is left. SLOW. Writing again replaces. ERR_INVALID no bytes; ERR_LIMIT; ERR_FULL;
 *  ERR_IO; ERR_FORGOTTEN. */
int blob_write(struct turn *turn, const struct blob *blob, struct pii bytes) MUST_CHECK;
/** Opens `size` bytes into the turn's arena. SLOW. ERR_NOT_FOUND no such file; ERR_DAMAGED it was
 *  cut, lengthened, reordered or belongs to another row; ERR_FORGOTTEN; ERR_LIMIT; ERR_IO. */
int blob_read(struct turn *turn, const struct blob *blob, size_t size, struct pii *ret) MUST_CHECK;
/** Removes the file for good; 0 when there is none. SLOW, or at the start. */
int blob_remove(struct store *store, int64_t id) MUST_CHECK;

/** Calls `keep` for the blobs found on disk, up to 256 at once: it clears those ids (sets them to
 *  0) that have a row. The others are removed, as are unfinished files. Before anybody may upload.
 */
typedef int blob_keep(struct store *store, int64_t *ids, size_t n);
int blob_sweep(struct store *store, blob_keep *keep) MUST_CHECK;

#endif
