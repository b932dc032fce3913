#include "bot/flow.h"

#include "base/err.h"
#include "unit.h"

static struct flow_problems problems;

static int parse(const char *text, struct arena *arena, const struct flow **ret)
{
    return flow_parse(slice_cstr(text), arena, &problems, ret);
}

static bool told(enum flow_severity severity, const char *node, const char *field)
{
    size_t i;

    for (i = 0; i < problems.n; i++)
        if (problems.items[i].severity == severity &&
            slice_eq(problems.items[i].node, slice_cstr(node)) &&
            slice_eq(problems.items[i].field, slice_cstr(field)))
            return true;
    return false;
}

static void list(const char *text)
{
    size_t i;

    fprintf(stderr, "# %s\n", text);
    for (i = 0; i < problems.n; i++)
        fprintf(stderr, "#   %.*s.%.*s: %.*s\n", SLICE_ARG(problems.items[i].node),
                SLICE_ARG(problems.items[i].field), SLICE_ARG(problems.items[i].text));
}

#define DOC(nodes)                                                                                 \
    "{\"lethe_flow\":1,\"name\":\"Test\",\"fields\":{\"email\":{\"meaning\":\"to answer\"},"       \
    "\"size\":{\"meaning\":\"to order\"}},\"triggers\":[{\"on\":\"get_started\",\"go\":\"a\"}],"   \
    "\"nodes\":[" nodes "]}"
#define SAY_A "{\"id\":\"a\",\"type\":\"say\",\"text\":\"Hi\",\"next\":\"end\"}"
#define TRIGGERS(triggers)                                                                         \
    "{\"lethe_flow\":1,\"name\":\"Test\",\"triggers\":[" triggers "],\"nodes\":[" SAY_A "]}"
#define A "{\"id\":\"a\",\"type\":"

