#include "bot/run_inside.h"

#include "bot/value.h"

/* Less than, equal to, more than: as numbers when both are, else as reduced text. */
static int compare(struct run *run, struct slice a, struct slice b)
{
    struct text_form x, y;
    int64_t m, n;
    size_t i;

    if (value_number(slice_trim(a), &m) == 0 && value_number(slice_trim(b), &n) == 0)
        return (m > n) - (m < n);
    if (text_form(a, run->arena, &x) < 0 || text_form(b, run->arena, &y) < 0)
        return 1;
    for (i = 0; i < x.n && i < y.n; i++)
        if (x.codes[i] != y.codes[i])
            return x.codes[i] < y.codes[i] ? -1 : 1;
    return (x.n > y.n) - (x.n < y.n);
}

static bool contains(struct run *run, struct slice text, struct slice part, bool at_start)
{
    struct text_form x, y;
    size_t i, last;

    if (text_form(text, run->arena, &x) < 0 || text_form(part, run->arena, &y) < 0 || y.n > x.n)
        return false;
    last = at_start ? 0 : x.n - y.n;
    for (i = 0; i <= last; i++)
        if (y.n == 0 || memcmp(x.codes + i, y.codes, y.n * sizeof(*y.codes)) == 0)
            return true;
    return false;
}

/* Times of day may run over midnight: from 22:00 to 06:00. */
static bool between(struct run *run, struct slice value, const struct flow_test *test)
{
    struct slice from = test->values[0], to = test->values[1];
    bool after = compare(run, value, from) >= 0, before = compare(run, value, to) <= 0;

    if (slice_eq(test->field, SLICE("time")) && compare(run, from, to) > 0)
        return after || before;
    return after && before;
}

static bool in(struct run *run, struct slice value, const struct flow_test *test)
{
    size_t i;

    for (i = 0; i < test->n_values; i++)
        if (compare(run, value, test->values[i]) == 0)
            return true;
    return false;
}

static bool holds_for(struct run *run, struct slice value, const struct flow_test *test)
{
    struct slice with = test->n_values ? test->values[0] : SLICE_NONE;

    switch (test->op) {
    case FLOW_IS:
        return compare(run, value, with) == 0;
    case FLOW_IS_NOT:
        return compare(run, value, with) != 0;
    case FLOW_CONTAINS:
        return contains(run, value, with, false);
    case FLOW_STARTS:
        return contains(run, value, with, true);
    case FLOW_LESS:
        return compare(run, value, with) < 0;
    case FLOW_MORE:
        return compare(run, value, with) > 0;
    case FLOW_AT_LEAST:
        return compare(run, value, with) >= 0;
    case FLOW_AT_MOST:
        return compare(run, value, with) <= 0;
    case FLOW_IN:
        return in(run, value, test);
    case FLOW_BETWEEN:
        return between(run, value, test);
    case FLOW_SET:
        return true;
    case FLOW_NOT_SET:
    case FLOW_OP_COUNT:
        break;
    }
    return false;
}

/* A person has many tags: the test holds when it does for the tag that it names. */
static bool tag_holds(struct run *run, const struct flow_test *test)
{
    bool any = false;
    size_t i;

    for (i = 0; i < test->n_values; i++)
        any = any || run_has_tag(run, test->values[i]);
    return test->op == FLOW_IS_NOT ? !any : (test->op == FLOW_IS || test->op == FLOW_IN) && any;
}

static bool holds(struct run *run, const struct flow_test *test)
{
    const struct flow_node *counted = flow_node_by_id(run->flow, test->node);
    struct pii value = pii_of(SLICE_NONE);

    if (slice_eq(test->field, SLICE("tag")))
        return tag_holds(run, test);
    if (slice_eq(test->field, SLICE("visits")))
        value = pii_of(arena_printf(
            run->arena, "%d",
            counted && counted->counter >= 0 ? run->state.visits[counted->counter] : 0));
    else if (!run_value(run, test->field, &value))
        return test->op == FLOW_NOT_SET || test->op == FLOW_IS_NOT;
    return holds_for(run, pii_reveal(value), test);
}

int run_condition(struct run *run, const struct flow_node *node)
{
    const struct flow_condition *condition = &node->condition;
    size_t i, k;

    for (i = 0; i < condition->n_cases; i++) {
        const struct flow_case *one = &condition->cases[i];

        for (k = 0; k < one->n_tests && holds(run, &one->tests[k]); k++)
            ;
        if (k == one->n_tests)
            return one->exit;
    }
    return node->next;
}
