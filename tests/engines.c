#include "engines.h"

#include <ftw.h>
#include <libpq-fe.h>
#include <unistd.h>

/* One place per test process; Check forks for every test. */
static struct engines here;
static char base_dir[64];

const struct engines *engines_here(void)
{
    return &here;
}

static struct sql *open_as(const struct engines *e, bool read_only)
{
    const struct sql_opts opts = {e->engine, e->target, read_only};
    struct sql *db = NULL;

    ck_assert_ok(sql_open(&opts, &db));
    return db;
}

struct sql *engines_open(const struct engines *e)
{
    return open_as(e, false);
}

struct sql *engines_open_read_only(const struct engines *e)
{
    return open_as(e, true);
}

/** Runs "CREATE DATABASE name" or "DROP DATABASE name ..." as the superuser. */
static void run_as_admin(const char *verb, const char *name, const char *rest)
{
    PGconn *conn = PQconnectdb(here.admin);
    char text[160];
    PGresult *result;

    snprintf(text, sizeof(text), "%s DATABASE %s%s", verb, name, rest);
    result = PQexec(conn, text);
    ck_assert_msg(PQresultStatus(result) == PGRES_COMMAND_OK, "%s: %s", text, PQerrorMessage(conn));
    PQclear(result);
    PQfinish(conn);
}

static const char *database_name(void)
{
    static char name[32];

    snprintf(name, sizeof(name), "test_%d", (int)getpid());
    return name;
}

static void set_up(void)
{
    snprintf(here.dir, sizeof(here.dir), "%s/%d", base_dir, (int)getpid());
    ck_assert_int_eq(mkdir(here.dir, 0700), 0);
    if (here.engine == SQL_SQLITE) {
        snprintf(here.target, sizeof(here.target), "%s/test.db", here.dir);
        return;
    }
    run_as_admin("CREATE", database_name(), "");
    /* The last dbname of a connection string counts. */
    snprintf(here.target, sizeof(here.target), "%s dbname=%s", here.admin, database_name());
}

static void tear_down(void)
{
    if (here.engine == SQL_POSTGRES)
        run_as_admin("DROP", database_name(), " WITH (FORCE)");
}

static int remove_entry(const char *path, const struct stat *info, int type, struct FTW *at)
{
    return remove(path);
}

int engines_run(const char *name, int argc, char **argv, const TTest *const *tests, size_t n,
                double timeout_s)
{
    const char *engine = argc > 1 ? argv[1] : "sqlite", *admin = getenv("LETHE_TEST_PG");
    int status;

    here.engine = strcmp(engine, "postgres") == 0 ? SQL_POSTGRES : SQL_SQLITE;
    if (here.engine == SQL_SQLITE && strcmp(engine, "sqlite") != 0) {
        fprintf(stderr, "usage: %s [sqlite|postgres]\n", argv[0]);
        return 2;
    }
    if (here.engine == SQL_POSTGRES && !admin) {
        puts("1..0 # SKIP LETHE_TEST_PG names no server: run under tools/pg-test run --");
        return EXIT_SUCCESS;
    }
    snprintf(here.admin, sizeof(here.admin), "%s", admin ? admin : "");
    snprintf(base_dir, sizeof(base_dir), "/tmp/lethe-test-XXXXXX");
    if (!mkdtemp(base_dir)) {
        perror(base_dir);
        return EXIT_FAILURE;
    }
    status = unit_run(name, tests, n, timeout_s, set_up, tear_down);
    nftw(base_dir, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
    return status;
}