static const struct {
    enum flow_severity severity;
    const char *node, *field, *text;
} PROBLEMS[] = {
    {FLOW_ERROR, "", "", "not json"},
    {FLOW_ERROR, "", "", "[]"},
    {FLOW_ERROR, "", "lethe_flow", "{}"},
    {FLOW_ERROR, "", "lethe_flow", "{\"lethe_flow\":2}"},
    {FLOW_ERROR, "", "triggers", "{\"lethe_flow\":1,\"name\":\"T\",\"nodes\":[" SAY_A "]}"},
    {FLOW_ERROR, "", "nodes", DOC("")},
    {FLOW_ERROR, "", "naem", "{\"lethe_flow\":1,\"naem\":\"T\",\"nodes\":[]}"},
    {FLOW_ERROR, "", "nodes[0]", DOC("1")},
    {FLOW_ERROR, "", "triggers[0].go", TRIGGERS("{\"on\":\"fallback\",\"go\":\"nowhere\"}")},
    {FLOW_ERROR, "", "triggers[0].on", TRIGGERS("{\"on\":\"moon\",\"go\":\"a\"}")},
    {FLOW_ERROR, "", "triggers[0].phrases", TRIGGERS("{\"on\":\"phrase\",\"go\":\"a\"}")},
    {FLOW_ERROR, "", "triggers[0].phrases",
     TRIGGERS("{\"on\":\"phrase\",\"go\":\"a\",\"phrases\":[\"?!\"]}")},
    {FLOW_ERROR, "", "triggers[0].minutes", TRIGGERS("{\"on\":\"no_reply\",\"go\":\"a\"}")},
    {FLOW_ERROR, "", "triggers[1].on",
     TRIGGERS("{\"on\":\"fallback\",\"go\":\"a\"},{\"on\":\"fallback\",\"go\":\"a\"}")},
    {FLOW_ERROR, "", "triggers[0].minutes",
     TRIGGERS("{\"on\":\"fallback\",\"go\":\"a\",\"minutes\":3}")},
    {FLOW_ERROR, "a", "type", DOC("{\"id\":\"a\"}")},
    {FLOW_ERROR, "a", "type", DOC(A "\"dance\"}")},
    {FLOW_ERROR, "", "nodes[0].id", DOC("{\"type\":\"close\"}")},
    {FLOW_ERROR, "end", "id", DOC(SAY_A ",{\"id\":\"end\",\"type\":\"close\"}")},
    {FLOW_ERROR, "a b", "id", DOC(SAY_A ",{\"id\":\"a b\",\"type\":\"close\"}")},
    {FLOW_ERROR, "a", "id", DOC(SAY_A "," SAY_A)},
    {FLOW_ERROR, "a", "next", DOC(A "\"say\",\"text\":\"Hi\"}")},
    {FLOW_ERROR, "a", "next", DOC(A "\"say\",\"text\":\"Hi\",\"next\":\"b\"}")},
    {FLOW_ERROR, "a", "text", DOC(A "\"say\",\"next\":\"end\"}")},
    {FLOW_ERROR, "a", "text", DOC(A "\"say\",\"text\":7,\"next\":\"end\"}")},
    {FLOW_ERROR, "a", "text", DOC(A "\"say\",\"text\":{\"English\":\"Hi\"},\"next\":\"end\"}")},
    {FLOW_ERROR, "a", "txet", DOC(A "\"say\",\"txet\":\"Hi\",\"next\":\"end\"}")},
    {FLOW_ERROR, "a", "image", DOC(A "\"say\",\"image\":\"ftp://x\",\"next\":\"end\"}")},
    {FLOW_ERROR, "a", "quick_replies[0].go",
     DOC(A "\"say\",\"text\":\"Hi\",\"quick_replies\":[{\"title\":\"X\"}]}")},
    {FLOW_ERROR, "a", "quick_replies[0].title",
     DOC(A "\"say\",\"text\":\"Hi\",\"quick_replies\":[{\"title\":"
           "\"much longer than twenty letters\",\"go\":\"end\"}]}")},
    {FLOW_ERROR, "a", "buttons",
     DOC(A "\"say\",\"text\":\"Hi\",\"buttons\":[{\"title\":\"1\",\"go\":\"end\"},{\"title\":"
           "\"2\",\"go\":\"end\"},{\"title\":\"3\",\"go\":\"end\"},{\"title\":\"4\",\"go\":"
           "\"end\"}]}")},
    {FLOW_ERROR, "a", "buttons[0].go",
     DOC(A "\"say\",\"text\":\"Hi\",\"buttons\":[{\"title\":\"1\",\"go\":\"end\",\"url\":"
           "\"https://example.com\"}]}")},
    {FLOW_ERROR, "a", "cards[0].title",
     DOC(A "\"say\",\"cards\":[{\"subtitle\":\"x\"}],\"next\":\"end\"}")},
    {FLOW_WARNING, "a", "quick_replies",
     DOC(A "\"say\",\"text\":\"Hi\",\"quick_replies\":[{\"title\":\"X\",\"go\":\"end\"}],"
           "\"next\":\"b\"},{\"id\":\"b\",\"type\":\"close\"}")},
    {FLOW_ERROR, "a", "next", DOC(A "\"ask\",\"text\":\"Who?\"}")},
    {FLOW_ERROR, "a", "input", DOC(A "\"ask\",\"text\":\"?\",\"input\":\"fax\"}")},
    {FLOW_ERROR, "a", "choices",
     DOC(A "\"ask\",\"text\":\"?\",\"input\":\"choice\",\"next\":\"end\"}")},
    {FLOW_ERROR, "a", "min",
     DOC(A "\"ask\",\"text\":\"?\",\"input\":\"number\",\"min\":5,\"max\":4,\"next\":\"end\"}")},
    {FLOW_ERROR, "a", "max",
     DOC(A "\"ask\",\"text\":\"?\",\"input\":\"date\",\"max\":\"soon\",\"next\":\"end\"}")},
    {FLOW_ERROR, "a", "whole",
     DOC(A "\"ask\",\"text\":\"?\",\"input\":\"date\",\"whole\":true,\"next\":\"end\"}")},
    {FLOW_ERROR, "a", "country",
     DOC(A "\"ask\",\"text\":\"?\",\"input\":\"phone\",\"country\":\"DE\",\"next\":\"end\"}")},
    {FLOW_ERROR, "a", "retries", DOC(A "\"ask\",\"text\":\"?\",\"retries\":99,\"next\":\"end\"}")},
    {FLOW_ERROR, "a", "save", DOC(A "\"ask\",\"text\":\"?\",\"save\":\"email\",\"next\":\"end\"}")},
    {FLOW_ERROR, "a", "save", DOC(A "\"ask\",\"text\":\"?\",\"save\":\"tag\",\"next\":\"end\"}")},
    {FLOW_ERROR, "a", "save",
     DOC(A "\"ask\",\"text\":\"?\",\"input\":\"phone\",\"save\":\"phone\",\"next\":\"end\"}")},
    {FLOW_WARNING, "a", "save",
     DOC(A "\"ask\",\"text\":\"?\",\"save\":\"colour\",\"next\":\"end\"}")},
    {FLOW_WARNING, "a", "failed",
     DOC(A "\"ask\",\"text\":\"?\",\"input\":\"date\",\"next\":\"end\"}")},
    {FLOW_ERROR, "a", "else",
     DOC(A "\"condition\",\"cases\":[{\"if\":[{\"field\":\"size\",\"value\":\"1\"}],"
           "\"go\":\"end\"}]}")},
    {FLOW_ERROR, "a", "cases", DOC(A "\"condition\",\"else\":\"end\"}")},
    {FLOW_ERROR, "a", "cases[0].if[0].value",
     DOC(A "\"condition\",\"cases\":[{\"if\":[{\"field\":\"time\",\"op\":\"between\","
           "\"value\":[\"09:00\"]}],\"go\":\"end\"}],\"else\":\"end\"}")},
    {FLOW_ERROR, "a", "cases",
     DOC(A "\"condition\",\"cases\":[{\"if\":[{\"field\":\"visits\",\"node\":\"q\",\"op\":"
           "\"more\",\"value\":2}],\"go\":\"end\"}],\"else\":\"end\"}")},
    {FLOW_WARNING, "a", "cases",
     DOC(A "\"condition\",\"cases\":[{\"if\":[{\"field\":\"sise\",\"value\":\"1\"}],"
           "\"go\":\"end\"}],\"else\":\"end\"}")},
    {FLOW_ERROR, "a", "attribute",
     DOC(A "\"set\",\"attribute\":\"first_name\",\"value\":\"x\",\"next\":\"end\"}")},
    {FLOW_ERROR, "a", "value", DOC(A "\"set\",\"attribute\":\"size\",\"next\":\"end\"}")},
    {FLOW_ERROR, "a", "tag", DOC(A "\"tag\",\"next\":\"end\"}")},
    {FLOW_ERROR, "a", "seconds", DOC(A "\"wait\",\"next\":\"end\"}")},
    {FLOW_ERROR, "a", "to", DOC(A "\"jump\"}")},
    {FLOW_ERROR, "a", "url",
     DOC(A "\"http\",\"url\":\"https://{size}.example.com\",\"next\":\"end\",\"failed\":"
           "\"end\"}")},
    {FLOW_ERROR, "a", "failed",
     DOC(A "\"http\",\"url\":\"https://example.com\",\"next\":\"end\"}")},
    {FLOW_ERROR, "a", "headers.Host",
     DOC(A "\"http\",\"url\":\"https://example.com\",\"headers\":{\"Host\":\"x\"},\"next\":"
           "\"end\",\"failed\":\"end\"}")},
    {FLOW_ERROR, "a", "body",
     DOC(A "\"http\",\"url\":\"https://example.com\",\"body\":{},\"next\":\"end\","
           "\"failed\":\"end\"}")},
    {FLOW_ERROR, "a", "save[0].attribute",
     DOC(A "\"http\",\"url\":\"https://example.com\",\"save\":[{\"path\":\"a\"}],\"next\":"
           "\"end\",\"failed\":\"end\"}")},
    {FLOW_WARNING, "a", "url",
     DOC(A "\"http\",\"url\":\"https://example.com/{email|x}\",\"next\":\"end\",\"failed\":"
           "\"end\"}")},
    {FLOW_ERROR, "a", "to",
     DOC(A "\"mail\",\"to\":\"me\",\"subject\":\"x\",\"text\":\"x\",\"next\":\"end\"}")},
    {FLOW_ERROR, "a", "subject",
     DOC(A "\"mail\",\"to\":\"sales@example.com\",\"subject\":\"{size}\",\"text\":\"x\","
           "\"next\":\"end\"}")},
    {FLOW_WARNING, "a", "text", DOC(A "\"say\",\"text\":\"{sise}\",\"next\":\"end\"}")},
    {FLOW_WARNING, "a", "text", DOC(A "\"say\",\"text\":\"{first_name}\",\"next\":\"end\"}")},
    {FLOW_WARNING, "b", "id", DOC(SAY_A ",{\"id\":\"b\",\"type\":\"close\"}")},
    {FLOW_WARNING, "b", "text",
     DOC(A "\"say\",\"text\":{\"en\":\"Hi\",\"de\":\"Hallo\"},\"next\":\"b\"},"
           "{\"id\":\"b\",\"type\":\"close\",\"text\":{\"en\":\"Bye\"}}")},
    {FLOW_ERROR, "a", "next", DOC(A "\"say\",\"text\":\"Hi\",\"next\":\"a\"}")},
    {FLOW_ERROR, "a", "next",
     DOC(A "\"say\",\"text\":\"Hi\",\"next\":\"b\"},{\"id\":\"b\",\"type\":\"jump\",\"to\":"
           "\"a\"}")},
    {FLOW_WARNING, "a", "next", DOC(A "\"wait\",\"days\":1,\"next\":\"a\"}")},
};

