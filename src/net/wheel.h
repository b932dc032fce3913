/* wheel.h - coarse time-outs for many sockets: one timer and a ring of lists instead of a timer
 * each. A deadline fires at most one tick late. */
#ifndef NET_WHEEL_H
#define NET_WHEEL_H

#include <stddef.h>
#include <stdint.h>

enum { WHEEL_SLOTS = 1024, WHEEL_TICK_MS = 50 };

/** Lives inside the thing that waits; all zero when it waits for nothing. */
struct wheel_entry {
    struct wheel_entry *next;
    struct wheel_entry **link; /* what points at this entry; NULL: not on the wheel */
    uint64_t due;              /* tick */
};

struct wheel {
    struct wheel_entry *slots[WHEEL_SLOTS];
    uint64_t now; /* the last tick that was handled */
    size_t count;
};

/** Starts at `now_ms` of the caller's clock. */
void wheel_init(struct wheel *wheel, uint64_t now_ms);
/** (Re)arms `entry` for now_ms + ms. */
void wheel_set(struct wheel *wheel, struct wheel_entry *entry, uint64_t now_ms, int ms);
void wheel_unset(struct wheel *wheel, struct wheel_entry *entry);
/** Takes one entry that is due off the wheel; NULL when none is. Call until NULL. */
struct wheel_entry *wheel_next(struct wheel *wheel, uint64_t now_ms);

#endif
