/* PostgreSQL 15 by libpq in pipeline mode (postgresql.org/docs/15/libpq-pipeline-mode.html).
 *
 * Commands are queued and cost no round trip; a Sync ends a batch and is answered when all of it
 * ran. After an error the server skips what follows until the next Sync, so an undo or a rollback
 * stands behind a Sync of its own. */
#include "sql/sql_driver.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/err.h"
#include "sql/pg_value.h"

/* A batch ends by itself here: it bounds the answers that wait in memory. */
#define BATCH_MAX 2000

struct pg_prepared {
    struct sql_prepared sql;
    uint64_t session; /* the connection that knows `name`; 0: none does */
    size_t place;     /* in the batch that prepares it */
    char name[24];
    bool fresh; /* stands in pg.fresh, by next */
    struct pg_prepared *next;
    char text[];
};

struct pg {
    struct sql sql;
    char *target;
    PGconn *conn;              /* NULL: lost; the next transaction connects afresh */
    uint64_t session;          /* counts connections */
    uint64_t names;            /* prepared so far */
    size_t queued;             /* commands behind the last Sync */
    bool unseen;               /* a put among them: its error is still to surface */
    size_t succeeded;          /* commands of the last batch before its first error */
    struct pg_prepared *fresh; /* prepared in this batch */
    struct pg_params params;
};

static struct pg *pg_of(struct sql *db)
{
    return CONTAINER_OF(db, struct pg, sql);
}

/* The connection */

/** The batch is over: only what was prepared before its first error is known to the server. */
static void settle_fresh(struct pg *pg)
{
    struct pg_prepared *p;

    for (; (p = pg->fresh); pg->fresh = p->next) {
        p->fresh = false;
        if (p->place >= pg->succeeded)
            p->session = 0;
    }
}

static int lose(struct pg *pg)
{
    if (pg->conn)
        sql_fail(&pg->sql, 0, PQerrorMessage(pg->conn));
    PQfinish(pg->conn);
    pg->conn = NULL;
    pg->queued = 0;
    pg->unseen = false;
    pg->succeeded = 0;
    settle_fresh(pg);
    return ERR_UNAVAILABLE;
}

static void ignore_notice(void *arg, const PGresult *result)
{
}

static PGconn *dial(const struct pg *pg)
{
    /* What stands before dbname can be changed by the connection string, what stands behind it not.
     * A dead peer is noticed after 5 s at the start, after about 30 s later on. */
    static const char *const names[] = {
        "connect_timeout",  "keepalives_idle",  "keepalives_interval",
        "keepalives_count", "tcp_user_timeout", "fallback_application_name",
        "dbname",           "client_encoding",  NULL};
    const char *values[] = {"5", "10", "5", "4", "30000", "lethe", pg->target, "UTF8", NULL};

    return PQconnectdbParams(names, values, 1);
}

static int set_up(struct pg *pg)
{
    /* An acknowledged commit is on disk, whatever the server's default. */
    static const char set[] = "SET client_min_messages = error; SET lock_timeout = '10s';"
                              "SET idle_in_transaction_session_timeout = '60s'; SET jit = off;"
                              "SELECT set_config('synchronous_commit', 'on', false)"
                              " WHERE current_setting('synchronous_commit') = 'off';";
    PGresult *result = PQexec(pg->conn, set);
    ExecStatusType status = PQresultStatus(result);

    PQclear(result);
    if (status == PGRES_TUPLES_OK && pg->sql.read_only) {
        result = PQexec(pg->conn, "SET default_transaction_read_only = on");
        status = PQresultStatus(result);
        PQclear(result);
    }
    if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK)
        return lose(pg);
    return PQenterPipelineMode(pg->conn) ? 0 : lose(pg);
}

static int connect_afresh(struct pg *pg)
{
    pg->conn = dial(pg);
    if (!pg->conn)
        return ERR_MEMORY;
    if (PQstatus(pg->conn) != CONNECTION_OK)
        return lose(pg);
    PQsetNoticeReceiver(pg->conn, ignore_notice, NULL);
    pg->session++;
    return set_up(pg);
}

/** Takes in what came while idle: mostly nothing, else the news that the server went away. */
static void look_at_idle(struct pg *pg)
{
    struct pollfd ready = {.fd = PQsocket(pg->conn), .events = POLLIN};

    while (PQstatus(pg->conn) == CONNECTION_OK && poll(&ready, 1, 0) > 0)
        if (!PQconsumeInput(pg->conn))
            return;
}

/** Before a transaction, or a statement outside of one: the only moments to connect again. */
static int be_connected(struct pg *pg)
{
    if (pg->conn)
        look_at_idle(pg);
    if (pg->conn && PQstatus(pg->conn) == CONNECTION_OK)
        return 0;
    (void)lose(pg);
    return connect_afresh(pg);
}

static void pg_close(struct sql *db)
{
    struct pg *pg = pg_of(db);

    PQfinish(pg->conn);
    buf_done(&pg->params.arrays);
    free(pg->target);
    free(pg);
}

