#include "bot/flow_read.h"

#include <assert.h>

#include "bot/expand.h"

enum { TESTS_MAX = 20 };

static const char *const CONDITION_FIELDS[] = {"id", "type", "note", "cases", "else", NULL};
static const char *const CASE_FIELDS[] = {"if", "go", NULL};
static const char *const TEST_FIELDS[] = {"field", "op", "value", "node", NULL};
static const char *const OPS[] = {
    [FLOW_IS] = "is",
    [FLOW_IS_NOT] = "is_not",
    [FLOW_CONTAINS] = "contains",
    [FLOW_STARTS] = "starts",
    [FLOW_LESS] = "less",
    [FLOW_MORE] = "more",
    [FLOW_AT_LEAST] = "at_least",
    [FLOW_AT_MOST] = "at_most",
    [FLOW_IN] = "in",
    [FLOW_BETWEEN] = "between",
    [FLOW_SET] = "set",
    [FLOW_NOT_SET] = "not_set",
};
static_assert(ARRAY_LEN(OPS) == FLOW_OP_COUNT, "a name for every op");

static struct slice test_value(struct flow_reader *rd, struct slice field, const json_t *value)
{
    struct slice s = slice_of(json_string_value(value), json_string_length(value));

    if (json_is_integer(value))
        s = arena_printf(rd->arena, "%lld", (long long)json_integer_value(value));
    else if (json_is_string(value) && s.len <= FLOW_VALUE_MAX)
        s = arena_copy(rd->arena, s);
    else
        flow_read_problem(rd, FLOW_ERROR, field, "This must be a text or a whole number.");
    return s;
}

static void read_values(struct flow_reader *rd, struct flow_place place, struct flow_test *test)
{
    const json_t *value = json_object_get(place.object, "value");
    struct slice field = flow_read_path(rd, place, "value"), *values;
    bool list = test->op == FLOW_IN || test->op == FLOW_BETWEEN;
    bool none = test->op == FLOW_SET || test->op == FLOW_NOT_SET;
    size_t i, n = json_is_array(value) ? json_array_size(value) : value != NULL;

    if (json_is_array(value) != list && !none)
        flow_read_problem(rd, FLOW_ERROR, field,
                          list ? "This op compares with a list: write it in square brackets."
                               : "This op compares with one value.");
    else if (none ? n > 0 : n < 1 || n > FLOW_LIST_MAX || (test->op == FLOW_BETWEEN && n != 2))
        flow_read_problem(rd, FLOW_ERROR, field,
                          none                       ? "This op takes no value."
                          : test->op == FLOW_BETWEEN ? "between needs two values, from and to."
                                                     : "There are too few or too many values.");
    values = flow_read_alloc(rd, n > FLOW_LIST_MAX ? n = 0 : n, sizeof(*values));
    for (i = 0; values && i < n; i++)
        values[i] = test_value(rd, field, json_is_array(value) ? json_array_get(value, i) : value);
    test->values = values;
    test->n_values = values ? n : 0;
}

static void read_test(struct flow_reader *rd, struct flow_place place, struct flow_test *test)
{
    bool visits;

    flow_read_known(rd, place, TEST_FIELDS);
    test->field = flow_read_string(rd, place, "field", FLOW_REQUIRED, EXPAND_NAME_MAX);
    test->op = flow_read_word(rd, place, "op", OPS, FLOW_OP_COUNT, FLOW_IS);
    if (test->field.len && !expand_is_name(test->field))
        flow_read_problem(rd, FLOW_ERROR, flow_read_path(rd, place, "field"),
                          "This is no name of a field.");
    visits = slice_eq(test->field, SLICE("visits"));
    test->node =
        flow_read_string(rd, place, "node", visits ? FLOW_REQUIRED : FLOW_OPTIONAL, FLOW_ID_MAX);
    if (!visits && test->node.len)
        flow_read_problem(rd, FLOW_ERROR, flow_read_path(rd, place, "node"),
                          "Only the field \"visits\" takes a node.");
    read_values(rd, place, test);
}

static void read_case(struct flow_reader *rd, struct flow_place place, struct flow_case *ret)
{
    size_t i, n = flow_read_count(rd, place, "if", TESTS_MAX);
    struct flow_test *tests = flow_read_alloc(rd, n, sizeof(*tests));

    flow_read_known(rd, place, CASE_FIELDS);
    ret->exit = flow_read_exit(rd, place, "go", FLOW_REQUIRED, false, false);
    if (!tests)
        return;
    if (n == 0)
        flow_read_problem(rd, FLOW_ERROR, flow_read_path(rd, place, "if"),
                          "A case needs at least one test.");
    for (i = 0; i < n; i++)
        read_test(rd, flow_read_element(rd, place, "if", i), &tests[i]);
    ret->tests = tests;
    ret->n_tests = n;
}

void flow_condition_read(struct flow_reader *rd, struct flow_place place, struct flow_node *node)
{
    size_t i, n = flow_read_count(rd, place, "cases", FLOW_LIST_MAX);
    struct flow_case *cases = flow_read_alloc(rd, n, sizeof(*cases));

    flow_read_known(rd, place, CONDITION_FIELDS);
    if (n == 0)
        flow_read_problem(rd, FLOW_ERROR, SLICE("cases"), "A condition needs at least one case.");
    for (i = 0; cases && i < n; i++)
        read_case(rd, flow_read_element(rd, place, "cases", i), &cases[i]);
    node->condition = (struct flow_condition){cases, cases ? n : 0};
    node->next = flow_read_exit(rd, place, "else", FLOW_REQUIRED, false, false);
}
