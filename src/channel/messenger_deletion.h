/* messenger_deletion.h - Facebook tells that a person wants their data deleted. It names them by an
 * id of the app (ASID), not by the one under which they wrote to a Page (PSID): only a call to the
 * Graph API can tell who it is, and only within one Meta business. */
#ifndef CHANNEL_MESSENGER_DELETION_H
#define CHANNEL_MESSENGER_DELETION_H

#include "channel/messenger.h"

/* Stored: never change or reuse a number. */
enum deletion_state {
    DELETION_ASKING = 0, /* Meta is asked who it is */
    DELETION_FOUND = 1,  /* an erasure runs, or has run */
    DELETION_NOBODY = 2, /* nobody here, or Meta does not tell: the person needs another way */
};

struct deletion {
    int64_t tenant; /* 0: not known yet */
    enum deletion_state state;
    int64_t requested_at;
    int64_t erasure; /* 0: none */
};

/** A code is 40 letters and digits, and a NUL. */
enum { DELETION_CODE_SIZE = 41 };

/** Registers JOB_DELETION. */
void messenger_deletion_start(const struct messenger_opts *opts);
/** Notes the request and queues the question. Inside a WRITE turn. The id is kept, sealed, until
 * the question is answered. */
int messenger_deletion_request(struct turn *turn, struct pii asid,
                               char ret_code[DELETION_CODE_SIZE]) MUST_CHECK;
/** ERR_NOT_FOUND. */
int messenger_deletion_find(struct turn *turn, struct slice code, struct deletion *ret) MUST_CHECK;

#endif
