#include "engines.h"

#include <ftw.h>
#include <libpq-fe.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

/* One place per test process; Check forks for every test. */
static struct engines here;
static char base_dir[64];
static char database[420]; /* PostgreSQL: connection string of the program's own database */

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

/** Runs one command on the server; false after saying why not. */
static bool command(const char *target, const char *text)
{
    PGconn *conn = PQconnectdb(target);
    PGresult *result = PQexec(conn, text);
    bool ok = PQresultStatus(result) == PGRES_COMMAND_OK;

    if (!ok)
        fprintf(stderr, "%s: %s", text, PQerrorMessage(conn));
    PQclear(result);
    PQfinish(conn);
    return ok;
}

/** A program has a database of its own, as a test may end every session in it. */
static bool create_database(void)
{
    const char *letters = base_dir + strlen(base_dir) - 6;
    char text[64];

    snprintf(database, sizeof(database), "%s dbname=test_%s", here.admin, letters);
    snprintf(text, sizeof(text), "CREATE DATABASE \"test_%s\"", letters);
    return command(here.admin, text);
}

static void drop_database(void)
{
    char text[64];

    snprintf(text, sizeof(text), "DROP DATABASE \"test_%s\" WITH (FORCE)",
             base_dir + strlen(base_dir) - 6);
    (void)command(here.admin, text);
}

/** A test has a schema of its own: there in no time, where a database takes half a second. */
static void set_up(void)
{
    char text[48];

    snprintf(here.dir, sizeof(here.dir), "%s/%d", base_dir, (int)getpid());
    ck_assert_int_eq(mkdir(here.dir, 0700), 0);
    if (here.engine == SQL_SQLITE) {
        snprintf(here.target, sizeof(here.target), "%s/test.db", here.dir);
        return;
    }
    snprintf(text, sizeof(text), "CREATE SCHEMA t%d", (int)getpid());
    ck_assert(command(database, text));
    snprintf(here.target, sizeof(here.target), "%s options='-c search_path=t%d'", database,
             (int)getpid());
}

static int remove_entry(const char *path, const struct stat *info, int type, struct FTW *at)
{
    return remove(path);
}

/** Runs the tests in a process of their own, so that this one can tidy up when they are killed. */
static int run_apart(const char *name, const TTest *const *tests, size_t n, double timeout_s)
{
    int status = 0;
    pid_t pid = fork();

    if (pid == 0)
        exit(unit_run(name, tests, n, timeout_s, set_up, NULL));
    signal(SIGINT, SIG_IGN);
    signal(SIGTERM, SIG_IGN);
    if (pid < 0 || waitpid(pid, &status, 0) != pid || !WIFEXITED(status))
        return EXIT_FAILURE;
    return WEXITSTATUS(status);
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
    status = EXIT_FAILURE;
    if (here.engine == SQL_SQLITE || create_database()) {
        status = run_apart(name, tests, n, timeout_s);
        if (here.engine == SQL_POSTGRES)
            drop_database();
    }
    nftw(base_dir, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
    return status;
}
