#include "api/page.h"

#include "base/err.h"
#include "unit.h"

/* A call without a request: enough for what makes pages of values. */
static struct call call;

static void set_up(void)
{
    call = (struct call){.arena = arena_new(1024 * 1024)};
}

static void tear_down(void)
{
    arena_free(call.arena);
}

static bool has(const char *part)
{
    return memmem(call.answer.body.ptr, call.answer.body.len, part, strlen(part)) != NULL;
}

START_TEST(text_is_escaped)
{
    struct buf b = BUF_INIT(200);

    ck_assert_int_eq(page_escape(&b, SLICE("a<b>&\"'\0c")), 0);
    ck_assert_slice(buf_slice(&b), "a&lt;b&gt;&amp;&quot;&#39;\0c");
    buf_clear(&b);
    ck_assert_int_eq(page_escape(&b, SLICE("")), 0);
    ck_assert_int_eq(b.len, 0);
    b.limit = 4;
    ck_assert_int_eq(page_escape(&b, SLICE("<<")), ERR_LIMIT);
    buf_done(&b);
}
END_TEST

START_TEST(a_page_is_filled_and_guarded)
{
    ck_assert_int_eq(
        page_public(&call, SLICE("en"), SLICE("<script>alert(1)</script>"), SLICE("<p>Hello</p>")),
        0);
    ck_assert(has("&lt;script&gt;alert(1)"));
    ck_assert(!has("<script>alert(1)"));
    ck_assert(has("<p>Hello</p>"));
    ck_assert(!has("{{"));
    ck_assert_str_eq(call.answer.type, "text/html; charset=utf-8");
    ck_assert_ptr_nonnull(strstr(call.answer.csp, "default-src 'none'"));
}
END_TEST

START_TEST(an_unknown_language_gets_the_plain_page)
{
    ck_assert_int_eq(page_public(&call, SLICE("../../x"), SLICE("t"), SLICE("b")), 0);
    ck_assert(has("lang=\"en\""));
    ck_assert_int_eq(page_public(&call, SLICE("de"), SLICE("t"), SLICE("b")), 0);
    ck_assert(has("lang=\"de\""));
}
END_TEST

START_TEST(json_can_not_leave_its_script)
{
    const struct page_value values[] = {
        {"title", SLICE("t"), PAGE_TEXT},
        {"site", SLICE("s"), PAGE_TEXT},
        {"config", SLICE("{\"a\":\"</script><script>x\"}"), PAGE_JSON},
    };

    ck_assert_int_eq(page_answer(&call, "frame", SLICE("en"), values, ARRAY_LEN(values), ""), 0);
    ck_assert(has("{\"a\":\"\\u003c/script>\\u003cscript>x\"}"));
}
END_TEST

START_TEST(a_missing_value_or_template_is_an_error)
{
    const struct page_value values[] = {{"title", SLICE("t"), PAGE_TEXT}};

    ck_assert_int_eq(page_answer(&call, "page", SLICE("en"), values, 1, ""), ERR_INTERNAL);
    ck_assert_int_eq(page_answer(&call, "nothing", SLICE("en"), values, 1, ""), ERR_INTERNAL);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        text_is_escaped, a_page_is_filled_and_guarded, an_unknown_language_gets_the_plain_page,
        json_can_not_leave_its_script, a_missing_value_or_template_is_an_error};

    return unit_run("api/page", tests, ARRAY_LEN(tests), 30, set_up, tear_down);
}
