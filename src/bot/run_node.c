#include "bot/run_inside.h"

#include <assert.h>

#include "base/clock.h"
#include "base/err.h"
#include "bot/value.h"

/* A call that is never answered counts as failed after this. */
enum { HTTP_PATIENCE_S = 60 };

int run_node_exit(const struct flow_node *node, int exit)
{
    return exit == FLOW_NO_EXIT ? FLOW_NOWHERE : node->exits[exit].node;
}

static void done(struct run *run, const struct flow_node *node, enum bot_outcome outcome)
{
    run_step(run, node->id, flow_type_name(node->type), outcome);
}

/* --- each does one node and gives the next, or FLOW_NOWHERE when the run ends here ---------- */

static int run_say(struct run *run, const struct flow_node *node)
{
    int next = run_node_exit(node, node->next);

    run_say_node(run, node);
    if (next == FLOW_NOWHERE && node->say.offers) {
        run_state_enter(&run->state, RUN_OFFER, node);
        done(run, node, BOT_ASKED);
    } else {
        done(run, node, BOT_DONE);
    }
    return next;
}

static int run_ask(struct run *run, const struct flow_node *node)
{
    run_say_question(run, node, false);
    run_state_enter(&run->state, RUN_ASK, node);
    done(run, node, BOT_ASKED);
    return FLOW_NOWHERE;
}

static int run_test(struct run *run, const struct flow_node *node)
{
    done(run, node, BOT_DONE);
    return run_node_exit(node, run_condition(run, node));
}

/* The sum of what the attribute holds and the operand; what is no number counts as 0. */
static int calculate(struct run *run, const struct flow_set *set, struct slice operand,
                     struct pii *ret)
{
    char space[VALUE_NUMBER_SIZE];
    struct pii held = pii_of(SLICE_NONE);
    int64_t a = 0, b = 0, result = 0;
    bool overflow = false;

    run_value(run, set->attribute, &held);
    if (value_number(slice_trim(pii_reveal(held)), &a) < 0)
        a = 0;
    if (value_number(slice_trim(operand), &b) < 0)
        b = 0;
    if (set->op == FLOW_SET_ADD)
        overflow = __builtin_add_overflow(a, b, &result);
    else if (set->op == FLOW_SET_SUBTRACT)
        overflow = __builtin_sub_overflow(a, b, &result);
    else
        overflow = value_multiply(a, b, &result) < 0;
    if (overflow)
        return ERR_LIMIT;
    *ret = pii_of(arena_copy(run->arena, value_number_text(result, space)));
    return 0;
}

static int run_set(struct run *run, const struct flow_node *node)
{
    const struct flow_set *set = &node->set;
    struct pii value = pii_of(SLICE_NONE);
    int r = 0;

    if (set->op != FLOW_SET_CLEAR)
        value = run_expand(run, set->value, EXPAND_TEXT, FLOW_VALUE_MAX);
    if (set->op != FLOW_SET_CLEAR && set->op != FLOW_SET_VALUE)
        r = calculate(run, set, pii_reveal(value), &value);
    if (r == 0)
        run_save(run, node->id, set->attribute, value);
    done(run, node, r == 0 ? BOT_DONE : BOT_STEP_FAILED);
    return run_node_exit(node, node->next);
}

static int run_tagging(struct run *run, const struct flow_node *node)
{
    run_tag(run, node->id, node->tag, node->type == FLOW_TYPE_TAG);
    done(run, node, BOT_DONE);
    return run_node_exit(node, node->next);
}

static int run_wait(struct run *run, const struct flow_node *node)
{
    run_state_enter(&run->state, RUN_WAIT, node);
    run->state.timer = run_number(run);
    run->state.due = run->now + node->wait.ms;
    done(run, node, BOT_WAITING);
    return FLOW_NOWHERE;
}

static int run_jump(struct run *run, const struct flow_node *node)
{
    done(run, node, BOT_DONE);
    return run_node_exit(node, node->next);
}

static int run_http(struct run *run, const struct flow_node *node)
{
    run_state_enter(&run->state, RUN_HTTP, node);
    if (!run_http_call(run, node)) {
        done(run, node, BOT_HTTP_FAILED);
        return run_node_exit(node, node->http.failed);
    }
    run->state.timer = run_number(run);
    run->state.due = run->now + HTTP_PATIENCE_S * SECOND_MS;
    done(run, node, BOT_WAITING);
    return FLOW_NOWHERE;
}

static int run_mail(struct run *run, const struct flow_node *node)
{
    struct bot_output *output = run_output(run, BOT_MAIL, node->id);

    if (output)
        output->mail = (struct bot_mail){
            .to = node->mail.to,
            .subject = node->mail.subject,
            .text = run_expand(run, node->mail.text, EXPAND_TEXT, FLOW_TEXT_MAX * 2),
        };
    done(run, node, BOT_DONE);
    return run_node_exit(node, node->next);
}

static int run_help(struct run *run, const struct flow_node *node)
{
    bool said = run_say_text(run, node, node->farewell);
    struct bot_output *output = run_output(run, BOT_HELP, node->id);

    if (output)
        output->help_said = said;
    done(run, node, BOT_CALLED);
    return run_node_exit(node, node->next);
}

static int run_close(struct run *run, const struct flow_node *node)
{
    run_say_text(run, node, node->farewell);
    run_output(run, BOT_CLOSE, node->id);
    memset(run->state.visits, 0, sizeof(run->state.visits));
    done(run, node, BOT_CLOSED);
    return FLOW_NOWHERE;
}

typedef int run_one(struct run *run, const struct flow_node *node);

static run_one *const RUN[] = {
    [FLOW_TYPE_SAY] = run_say,   [FLOW_TYPE_ASK] = run_ask,     [FLOW_TYPE_CONDITION] = run_test,
    [FLOW_TYPE_SET] = run_set,   [FLOW_TYPE_TAG] = run_tagging, [FLOW_TYPE_UNTAG] = run_tagging,
    [FLOW_TYPE_WAIT] = run_wait, [FLOW_TYPE_JUMP] = run_jump,   [FLOW_TYPE_HTTP] = run_http,
    [FLOW_TYPE_MAIL] = run_mail, [FLOW_TYPE_HELP] = run_help,   [FLOW_TYPE_CLOSE] = run_close,
};
static_assert(ARRAY_LEN(RUN) == FLOW_TYPE_COUNT, "a runner for every type");

static bool too_much(struct run *run)
{
    return run->steps >= BOT_STEPS_MAX || run->messages > BOT_MESSAGES_MAX;
}

void run_node_from(struct run *run, int index)
{
    run_state_enter(&run->state, RUN_IDLE, NULL);
    while (index != FLOW_NOWHERE && run->err == 0) {
        const struct flow_node *node = &run->flow->nodes[index];

        if (too_much(run)) {
            run_step(run, node->id, flow_type_name(node->type), BOT_LOOP);
            run_state_enter(&run->state, RUN_IDLE, NULL);
            return;
        }
        run->steps++;
        if (node->counter >= 0 && run->state.visits[node->counter] < 1000000)
            run->state.visits[node->counter]++;
        index = RUN[node->type](run, node);
    }
}
