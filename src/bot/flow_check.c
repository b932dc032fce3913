#include <stdlib.h>

#include "base/err.h"
#include "bot/expand.h"
#include "bot/flow_read.h"

/* The nodes are still ours to change while the flow is being built. */
static struct flow_node *nodes_of(const struct flow *flow)
{
    return (struct flow_node *)flow->nodes;
}

/* --- ids and exits -------------------------------------------------------------------------- */

static int compare_slices(const void *a, const void *b)
{
    const struct slice *x = a, *y = b;

    return flow_compare(*x, *y);
}

static int compare_nodes(const void *a, const void *b, void *arg)
{
    const struct flow_node *nodes = arg;
    int d = flow_compare(nodes[*(const int *)a].id, nodes[*(const int *)b].id);

    return d ? d : *(const int *)a - *(const int *)b;
}

static void index_ids(struct flow_reader *rd, struct flow *flow)
{
    int *by_id = flow_read_alloc(rd, flow->n_nodes, sizeof(*by_id));
    size_t i;

    if (!by_id)
        return;
    for (i = 0; i < flow->n_nodes; i++)
        by_id[i] = (int)i;
    qsort_r(by_id, flow->n_nodes, sizeof(*by_id), compare_nodes, nodes_of(flow));
    flow->by_id = by_id;
    for (i = 1; i < flow->n_nodes; i++) {
        rd->node = flow->nodes[by_id[i]].id;
        if (rd->node.len && slice_eq(rd->node, flow->nodes[by_id[i - 1]].id))
            flow_read_problem(rd, FLOW_ERROR, SLICE("id"),
                              "Two nodes have this id. Give one of them another.");
    }
    rd->node = SLICE_NONE;
}

static void link_exit(struct flow_reader *rd, const struct flow *flow, struct flow_exit *exit)
{
    const struct flow_node *to;

    exit->node = FLOW_NOWHERE;
    if (exit->to.len == 0 || slice_eq(exit->to, SLICE("end")))
        return;
    to = flow_node_by_id(flow, exit->to);
    if (to)
        exit->node = (int)(to - flow->nodes);
    else
        flow_read_problem(rd, FLOW_ERROR, exit->field,
                          "There is no node \"%.*s\". Add it, or go somewhere else.",
                          SLICE_ARG(exit->to));
}

static void link_exits(struct flow_reader *rd, const struct flow *flow)
{
    struct flow_trigger *triggers = (struct flow_trigger *)flow->triggers;
    size_t i, k;

    for (i = 0; i < flow->n_triggers; i++)
        link_exit(rd, flow, &triggers[i].go);
    for (i = 0; i < flow->n_nodes; i++) {
        rd->node = flow->nodes[i].id;
        for (k = 0; k < flow->nodes[i].n_exits; k++)
            link_exit(rd, flow, (struct flow_exit *)&flow->nodes[i].exits[k]);
    }
    rd->node = SLICE_NONE;
}

/* --- can it be reached ---------------------------------------------------------------------- */

struct reach {
    bool *seen;
    int *queue;
    size_t n;
};

static void reach_node(struct reach *reach, int node)
{
    if (node == FLOW_NOWHERE || reach->seen[node])
        return;
    reach->seen[node] = true;
    reach->queue[reach->n++] = node;
}

static void check_reached(struct flow_reader *rd, const struct flow *flow)
{
    struct reach reach = {.seen = flow_read_alloc(rd, flow->n_nodes, sizeof(bool)),
                          .queue = flow_read_alloc(rd, flow->n_nodes, sizeof(int))};
    size_t i, k;

    if (!reach.seen || !reach.queue)
        return;
    for (i = 0; i < flow->n_triggers; i++)
        reach_node(&reach, flow->triggers[i].go.node);
    for (i = 0; i < reach.n; i++)
        for (k = 0; k < flow->nodes[reach.queue[i]].n_exits; k++)
            reach_node(&reach, flow->nodes[reach.queue[i]].exits[k].node);
    for (i = 0; i < flow->n_nodes; i++) {
        rd->node = flow->nodes[i].id;
        if (!reach.seen[i] && rd->node.len)
            flow_read_problem(rd, FLOW_WARNING, SLICE("id"),
                              "Nothing leads to this node. Connect it or take it out.");
    }
    rd->node = SLICE_NONE;
}

