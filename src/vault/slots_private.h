/* slots_private.h - the first form of slots from inside: shared by slots.c and slots_forget.c. */
#ifndef VAULT_SLOTS_PRIVATE_H
#define VAULT_SLOTS_PRIVATE_H

#include <pthread.h>

#include "vault/head.h"
#include "vault/page.h"
#include "vault/secmem.h"
#include "vault/slots.h"
#include "vault/states.h"

enum {
    RUN = 16,    /* pages that are read or written together */
    READERS = 4, /* threads that can read a page at once; more of them wait */
    READ_TRIES = 4,
    READY = SLOTS_DRAW_MAX * SLOT_KEY,
};

/* What keys pass through on their way, in locked memory; wiped after each use. */
struct passage {
    unsigned char a[RUN * PAGE_BYTES];
    unsigned char b[RUN * PAGE_BYTES];
    unsigned char out[RUN * PAGE_BYTES];
    unsigned char reader[READERS][PAGE_BYTES];
    unsigned char ready[READY]; /* keys of the latest draw that wait to be handed out */
};

struct slots {
    struct copies copies;
    struct head head;
    _Atomic vault_slot mark; /* head.mark, for those who are not the writer */
    vault_slot ready_from;   /* first number of the latest draw */
    struct states *states;
    struct secmem memory;
    struct passage *passage;
    pthread_mutex_t reading[READERS];
    atomic_uint reader;
};

/* Block 0 is the head. */
static inline uint64_t block_of(uint64_t page)
{
    return page + 1;
}

/** Reads both copies of a run of pages and leaves in `out` what each should be; ret_whole[i] is
 *  false where neither copy is whole. False if something could not be read: then a page that is not
 *  whole need not be damaged. */
bool slots_run_read(struct slots *s, uint64_t first, size_t n, bool ret_whole[RUN]);
/** Wipes what a run left in the passage. */
void slots_run_wipe(struct slots *s, size_t n);
/** Takes over the states of a page. */
void slots_page_note(struct slots *s, uint64_t number, const unsigned char *page);

#endif
