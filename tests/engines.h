/* engines.h - tests that run on SQLite and on PostgreSQL.
 *
 *     ENGINES_TEST(keeps_what_was_put)
 *     {
 *         struct sql *db = engines_open(e);
 *         ...
 *         sql_close(db);
 *     }
 *     ENGINES_MAIN("room/file", keeps_what_was_put, ...)
 *
 * `e` says where the test runs: in a fresh folder, and on PostgreSQL in a fresh schema of a
 * database that the program has for itself. The program takes the engine's name as its argument;
 * meson runs it once for each (src/sql/meson.build). PostgreSQL is the server that LETHE_TEST_PG
 * names, started by `tools/pg-test run -- COMMAND`; without it the tests are reported as skipped.
 */
#ifndef TESTS_ENGINES_H
#define TESTS_ENGINES_H

#include "base/err.h"
#include "sql/sql.h"
#include "unit.h"

struct engines {
    enum sql_engine engine;
    char dir[96];     /* fresh and empty; removed at the end, also after a failed test */
    char target[480]; /* for sql_opts.target: a file in dir that does not exist yet, or the
                         connection string that leads to a fresh schema */
    char admin[390];  /* PostgreSQL: connection string of the superuser's own database */
};

/** Opens the test's database for writing; fails the test if it can't. */
struct sql *engines_open(const struct engines *e);
struct sql *engines_open_read_only(const struct engines *e);

/** The test's place; made before the test began. */
const struct engines *engines_here(void);

int engines_run(const char *name, int argc, char **argv, const TTest *const *tests, size_t n,
                double timeout_s);

#define ENGINES_TEST(name)                                                                         \
    static void name##_on(const struct engines *e);                                                \
    START_TEST(name)                                                                               \
    {                                                                                              \
        name##_on(engines_here());                                                                 \
    }                                                                                              \
    END_TEST                                                                                       \
    static void name##_on(const struct engines *e)

#define ENGINES_MAIN(name, ...) ENGINES_MAIN_TIMEOUT(name, 30, __VA_ARGS__)
#define ENGINES_MAIN_TIMEOUT(name, seconds, ...)                                                   \
    int main(int argc, char **argv)                                                                \
    {                                                                                              \
        const TTest *const tests[] = {__VA_ARGS__};                                                \
        return engines_run(name, argc, argv, tests, sizeof(tests) / sizeof(tests[0]), seconds);    \
    }

/** Fails the test unless `call` returns `expected`, naming both errors. */
#define ck_assert_err(call, expected)                                                              \
    do {                                                                                           \
        int ck_r_ = (call), ck_e_ = (expected);                                                    \
        ck_assert_msg(ck_r_ == ck_e_, "%s gave '%s', not '%s'", #call,                             \
                      ck_r_ == 0 ? "ok" : err_code(ck_r_), ck_e_ == 0 ? "ok" : err_code(ck_e_));   \
    } while (0)
#define ck_assert_ok(call) ck_assert_err(call, 0)

#endif
