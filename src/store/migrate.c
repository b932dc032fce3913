#include "store/migrate.h"

#include "base/err.h"
#include "store/schema.h"

/* Any number that is nobody else's: nodes that start together migrate one after the other. */
#define LOCK_FOR_NODES "SELECT pg_advisory_xact_lock(7315194122)"

static const char create_version[] =
    "CREATE TABLE IF NOT EXISTS schema_version"
    " (one {int} NOT NULL CHECK (one = 1), version {int} NOT NULL, PRIMARY KEY (one)){strict}";

static const struct sql_stmt get_version = {"store.get_version",
                                            "SELECT version FROM schema_version"};
static const struct sql_stmt set_version = {
    "store.set_version", "INSERT INTO schema_version (one, version) VALUES (1, $1)"
                         " ON CONFLICT (one) DO UPDATE SET version = excluded.version"};

/** The database's version, 0 when it is empty. Holds off other migrations. */
static int read_version(struct sql *db, int64_t *ret)
{
    int r = sql_engine_of(db) == SQL_POSTGRES ? sql_script(db, LOCK_FOR_NODES) : 0;

    if (r == 0)
        r = sql_script(db, create_version);
    return r < 0 ? r : sql_ask_int(db, &get_version, SQL_NO_ARGS, 0, ret);
}

static int run_step(struct sql *db, const struct migrate_plan *plan, int64_t to)
{
    size_t i;

    for (i = 0; i < plan->count; i++)
        if (plan->steps[i].to == to)
            return plan->steps[i].run(db);
    return ERR_INTERNAL;
}

/** Inside a transaction: one step nearer. *ret_version is what the database has then. */
static int advance(struct sql *db, const struct migrate_plan *plan, int64_t *ret_version)
{
    int64_t version, to;
    int r = read_version(db, &version);

    if (r < 0)
        return r;
    *ret_version = version;
    if (version > plan->newest || version < 0)
        return ERR_VERSION;
    if (version == plan->newest)
        return 0;
    to = version == 0 ? plan->newest : version + 1;
    r = version == 0 ? plan->create(db) : run_step(db, plan, to);
    if (r < 0)
        return r;
    *ret_version = to;
    return sql_put(db, &set_version, SQL_ARGS(SQL_INT(to)));
}

int migrate_run(struct sql *db, const struct migrate_plan *plan)
{
    int64_t version = 0;
    int r = 0;

    while (r == 0 && version != plan->newest) {
        r = sql_begin(db, true);
        if (r < 0)
            return r;
        r = advance(db, plan, &version);
        if (r < 0)
            sql_rollback(db);
        else
            r = sql_commit(db);
    }
    return r;
}

static int create_all(struct sql *db)
{
    struct buf ddl = BUF_INIT(1 << 20);
    int r = schema_ddl(&ddl);

    if (r == 0)
        r = buf_add_char(&ddl, '\0');
    if (r == 0)
        r = sql_script(db, ddl.ptr);
    buf_done(&ddl);
    return r;
}

/* To change the schema: change schema.def, raise `newest`, and add the step that does the same to a
 * database that is there already. */
static const struct migrate_plan plan = {.newest = 1, .create = create_all};

int schema_migrate(struct sql *db)
{
    return migrate_run(db, &plan);
}