/* --- loops without input -------------------------------------------------------------------- */

/* Peels off nodes that can't be on a circle, from the front (nobody left points at them) and from
 * the back (they point at nobody left), until only circles, and what lies between two, are left. */
struct circle {
    const struct flow *flow;
    bool sure_only; /* look at exits that are always taken, or at all that need no input */
    bool *gone;
    int *into;
};

static bool counts(const struct circle *c, const struct flow_exit *exit)
{
    return exit->node != FLOW_NOWHERE && !exit->by_input && (exit->sure || !c->sure_only) &&
           !c->gone[exit->node];
}

static bool leads_on(const struct circle *c, const struct flow_node *node)
{
    size_t k;

    for (k = 0; k < node->n_exits; k++)
        if (counts(c, &node->exits[k]))
            return true;
    return false;
}

static bool peel(struct circle *c)
{
    bool changed = false;
    size_t i, k;

    memset(c->into, 0, c->flow->n_nodes * sizeof(*c->into));
    for (i = 0; i < c->flow->n_nodes; i++)
        for (k = 0; !c->gone[i] && k < c->flow->nodes[i].n_exits; k++)
            if (counts(c, &c->flow->nodes[i].exits[k]))
                c->into[c->flow->nodes[i].exits[k].node]++;
    for (i = 0; i < c->flow->n_nodes; i++) {
        if (c->gone[i] || (c->into[i] && leads_on(c, &c->flow->nodes[i])))
            continue;
        c->gone[i] = true;
        changed = true;
    }
    return changed;
}

/* Takes the circle through `node` out, so that it is named once. */
static void take_circle(struct circle *c, size_t node)
{
    size_t k;

    while (!c->gone[node]) {
        const struct flow_node *at = &c->flow->nodes[node];

        for (k = 0; k < at->n_exits && !counts(c, &at->exits[k]); k++)
            ;
        c->gone[node] = true;
        if (k == at->n_exits)
            return;
        node = (size_t)at->exits[k].node;
    }
}

static void check_circles(struct flow_reader *rd, const struct flow *flow, bool sure_only,
                          bool *told)
{
    struct circle c = {.flow = flow,
                       .sure_only = sure_only,
                       .gone = flow_read_alloc(rd, flow->n_nodes, sizeof(bool)),
                       .into = flow_read_alloc(rd, flow->n_nodes, sizeof(int))};
    size_t i;

    if (!c.gone || !c.into)
        return;
    memcpy(c.gone, told, flow->n_nodes * sizeof(bool));
    while (peel(&c))
        ;
    for (i = 0; i < flow->n_nodes; i++) {
        if (c.gone[i])
            continue;
        told[i] = true;
        rd->node = flow->nodes[i].id;
        if (sure_only)
            flow_read_problem(rd, FLOW_ERROR, SLICE("next"),
                              "From here the flow runs in a circle and never waits for the person. "
                              "Put a question into the circle, or end it.");
        else
            flow_read_problem(rd, FLOW_WARNING, SLICE("next"),
                              "From here the flow can run in a circle without the person saying "
                              "anything. Make sure that something ends it.");
        take_circle(&c, i);
        while (peel(&c))
            ;
    }
    rd->node = SLICE_NONE;
}

static void check_loops(struct flow_reader *rd, const struct flow *flow)
{
    bool *told = flow_read_alloc(rd, flow->n_nodes, sizeof(bool));

    if (!told)
        return;
    check_circles(rd, flow, true, told);
    check_circles(rd, flow, false, told);
}

/* --- conditions ----------------------------------------------------------------------------- */

