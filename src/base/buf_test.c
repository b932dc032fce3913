#include "base/buf.h"

#include "base/err.h"
#include "unit.h"

START_TEST(refuses_what_is_beyond_its_limit_and_keeps_the_rest)
{
    struct buf b = BUF_INIT(5);

    ck_assert_int_eq(buf_add(&b, SLICE("abc")), 0);
    ck_assert_int_eq(buf_add(&b, SLICE("def")), ERR_LIMIT);
    ck_assert_slice(buf_slice(&b), "abc");
    ck_assert_int_eq(buf_add(&b, SLICE("de")), 0);
    ck_assert_slice(buf_slice(&b), "abcde");
    buf_drop(&b, 2);
    ck_assert_slice(buf_slice(&b), "cde");
    buf_done(&b);
}
END_TEST

START_TEST(formats_numbers)
{
    struct buf b = BUF_INIT(1000);
    int i;

    for (i = 0; i < 100; i++)
        ck_assert_int_eq(buf_addf(&b, "%d;", i), 0);
    ck_assert_uint_eq(b.len, 10 * 2 + 90 * 3);
    buf_done(&b);
}
END_TEST

UNIT_MAIN("base/buf", refuses_what_is_beyond_its_limit_and_keeps_the_rest, formats_numbers)
