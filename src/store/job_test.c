#include "store/job.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/metrics.h"
#include "store/lane.h"
#include "store/store_unit.h"

#define TENANT 51

/* What the tests' own kind of job does and saw. */
struct log {
    struct unit_gate ran;
    pthread_mutex_t lock;
    int64_t objects[200];
    int attempts[200];
    int n;
    int err;       /* what a run returns ... */
    int err_times; /* ... so many times; then 0 */
    char payload[64];
};

static struct log *log_new(void)
{
    static struct log logs[1];

    logs[0] = (struct log){.ran = UNIT_GATE, .lock = PTHREAD_MUTEX_INITIALIZER};
    return &logs[0];
}

static int note(struct log *log, const struct job *job)
{
    int r;

    pthread_mutex_lock(&log->lock);
    log->objects[log->n] = job->object;
    log->attempts[log->n++] = job->attempts;
    snprintf(log->payload, sizeof(log->payload), "%.*s", SLICE_ARG(pii_reveal(job->payload)));
    r = log->err_times-- > 0 ? log->err : 0;
    pthread_mutex_unlock(&log->lock);
    return r;
}

static void count_run(struct store *store, void *arg)
{
    struct log *log = arg;

    unit_gate_count(&log->ran);
}

/* Jobs that run in a turn: the gate counts those that succeeded. */
static int run_in_turn(struct turn *turn, const struct job *job, void *arg)
{
    int r = note(arg, job);

    return r < 0 ? r : turn_effect(turn, count_run, arg);
}

static const struct job_ops turn_ops = {
    .max_attempts = 3, .backoff_ms = SECOND_MS, .backoff_max_ms = MINUTE_MS, .turn = run_in_turn};

static struct store *open_with(const struct engines *e, const struct job_ops *ops, struct log *log)
{
    struct store *store = unit_open(e);
    struct job_ops with = *ops;

    with.arg = log;
    unit_tenant(store, TENANT);
    job_register(store, JOB_MAIL, &with);
    return store;
}

static int add_work(struct turn *turn, void *arg)
{
    return job_add(turn, arg);
}

static void add(struct store *store, struct job job)
{
    job.tenant = TENANT;
    job.kind = JOB_MAIL;
    ck_assert_ok(store_write_wait(store, TENANT, add_work, &job));
}

/* Jobs in a state, as job_list answers. */
struct listing {
    enum job_state state;
    size_t n;
    struct job_line newest;
};

static int list_work(struct turn *turn, void *arg)
{
    struct listing *listing = arg;
    struct job_line *lines;
    int r = job_list(turn, TENANT, listing->state, 0, 500, &lines, &listing->n);

    if (r == 0 && listing->n > 0)
        listing->newest = lines[0];
    return r;
}

static struct listing list(struct store *store, enum job_state state)
{
    struct listing listing = {.state = state};

    ck_assert_ok(store_read_wait(store, list_work, &listing));
    return listing;
}

/* Waits until so many jobs are in the state: each question is an answer of the store itself. */
static void await(struct store *store, enum job_state state, size_t n)
{
    while (list(store, state).n != n)
        ;
}

ENGINES_TEST(a_due_job_runs_once_and_goes)
{
    struct log *log = log_new();
    struct store *store = open_with(e, &turn_ops, log);

    ck_assert_ok(job_run_start(store));
    add(store, (struct job){.object = 5, .payload = pii_of(SLICE("{\"a\":1}"))});
    unit_gate_wait(&log->ran, 1);
    await(store, JOB_RUNNING, 0);
    ck_assert_uint_eq(list(store, JOB_WAITING).n, 0);
    ck_assert_int_eq(log->n, 1);
    ck_assert_int_eq(log->objects[0], 5);
    ck_assert_str_eq(log->payload, "{\"a\":1}");
    store_close(store);
}

ENGINES_TEST(a_job_for_later_waits)
{
    struct log *log = log_new();
    struct store *store = open_with(e, &turn_ops, log);

    ck_assert_ok(job_run_start(store));
    add(store, (struct job){.object = 1, .due_at = UNIT_START + HOUR_MS});
    add(store, (struct job){.object = 2});
    unit_gate_wait(&log->ran, 1);
    ck_assert_int_eq(log->objects[0], 2);
    ck_assert_uint_eq(list(store, JOB_WAITING).n, 1);
    atomic_fetch_add(&unit_now, HOUR_MS);
    job_wake(store);
    unit_gate_wait(&log->ran, 2);
    ck_assert_int_eq(log->objects[1], 1);
    store_close(store);
}

