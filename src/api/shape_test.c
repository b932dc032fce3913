#include "api/shape.h"

#include "base/err.h"
#include "base/id.h"
#include "unit.h"

static char problem[200];

static int check(const char *shape, const char *text)
{
    CLEANUP(json_cleanup) json_t *object = NULL;

    problem[0] = '\0';
    ck_assert_int_eq(json_read(slice_cstr(text), &object), 0);
    return shape_check(shape, object, problem, sizeof(problem));
}

static void fits(const char *shape, const char *text)
{
    int r = check(shape, text);

    ck_assert_msg(r == 0, "%s refused: %s", text, problem);
}

static void fails(const char *shape, const char *text, const char *sentence)
{
    ck_assert_int_eq(check(shape, text), ERR_INVALID);
    ck_assert_str_eq(problem, sentence);
}

START_TEST(members_are_required_unless_marked)
{
    fits("name:text nick?:text", "{\"name\":\"Ada\"}");
    fails("name:text nick?:text", "{\"nick\":\"A\"}", "\"name\" is missing.");
    fits("", "{}");
    fails("", "{\"x\":1}", "\"x\" is not known here.");
}
END_TEST

START_TEST(null_needs_its_mark)
{
    fits("flow:id.flow~", "{\"flow\":null}");
    fails("flow:id.flow", "{\"flow\":null}", "\"flow\" must not be null.");
    fails("any:any", "{\"any\":null}", "\"any\" must not be null.");
}
END_TEST

START_TEST(types_are_checked)
{
    fails("a:text", "{\"a\":1}", "\"a\" must be text.");
    fails("a:int", "{\"a\":\"1\"}", "\"a\" must be a whole number.");
    fails("a:int", "{\"a\":1.5}", "\"a\" must be a whole number.");
    fails("a:bool", "{\"a\":1}", "\"a\" must be true or false.");
    fails("a:object", "{\"a\":[]}", "\"a\" must be an object.");
    fails("a:list", "{\"a\":{}}", "\"a\" must be a list.");
    fails("a:texts", "{\"a\":[\"x\",1]}", "\"a\" must be a list of texts.");
    fits("a:texts b:list c:object d:bool e:int f:any",
         "{\"a\":[\"x\"],\"b\":[1],\"c\":{},\"d\":false,\"e\":-5,\"f\":3.5}");
}
END_TEST

START_TEST(limits_count_characters_items_and_values)
{
    fits("a:text<=3", "{\"a\":\"äöü\"}");
    fails("a:text<=3", "{\"a\":\"abcd\"}", "\"a\" is too long.");
    fits("a:int<=10", "{\"a\":10}");
    fails("a:int<=10", "{\"a\":11}", "\"a\" is out of range.");
    fails("a:int<=10", "{\"a\":-1}", "\"a\" is out of range.");
    fits("a:texts<=1", "{\"a\":[\"x\"]}");
    fails("a:texts<=1", "{\"a\":[\"x\",\"y\"]}", "\"a\" must be a list of texts.");
    fits("a:list<=1", "{\"a\":[1]}");
    fails("a:list<=1", "{\"a\":[1,2]}", "\"a\" is too long.");
}
END_TEST

START_TEST(words_are_those_listed)
{
    fits("mode:message|note", "{\"mode\":\"note\"}");
    fails("mode:message|note", "{\"mode\":\"notes\"}",
          "\"mode\" is not one of the words allowed here.");
    fails("mode:message|note", "{\"mode\":\"\"}", "\"mode\" is not one of the words allowed here.");
    fails("mode:message|note", "{\"mode\":true}", "\"mode\" must be text.");
}
END_TEST

START_TEST(ids_have_their_prefix)
{
    char id[ID_TEXT_SIZE], text[80];

    snprintf(text, sizeof(text), "{\"a\":\"%s\"}", id_text(ID_FLOW, 12345, id).ptr);
    fits("a:id.flow", text);
    fails("a:id.message", text, "\"a\" is no such id.");
    fails("a:id.flow", "{\"a\":\"flw_\"}", "\"a\" is no such id.");
}
END_TEST

START_TEST(long_names_are_cut)
{
    char text[300], name[201];

    memset(name, 'n', 200);
    name[200] = '\0';
    snprintf(text, sizeof(text), "{\"%s\":1}", name);
    name[60] = '\0';
    ck_assert_int_eq(check("", text), ERR_INVALID);
    ck_assert_int_eq(strncmp(problem + 1, name, 60), 0);
    ck_assert_str_eq(problem + 61, "\" is not known here.");
}
END_TEST

static struct slice schema(struct buf *b, const char *shape)
{
    struct json_out out;

    buf_clear(b);
    json_out_init(&out, b);
    json_out_object(&out, NULL);
    shape_schema(&out, "s", shape);
    json_out_close_object(&out);
    ck_assert_int_eq(json_out_end(&out), 0);
    return buf_slice(b);
}

START_TEST(shapes_become_json_schema)
{
    struct buf b = BUF_INIT(4096);

    ck_assert_slice(schema(&b, "Person"), "{\"s\":{\"$ref\":\"#/components/schemas/Person\"}}");
    ck_assert_slice(schema(&b, "a:text<=5 b?:x|y c:User[]"),
                    "{\"s\":{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"string\","
                    "\"maxLength\":5},\"b\":{\"type\":\"string\",\"enum\":[\"x\",\"y\"]},"
                    "\"c\":{\"type\":\"array\",\"items\":{\"$ref\":"
                    "\"#/components/schemas/User\"}}},\"required\":[\"a\",\"c\"]}}");
    ck_assert_slice(schema(&b, "a:list<=3 b:texts<=2"),
                    "{\"s\":{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"array\","
                    "\"maxItems\":3},\"b\":{\"type\":\"array\",\"items\":{\"type\":\"string\"},"
                    "\"maxItems\":2}},\"required\":[\"a\",\"b\"]}}");
    ck_assert_slice(schema(&b, "a:text~ b:x|y~ c?:int~"),
                    "{\"s\":{\"type\":\"object\",\"properties\":{\"a\":{\"type\":[\"string\","
                    "\"null\"]},\"b\":{\"type\":[\"string\",\"null\"],\"enum\":[\"x\",\"y\","
                    "null]},\"c\":{\"type\":[\"integer\",\"null\"]}},\"required\":[\"a\",\"b\"]}}");
    buf_done(&b);
}
END_TEST

UNIT_MAIN("api/shape", members_are_required_unless_marked, null_needs_its_mark, types_are_checked,
          limits_count_characters_items_and_values, words_are_those_listed, ids_have_their_prefix,
          long_names_are_cut, shapes_become_json_schema)
