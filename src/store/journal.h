/* journal.h - a tenant's append-only sequence of what changed: numbers, never content. Whoever
 * delivers reads the object as it is now. Sockets resume from the last number they saw. */
#ifndef STORE_JOURNAL_H
#define STORE_JOURNAL_H

#include "base/clock.h"
#include "store/store.h"

/* Stored: never change or reuse a number. */
enum journal_kind {
    JOURNAL_MESSAGE = 1,      /* object: message added or changed */
    JOURNAL_CONVERSATION = 2, /* status, assignee, floor, unread, help */
    JOURNAL_PERSON = 3,       /* object: person changed */
    JOURNAL_ERASED = 4,       /* object: person; applied before anything else on resume */
    JOURNAL_SETTINGS = 5,     /* channels, users, flows changed */
};

struct journal_event {
    int64_t tenant;
    int64_t seq;
    int64_t at;
    enum journal_kind kind;
    int64_t conversation; /* 0: none */
    int64_t cseq;         /* the conversation's own number of this event; 0: none */
    int64_t object;
    int64_t actor; /* user id; 0: person, bot or system */
};

/** Adds a row inside the turn (seq and at are set by it) and tells listeners after the commit. */
int journal_add(struct turn *turn, const struct journal_event *event) MUST_CHECK;
/** Events after `after`, oldest first, at most `max` and never over 1,000. ERR_NOT_FOUND: `after`
 * is older than what is kept, or above the present number: load afresh ("reset"). */
int journal_since(struct turn *turn, int64_t tenant, int64_t after, size_t max,
                  struct journal_event **ret, size_t *ret_n) MUST_CHECK;
/** The tenant's present number. */
int journal_head(struct turn *turn, int64_t tenant, int64_t *ret) MUST_CHECK;

/** Deletes up to `max` of the tenant's oldest rows that are older than `before` (JOURNAL_KEEP_MS
 * ago). *ret_more: there may be more of them, call again in another item. */
int journal_purge(struct turn *turn, int64_t tenant, int64_t before, size_t max,
                  bool *ret_more) MUST_CHECK;
#define JOURNAL_KEEP_MS (30 * DAY_MS)

/** Called after the commit on a lane's thread: must not block. In order per tenant, as far as its
 * items were queued under its number. */
typedef void journal_listener(void *arg, const struct journal_event *event);
/** One listener per store (the live hub); told before the first write. */
void journal_listen(struct store *store, journal_listener *fn, void *arg);

#endif
