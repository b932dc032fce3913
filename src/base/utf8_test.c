#include "base/utf8.h"

#include "unit.h"

START_TEST(accepts_what_rfc3629_accepts)
{
    ck_assert(utf8_valid(SLICE("")));
    ck_assert(utf8_valid(SLICE("a\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80")));
    ck_assert(utf8_valid(SLICE("\xf4\x8f\xbf\xbf")));
}
END_TEST

START_TEST(refuses_the_rest)
{
    ck_assert(!utf8_valid(SLICE("\xc0\xaf")));         /* overlong */
    ck_assert(!utf8_valid(SLICE("\xe0\x80\xaf")));     /* overlong */
    ck_assert(!utf8_valid(SLICE("\xed\xa0\x80")));     /* surrogate */
    ck_assert(!utf8_valid(SLICE("\xf4\x90\x80\x80"))); /* above U+10FFFF */
    ck_assert(!utf8_valid(SLICE("\xe2\x82")));         /* cut short */
    ck_assert(!utf8_valid(SLICE("\x80")));
    ck_assert(!utf8_valid(SLICE("\xff")));
}
END_TEST

START_TEST(counts_and_cuts_code_points)
{
    ck_assert_uint_eq(utf8_count(SLICE("a\xc3\xa4\xf0\x9f\x98\x80")), 3);
    ck_assert_slice(utf8_head(SLICE("a\xc3\xa4\xf0\x9f\x98\x80"), 2), "a\xc3\xa4");
    ck_assert_slice(utf8_head(SLICE("ab"), 9), "ab");
}
END_TEST

UNIT_MAIN("base/utf8", accepts_what_rfc3629_accepts, refuses_the_rest, counts_and_cuts_code_points)
