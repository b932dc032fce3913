#include "base/slice.h"

#include "base/err.h"
#include "unit.h"

START_TEST(cut_gives_every_part)
{
    struct slice rest = SLICE("a,,b"), part;

    ck_assert(slice_cut(&rest, ',', &part));
    ck_assert_slice(part, "a");
    ck_assert(slice_cut(&rest, ',', &part));
    ck_assert_slice(part, "");
    ck_assert(slice_cut(&rest, ',', &part));
    ck_assert_slice(part, "b");
    ck_assert(!slice_cut(&rest, ',', &part));
}
END_TEST

START_TEST(int64_takes_the_whole_range_and_nothing_else)
{
    int64_t n;

    ck_assert_int_eq(slice_int64(SLICE("-9223372036854775808"), &n), 0);
    ck_assert(n == INT64_MIN);
    ck_assert_int_eq(slice_int64(SLICE("9223372036854775807"), &n), 0);
    ck_assert(n == INT64_MAX);
    ck_assert_int_eq(slice_int64(SLICE("9223372036854775808"), &n), ERR_LIMIT);
    ck_assert_int_eq(slice_int64(SLICE(""), &n), ERR_SYNTAX);
    ck_assert_int_eq(slice_int64(SLICE("-"), &n), ERR_SYNTAX);
    ck_assert_int_eq(slice_int64(SLICE("1 "), &n), ERR_SYNTAX);
    ck_assert_int_eq(slice_int64(SLICE("+1"), &n), ERR_SYNTAX);
}
END_TEST

START_TEST(trim_and_compare)
{
    ck_assert_slice(slice_trim(SLICE(" \t x y\r\n")), "x y");
    ck_assert(slice_eq_nocase(SLICE("Host"), SLICE("hOST")));
    ck_assert(!slice_eq_nocase(SLICE("Host"), SLICE("Hos")));
    ck_assert(slice_starts(SLICE("abc"), SLICE("ab")));
    ck_assert(slice_ends(SLICE("abc"), SLICE("bc")));
    ck_assert(!slice_ends(SLICE("c"), SLICE("bc")));
}
END_TEST

UNIT_MAIN("base/slice", cut_gives_every_part, int64_takes_the_whole_range_and_nothing_else,
          trim_and_compare)
