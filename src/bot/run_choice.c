#include "bot/run_inside.h"

struct best {
    const struct flow_choice *choice;
    int score;
    bool tied;
};

static void consider(struct run *run, struct flow_choices from, struct best *best)
{
    size_t i, k;

    for (i = 0; i < from.n; i++) {
        const struct flow_choice *choice = &from.items[i];
        int score = TEXT_NO_MATCH;

        if (choice->url.len)
            continue;
        for (k = 0; k < choice->n_forms; k++) {
            int one = text_match(&run->said, &choice->forms[k], true);

            score = one > score ? one : score;
        }
        if (score > best->score)
            *best = (struct best){choice, score, false};
        else if (score == best->score)
            best->tied = true;
    }
}

const struct flow_choice *run_choice_typed(struct run *run, const struct flow_node *node,
                                           enum run_choice_fit fit)
{
    struct best best = {NULL, TEXT_NO_MATCH, false};
    size_t i;

    consider(run, node->say.quick_replies, &best);
    consider(run, node->say.buttons, &best);
    for (i = 0; i < node->say.n_cards; i++)
        consider(run, node->say.cards[i].buttons, &best);
    if (best.tied || (fit == RUN_CHOICE_WHOLE && best.score < TEXT_WHOLE))
        return NULL;
    return best.choice;
}

static struct slice target_id(struct run *run, int node)
{
    return node == FLOW_NOWHERE ? SLICE("end") : run->flow->nodes[node].id;
}

struct slice run_choice_payload(struct run *run, const struct flow_node *node,
                                const struct flow_choice *choice)
{
    if (node->type == FLOW_TYPE_ASK)
        return arena_printf(run->arena, "pick:%.*s:%.*s", SLICE_ARG(node->id),
                            SLICE_ARG(choice->value));
    if (choice->payload.len)
        return choice->payload;
    return arena_printf(run->arena, "go:%.*s:%.*s", SLICE_ARG(node->id),
                        SLICE_ARG(target_id(run, run_node_exit(node, choice->exit))));
}

static bool leads_to(struct flow_choices choices, const struct flow_node *node, int target)
{
    size_t i;

    for (i = 0; i < choices.n; i++)
        if (choices.items[i].exit != FLOW_NO_EXIT &&
            run_node_exit(node, choices.items[i].exit) == target)
            return true;
    return false;
}

/* Only a way that the flow has: the payload comes from outside. */
bool run_choice_pressed(struct run *run, struct slice payload, int *ret)
{
    const struct flow_node *from, *to;
    struct slice word, from_id;
    bool leads;
    int target;
    size_t i;

    if (!slice_cut(&payload, ':', &word) || !slice_eq(word, SLICE("go")) ||
        !slice_cut(&payload, ':', &from_id))
        return false;
    from = flow_node_by_id(run->flow, from_id);
    to = flow_node_by_id(run->flow, payload);
    if (!from || from->type != FLOW_TYPE_SAY || (!to && !slice_eq(payload, SLICE("end"))))
        return false;
    target = to ? (int)(to - run->flow->nodes) : FLOW_NOWHERE;
    leads = leads_to(from->say.quick_replies, from, target) ||
            leads_to(from->say.buttons, from, target);
    for (i = 0; i < from->say.n_cards && !leads; i++)
        leads = leads_to(from->say.cards[i].buttons, from, target);
    if (leads)
        *ret = target;
    return leads;
}
