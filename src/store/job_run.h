/* job_run.h - the runner: claims due jobs and keeps them until they are settled. Inside store only.
 */
#ifndef STORE_JOB_RUN_H
#define STORE_JOB_RUN_H

#include <pthread.h>

#include "store/job.h"

struct job_note;

struct runner {
    struct store *store;
    pthread_mutex_t lock;
    struct job_ops ops[JOB_KINDS];
    _Atomic bool started;
    bool claiming;         /* a claim is queued or running */
    bool again;            /* look once more after it */
    bool more;             /* the last claim left something behind */
    bool tight;            /* the disk is full: only jobs that free space are claimed */
    int running;           /* claimed and not yet settled */
    struct job_note *late; /* could not be queued or committed: the alarm tries again */
};

int job_run_init(struct store *store) MUST_CHECK;
/** Claims no more. */
void job_run_stop(struct runner *runner);
/** After the lanes have stopped. */
void job_run_done(struct store *store);
/** A job became due at `due_at`, or will. */
void job_run_due(struct store *store, int64_t due_at);
/** Queues an item of the runner's; while the disk is full, as one that frees space. */
int job_run_queue(struct runner *runner, int64_t tenant, store_work *work, store_done *done,
                  void *arg) MUST_CHECK;
/** A claimed job is settled; `wake`: others may have waited for it. */
void job_run_settled(struct runner *runner, bool wake);
/** Keeps a note that could not be queued or committed, to be tried again in `ms`. */
void job_run_late(struct runner *runner, struct job_note *note, int64_t ms);

#endif
