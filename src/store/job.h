/* job.h - work for later, as rows: at least once, ordered by key, with backoff and an end. */
#ifndef STORE_JOB_H
#define STORE_JOB_H

#include "base/pii.h"
#include "store/store.h"

/* Stored: never change or reuse a number. */
enum job_kind {
    JOB_MAIL = 1,      /* payload: mail as JSON */
    JOB_PROFILE = 2,   /* object: person */
    JOB_HTTP_NODE = 3, /* object: conversation */
    JOB_ERASE = 4,     /* object: erasure */
    JOB_CHANNEL_CHECK = 5,
    JOB_HUMAN_HELP = 6, /* object: conversation */
    JOB_RECIPIENT = 7,  /* object: person */
    JOB_BOT_TIMER = 8,  /* object: conversation */
    JOB_OUTBOX = 10,    /* wakes the outbox */
    JOB_SPLIT = 11,     /* object: number of a look-up bucket; run by this room */
    JOB_FORGET = 12,   /* object: a vault slot nothing is sealed under any more; run by this room */
    JOB_DELETION = 13, /* object: deletion_request */
    JOB_KINDS
};

enum job_state { JOB_WAITING = 0, JOB_RUNNING = 1, JOB_DEAD = 2 };

struct job {
    int64_t id;
    int64_t tenant;
    enum job_kind kind;
    int64_t due_at;
    int attempts;       /* made before this one */
    int64_t ordering;   /* jobs with the same number > 0 run one after the other */
    int64_t object;     /* id of what it is about */
    int64_t person;     /* 0, or whose erasure cancels it; also keys the payload */
    vault_slot slot;    /* the person's, or 0 */
    struct pii payload; /* sealed in the row; JSON by convention */
};

/** Adds a job in the turn; id, state and attempts are set by it. due_at 0: now. The payload (at
 * most 1 MiB, ERR_LIMIT) is sealed under the tenant's slot and job->slot. */
int job_add(struct turn *turn, const struct job *job) MUST_CHECK;

/** How a kind is run. Exactly one of the two functions is set. */
struct job_ops {
    int max_attempts;
    int64_t backoff_ms; /* doubled at each attempt, with jitter, up to backoff_max_ms */
    int64_t backoff_max_ms;
    bool frees_space; /* an erasure: run also when the disk is full, as store_write_freeing */
    /** Runs inside a WRITE turn; 0: the job's row goes in the same transaction. An error below
     *  max_attempts: again later. ERR_REFUSED, ERR_NOT_FOUND: never again, it is dead at once;
     *  ERR_FORGOTTEN: never again, the row goes. The database away, the disk full, and
     *  ERR_CANCELED (something is closing) are no attempt. */
    int (*turn)(struct turn *turn, const struct job *job, void *arg);
    /** Starts outside work (a fetch, SLOW work) and must lead to exactly one job_finish. `job` is
     * valid only during the call. Runs on a lane's thread: must not block. */
    void (*start)(struct store *store, const struct job *job, void *arg);
    void *arg;
};

/** Before job_run_start. */
void job_register(struct store *store, enum job_kind kind, const struct job_ops *ops);
/** Starts the runner: claims due jobs in batches; at start takes back what an earlier process left
 *  running. */
int job_run_start(struct store *store) MUST_CHECK;
/** Ends outside work: `after` (may be NULL) runs in the same turn as the row's change, with its
 * result. Result as in job_ops.turn. If the job was cancelled meanwhile, `after` is not run. An
 * error of `after` counts as the job's own. Any thread. ERR_CANCELED closing: the job is run again
 * at the next start; ERR_MEMORY. A full queue is no error: it is tried until it succeeds. */
int job_finish(struct store *store, int64_t job, int64_t tenant, int result, store_work *after,
               void *arg) MUST_CHECK;
/** The same for an `arg` that has to be freed: `release` is called once, when it is needed no more;
 *  not if this returns an error. */
typedef void job_release(void *arg);
int job_finish_then(struct store *store, int64_t job, int64_t tenant, int result, store_work *after,
                    job_release *release, void *arg) MUST_CHECK;
/** Looks for due jobs now. The runner does so by itself, by the wall clock: for tests that move
 * time. */
void job_wake(struct store *store);
/** A job as an owner's screen shows it, without its payload. */
struct job_line {
    struct job job;
    enum job_state state;
    int reason; /* the last error (ERR_x), 0: none */
    int64_t created_at;
};
/** A tenant's jobs in a state, newest first, at most `max` and 1,000, with ids below `before` (0:
 * from the newest). Lies in the turn's arena. */
int job_list(struct turn *turn, int64_t tenant, enum job_state state, int64_t before, size_t max,
             struct job_line **ret, size_t *ret_n) MUST_CHECK;
/** An owner's "try again" of a dead job. ERR_NOT_FOUND. */
int job_retry(struct turn *turn, int64_t tenant, int64_t job) MUST_CHECK;
/** Cancels all jobs of a person, in an erasure's turn. The erasure's own job names no person. */
int job_cancel_person(struct turn *turn, int64_t tenant, int64_t person) MUST_CHECK;

#endif
