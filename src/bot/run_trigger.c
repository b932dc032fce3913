#include "bot/run_inside.h"

/* The person's own language wins a tie. */
enum { OWN_LANGUAGE = 1 };

static int phrase_score(struct run *run, const struct flow_trigger *trigger,
                        const struct flow_phrase *phrase)
{
    int score = text_match(&run->said, &phrase->form, trigger->typos);

    if (score == TEXT_NO_MATCH || (trigger->whole && score < TEXT_WHOLE))
        return TEXT_NO_MATCH;
    score *= 2;
    if (phrase->lang.len && slice_starts(run->language, phrase->lang))
        score += OWN_LANGUAGE;
    return score;
}

static int trigger_score(struct run *run, const struct flow_trigger *trigger)
{
    int best = TEXT_NO_MATCH;
    size_t i;

    for (i = 0; i < trigger->n_phrases; i++) {
        int score = phrase_score(run, trigger, &trigger->phrases[i]);

        best = score > best ? score : best;
    }
    return best;
}

const struct flow_trigger *run_trigger_phrase(struct run *run, int *ret_score)
{
    const struct flow_trigger *found = NULL;
    int best = TEXT_NO_MATCH;
    size_t i;

    for (i = 0; i < run->flow->n_triggers; i++) {
        const struct flow_trigger *trigger = &run->flow->triggers[i];
        int score = trigger->on == FLOW_ON_PHRASE ? trigger_score(run, trigger) : TEXT_NO_MATCH;

        if (score > best) {
            best = score;
            found = trigger;
        }
    }
    *ret_score = best / 2;
    return found;
}

int run_trigger_help_score(struct run *run)
{
    const struct flow_trigger *trigger = flow_trigger_on(run->flow, FLOW_ON_HELP);
    int best = trigger ? trigger_score(run, trigger) / 2 : TEXT_NO_MATCH;
    size_t i;

    for (i = 0; i < run->flow->n_help; i++) {
        const struct flow_help *help = &run->flow->help[i];
        int score = text_match(&run->said, &help->form, true);

        if (score > best && (!help->whole || score >= TEXT_WHOLE))
            best = score;
    }
    return best;
}

void run_trigger_go(struct run *run, const struct flow_trigger *trigger)
{
    run_step(run, trigger->go.to, "event", BOT_MATCHED);
    run_node_from(run, trigger->go.node);
}

void run_trigger_help(struct run *run)
{
    const struct flow_trigger *trigger = flow_trigger_on(run->flow, FLOW_ON_HELP);
    struct bot_output *output;

    if (trigger) {
        run_trigger_go(run, trigger);
        return;
    }
    run_state_enter(&run->state, RUN_IDLE, NULL);
    output = run_output(run, BOT_HELP, SLICE_NONE);
    if (output)
        output->help_said = false;
    run_step(run, SLICE_NONE, "event", BOT_CALLED);
}

void run_trigger_fallback(struct run *run)
{
    const struct flow_trigger *trigger = flow_trigger_on(run->flow, FLOW_ON_FALLBACK);

    if (run->facts->help_wanted) {
        run_step(run, SLICE_NONE, "event", BOT_IGNORED);
        return;
    }
    run_step(run, trigger ? trigger->go.to : SLICE_NONE, "event", BOT_UNMATCHED);
    if (trigger)
        run_node_from(run, trigger->go.node);
}
