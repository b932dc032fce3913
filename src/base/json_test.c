#include "base/json.h"

#include "base/err.h"
#include "base/json_out.h"
#include "unit.h"

static int reads_as(struct slice text)
{
    json_t *value = NULL;
    int r = json_read(text, &value);

    json_decref(value);
    return r;
}

START_TEST(refuses_what_the_limits_forbid)
{
    char deep[200];

    memset(deep, '[', 100);
    memset(deep + 100, ']', 100);
    ck_assert_int_eq(reads_as(slice_of(deep, 200)), ERR_LIMIT);
    ck_assert_int_eq(reads_as(slice_of(deep + 36, 128)), 0);
    ck_assert_int_eq(reads_as(SLICE("{\"a\":1,\"a\":2}")), ERR_SYNTAX);
    ck_assert_int_eq(reads_as(SLICE("{\"a\":\"\\u0000\"}")), ERR_SYNTAX);
    ck_assert_int_eq(reads_as(SLICE("{\"a\":\"\\ud800\"}")), ERR_SYNTAX);
    ck_assert_int_eq(reads_as(SLICE("{\"a\":\"\xff\"}")), ERR_SYNTAX);
    ck_assert_int_eq(reads_as(SLICE("{\"a\":1} x")), ERR_SYNTAX);
    ck_assert_int_eq(reads_as(SLICE("")), ERR_SYNTAX);
    ck_assert_int_eq(reads_as(SLICE_NONE), ERR_SYNTAX);
}
END_TEST

START_TEST(repairs_one_odd_text)
{
    json_t *value = NULL;

    ck_assert_int_eq(
        json_read_repaired(SLICE("{\"a\":\"x\\u0000\\ud800y\\ud83d\\ude00\xff\"}"), &value), 0);
    ck_assert_slice(json_str(value, "a"), "x\xef\xbf\xbd\xef\xbf\xbdy\xf0\x9f\x98\x80\xef\xbf\xbd");
    json_decref(value);
    ck_assert_int_eq(json_read_repaired(SLICE("{\"a\":"), &value), ERR_SYNTAX);
}
END_TEST

START_TEST(ids_come_as_text_or_number)
{
    json_t *value = NULL;
    char space[24];

    ck_assert_int_eq(json_read(SLICE("{\"a\":9007199254740993,\"b\":\"17\",\"c\":true}"), &value),
                     0);
    ck_assert_slice(json_id(value, "a", space), "9007199254740993");
    ck_assert_slice(json_id(value, "b", space), "17");
    ck_assert_ptr_null(json_id(value, "c", space).ptr);
    ck_assert_int_eq(json_int(value, "b", -1), 17);
    ck_assert_int_eq(json_int(value, "none", -1), -1);
    ck_assert(json_bool(value, "c", false));
    json_decref(value);
}
END_TEST

START_TEST(writes_escapes_and_commas)
{
    struct buf b = BUF_INIT(1000);
    struct json_out out;

    json_out_init(&out, &b);
    json_out_object(&out, NULL);
    json_out_str(&out, "s", SLICE("a\"\\\n\x01</\xc3\xa4\xff"));
    json_out_array(&out, "l");
    json_out_int(&out, NULL, -5);
    json_out_bool(&out, NULL, true);
    json_out_null(&out, NULL);
    json_out_object(&out, NULL);
    json_out_close_object(&out);
    json_out_close_array(&out);
    json_out_raw(&out, "r", SLICE("[1]"));
    json_out_close_object(&out);
    ck_assert_int_eq(json_out_end(&out), 0);
    ck_assert_slice(buf_slice(&b), "{\"s\":\"a\\\"\\\\\\n\\u0001\\u003c/\xc3\xa4\xef\xbf\xbd\","
                                   "\"l\":[-5,true,null,{}],\"r\":[1]}");
    buf_done(&b);
}
END_TEST

UNIT_MAIN("base/json", refuses_what_the_limits_forbid, repairs_one_odd_text,
          ids_come_as_text_or_number, writes_escapes_and_commas)