START_TEST(names_node_and_field_of_each_problem)
{
    size_t i;

    for (i = 0; i < ARRAY_LEN(PROBLEMS); i++) {
        struct arena *arena = arena_new(FLOW_ARENA_BYTES);
        const struct flow *flow = NULL;
        int r = parse(PROBLEMS[i].text, arena, &flow);

        if (!told(PROBLEMS[i].severity, PROBLEMS[i].node, PROBLEMS[i].field))
            list(PROBLEMS[i].text);
        ck_assert_msg(told(PROBLEMS[i].severity, PROBLEMS[i].node, PROBLEMS[i].field), "%s: %s.%s",
                      PROBLEMS[i].text, PROBLEMS[i].node, PROBLEMS[i].field);
        ck_assert_int_eq(r < 0, PROBLEMS[i].severity == FLOW_ERROR);
        ck_assert_int_eq(flow != NULL, PROBLEMS[i].severity == FLOW_WARNING);
        arena_free(arena);
    }
}
END_TEST

START_TEST(a_sound_flow_has_no_problems)
{
    static const char *const TEXTS[] = {
        DOC(SAY_A),
        DOC(A "\"say\",\"text\":\"Hi\",\"quick_replies\":[{\"title\":\"Again\",\"go\":\"a\"}]}"),
        DOC(A "\"ask\",\"text\":\"Mail?\",\"input\":\"email\",\"save\":\"email\",\"failed\":\"a\","
              "\"skip\":{\"title\":\"Skip\",\"go\":\"end\"},\"next\":\"end\"}"),
        DOC(A "\"set\",\"attribute\":\"size\",\"op\":\"add\",\"value\":\"1\",\"next\":\"end\"}"),
        DOC(A
            "\"http\",\"method\":\"POST\",\"url\":\"https://example.com/{size}\",\"headers\":"
            "{\"X-Size\":\"{size}\"},\"body\":{\"size\":[\"{size}\"]},\"save\":[{\"path\":\"a.0\","
            "\"attribute\":\"price\"}],\"next\":\"end\",\"failed\":\"end\"}"),
        TRIGGERS("{\"on\":\"phrase\",\"phrases\":{\"en\":[\"x\"],\"de\":\"y\"},\"match\":\"whole\","
                 "\"typos\":false,\"go\":\"a\"},{\"on\":\"no_reply\",\"minutes\":5,\"go\":\"a\"},"
                 "{\"on\":\"referral\",\"go\":\"end\"},{\"on\":\"help\",\"go\":\"a\"}"),
    };
    size_t i;

    for (i = 0; i < ARRAY_LEN(TEXTS); i++) {
        struct arena *arena = arena_new(FLOW_ARENA_BYTES);
        const struct flow *flow;
        int r = parse(TEXTS[i], arena, &flow);

        if (r < 0 || problems.n)
            list(TEXTS[i]);
        ck_assert_int_eq(r, 0);
        ck_assert_uint_eq(problems.n, 0);
        ck_assert_slice(flow_name(flow), "Test");
        ck_assert_uint_eq(flow_node_count(flow), 1);
        arena_free(arena);
    }
}
END_TEST