ENGINES_TEST(the_runner_wakes_by_itself)
{
    struct log *log = log_new();
    struct store *store = open_with(e, &turn_ops, log);

    ck_assert_ok(job_run_start(store));
    add(store, (struct job){.object = 1, .due_at = UNIT_START + 50});
    atomic_fetch_add(&unit_now, 50);
    unit_gate_wait(&log->ran, 1);
    store_close(store);
}

ENGINES_TEST(jobs_of_one_ordering_run_one_after_the_other)
{
    struct log *log = log_new();
    struct store *store = open_with(e, &turn_ops, log);
    int i;

    for (i = 0; i < 20; i++)
        add(store, (struct job){.object = i, .ordering = 9, .due_at = UNIT_START - i});
    ck_assert_ok(job_run_start(store));
    unit_gate_wait(&log->ran, 20);
    for (i = 0; i < 20; i++)
        ck_assert_int_eq(log->objects[i], i);
    store_close(store);
}

ENGINES_TEST(a_failed_job_holds_back_its_ordering_alone)
{
    struct log *log = log_new();
    struct store *store = open_with(e, &turn_ops, log);
    int64_t failed = metric_get(METRIC_JOBS_FAILED);

    log->err = ERR_TIMEOUT;
    log->err_times = 1;
    add(store, (struct job){.object = 1, .ordering = 9});
    add(store, (struct job){.object = 2, .ordering = 9});
    ck_assert_ok(job_run_start(store));
    while (metric_get(METRIC_JOBS_FAILED) == failed)
        ;
    add(store, (struct job){.object = 3, .ordering = 8});
    unit_gate_wait(&log->ran, 1);
    ck_assert_int_eq(log->objects[1], 3);
    atomic_fetch_add(&unit_now, MINUTE_MS);
    job_wake(store);
    unit_gate_wait(&log->ran, 3);
    ck_assert_int_eq(log->objects[2], 1);
    ck_assert_int_eq(log->attempts[2], 1);
    ck_assert_int_eq(log->objects[3], 2);
    store_close(store);
}

static int retry_work(struct turn *turn, void *arg)
{
    return job_retry(turn, TENANT, *(int64_t *)arg);
}

ENGINES_TEST(after_its_last_attempt_a_job_is_dead_until_told_to_try_again)
{
    struct log *log = log_new();
    struct store *store = open_with(e, &turn_ops, log);
    struct listing dead;
    int i;

    log->err = ERR_TIMEOUT;
    log->err_times = 3;
    add(store, (struct job){.object = 1, .payload = pii_of(SLICE("x"))});
    ck_assert_ok(job_run_start(store));
    for (i = 0; i < 2; i++) {
        await(store, JOB_WAITING, 1);
        while (list(store, JOB_WAITING).newest.job.attempts != i + 1)
            ;
        ck_assert_int_gt(list(store, JOB_WAITING).newest.job.due_at, atomic_load(&unit_now));
        atomic_fetch_add(&unit_now, MINUTE_MS);
        job_wake(store);
    }
    await(store, JOB_DEAD, 1);
    dead = list(store, JOB_DEAD);
    ck_assert_int_eq(dead.newest.reason, ERR_TIMEOUT);
    ck_assert_int_eq(dead.newest.job.attempts, 3);
    ck_assert_ok(store_write_wait(store, TENANT, retry_work, &dead.newest.job.id));
    unit_gate_wait(&log->ran, 1);
    ck_assert_str_eq(log->payload, "x");
    ck_assert_err(store_write_wait(store, TENANT, retry_work, &dead.newest.job.id), ERR_NOT_FOUND);
    store_close(store);
}

ENGINES_TEST(a_hopeless_job_is_not_tried_again)
{
    struct log *log = log_new();
    struct store *store = open_with(e, &turn_ops, log);

    log->err = ERR_REFUSED;
    log->err_times = 1;
    add(store, (struct job){.object = 1});
    ck_assert_ok(job_run_start(store));
    await(store, JOB_DEAD, 1);
    ck_assert_int_eq(log->n, 1);
    store_close(store);
}

