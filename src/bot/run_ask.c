#include "bot/run_inside.h"

#include "base/err.h"
#include "bot/answer.h"

static void step(struct run *run, enum bot_outcome outcome)
{
    run_step(run, run->state.node->id, "ask", outcome);
}

static void accept(struct run *run, struct pii value, const struct flow_choice *choice)
{
    const struct flow_node *node = run->state.node;
    int exit = choice && choice->exit != FLOW_NO_EXIT ? choice->exit : node->next;

    step(run, BOT_ANSWERED);
    if (node->ask.save.len)
        run_save(run, node->id, node->ask.save, value);
    run_node_from(run, run_node_exit(node, exit));
}

static void skip(struct run *run)
{
    const struct flow_node *node = run->state.node;
    const struct flow_choice *choice = &node->ask.skip;

    step(run, BOT_SKIPPED);
    run_node_from(run,
                  run_node_exit(node, choice->exit != FLOW_NO_EXIT ? choice->exit : node->next));
}

static void refuse(struct run *run)
{
    const struct flow_node *node = run->state.node;

    if (run->state.tries < node->ask.retries) {
        run->state.tries++;
        run->state.timer = run->state.due = 0; /* the person is there: no_reply starts anew */
        run->state.nudged = false;
        step(run, BOT_INVALID);
        run_say_question(run, node, true);
        return;
    }
    step(run, BOT_GAVE_UP);
    run_node_from(run, run_node_exit(node, node->ask.failed));
}

static bool wants_to_skip(struct run *run)
{
    const struct flow_choice *choice = &run->state.node->ask.skip;
    size_t i;

    for (i = 0; i < choice->n_forms; i++)
        if (text_match(&run->said, &choice->forms[i], true) >= TEXT_WHOLE)
            return true;
    return false;
}

void run_ask_text(struct run *run)
{
    const struct flow_ask *ask = &run->state.node->ask;
    const struct flow_choice *choice;
    const struct flow_trigger *phrase;
    struct slice value;
    int r, score;

    if (run_trigger_help_score(run) >= TEXT_WHOLE) {
        run_trigger_help(run);
        return;
    }
    if (wants_to_skip(run)) {
        skip(run);
        return;
    }
    r = answer_read(ask, pii_reveal(run->event->text), run->locale, run_today(run), run->arena,
                    &value, &choice);
    if (r == ERR_MEMORY) {
        run->err = r;
    } else if (r == 0) {
        accept(run, pii_of(value), choice);
    } else {
        phrase = run_trigger_phrase(run, &score);
        if (phrase)
            run_trigger_go(run, phrase);
        else
            refuse(run);
    }
}

void run_ask_file(struct run *run)
{
    if (run->state.node->ask.input == FLOW_INPUT_FILE && !pii_empty(run->event->text))
        accept(run, run->event->text, NULL);
    else
        refuse(run);
}

bool run_ask_payload(struct run *run, struct slice payload)
{
    const struct flow_node *node = run->state.node;
    struct slice word, id;
    size_t i;

    if (!slice_cut(&payload, ':', &word))
        return false;
    if (slice_eq(word, SLICE("skip")) && node->ask.skip.title.n && slice_eq(payload, node->id)) {
        skip(run);
        return true;
    }
    if (!slice_eq(word, SLICE("pick")) || !slice_cut(&payload, ':', &id) || !slice_eq(id, node->id))
        return false;
    for (i = 0; i < node->ask.choices.n; i++) {
        const struct flow_choice *choice = &node->ask.choices.items[i];

        if (!slice_eq(choice->value, payload))
            continue;
        accept(run, pii_of(choice->value), choice);
        return true;
    }
    return false;
}
