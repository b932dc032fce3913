#include "bot/run_inside.h"

/* --- what the person does ------------------------------------------------------------------- */

/* A short pause of the bot is no reason to forget what it was about to say. */
enum { SHORT_WAIT_MS = 60 * 1000 };

static bool mid_sentence(const struct run *run)
{
    const struct run_state *state = &run->state;

    return state->mode == RUN_HTTP ||
           (state->mode == RUN_WAIT && state->node->wait.ms <= SHORT_WAIT_MS);
}

static void ignore(struct run *run)
{
    run_step(run, run->state.node ? run->state.node->id : SLICE_NONE, "event", BOT_IGNORED);
}

static void on_unmatched(struct run *run)
{
    if (mid_sentence(run))
        ignore(run);
    else
        run_trigger_fallback(run);
}

static void on_payload(struct run *run, struct slice payload)
{
    const struct flow_trigger *triggers = run->flow->triggers;
    size_t i;
    int node;

    if (run->state.mode == RUN_ASK && run_ask_payload(run, payload))
        return;
    if (run_choice_pressed(run, payload, &node)) {
        run_step(run, SLICE_NONE, "event", BOT_MATCHED);
        run_node_from(run, node);
        return;
    }
    for (i = 0; i < run->flow->n_triggers; i++) {
        if (triggers[i].on != FLOW_ON_PAYLOAD || !slice_eq(triggers[i].value, payload))
            continue;
        run_trigger_go(run, &triggers[i]);
        return;
    }
    on_unmatched(run);
}

static void choose(struct run *run, const struct flow_choice *choice)
{
    on_payload(run, run_choice_payload(run, run->state.node, choice));
}

/* Closest first: an offered title, then phrases and the wish for a human by their score, then a
 * title within a longer message. */
static void on_words(struct run *run)
{
    const struct flow_node *at = run->state.mode == RUN_OFFER ? run->state.node : NULL;
    const struct flow_choice *choice = at ? run_choice_typed(run, at, RUN_CHOICE_WHOLE) : NULL;
    const struct flow_trigger *phrase;
    int help, score;

    if (choice) {
        choose(run, choice);
        return;
    }
    help = run_trigger_help_score(run);
    phrase = run_trigger_phrase(run, &score);
    if (help != TEXT_NO_MATCH && help >= score) {
        run_trigger_help(run);
        return;
    }
    if (phrase) {
        run_trigger_go(run, phrase);
        return;
    }
    choice = at ? run_choice_typed(run, at, RUN_CHOICE_WITHIN) : NULL;
    if (choice)
        choose(run, choice);
    else
        on_unmatched(run);
}

static void on_text(struct run *run)
{
    const struct run_state *state = &run->state;

    if (state->mode == RUN_ASK) {
        run_ask_text(run);
    } else if (state->mode == RUN_WAIT && state->node->wait.on_reply != FLOW_NO_EXIT) {
        run_step(run, state->node->id, "wait", BOT_ANSWERED);
        run_node_from(run, run_node_exit(state->node, state->node->wait.on_reply));
    } else {
        on_words(run);
    }
}

static void on_file(struct run *run)
{
    if (run->state.mode == RUN_ASK)
        run_ask_file(run);
    else
        on_unmatched(run);
}

/* The referral trigger with this ref, else the one without. */
static const struct flow_trigger *referral(struct run *run, struct slice ref)
{
    const struct flow_trigger *any = NULL;
    size_t i;

    for (i = 0; i < run->flow->n_triggers; i++) {
        const struct flow_trigger *trigger = &run->flow->triggers[i];

        if (trigger->on != FLOW_ON_REFERRAL)
            continue;
        if (trigger->value.len && slice_eq(trigger->value, ref))
            return trigger;
        if (trigger->value.len == 0)
            any = trigger;
    }
    return any;
}

static void on_start(struct run *run)
{
    struct slice ref = pii_reveal(run->event->payload);
    const struct flow_trigger *trigger = ref.len ? referral(run, ref) : NULL;

    if (!trigger)
        trigger = flow_trigger_on(run->flow, FLOW_ON_GET_STARTED);
    run_state_enter(&run->state, RUN_IDLE, NULL);
    memset(run->state.visits, 0, sizeof(run->state.visits));
    if (trigger)
        run_trigger_go(run, trigger);
    else
        run_step(run, SLICE_NONE, "event", BOT_UNMATCHED);
}

static void on_referral(struct run *run)
{
    const struct flow_trigger *trigger = referral(run, pii_reveal(run->event->payload));

    if (trigger)
        run_trigger_go(run, trigger);
    else
        ignore(run);
}

/* --- what happens without the person -------------------------------------------------------- */

/* Says the no_reply branch; unless it came to a wait of its own, the question stays open. */
static void on_no_reply(struct run *run)
{
    const struct flow_trigger *trigger = flow_trigger_on(run->flow, FLOW_ON_NO_REPLY);
    struct run_state before = run->state;

    if (!trigger || run->facts->help_wanted) {
        run->state.timer = run->state.due = 0;
        run->state.nudged = true;
        ignore(run);
        return;
    }
    run_trigger_go(run, trigger);
    if (run->state.mode != RUN_IDLE)
        return;
    run->state.mode = before.mode;
    run->state.node = before.node;
    run->state.tries = before.tries;
    run->state.nudged = true;
}

static void on_timer(struct run *run)
{
    const struct flow_node *node = run->state.node;

    if (run->state.timer == 0 || run->event->id != run->state.timer) {
        ignore(run);
        return;
    }
    switch (run->state.mode) {
    case RUN_WAIT:
        run_node_from(run, run_node_exit(node, node->next));
        break;
    case RUN_HTTP:
        run_step(run, node->id, "http", BOT_HTTP_FAILED);
        run_node_from(run, run_node_exit(node, node->http.failed));
        break;
    case RUN_ASK:
    case RUN_OFFER:
        on_no_reply(run);
        break;
    case RUN_IDLE:
    case RUN_MODE_COUNT:
        ignore(run);
        break;
    }
}

static void on_http_answer(struct run *run)
{
    const struct flow_node *node = run->state.node;

    if (run->state.mode != RUN_HTTP || run->event->id != run->state.call) {
        ignore(run);
        return;
    }
    run_node_from(run, run_node_exit(node, run_http_answer(run, node)));
}

/* False when the bot has talked to itself for too long. */
static bool still_in_company(struct run *run)
{
    bool alone = run->event->kind == BOT_TIMER || run->event->kind == BOT_HTTP_ANSWER;

    if (!alone) {
        run->state.alone = 0;
        return true;
    }
    if (run->state.alone < BOT_ALONE_MAX) {
        run->state.alone++;
        return true;
    }
    run_step(run, run->state.node ? run->state.node->id : SLICE_NONE, "event", BOT_LOOP);
    run_state_enter(&run->state, RUN_IDLE, NULL);
    return false;
}

void run_event(struct run *run)
{
    if (!still_in_company(run))
        return;
    switch (run->event->kind) {
    case BOT_START:
        on_start(run);
        break;
    case BOT_TEXT:
        on_text(run);
        break;
    case BOT_PAYLOAD:
        on_payload(run, pii_reveal(run->event->payload));
        break;
    case BOT_REFERRAL:
        on_referral(run);
        break;
    case BOT_FILE:
        on_file(run);
        break;
    case BOT_TIMER:
        on_timer(run);
        break;
    case BOT_HTTP_ANSWER:
        on_http_answer(run);
        break;
    case BOT_HELP_BUTTON:
        run_trigger_help(run);
        break;
    }
}
