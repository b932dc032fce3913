/* erase_run.c - the steps of an erasure, each on its lane:
 * collect (WRITE) → forget keys, remove files (SLOW) → delete (WRITE) → empty the log (SLOW)
 * → done (WRITE). */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/err.h"
#include "base/log.h"
#include "base/metrics.h"
#include "person/person.h"
#include "privacy/erase.h"
#include "privacy/sql.h"
#include "privacy/subject.h"
#include "store/blob.h"
#include "store/job.h"
#include "store/tombstone.h"

enum { BUCKETS_MAX = 64 };

struct run {
    struct store *store;
    int64_t job;
    int64_t tenant;
    int64_t erasure;
    vault_slot *slots; /* between collect and forget; owned */
    size_t slot_count;
    int64_t *files; /* likewise */
    size_t file_count;
};

static void release(void *arg)
{
    struct run *run = arg;

    free(run->slots);
    free(run->files);
    free(run);
}

static void end(struct run *run, int result, store_work *after)
{
    int r = job_finish_then(run->store, run->job, run->tenant, result, after, release, run);

    if (r < 0) { /* closing: the job goes on from its step at the next start */
        log_event(LOG_WARN, "privacy.erasure_waits", LOG_ERR(r));
        release(run);
    }
}

/* Collect */

static int add_slot(struct turn *turn, int64_t erasure, int64_t slot)
{
    return slot ? turn_put(turn, &privacy_sql_slot_add, SQL_ARGS(SQL_INT(erasure), SQL_INT(slot)))
                : 0;
}

/* Every slot under which something of the person was sealed, over all tables. */
static int list_person_slots(struct turn *turn, const struct erasure *e)
{
    const struct subject_table *tables;
    struct sql_rows *rows;
    size_t i, k, n;
    int r = 0;

    tables = subject_tables(&n);
    for (i = 0; r == 0 && i < n; i++) {
        if (!tables[i].slots.text)
            continue;
        r = subject_ask(turn, &tables[i], &tables[i].slots, e->person, e->tenant, &rows);
        for (k = 0; r == 0 && k < sql_rows_count(rows); k++)
            r = add_slot(turn, e->id, sql_int(rows, k, 0));
    }
    return r;
}

/* Leaves a tombstone for each identity and moves the living of their buckets to fresh slots. */
static int forget_lookups(struct turn *turn, const struct erasure *e)
{
    vault_slot slots[BUCKETS_MAX];
    struct person_identity *list;
    int64_t *owners;
    size_t i, n, slot_count = 0;
    int r = person_identities(turn, e->tenant, e->person, &list, &n);

    if (r < 0)
        return r;
    owners = arena_array(turn->arena, n + 1, sizeof(*owners));
    if (!owners)
        return ERR_MEMORY;
    for (i = 0; r == 0 && i < n; i++) {
        const struct lookup_key key = {LOOKUP_IDENTITY, list[i].channel, list[i].external};

        owners[i] = list[i].id;
        r = tombstone_add(turn, e->tenant, &key);
    }
    if (r == 0)
        r = lookup_remove(turn, e->tenant, owners, n, slots, BUCKETS_MAX, &slot_count);
    for (i = 0; r == 0 && i < slot_count; i++)
        r = add_slot(turn, e->id, (int64_t)slots[i]);
    return r;
}

static int read_slots(struct turn *turn, struct run *run)
{
    struct sql_rows *rows;
    size_t i;
    int r = turn_ask(turn, &privacy_sql_slots, SQL_ARGS(SQL_INT(run->erasure)), &rows);

    if (r < 0)
        return r;
    free(run->slots);
    run->slot_count = sql_rows_count(rows);
    run->slots = calloc(run->slot_count + 1, sizeof(*run->slots));
    if (!run->slots)
        return ERR_MEMORY;
    for (i = 0; i < run->slot_count; i++)
        run->slots[i] = (vault_slot)sql_int(rows, i, 0);
    return 0;
}

/* The rows of the files stay until their bytes are gone. */
static int read_files(struct turn *turn, struct run *run, const struct erasure *e)
{
    struct sql_rows *rows;
    size_t i;
    int r =
        turn_ask(turn, &privacy_sql_files, SQL_ARGS(SQL_INT(e->person), SQL_INT(e->tenant)), &rows);

    if (r < 0)
        return r;
    free(run->files);
    run->file_count = sql_rows_count(rows);
    run->files = calloc(run->file_count + 1, sizeof(*run->files));
    if (!run->files)
        return ERR_MEMORY;
    for (i = 0; i < run->file_count; i++)
        run->files[i] = sql_int(rows, i, 0);
    return 0;
}