ENGINES_TEST(a_job_of_somebody_forgotten_goes)
{
    struct log *log = log_new();
    struct store *store = open_with(e, &turn_ops, log);
    vault_slot slot = 0;

    ck_assert_ok(vault_issue(store_vault(store), &slot));
    add(store, (struct job){.object = 1, .slot = slot, .payload = pii_of(SLICE("x"))});
    ck_assert_ok(vault_forget(store_vault(store), &slot, 1));
    ck_assert_ok(job_run_start(store));
    await(store, JOB_WAITING, 0);
    await(store, JOB_RUNNING, 0);
    ck_assert_uint_eq(list(store, JOB_DEAD).n, 0);
    ck_assert_int_eq(log->n, 0);
    store_close(store);
}

/* Outside work */

struct outside {
    struct unit_gate started;
    struct store *store;
    int64_t job;
    int released;
};

static void start_outside(struct store *store, const struct job *job, void *arg)
{
    struct outside *outside = arg;

    ck_assert_int_eq(pii_reveal(job->payload).len, 4);
    outside->job = job->id;
    unit_gate_count(&outside->started);
}

static const struct job_ops outside_ops = {.max_attempts = 3,
                                           .backoff_ms = SECOND_MS,
                                           .backoff_max_ms = MINUTE_MS,
                                           .start = start_outside};

static int store_answer(struct turn *turn, void *arg)
{
    return unit_put(turn, TENANT, 1);
}

static void release(void *arg)
{
    struct outside *outside = arg;

    outside->released++;
}

static struct store *open_outside(const struct engines *e, struct outside *outside)
{
    struct store *store = open_with(e, &outside_ops, NULL);
    struct job_ops ops = outside_ops;

    ops.arg = outside;
    job_register(store, JOB_MAIL, &ops);
    ck_assert_ok(job_run_start(store));
    return store;
}

ENGINES_TEST(outside_work_ends_with_its_answer)
{
    struct outside outside = {.started = UNIT_GATE};
    struct store *store = open_outside(e, &outside);

    add(store, (struct job){.payload = pii_of(SLICE("mail"))});
    unit_gate_wait(&outside.started, 1);
    ck_assert_uint_eq(list(store, JOB_RUNNING).n, 1);
    ck_assert_ok(job_finish_then(store, outside.job, TENANT, 0, store_answer, release, &outside));
    await(store, JOB_RUNNING, 0);
    ck_assert_int_eq(unit_rows(store, TENANT), 1);
    store_close(store);
    ck_assert_int_eq(outside.released, 1);
}

ENGINES_TEST(outside_work_that_failed_is_started_again)
{
    struct outside outside = {.started = UNIT_GATE};
    struct store *store = open_outside(e, &outside);

    add(store, (struct job){.payload = pii_of(SLICE("mail"))});
    unit_gate_wait(&outside.started, 1);
    ck_assert_ok(job_finish(store, outside.job, TENANT, ERR_TIMEOUT, NULL, NULL));
    await(store, JOB_WAITING, 1);
    atomic_fetch_add(&unit_now, MINUTE_MS);
    job_wake(store);
    unit_gate_wait(&outside.started, 2);
    store_close(store);
}

static int refuse_answer(struct turn *turn, void *arg)
{
    int r = unit_put(turn, TENANT, 1);

    return r < 0 ? r : ERR_INVALID;
}

ENGINES_TEST(an_answer_that_cannot_be_stored_fails_the_attempt)
{
    struct outside outside = {.started = UNIT_GATE};
    struct store *store = open_outside(e, &outside);

    add(store, (struct job){.payload = pii_of(SLICE("mail"))});
    unit_gate_wait(&outside.started, 1);
    ck_assert_ok(job_finish(store, outside.job, TENANT, 0, refuse_answer, NULL));
    await(store, JOB_WAITING, 1);
    ck_assert_int_eq(list(store, JOB_WAITING).newest.reason, ERR_INVALID);
    ck_assert_int_eq(unit_rows(store, TENANT), 0);
    store_close(store);
}

static int cancel_work(struct turn *turn, void *arg)
{
    return job_cancel_person(turn, TENANT, *(int64_t *)arg);
}

ENGINES_TEST(an_erasure_cancels_all_jobs_of_a_person)
{
    struct outside outside = {.started = UNIT_GATE};
    struct store *store = open_outside(e, &outside);
    int64_t ada = 700;

    add(store, (struct job){.person = ada, .payload = pii_of(SLICE("mail"))});
    unit_gate_wait(&outside.started, 1);
    add(store, (struct job){.person = ada, .due_at = UNIT_START + HOUR_MS});
    add(store, (struct job){.person = 701, .due_at = UNIT_START + HOUR_MS});
    ck_assert_ok(store_write_wait(store, TENANT, cancel_work, &ada));
    ck_assert_uint_eq(list(store, JOB_WAITING).n, 1);
    ck_assert_ok(job_finish_then(store, outside.job, TENANT, 0, store_answer, release, &outside));
    store_close(store);
    ck_assert_int_eq(outside.released, 1);
    store = unit_open(e);
    ck_assert_int_eq(unit_rows(store, TENANT), 0); /* the answer came too late */
    store_close(store);
}