static void count_visits(struct flow_reader *rd, struct flow *flow, const struct flow_test *test)
{
    const struct flow_node *found = flow_node_by_id(flow, test->node);
    struct flow_node *node = found ? &nodes_of(flow)[found - flow->nodes] : NULL;

    if (!node)
        flow_read_problem(rd, FLOW_ERROR, SLICE("cases"), "There is no node \"%.*s\" to count.",
                          SLICE_ARG(test->node));
    else if (node->counter < 0 && flow->n_counted == FLOW_COUNTED_MAX)
        flow_read_problem(rd, FLOW_ERROR, SLICE("cases"),
                          "At most %d nodes can have their visits counted.", FLOW_COUNTED_MAX);
    else if (node->counter < 0)
        node->counter = (int)flow->n_counted++;
}

/* --- names ---------------------------------------------------------------------------------- */

struct names {
    struct slice *items;
    size_t n;
};

static void add_name(struct names *names, struct slice name)
{
    if (name.len)
        names->items[names->n++] = name;
}

static void add_saved(struct names *names, const struct flow_node *node)
{
    size_t k;

    if (node->type == FLOW_TYPE_SET)
        add_name(names, node->set.attribute);
    else if (node->type == FLOW_TYPE_ASK)
        add_name(names, node->ask.save);
    for (k = 0; node->type == FLOW_TYPE_HTTP && k < node->http.n_save; k++)
        add_name(names, node->http.save[k].value);
}

/* All that some node gives a value, or the document declares; sorted. */
static struct names collect_names(struct flow_reader *rd, const struct flow *flow)
{
    size_t i, most = flow->n_fields + flow->n_nodes;
    struct names names = {0};

    for (i = 0; i < flow->n_nodes; i++)
        if (flow->nodes[i].type == FLOW_TYPE_HTTP)
            most += flow->nodes[i].http.n_save;
    names.items = flow_read_alloc(rd, most, sizeof(*names.items));
    if (!names.items)
        return names;
    for (i = 0; i < flow->n_fields; i++)
        add_name(&names, flow->fields[i].name);
    for (i = 0; i < flow->n_nodes; i++)
        add_saved(&names, &flow->nodes[i]);
    qsort(names.items, names.n, sizeof(*names.items), compare_slices);
    return names;
}

static bool name_known(const struct names *names, struct slice name)
{
    return flow_name_reserved(name) ||
           bsearch(&name, names->items, names->n, sizeof(name), compare_slices);
}

static void check_test(struct flow_reader *rd, struct flow *flow, const struct names *names,
                       const struct flow_test *test)
{
    if (slice_eq(test->field, SLICE("visits")))
        count_visits(rd, flow, test);
    else if (test->field.len && !name_known(names, test->field))
        flow_read_problem(rd, FLOW_WARNING, SLICE("cases"),
                          "Nothing in this flow sets \"%.*s\". Check the spelling.",
                          SLICE_ARG(test->field));
}

static void check_conditions(struct flow_reader *rd, struct flow *flow, const struct names *names)
{
    size_t i, k, t;

    for (i = 0; i < flow->n_nodes; i++) {
        const struct flow_condition *c = &flow->nodes[i].condition;

        rd->node = flow->nodes[i].id;
        for (k = 0; flow->nodes[i].type == FLOW_TYPE_CONDITION && k < c->n_cases; k++)
            for (t = 0; t < c->cases[k].n_tests; t++)
                check_test(rd, flow, names, &c->cases[k].tests[t]);
    }
    rd->node = SLICE_NONE;
}

/* --- variables, languages, meaning ---------------------------------------------------------- */

static void check_variable(struct flow_reader *rd, const struct flow *flow,
                           const struct names *names, const struct flow_use *use,
                           struct expand_part part)
{
    const struct flow_field *field = flow_field_by_name(flow, part.text);