static int pg_open(const struct sql_opts *opts, struct sql **ret)
{
    struct pg *pg = calloc(1, sizeof(*pg));
    int r;

    if (!pg)
        return ERR_MEMORY;
    pg->sql.read_only = opts->read_only;
    pg->params.arrays = BUF_INIT(SQL_VALUE_MAX);
    pg->target = strdup(opts->target);
    r = pg->target ? connect_afresh(pg) : ERR_MEMORY;
    if (r < 0)
        pg_close(&pg->sql);
    else
        *ret = &pg->sql;
    return r;
}

/* Batches */

static int error_of(struct pg *pg, const PGresult *result)
{
    return sql_fail(&pg->sql, pg_error_of(PQresultErrorField(result, PG_DIAG_SQLSTATE)),
                    PQresultErrorMessage(result));
}

/** The next answer of the batch; NULL: the connection failed. */
static PGresult *next_answer(struct pg *pg)
{
    PGresult *result;
    int gaps;

    /* One gap ends a command; several mean that nothing more is to come. */
    for (gaps = 0; gaps < 3; gaps++) {
        result = PQgetResult(pg->conn);
        if (result || PQstatus(pg->conn) != CONNECTION_OK)
            return result;
    }
    return NULL;
}

/** Reads the answers of a batch to its Sync. Returns the first error; else 0 and in *ret_last the
 *  last answer. */
static int collect(struct pg *pg, PGresult **ret_last)
{
    PGresult *last = NULL, *result;
    ExecStatusType status = PGRES_EMPTY_QUERY;
    int first = 0;

    pg->succeeded = 0;
    while (status != PGRES_PIPELINE_SYNC && first != ERR_UNAVAILABLE) {
        result = next_answer(pg);
        status = result ? PQresultStatus(result) : PGRES_FATAL_ERROR;
        if (!result) {
            first = ERR_UNAVAILABLE;
        } else if (status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK) {
            PQclear(last);
            last = result;
            pg->succeeded++;
            continue;
        } else if (status == PGRES_FATAL_ERROR && first == 0) {
            first = error_of(pg, result);
        }
        PQclear(result);
    }
    if (first == 0)
        *ret_last = last;
    else
        PQclear(last);
    return first;
}

static int finish_with(struct pg *pg, PGresult **ret_last)
{
    int r;

    if (!PQpipelineSync(pg->conn))
        return lose(pg);
    r = collect(pg, ret_last);
    if (r == ERR_UNAVAILABLE)
        return lose(pg);
    pg->queued = 0;
    pg->unseen = false;
    settle_fresh(pg);
    return r;
}

static int finish(struct pg *pg)
{
    PGresult *last;
    int r = finish_with(pg, &last);

    if (r == 0)
        PQclear(last);
    return r;
}

static int queue_text(struct pg *pg, const char *text)
{
    if (!pg->conn || !PQsendQueryParams(pg->conn, text, 0, NULL, NULL, NULL, NULL, 1))
        return lose(pg);
    pg->queued++;
    return 0;
}

static int queue_prepare(struct pg *pg, struct pg_prepared *p)
{
    Oid types[SQL_PARAMS_MAX];
    int i;

    for (i = 0; i < p->sql.params; i++)
        types[i] = pg_type_of(p->sql.types[i]);
    snprintf(p->name, sizeof(p->name), "s%llu", (unsigned long long)++pg->names);
    if (!PQsendPrepare(pg->conn, p->name, p->text, p->sql.params, types))
        return lose(pg);
    p->place = pg->queued++;
    p->session = pg->session;
    p->sql.retyped = false;
    /* Twice in a batch when a parameter got its type only now. */
    if (!p->fresh) {
        p->fresh = true;
        p->next = pg->fresh;
        pg->fresh = p;
    }
    return 0;
}

static int queue_prepared(struct pg *pg, struct pg_prepared *p, const struct sql_arg *args)
{
    struct pg_params *params = &pg->params;
    int r;

    if (!pg->conn)
        return ERR_UNAVAILABLE;
    r = pg_params_fill(params, args, (size_t)p->sql.params);
    if (r < 0)
        return r;
    /* A parameter that was always NULL has a type of the server's choice: ask for ours. */
    if (p->session != pg->session || p->sql.retyped) {
        r = queue_prepare(pg, p);
        if (r < 0)
            return r;
    }
    if (!PQsendQueryPrepared(pg->conn, p->name, p->sql.params, params->values, params->lengths,
                             params->formats, 1))
        return lose(pg);
    pg->queued++;
    return 0;
}

/* Statements */

static int pg_prepare(struct sql *db, const char *text, struct sql_prepared **ret)
{
    size_t size = strlen(text) + 1;
    struct pg_prepared *p = calloc(1, sizeof(*p) + size);

    if (!p)
        return ERR_MEMORY;
    memcpy(p->text, text, size);
    *ret = &p->sql;
    return 0;
}

static void pg_unprepare(struct sql *db, struct sql_prepared *prepared)
{
    free(CONTAINER_OF(prepared, struct pg_prepared, sql));
}

