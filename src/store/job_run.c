#include "store/job_run.h"

#include "base/clock.h"
#include "base/err.h"
#include "store/inside.h"
#include "store/job_note.h"
#include "store/job_own.h"
#include "store/job_row.h"

#define BATCH        64
#define RUNNING_MAX  256
#define CRASH_RUNS   3    /* runs beyond max_attempts that a job gets which was cut off each time */
#define AWAY_MS      1000 /* until the next try when nothing could be claimed */
#define SLEEP_MAX_MS HOUR_MS

static const struct sql_stmt stmt_take_back = {
    "job_run.take_back", "UPDATE job SET state = 0, attempts = attempts + 1 WHERE state = 1"};
/* A job waits while an earlier one of the same ordering is there. */
static const struct sql_stmt stmt_due = {
    "job_run.due", "SELECT " JOB_ROW_COLUMNS " FROM job AS j WHERE j.state = 0 AND j.due_at <= $1"
                   " AND j.kind IN ({each_int:$2}) AND (j.ordering IS NULL OR NOT EXISTS"
                   " (SELECT 1 FROM job AS e WHERE e.ordering = j.ordering AND e.ordering > 0"
                   " AND e.id < j.id AND e.state < 2))"
                   " ORDER BY j.due_at, j.id LIMIT $3{lock_skip}"};
static const struct sql_stmt stmt_claim = {"job_run.claim",
                                           "UPDATE job SET state = 1 WHERE id IN ({each_int:$1})"};
static const struct sql_stmt stmt_next_due = {
    "job_run.next_due", "SELECT min(due_at) FROM job WHERE state = 0 AND due_at > $1"};

struct claimed {
    struct job job;
    int err; /* it can't be run: how it ended at once */
};

struct claim {
    struct runner *runner;
    struct claimed *jobs;
    size_t n;
    bool more;
    int64_t next_due; /* 0: none */
};

/* Claiming */

static int room(struct runner *runner)
{
    int n;

    pthread_mutex_lock(&runner->lock);
    n = RUNNING_MAX - runner->running;
    pthread_mutex_unlock(&runner->lock);
    return n < BATCH ? n : BATCH;
}

static bool is_tight(struct runner *runner)
{
    bool tight;

    pthread_mutex_lock(&runner->lock);
    tight = runner->tight;
    pthread_mutex_unlock(&runner->lock);
    return tight;
}

static bool is_known(const struct runner *runner, enum job_kind kind)
{
    return runner->ops[kind].turn || runner->ops[kind].start;
}

static int ask_due(struct turn *turn, struct runner *runner, int limit, struct sql_rows **ret)
{
    bool tight = is_tight(runner);
    int64_t kinds[JOB_KINDS];
    size_t i, n = 0;

    for (i = 1; i < JOB_KINDS; i++)
        if (is_known(runner, (enum job_kind)i) && (!tight || runner->ops[i].frees_space))
            kinds[n++] = (int64_t)i;
    return turn_ask(turn, &stmt_due,
                    SQL_ARGS(SQL_INT(turn->now), SQL_INTS(kinds, n), SQL_INT(limit)), ret);
}

/* Outside work needs the payload now; a job's own turn reads the row again. */
static void read_job(struct turn *turn, const struct runner *runner, const struct sql_rows *rows,
                     size_t i, struct claimed *ret)
{
    const struct job_ops *ops;
    struct job_line line;

    job_row_read(rows, i, &line);
    ret->job = line.job;
    ret->err = 0;
    ops = &runner->ops[ret->job.kind];
    if (ret->job.attempts >= ops->max_attempts + CRASH_RUNS)
        ret->err = ERR_INTERNAL;
    else if (ops->start)
        ret->err = job_row_open(turn, rows, i, &ret->job);
}

static int take(struct turn *turn, const struct sql_rows *rows, struct claim *claim)
{
    size_t i, n = sql_rows_count(rows);
    int64_t *ids = arena_array(turn->arena, n ? n : 1, sizeof(*ids));

    claim->jobs = arena_array(turn->arena, n ? n : 1, sizeof(*claim->jobs));
    if (!ids || !claim->jobs)
        return ERR_MEMORY;
    for (i = 0; i < n; i++) {
        read_job(turn, claim->runner, rows, i, &claim->jobs[i]);
        ids[i] = claim->jobs[i].job.id;
    }
    claim->n = n;
    return n ? turn_put(turn, &stmt_claim, SQL_ARGS(SQL_INTS(ids, n))) : 0;
}

static void start(struct runner *runner, const struct claimed *claimed)
{
    const struct job *job = &claimed->job;
    const struct job_ops *ops = &runner->ops[job->kind];
    struct job_note *note;

    if (!claimed->err && ops->start) {
        ops->start(runner->store, job, ops->arg);
        return;
    }
    note = job_note_new(runner, job->id, job->tenant);
    if (!note)
        return; /* out of memory: it stays claimed, and is taken back at the next start */
    note->ended = claimed->err < 0;
    note->result = claimed->err;
    if (job_note_push(note) < 0)
        job_note_free(note);
}

