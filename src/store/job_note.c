#include "store/job_note.h"

#include <stdlib.h>

#include "base/err.h"
#include "base/metrics.h"
#include "store/inside.h"
#include "store/job_row.h"

#define BUSY_MS 100  /* until the next try when a queue was full */
#define AWAY_MS 1000 /* when the database was away, the disk full, or something closing */

static const struct sql_stmt stmt_running = {
    "job_note.running", "SELECT " JOB_ROW_COLUMNS " FROM job WHERE id = $1 AND state = 1{lock}"};
static const struct sql_stmt stmt_delete = {"job_note.delete", "DELETE FROM job WHERE id = $1"};
static const struct sql_stmt stmt_failed = {
    "job_note.failed",
    "UPDATE job SET state = $2, due_at = $3, attempts = attempts + 1, reason = $4"
    " WHERE id = $1"};

static const struct sql_stmt stmt_put_back = {
    "job_note.put_back", "UPDATE job SET state = 0, due_at = $2 WHERE id = $1"};

struct job_note *job_note_new(struct runner *runner, int64_t job, int64_t tenant)
{
    struct job_note *note = calloc(1, sizeof(*note));

    if (!note)
        return NULL;
    note->runner = runner;
    note->job = job;
    note->tenant = tenant;
    return note;
}

void job_note_free(struct job_note *note)
{
    if (note && note->release)
        note->release(note->arg);
    free(note);
}

/* Doubled at each attempt; between 3/4 and 5/4 of that, so that jobs which failed together don't
 * come back together. */
static int64_t backoff(struct turn *turn, const struct job_ops *ops, int attempts)
{
    int64_t delay = ops->backoff_ms;
    uint32_t jitter;
    int i;

    for (i = 0; i < attempts && delay < ops->backoff_max_ms; i++)
        delay *= 2;
    if (delay > ops->backoff_max_ms)
        delay = ops->backoff_max_ms;
    turn_random(turn, &jitter, sizeof(jitter));
    return delay * 3 / 4 + (int64_t)(jitter % ((uint64_t)delay / 2 + 1));
}

static bool is_hopeless(const struct job_ops *ops, const struct job *job, int result)
{
    return result == ERR_REFUSED || result == ERR_NOT_FOUND ||
           job->attempts + 1 >= ops->max_attempts;
}

static int store_failure(struct turn *turn, struct job_note *note, const struct job *job)
{
    const struct job_ops *ops = &note->runner->ops[job->kind];
    enum job_state state = JOB_WAITING;

    note->outcome = JOB_AGAIN;
    note->due_at = turn->now + backoff(turn, ops, job->attempts);
    if (is_hopeless(ops, job, note->result)) {
        note->outcome = JOB_GAVE_UP;
        state = JOB_DEAD;
    }
    return turn_put(turn, &stmt_failed,
                    SQL_ARGS(SQL_INT(note->job), SQL_INT(state), SQL_INT(note->due_at),
                             SQL_INT(-note->result)));
}

/* Something that the job needs is closing: it waits, without an attempt counted. */
static int put_back(struct turn *turn, struct job_note *note)
{
    note->outcome = JOB_PUT_BACK;
    note->due_at = turn->now + AWAY_MS;
    return turn_put(turn, &stmt_put_back, SQL_ARGS(SQL_INT(note->job), SQL_INT(note->due_at)));
}

static int store_end(struct turn *turn, struct job_note *note, const struct job *job)
{
    int result = note->ended ? note->result : 0;

    if (result == ERR_CANCELED)
        return put_back(turn, note);
    if (result < 0 && result != ERR_FORGOTTEN)
        return store_failure(turn, note, job);
    note->outcome = result < 0 ? JOB_GAVE_UP : JOB_DONE;
    return turn_put(turn, &stmt_delete, SQL_ARGS(SQL_INT(note->job)));
}

static int run_own_turn(struct turn *turn, struct job_note *note, const struct sql_rows *rows,
                        struct job *job)
{
    const struct job_ops *ops = &note->runner->ops[job->kind];
    int r = job_row_open(turn, rows, 0, job);

    return r < 0 ? r : ops->turn(turn, job, ops->arg);
}

static int work(struct turn *turn, void *arg)
{
    struct job_note *note = arg;
    struct job_line line;
    struct sql_rows *rows;
    int r = turn_ask(turn, &stmt_running, SQL_ARGS(SQL_INT(note->job)), &rows);

    if (r < 0)
        return r;
    note->outcome = JOB_CANCELLED;
    note->ordered = true;
    if (sql_rows_count(rows) == 0)
        return 0;
    job_row_read(rows, 0, &line);
    note->ordered = line.job.ordering > 0;
    if (!note->ended)
        r = run_own_turn(turn, note, rows, &line.job);
    else if (note->after)
        r = note->after(turn, note->arg);
    return r < 0 ? r : store_end(turn, note, &line.job);
}

static void count(enum job_outcome outcome)
{
    switch (outcome) {
    case JOB_CANCELLED:
    case JOB_PUT_BACK:
        break;
    case JOB_DONE:
        metric_add(METRIC_JOBS_DONE, 1);
        break;
    case JOB_GAVE_UP:
        metric_add(METRIC_JOBS_DEAD, 1);
        metric_add(METRIC_JOBS_FAILED, 1);
        break;
    case JOB_AGAIN:
        metric_add(METRIC_JOBS_FAILED, 1);
        break;
    }
}

static void push_or_free(struct job_note *note)
{
    if (job_note_push(note) < 0)
        job_note_free(note); /* closing: the row is taken back at the next start */
}

static void done(struct turn *turn, void *arg, int result)
{
    struct job_note *note = arg;
    struct runner *runner = note->runner;

    if (result < 0 && item_of(turn)->turn_failed) {
        job_run_late(runner, note, AWAY_MS);
        return;
    }
    if (result < 0) { /* its own turn failed, or `after`: that is how the attempt ended */
        note->ended = true;
        note->result = result;
        note->after = NULL;
        push_or_free(note);
        return;
    }
    count(note->outcome);
    if (note->outcome == JOB_AGAIN || note->outcome == JOB_PUT_BACK)
        job_run_due(runner->store, note->due_at);
    job_run_settled(runner, note->ordered);
    job_note_free(note);
}

int job_note_push(struct job_note *note)
{
    int r = job_run_queue(note->runner, note->tenant, work, done, note);

    if (r == 0 || r == ERR_CANCELED)
        return r;
    job_run_late(note->runner, note, BUSY_MS);
    return 0;
}

int job_finish_then(struct store *store, int64_t job, int64_t tenant, int result, store_work *after,
                    job_release *release, void *arg)
{
    struct job_note *note = job_note_new(&store->runner, job, tenant);
    int r;

    if (!note)
        return ERR_MEMORY;
    note->ended = true;
    note->result = result;
    note->after = after;
    note->release = release;
    note->arg = arg;
    r = job_note_push(note);
    if (r < 0) {
        note->release = NULL; /* the caller's still */
        job_note_free(note);
    }
    return r;
}

int job_finish(struct store *store, int64_t job, int64_t tenant, int result, store_work *after,
               void *arg)
{
    return job_finish_then(store, job, tenant, result, after, NULL, arg);
}