ENGINES_TEST(what_closes_is_no_attempt)
{
    struct outside outside = {.started = UNIT_GATE};
    struct store *store = open_outside(e, &outside);

    add(store, (struct job){.payload = pii_of(SLICE("mail"))});
    unit_gate_wait(&outside.started, 1);
    ck_assert_ok(job_finish(store, outside.job, TENANT, ERR_CANCELED, NULL, NULL));
    await(store, JOB_WAITING, 1);
    ck_assert_int_eq(list(store, JOB_WAITING).newest.job.attempts, 0);
    store_close(store);
}

/* A full disk */

ENGINES_TEST(an_erasure_runs_on_a_full_disk)
{
    struct log *log = log_new();
    struct job_ops ops = turn_ops;
    struct store *store;
    char path[200];

    if (e->engine != SQL_SQLITE) /* there the disk is the server's */
        return;
    ops.frees_space = true;
    store = open_with(e, &ops, log);
    snprintf(path, sizeof(path), "%s/data/ballast", e->dir);
    add(store, (struct job){.object = 4, .due_at = UNIT_START + HOUR_MS});
    ck_assert_ok(job_run_start(store));
    lane_probe(store, unit_full_while_file, path);
    atomic_fetch_add(&unit_now, HOUR_MS);
    job_wake(store);
    unit_gate_wait(&log->ran, 1);
    ck_assert_int_eq(log->objects[0], 4);
    lane_probe(store, NULL, NULL);
    store_close(store);
}

/* A process that dies in a job */

static void die(struct store *store, const struct job *job, void *arg)
{
    raise(SIGKILL);
}

ENGINES_TEST(a_job_cut_off_by_a_crash_runs_again)
{
    struct log *log = log_new();
    struct store *store;
    pid_t child = fork();

    if (child == 0) {
        store = unit_open(e);
        unit_tenant(store, TENANT);
        add(store, (struct job){.object = 3});
        job_register(store, JOB_MAIL, &(struct job_ops){.max_attempts = 3, .start = die});
        (void)!job_run_start(store);
        pause();
        _exit(0);
    }
    waitpid(child, NULL, 0);
    store = unit_open(e);
    ck_assert_uint_eq(list(store, JOB_RUNNING).n, 1);
    job_register(store, JOB_MAIL,
                 &(struct job_ops){.max_attempts = 3, .turn = run_in_turn, .arg = log});
    ck_assert_ok(job_run_start(store));
    unit_gate_wait(&log->ran, 1);
    ck_assert_int_eq(log->objects[0], 3);
    ck_assert_int_eq(log->attempts[0], 1);
    store_close(store);
}

ENGINES_TEST(more_jobs_than_a_batch_all_run)
{
    struct log *log = log_new();
    struct store *store = open_with(e, &turn_ops, log);
    int i;

    for (i = 0; i < 150; i++)
        add(store, (struct job){.object = i});
    ck_assert_ok(job_run_start(store));
    unit_gate_wait(&log->ran, 150);
    await(store, JOB_RUNNING, 0);
    ck_assert_int_eq(log->n, 150);
    store_close(store);
}

ENGINES_MAIN("store/job", a_due_job_runs_once_and_goes, a_job_for_later_waits,
             the_runner_wakes_by_itself, jobs_of_one_ordering_run_one_after_the_other,
             a_failed_job_holds_back_its_ordering_alone,
             after_its_last_attempt_a_job_is_dead_until_told_to_try_again,
             a_hopeless_job_is_not_tried_again, a_job_of_somebody_forgotten_goes,
             outside_work_ends_with_its_answer, outside_work_that_failed_is_started_again,
             an_answer_that_cannot_be_stored_fails_the_attempt, what_closes_is_no_attempt,
             an_erasure_runs_on_a_full_disk, an_erasure_cancels_all_jobs_of_a_person,
             a_job_cut_off_by_a_crash_runs_again, more_jobs_than_a_batch_all_run)