static int set_step(struct turn *turn, const struct run *run, enum erase_step step)
{
    return turn_put(turn, &privacy_sql_erasure_step,
                    SQL_ARGS(SQL_INT(step), SQL_INT(run->erasure), SQL_INT(run->tenant)));
}

static int collect(struct turn *turn, void *arg)
{
    struct run *run = arg;
    struct erasure e;
    int r = erase_load(turn, run->tenant, run->erasure, &e);

    if (r == 0 && e.step < ERASE_COLLECTED) {
        r = list_person_slots(turn, &e);
        if (r == 0)
            r = forget_lookups(turn, &e);
        if (r == 0)
            r = set_step(turn, run, ERASE_COLLECTED);
    }
    if (r == 0)
        r = read_slots(turn, run);
    return r < 0 ? r : read_files(turn, run, &e);
}

/* Forget */

static int forget(struct turn *turn, void *arg)
{
    const struct run *run = arg;
    size_t i;
    int r = vault_forget(turn->vault, run->slots, run->slot_count);

    for (i = 0; r == 0 && i < run->file_count; i++)
        r = blob_remove(turn->store, run->files[i]);
    return r;
}

/* Delete */

static int delete_rows(struct turn *turn, void *arg)
{
    const struct subject_table *tables;
    struct run *run = arg;
    struct erasure e;
    size_t i, n;
    int r = erase_load(turn, run->tenant, run->erasure, &e);

    if (r < 0 || e.step >= ERASE_DELETED)
        return r;
    r = turn_put(turn, &privacy_sql_outbox_drop, SQL_ARGS(SQL_INT(e.person)));
    tables = subject_tables(&n);
    for (i = 0; r == 0 && i < n; i++)
        r = subject_put(turn, &tables[i], &tables[i].erase, e.person, e.tenant);
    if (r == 0)
        r = turn_put(turn, &privacy_sql_slots_drop, SQL_ARGS(SQL_INT(e.id)));
    return r < 0 ? r : set_step(turn, run, ERASE_DELETED);
}

/* Empty the log */

static int empty_log(struct turn *turn, void *arg)
{
    (void)arg;
    return store_checkpoint(turn->store);
}

static int done(struct turn *turn, void *arg)
{
    const struct run *run = arg;

    metric_add(METRIC_ERASURES, 1);
    return turn_put(turn, &privacy_sql_erasure_done,
                    SQL_ARGS(SQL_INT(ERASE_DONE), SQL_INT(turn->now), SQL_INT(run->erasure),
                             SQL_INT(run->tenant)));
}

/* The chain: each step starts the next when it has ended well. */

static void after_log(struct turn *turn, void *arg, int result)
{
    (void)turn;
    end(arg, result, result == 0 ? done : NULL);
}

static void after_delete(struct turn *turn, void *arg, int result)
{
    struct run *run = arg;

    if (result == 0)
        result = store_slow(turn->store, empty_log, after_log, run);
    if (result < 0)
        end(run, result, NULL);
}

static void after_forget(struct turn *turn, void *arg, int result)
{
    struct run *run = arg;

    if (result == 0)
        result = store_write_freeing(turn->store, run->tenant, delete_rows, after_delete, run);
    if (result < 0)
        end(run, result, NULL);
}

static void after_collect(struct turn *turn, void *arg, int result)
{
    struct run *run = arg;

    if (result == 0)
        result = store_slow(turn->store, forget, after_forget, run);
    if (result < 0)
        end(run, result, NULL);
}

static void start(struct store *store, const struct job *job, void *arg)
{
    struct run *run = calloc(1, sizeof(*run));
    int r;

    (void)arg;
    if (!run) {
        r = job_finish(store, job->id, job->tenant, ERR_MEMORY, NULL, NULL);
        if (r < 0)
            log_event(LOG_WARN, "privacy.erasure_waits", LOG_ERR(r));
        return;
    }
    *run =
        (struct run){.store = store, .job = job->id, .tenant = job->tenant, .erasure = job->object};
    r = store_write_freeing(store, job->tenant, collect, after_collect, run);
    if (r < 0)
        end(run, r, NULL);
}

void erase_start(struct store *store)
{
    job_register(store, JOB_ERASE,
                 &(struct job_ops){
                     .max_attempts = 100000, /* never given up: it goes on until it is done */
                     .backoff_ms = 1000,
                     .backoff_max_ms = 60000,
                     .frees_space = true,
                     .start = start,
                 });
}
