/* seq.h - the tenants' journal numbers while a turn runs: asked for once, written once. Inside
 * store only; used by journal.c. */
#ifndef STORE_SEQ_H
#define STORE_SEQ_H

#include "store/item.h"

struct seq_entry;

/** The tenant's present number, its row locked until the commit. ERR_NOT_FOUND no such tenant. */
int seq_now(struct turn *turn, int64_t tenant, int64_t *ret) MUST_CHECK;
/** Takes the tenant's next number. */
int seq_next(struct turn *turn, int64_t tenant, int64_t *ret) MUST_CHECK;

/** Writes the numbers taken in the turn. */
int seq_flush(struct seq_entry **log, struct sql *db) MUST_CHECK;
void seq_undo(struct seq_entry **log, const struct item *item);
void seq_clear(struct seq_entry **log);

#endif