static void read_file(const char *name, struct buf *ret)
{
    char path[500], chunk[4096];
    FILE *file;
    size_t n;

    snprintf(path, sizeof(path), "%s/%s", FLOWS_DIR, name);
    file = fopen(path, "r");
    ck_assert_msg(file != NULL, "%s", path);
    while ((n = fread(chunk, 1, sizeof(chunk), file)) > 0)
        ck_assert_int_eq(buf_add(ret, slice_of(chunk, n)), 0);
    fclose(file);
}

START_TEST(the_flows_we_ship_are_sound_and_tidy)
{
    static const char *const NAMES[] = {"echo.json", "demo.json"};
    size_t i;

    for (i = 0; i < ARRAY_LEN(NAMES); i++) {
        struct arena *arena = arena_new(FLOW_ARENA_BYTES);
        struct buf text = BUF_INIT(FLOW_BYTES_MAX), tidy = BUF_INIT(FLOW_BYTES_MAX);
        const struct flow *flow;
        int r;

        read_file(NAMES[i], &text);
        r = flow_parse(buf_slice(&text), arena, &problems, &flow);
        if (r < 0 || problems.n)
            list(NAMES[i]);
        ck_assert_int_eq(r, 0);
        ck_assert_uint_eq(problems.n, 0);
        ck_assert_int_eq(flow_tidy(buf_slice(&text), &tidy), 0);
        ck_assert_msg(slice_eq(buf_slice(&text), buf_slice(&tidy)), "%s is not tidy", NAMES[i]);
        buf_done(&text);
        buf_done(&tidy);
        arena_free(arena);
    }
}
END_TEST

