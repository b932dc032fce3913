#include "store/job.h"

#include "base/err.h"
#include "store/inside.h"
#include "store/job_row.h"
#include "store/job_run.h"
#include "store/row.h"

#define PAYLOAD_MAX (1024u * 1024)
#define LIST_MAX    1000u

static const struct sql_stmt stmt_add = {
    "job.add",
    "INSERT INTO job (id, tenant, kind, state, due_at, attempts, ordering, object, person,"
    " slot, reason, created_at, payload)"
    " VALUES ($1, $2, $3, 0, $4, 0, $5, $6, $7, $8, 0, $9, $10)"};
static const struct sql_stmt stmt_list = {
    "job.list", "SELECT " JOB_ROW_COLUMNS " FROM job"
                " WHERE tenant = $1 AND state = $2 AND id < $3 ORDER BY id DESC LIMIT $4"};
static const struct sql_stmt stmt_dead = {
    "job.dead", "SELECT 1 FROM job WHERE tenant = $1 AND id = $2 AND state = 2{lock}"};
static const struct sql_stmt stmt_retry = {
    "job.retry", "UPDATE job SET state = 0, attempts = 0, due_at = $2 WHERE id = $1"};
static const struct sql_stmt stmt_cancel_person = {
    "job.cancel_person", "DELETE FROM job WHERE tenant = $1 AND person = $2"};

static struct row_owner owner_of(const struct job *job)
{
    return (struct row_owner){.tenant = job->tenant, .person_slot = job->slot};
}

static void wake(struct store *store, void *arg)
{
    const int64_t *due_at = arg;

    job_run_due(store, *due_at);
}

static int wake_after_commit(struct turn *turn, int64_t due_at)
{
    int64_t *copy = arena_alloc(turn->arena, sizeof(*copy));

    if (!copy)
        return ERR_MEMORY;
    *copy = due_at;
    return turn_effect(turn, wake, copy);
}

int job_add(struct turn *turn, const struct job *job)
{
    struct row_owner owner = owner_of(job);
    int64_t id = turn_id(turn), due_at = job->due_at ? job->due_at : turn->now;
    struct sql_arg payload;
    int r;

    if (pii_reveal(job->payload).len > PAYLOAD_MAX)
        return ERR_LIMIT;
    payload = row_seal(turn, COL_job_payload, &owner, id, job->payload);
    r = turn_put(turn, &stmt_add,
                 SQL_ARGS(SQL_INT(id), SQL_INT(job->tenant), SQL_INT(job->kind), SQL_INT(due_at),
                          SQL_INT_OR_NULL(job->ordering), SQL_INT_OR_NULL(job->object),
                          SQL_INT_OR_NULL(job->person), SQL_INT((int64_t)job->slot),
                          SQL_INT(turn->now), payload));
    return r < 0 ? r : wake_after_commit(turn, due_at);
}

void job_row_read(const struct sql_rows *rows, size_t i, struct job_line *ret)
{
    *ret = (struct job_line){.job = {.id = sql_int(rows, i, 0),
                                     .tenant = sql_int(rows, i, 1),
                                     .kind = (enum job_kind)sql_int(rows, i, 2),
                                     .due_at = sql_int(rows, i, 3),
                                     .attempts = (int)sql_int(rows, i, 4),
                                     .ordering = sql_int(rows, i, 5),
                                     .object = sql_int(rows, i, 6),
                                     .person = sql_int(rows, i, 7),
                                     .slot = (vault_slot)sql_int(rows, i, 8)},
                             .state = (enum job_state)sql_int(rows, i, 9),
                             .reason = -(int)sql_int(rows, i, 10),
                             .created_at = sql_int(rows, i, 11)};
}

int job_row_open(struct turn *turn, const struct sql_rows *rows, size_t i, struct job *job)
{
    struct row_owner owner = owner_of(job);

    return row_open(turn, COL_job_payload, &owner, job->id, sql_bytes(rows, i, 12), &job->payload);
}

int job_list(struct turn *turn, int64_t tenant, enum job_state state, int64_t before, size_t max,
             struct job_line **ret, size_t *ret_n)
{
    struct job_line *lines;
    struct sql_rows *rows;
    size_t i, n;
    int r;

    max = max < LIST_MAX ? max : LIST_MAX;
    r = turn_ask(turn, &stmt_list,
                 SQL_ARGS(SQL_INT(tenant), SQL_INT(state), SQL_INT(before ? before : INT64_MAX),
                          SQL_INT((int64_t)max)),
                 &rows);
    if (r < 0)
        return r;
    n = sql_rows_count(rows);
    lines = arena_array(turn->arena, n ? n : 1, sizeof(*lines));
    if (!lines)
        return ERR_MEMORY;
    for (i = 0; i < n; i++)
        job_row_read(rows, i, &lines[i]);
    *ret = lines;
    *ret_n = n;
    return 0;
}

int job_retry(struct turn *turn, int64_t tenant, int64_t job)
{
    int64_t dead;
    int r = turn_ask_int(turn, &stmt_dead, SQL_ARGS(SQL_INT(tenant), SQL_INT(job)), 0, &dead);

    if (r < 0)
        return r;
    if (!dead)
        return ERR_NOT_FOUND;
    r = turn_put(turn, &stmt_retry, SQL_ARGS(SQL_INT(job), SQL_INT(turn->now)));
    return r < 0 ? r : wake_after_commit(turn, turn->now);
}

int job_cancel_person(struct turn *turn, int64_t tenant, int64_t person)
{
    int r = turn_put(turn, &stmt_cancel_person, SQL_ARGS(SQL_INT(tenant), SQL_INT(person)));

    return r < 0 ? r : wake_after_commit(turn, turn->now); /* others may have waited for theirs */
}
