/* turn.h - what the items of one write turn share until it commits. Inside store only. */
#ifndef STORE_TURN_H
#define STORE_TURN_H

#include "store/item.h"
#include "store/slots.h"

struct effect {
    struct effect *next;
    turn_effect_fn *fn;
    void *arg;
};

struct held_rows {
    struct held_rows *next;
    struct sql_rows *rows;
};

struct seq_entry;

/** What became known in the turn: seen by its later items, by others only after the commit. */
struct turn_log {
    struct slot_entry *slots;
    struct seq_entry *seqs;
};

/** Before the commit: writes what was put off to the end of the turn. */
int turn_log_flush(struct turn_log *log, struct sql *db) MUST_CHECK;
/** After the commit: makes the log known to everybody and empties it. */
void turn_log_publish(struct turn_log *log, struct store *store);
/** Takes back what one item added; its rows were undone. */
void turn_log_undo(struct turn_log *log, const struct item *item);
/** The turn was rolled back. */
void turn_log_clear(struct turn_log *log);

#endif