static int pg_ask(struct sql *db, struct sql_prepared *prepared, const struct sql_arg *args,
                  struct sql_rows **ret)
{
    struct pg *pg = pg_of(db);
    PGresult *result;
    int r = db->in_transaction ? 0 : be_connected(pg);

    if (r == 0)
        r = queue_prepared(pg, CONTAINER_OF(prepared, struct pg_prepared, sql), args);
    if (r == 0)
        r = finish_with(pg, &result);
    if (r < 0)
        return r;
    r = pg_rows_of(result, ret);
    PQclear(result);
    return r == ERR_INTERNAL ? sql_fail(db, r, "a column of an unknown type") : r;
}

static int pg_put(struct sql *db, struct sql_prepared *prepared, const struct sql_arg *args)
{
    struct pg *pg = pg_of(db);
    int r = db->in_transaction ? 0 : be_connected(pg);

    if (r == 0)
        r = queue_prepared(pg, CONTAINER_OF(prepared, struct pg_prepared, sql), args);
    if (r < 0)
        return r;
    pg->unseen = true;
    return db->in_transaction && pg->queued < BATCH_MAX ? 0 : finish(pg);
}

/** Several statements in one text are a matter of the simple protocol, which a pipeline has not. */
static int pg_script(struct sql *db, const char *text)
{
    struct pg *pg = pg_of(db);
    PGresult *result;
    int r = db->in_transaction ? 0 : be_connected(pg);

    if (r == 0 && !pg->conn)
        r = ERR_UNAVAILABLE;
    if (r == 0 && pg->queued)
        r = finish(pg);
    if (r < 0)
        return r;
    if (!PQexitPipelineMode(pg->conn))
        return lose(pg);
    result = PQexec(pg->conn, text);
    if (PQresultStatus(result) == PGRES_FATAL_ERROR)
        r = error_of(pg, result);
    PQclear(result);
    if (r == ERR_UNAVAILABLE || !PQenterPipelineMode(pg->conn))
        return lose(pg);
    return r;
}

/* Transactions */

static int pg_begin(struct sql *db, bool write)
{
    struct pg *pg = pg_of(db);
    int r = be_connected(pg);

    if (r < 0)
        return r;
    return queue_text(pg, write ? "BEGIN ISOLATION LEVEL READ COMMITTED"
                                : "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
}

static int pg_commit(struct sql *db)
{
    struct pg *pg = pg_of(db);
    PGresult *result;
    int r = queue_text(pg, "COMMIT");

    if (r == 0)
        r = finish_with(pg, &result);
    if (r < 0)
        return r;
    /* The server ends a spoilt transaction with the tag ROLLBACK and calls that a success. */
    if (strcmp(PQcmdStatus(result), "COMMIT") != 0)
        r = sql_fail(db, ERR_INTERNAL, "the transaction was spoilt");
    PQclear(result);
    return r;
}

/** Ends the batch, whatever became of it, then runs one or two commands in a batch of their own. */
static int run_behind_sync(struct pg *pg, const char *first, const char *second)
{
    int r;

    if (!pg->conn)
        return ERR_UNAVAILABLE;
    if (pg->queued && finish(pg) == ERR_UNAVAILABLE)
        return ERR_UNAVAILABLE;
    r = queue_text(pg, first);
    if (r == 0 && second)
        r = queue_text(pg, second);
    return r < 0 ? r : finish(pg);
}

static void pg_rollback(struct sql *db)
{
    struct pg *pg = pg_of(db);

    /* The server rolls back by itself when the connection ends. */
    if (run_behind_sync(pg, "ROLLBACK", NULL) < 0)
        (void)lose(pg);
}

static int pg_savepoint(struct sql *db)
{
    struct pg *pg = pg_of(db);
    int r = 0;

    if (!pg->conn)
        return ERR_UNAVAILABLE;
    /* Errors of earlier puts belong to what stands before the savepoint. */
    if (pg->unseen)
        r = finish(pg);
    return r < 0 ? r : queue_text(pg, "SAVEPOINT s");
}

static int pg_release(struct sql *db)
{
    struct pg *pg = pg_of(db);
    int r = queue_text(pg, "RELEASE s");

    return r < 0 ? r : finish(pg);
}

static int pg_undo(struct sql *db)
{
    return run_behind_sync(pg_of(db), "ROLLBACK TO s", "RELEASE s");
}

static int pg_checkpoint(struct sql *db)
{
    return 0;
}

const struct sql_driver sql_driver_postgres = {
    .open = pg_open,
    .close = pg_close,
    .prepare = pg_prepare,
    .unprepare = pg_unprepare,
    .ask = pg_ask,
    .put = pg_put,
    .script = pg_script,
    .begin = pg_begin,
    .commit = pg_commit,
    .rollback = pg_rollback,
    .savepoint = pg_savepoint,
    .release = pg_release,
    .undo = pg_undo,
    .checkpoint = pg_checkpoint,
};
