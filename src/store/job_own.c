#include "store/job_own.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/err.h"
#include "store/rekey.h"

static int split(struct turn *turn, const struct job *job, void *arg)
{
    vault_slot old;
    int r = rekey_split(turn, job->tenant, job->object, &old);

    if (r < 0 || old == 0)
        return r;
    return job_add(
        turn, &(struct job){.tenant = job->tenant, .kind = JOB_FORGET, .object = (int64_t)old});
}

struct forgetting {
    int64_t job;
    int64_t tenant;
    vault_slot slot;
};

static int forget(struct turn *turn, void *arg)
{
    const struct forgetting *f = arg;

    return vault_forget(turn->vault, &f->slot, 1);
}

static void forgotten(struct turn *turn, void *arg, int result)
{
    struct forgetting *f = arg;

    /* Closing: the job is taken back at the next start, and forgetting twice is forgetting. */
    (void)!job_finish(turn->store, f->job, f->tenant, result, NULL, NULL);
    free(f);
}

static void start_forgetting(struct store *store, const struct job *job, void *arg)
{
    struct forgetting *f = malloc(sizeof(*f));
    int r = f ? 0 : ERR_MEMORY;

    if (f) {
        *f = (struct forgetting){job->id, job->tenant, (vault_slot)job->object};
        r = store_slow(store, forget, forgotten, f);
    }
    if (r < 0) {
        free(f);
        (void)!job_finish(store, job->id, job->tenant, r, NULL, NULL);
    }
}

void job_own_register(struct store *store)
{
    job_register(
        store, JOB_SPLIT,
        &(struct job_ops){
            .max_attempts = 10, .backoff_ms = MINUTE_MS, .backoff_max_ms = HOUR_MS, .turn = split});
    job_register(store, JOB_FORGET,
                 &(struct job_ops){.max_attempts = 1000,
                                   .backoff_ms = SECOND_MS,
                                   .backoff_max_ms = HOUR_MS,
                                   .start = start_forgetting});
}
