/* job_note.h - a claimed job until the change of its row is committed. Inside store only. */
#ifndef STORE_JOB_NOTE_H
#define STORE_JOB_NOTE_H

#include "store/job_run.h"

enum job_outcome { JOB_CANCELLED, JOB_DONE, JOB_AGAIN, JOB_PUT_BACK, JOB_GAVE_UP };

struct job_note {
    struct job_note *next;
    struct runner *runner;
    int64_t job;
    int64_t tenant;
    bool ended; /* its `result` stands; else its own turn is still to be run */
    int result;
    store_work *after;
    job_release *release;
    void *arg;

    /* Of the turn that settles it: */
    enum job_outcome outcome;
    bool ordered;
    int64_t due_at;
};

/** A job whose turn is to be run. NULL: out of memory. */
struct job_note *job_note_new(struct runner *runner, int64_t job, int64_t tenant);
/** Queues it; takes it over unless this returns an error (ERR_CANCELED). */
int job_note_push(struct job_note *note) MUST_CHECK;
/** Releases the argument, too. Takes NULL. */
void job_note_free(struct job_note *note);

#endif