    if (use->leaves && (flow_name_contact(part.text) || slice_eq(part.text, SLICE("gender"))))
        flow_read_problem(rd, FLOW_WARNING, use->field,
                          "This hands \"%.*s\" to somebody else. Make sure that the register of "
                          "recipients names them.",
                          SLICE_ARG(part.text));
    if (part.otherwise.ptr || (field && field->otherwise.len))
        return;
    if (!name_known(names, part.text))
        flow_read_problem(rd, FLOW_WARNING, use->field,
                          "Nothing in this flow sets {%.*s}. Check the spelling, or write a "
                          "default: {%.*s|...}.",
                          SLICE_ARG(part.text), SLICE_ARG(part.text));
    else if (flow_name_contact(part.text))
        flow_read_problem(rd, FLOW_WARNING, use->field,
                          "{%.*s} is often unknown. Write a default: {%.*s|...}.",
                          SLICE_ARG(part.text), SLICE_ARG(part.text));
}

static void check_uses(struct flow_reader *rd, const struct flow *flow, const struct names *names)
{
    const struct flow_use *use;
    struct expand_part part;

    for (use = rd->uses; use; use = use->next) {
        struct slice rest = use->text;

        rd->node = use->node;
        while (expand_next(&rest, &part))
            if (part.kind == EXPAND_VARIABLE)
                check_variable(rd, flow, names, use, part);
    }
    rd->node = SLICE_NONE;
}

static bool has_language(const struct flow_text *text, struct slice lang)
{
    size_t i;

    for (i = 0; i < text->n; i++)
        if (text->wordings[i].lang.len == 0 || slice_eq(text->wordings[i].lang, lang))
            return true;
    return false;
}

enum { LANGUAGES_MAX = 20 };

static size_t collect_languages(const struct flow_reader *rd, struct slice languages[LANGUAGES_MAX])
{
    const struct flow_use *use;
    size_t i, n = 0;

    for (use = rd->uses; use; use = use->next) {
        for (i = 0; i < n && !slice_eq(languages[i], use->lang); i++)
            ;
        if (use->lang.len && i == n && n < LANGUAGES_MAX)
            languages[n++] = use->lang;
    }
    return n;
}

static void check_languages(struct flow_reader *rd)
{
    struct slice languages[LANGUAGES_MAX];
    size_t i, n = collect_languages(rd, languages);
    const struct flow_text *last = NULL;
    const struct flow_use *use;

    for (use = rd->uses; use; use = use->next) {
        rd->node = use->node;
        for (i = 0; use->whole && use->whole != last && i < n; i++)
            if (!has_language(use->whole, languages[i]))
                flow_read_problem(rd, FLOW_WARNING, use->field,
                                  "This text is missing in \"%.*s\", which other texts have.",
                                  SLICE_ARG(languages[i]));
        last = use->whole;
    }
    rd->node = SLICE_NONE;
}

static void check_meanings(struct flow_reader *rd, const struct flow *flow)
{
    size_t i;

    for (i = 0; i < flow->n_nodes; i++) {
        const struct flow_node *node = &flow->nodes[i];

        if (node->type != FLOW_TYPE_ASK || node->ask.save.len == 0 ||
            flow_field_by_name(flow, node->ask.save))
            continue;
        rd->node = node->id;
        flow_read_problem(rd, flow_name_contact(node->ask.save) ? FLOW_ERROR : FLOW_WARNING,
                          SLICE("save"),
                          "Say what \"%.*s\" is kept for: add it to fields, with its meaning.",
                          SLICE_ARG(node->ask.save));
    }
    rd->node = SLICE_NONE;
}

void flow_check(struct flow_reader *rd, struct flow *flow)
{
    struct names names;

    index_ids(rd, flow);
    names = collect_names(rd, flow);
    if (rd->err < 0)
        return;
    link_exits(rd, flow);
    check_conditions(rd, flow, &names);
    check_reached(rd, flow);
    check_loops(rd, flow);
    check_uses(rd, flow, &names);
    check_languages(rd);
    check_meanings(rd, flow);
    flow_fit(rd, flow);
}
