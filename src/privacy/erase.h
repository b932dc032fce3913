/* erase.h - erasing a person for good (GDPR Art. 17): denied at once, keys forgotten, rows deleted,
 * a receipt. After a crash it goes on from its step; every step may run twice. */
#ifndef PRIVACY_ERASE_H
#define PRIVACY_ERASE_H

#include "store/store.h"

/* Stored: never change or reuse a number. */
enum erase_door { DOOR_DESK = 1, DOOR_WIDGET = 2, DOOR_COMMAND = 3, DOOR_META = 4, DOOR_API = 5 };

enum erase_step {
    ERASE_REQUESTED = 0, /* the person is denied to everybody */
    ERASE_COLLECTED = 1, /* bucket moved, tombstone set, slots listed */
    ERASE_FORGOTTEN = 2, /* keys are gone on every file of the vault */
    ERASE_DELETED = 3,   /* rows and files are gone */
    ERASE_DONE = 4,      /* the log of the database is emptied, too: the receipt is valid */
};

struct erasure {
    int64_t id, tenant, person;
    enum erase_step step;
    enum erase_door door;
    int64_t requested_at, done_at;
    unsigned char code[32]; /* the receipt's random bytes; also the status page's code */
};

/** Registers the job. Before job_run_start. */
void erase_start(struct store *store);
/** Begins: the person is denied from the commit on, their jobs are cancelled, clients are told.
 * Asking again gives the same erasure. ERR_NOT_FOUND. */
int erase_request(struct turn *turn, int64_t tenant, int64_t person, enum erase_door door,
                  int64_t *ret_erasure) MUST_CHECK;
int erase_load(struct turn *turn, int64_t tenant, int64_t id, struct erasure *ret) MUST_CHECK;
/** By the code of the status page, over all tenants. ERR_NOT_FOUND. */
int erase_by_code(struct turn *turn, struct slice code, struct erasure *ret) MUST_CHECK;

/** What an erasure would take, table by table. */
struct erase_count {
    const char *what; /* table's name */
    int64_t count;
};
int erase_preview(struct turn *turn, int64_t tenant, int64_t person, struct erase_count **ret,
                  size_t *ret_n) MUST_CHECK;

struct erase_recipient {
    int64_t processor;
    int64_t state;
};
int erase_recipients(struct turn *turn, const struct erasure *erasure, struct erase_recipient **ret,
                     size_t *ret_n) MUST_CHECK;

#endif
