/* unit.h - what every unit test includes: Check in fork mode, TAP on stdout. */
#ifndef TESTS_UNIT_H
#define TESTS_UNIT_H

#include <check.h>
#include <stdio.h>
#include <stdlib.h>

/** Runs the listed test functions (each made with START_TEST) as one suite and prints TAP.
 *  A test that leaks, crashes or trips a sanitizer fails alone: every test is its own process.
 *  set_up and tear_down (may be NULL) run in that process, tear_down only after a success.
 *  Returns the exit status of the program. */
static inline int unit_run(const char *name, const TTest *const *tests, size_t n, double timeout_s,
                           SFun set_up, SFun tear_down)
{
    Suite *suite = suite_create(name);
    TCase *tcase = tcase_create(name);
    SRunner *runner;
    size_t i;
    int failed;

    tcase_set_timeout(tcase, timeout_s);
    tcase_add_checked_fixture(tcase, set_up, tear_down);
    for (i = 0; i < n; i++)
        tcase_add_test(tcase, tests[i]);
    suite_add_tcase(suite, tcase);
    runner = srunner_create(suite);
    srunner_set_tap(runner, "-");
    srunner_run_all(runner, CK_SILENT);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

/** UNIT_MAIN("room/file", test_a, test_b, ...) is the whole main of a test. */
#define UNIT_MAIN(name, ...) UNIT_MAIN_TIMEOUT(name, 30, __VA_ARGS__)
#define UNIT_MAIN_TIMEOUT(name, seconds, ...)                                                      \
    int main(void)                                                                                 \
    {                                                                                              \
        const TTest *const tests[] = {__VA_ARGS__};                                                \
        return unit_run(name, tests, sizeof(tests) / sizeof(tests[0]), seconds, NULL, NULL);       \
    }

struct arena *arena_new(size_t limit);

/** An arena that lives as long as the test's process: for helpers that give slices back. */
static inline struct arena *unit_arena(size_t limit)
{
    static struct arena *kept[4096]; /* still in reach at the end: no leak */
    static size_t n;

    ck_assert_uint_lt(n, sizeof(kept) / sizeof(kept[0]));
    kept[n] = arena_new(limit);
    ck_assert_ptr_nonnull(kept[n]);
    return kept[n++];
}

#define ck_assert_slice(s, literal)                                                                \
    do {                                                                                           \
        struct slice ck_s_ = (s);                                                                  \
        ck_assert_msg(ck_s_.len == sizeof(literal) - 1 &&                                          \
                          memcmp(ck_s_.ptr, literal, ck_s_.len) == 0,                              \
                      "'%.*s' is not '%s'", (int)ck_s_.len, ck_s_.ptr ? ck_s_.ptr : "", literal);  \
    } while (0)

#endif