/* A document of `nodes` nodes in a row. */
static void long_document(size_t nodes, struct buf *ret)
{
    size_t i;

    ck_assert_int_eq(buf_addf(ret, "{\"lethe_flow\":1,\"name\":\"T\",\"triggers\":[{\"on\":"
                                   "\"fallback\",\"go\":\"n0\"}],\"nodes\":["),
                     0);
    for (i = 0; i < nodes; i++)
        ck_assert_int_eq(buf_addf(ret, "%s{\"id\":\"n%zu\",\"type\":\"jump\",\"to\":\"n%zu\"}",
                                  i ? "," : "", i, i + 1),
                         0);
    ck_assert_int_eq(buf_addf(ret, ",{\"id\":\"n%zu\",\"type\":\"close\"}]}", nodes), 0);
}

START_TEST(limits_hold)
{
    struct arena *arena = arena_new(FLOW_ARENA_BYTES);
    struct buf text = BUF_INIT(2 << 20);
    const struct flow *flow;

    long_document(FLOW_NODES_MAX - 1, &text);
    ck_assert_int_eq(flow_parse(buf_slice(&text), arena, &problems, &flow), 0);
    ck_assert_uint_eq(flow_node_count(flow), FLOW_NODES_MAX);
    buf_clear(&text);
    long_document(FLOW_NODES_MAX, &text);
    ck_assert_int_eq(flow_parse(buf_slice(&text), arena, &problems, &flow), ERR_LIMIT);
    ck_assert_uint_eq(problems.errors, 1);
    while (text.len <= FLOW_BYTES_MAX)
        ck_assert_int_eq(buf_add_char(&text, ' '), 0);
    ck_assert_int_eq(flow_parse(buf_slice(&text), arena, &problems, &flow), ERR_LIMIT);
    buf_done(&text);
    arena_free(arena);
}
END_TEST

UNIT_MAIN("bot/flow", names_node_and_field_of_each_problem, a_sound_flow_has_no_problems,
          the_flows_we_ship_are_sound_and_tidy, limits_hold)
