/* slots.h - where keys are kept: numbers, their states, 32 bytes each. The first form: fixed
 * records in two files. Whatever comes later (the key tree) stands behind this header.
 *
 * Calls marked (writer) are made one at a time; the others may run beside them in any thread. */
#ifndef VAULT_SLOTS_H
#define VAULT_SLOTS_H

#include "base/attr.h"
#include "vault/copies.h"
#include "vault/vault.h"

struct slots;

enum slot_state {
    SLOT_EMPTY, /* never drawn */
    SLOT_LIVE,
    SLOT_LEAVING, /* being forgotten: no longer used here, perhaps still on a disk */
    SLOT_FORGOTTEN,
    SLOT_DAMAGED,
    SLOT_STATES
};

enum { SLOT_KEY = 32, SLOTS_DRAW_MIN = 100, SLOTS_DRAW_MAX = 1000 };

struct slots_opts {
    int dir_fd; /* borrowed during the call */
    const char *data_id;
    vault_slot mark_at_least;
    const struct copies_io *io; /* NULL: the system's */
};

/** Opens both copies and mends each from the other. ERR_NOT_FOUND no vault here, though the
 * database names slots; ERR_CONFLICT, ERR_VERSION, ERR_DAMAGED, ERR_IO, ERR_FULL, ERR_MEMORY. */
int slots_open(const struct slots_opts *opts, struct slots **ret) MUST_CHECK;
struct slots *slots_close(struct slots *s);

/** Numbers below it are used up. */
vault_slot slots_mark(const struct slots *s);
/** (writer) Draws keys for the `n` numbers from the mark on (a multiple of SLOTS_DRAW_MIN, at most
 *  SLOTS_DRAW_MAX), then advances the mark past them. On an error the mark stands.
 *  ERR_FULL, ERR_IO. */
int slots_draw(struct slots *s, size_t n) MUST_CHECK;
/** (writer) Fresh keys for the numbers from `from` to the mark, all of the latest draw. ERR_IO: the
 *  copies may differ about them: never use those numbers. */
int slots_redraw(struct slots *s, vault_slot from) MUST_CHECK;
/** Hands out the key of a number of the latest draw, once: it is wiped here. */
void slots_take(struct slots *s, vault_slot slot, unsigned char ret[SLOT_KEY]);

enum slot_state slots_state(const struct slots *s, vault_slot slot);
/** Reads a live slot's key from disk and verifies it. ERR_DAMAGED. */
int slots_read(struct slots *s, vault_slot slot, unsigned char ret[SLOT_KEY]) MUST_CHECK;
/** (writer) After slots_read failed: mends the slot's page from whichever copy is whole; where
 * neither is, its slots are SLOT_DAMAGED from here on. */
void slots_check(struct slots *s, vault_slot slot);
/** Counts slots below `end` per state. */
void slots_count(const struct slots *s, vault_slot end, uint64_t ret[SLOT_STATES]);

/** (writer) First step of forgetting: LEAVING from here on. ERR_NOT_FOUND (nothing was changed) a
 *  number not below the mark. 0 is skipped. */
int slots_leave(struct slots *s, const vault_slot *slots, size_t n) MUST_CHECK;
/** (writer) Second step, once nobody uses the keys any more: overwritten on both copies, read back.
 *  On an error the rest stays LEAVING; repeat both steps. ERR_IO, ERR_MEMORY. */
int slots_forget(struct slots *s, const vault_slot *slots, size_t n) MUST_CHECK;

/** True if I/O goes around the page cache. */
bool slots_direct(const struct slots *s);
/** True if the buffers that keys pass through are locked in memory. */
bool slots_locked(const struct slots *s);
/** Copies without a failed write since they were opened. */
int slots_copies(const struct slots *s);

#endif
