#include "base/codec.h"

#include "base/err.h"
#include "unit.h"

START_TEST(hex_both_ways)
{
    char text[7];
    unsigned char bytes[3];

    hex_encode(SLICE("\x01\xab\xff"), text);
    ck_assert_str_eq(text, "01abff");
    ck_assert_int_eq(hex_decode(SLICE("01ABff"), bytes, 3), 0);
    ck_assert_int_eq(bytes[1], 0xab);
    ck_assert_int_eq(hex_decode(SLICE("01abf"), bytes, 3), ERR_SYNTAX);
    ck_assert_int_eq(hex_decode(SLICE("01abfg"), bytes, 3), ERR_SYNTAX);
}
END_TEST

START_TEST(base64url_with_and_without_padding)
{
    char text[BASE64_SIZE(4)], out[4];
    size_t n;

    ck_assert_uint_eq(base64url_encode(SLICE("\xfb\xff\xfe\x01"), text), 6);
    ck_assert_str_eq(text, "-__-AQ");
    ck_assert_int_eq(base64url_decode(SLICE("-__-AQ=="), out, 4, &n), 0);
    ck_assert_uint_eq(n, 4);
    ck_assert_int_eq(memcmp(out, "\xfb\xff\xfe\x01", 4), 0);
    ck_assert_int_eq(base64url_decode(SLICE("-__+AQ"), out, 4, &n), ERR_SYNTAX);
    ck_assert_int_eq(base64url_decode(SLICE("-__-AQ"), out, 3, &n), ERR_SYNTAX);
}
END_TEST

UNIT_MAIN("base/codec", hex_both_ways, base64url_with_and_without_padding)