static void start_all(struct store *store, void *arg)
{
    const struct claim *claim = arg;
    struct runner *runner = claim->runner;
    size_t i;

    pthread_mutex_lock(&runner->lock);
    runner->running += (int)claim->n;
    runner->more = claim->more;
    pthread_mutex_unlock(&runner->lock);
    for (i = 0; i < claim->n; i++)
        start(runner, &claim->jobs[i]);
    if (claim->next_due)
        job_run_due(store, claim->next_due);
}

static int claim_work(struct turn *turn, void *arg)
{
    struct runner *runner = arg;
    struct claim *claim = arena_alloc(turn->arena, sizeof(*claim));
    int r, limit = room(runner);
    struct sql_rows *rows;

    if (!claim)
        return ERR_MEMORY;
    claim->runner = runner;
    claim->more = true;
    if (limit > 0) {
        r = ask_due(turn, runner, limit, &rows);
        if (r == 0)
            r = take(turn, rows, claim);
        if (r == 0)
            r = turn_ask_int(turn, &stmt_next_due, SQL_ARGS(SQL_INT(turn->now)), 0,
                             &claim->next_due);
        if (r < 0)
            return r;
        claim->more = claim->n == (size_t)limit;
    }
    return turn_effect(turn, start_all, claim);
}

static void claim_done(struct turn *turn, void *arg, int result)
{
    struct runner *runner = arg;
    bool look, tight;

    pthread_mutex_lock(&runner->lock);
    runner->claiming = false;
    tight = result == ERR_FULL || atomic_load(&runner->store->full);
    runner->tight = tight;
    look = runner->again || (runner->more && runner->running < RUNNING_MAX);
    pthread_mutex_unlock(&runner->lock);
    if (result < 0 || tight)
        keeper_alarm(runner->store, AWAY_MS, job_wake);
    else if (look)
        job_wake(runner->store);
}

void job_wake(struct store *store)
{
    struct runner *runner = &store->runner;
    struct job_note *late, *next;
    bool claim;

    pthread_mutex_lock(&runner->lock);
    claim = runner->started && !runner->claiming;
    runner->again = runner->claiming;
    runner->claiming = runner->claiming || claim;
    late = runner->late;
    runner->late = NULL;
    pthread_mutex_unlock(&runner->lock);
    for (; late; late = next) {
        next = late->next;
        if (job_note_push(late) < 0)
            job_note_free(late);
    }
    if (!claim || job_run_queue(runner, 0, claim_work, claim_done, runner) == 0)
        return;
    pthread_mutex_lock(&runner->lock);
    runner->claiming = false;
    pthread_mutex_unlock(&runner->lock);
    keeper_alarm(store, AWAY_MS, job_wake);
}

/* Towards the rest of the room */

int job_run_init(struct store *store)
{
    store->runner.store = store;
    return pthread_mutex_init(&store->runner.lock, NULL) == 0 ? 0 : ERR_MEMORY;
}

void job_run_stop(struct runner *runner)
{
    pthread_mutex_lock(&runner->lock);
    runner->started = false;
    pthread_mutex_unlock(&runner->lock);
}

int job_run_queue(struct runner *runner, int64_t tenant, store_work *work, store_done *done,
                  void *arg)
{
    return is_tight(runner) ? store_write_freeing(runner->store, tenant, work, done, arg)
                            : store_write(runner->store, tenant, work, done, arg);
}

void job_run_done(struct store *store)
{
    struct job_note *note, *next;

    for (note = store->runner.late; note; note = next) {
        next = note->next;
        job_note_free(note);
    }
    pthread_mutex_destroy(&store->runner.lock);
}

void job_run_due(struct store *store, int64_t due_at)
{
    int64_t ms = due_at - store_now(store);

    if (!store->runner.started)
        return;
    if (ms <= 0)
        job_wake(store);
    else
        keeper_alarm(store, ms < SLEEP_MAX_MS ? ms : SLEEP_MAX_MS, job_wake);
}

void job_run_settled(struct runner *runner, bool wake)
{
    pthread_mutex_lock(&runner->lock);
    runner->running--;
    wake = wake || runner->more;
    pthread_mutex_unlock(&runner->lock);
    if (wake)
        job_wake(runner->store);
}

void job_run_late(struct runner *runner, struct job_note *note, int64_t ms)
{
    pthread_mutex_lock(&runner->lock);
    note->next = runner->late;
    runner->late = note;
    pthread_mutex_unlock(&runner->lock);
    keeper_alarm(runner->store, ms, job_wake);
}

void job_register(struct store *store, enum job_kind kind, const struct job_ops *ops)
{
    store->runner.ops[kind] = *ops;
}

static int take_back(struct turn *turn, void *arg)
{
    return turn_put(turn, &stmt_take_back, SQL_NO_ARGS);
}

int job_run_start(struct store *store)
{
    int r;

    job_own_register(store);
    r = store_write_wait(store, 0, take_back, NULL);
    if (r < 0)
        return r;
    pthread_mutex_lock(&store->runner.lock);
    store->runner.started = true;
    pthread_mutex_unlock(&store->runner.lock);
    job_wake(store);
    return 0;
}
