#include "bot/run_inside.h"

#include <assert.h>

#include "base/clock.h"
#include "base/err.h"

void *run_alloc(struct run *run, size_t count, size_t size)
{
    void *memory = arena_array(run->arena, count ? count : 1, size);

    if (!memory)
        run->err = ERR_MEMORY;
    return memory;
}

/* Room for one more of `size` in a list that doubles; NULL when there is none. */
static void *grow(struct run *run, void *items, size_t n, size_t *cap, size_t size)
{
    size_t more = *cap ? *cap * 2 : 8;
    void *bigger;

    if (n < *cap)
        return items;
    bigger = run_alloc(run, more, size);
    if (!bigger)
        return NULL;
    if (n)
        memcpy(bigger, items, n * size);
    *cap = more;
    return bigger;
}

struct bot_output *run_output(struct run *run, enum bot_output_kind kind, struct slice node)
{
    struct bot_output *items =
        grow(run, run->outputs, run->n_outputs, &run->cap_outputs, sizeof(*items));

    if (!items)
        return NULL;
    run->outputs = items;
    items[run->n_outputs].kind = kind;
    items[run->n_outputs].node = node;
    return &items[run->n_outputs++];
}

void run_step(struct run *run, struct slice node, const char *kind, enum bot_outcome outcome)
{
    struct bot_step *items = grow(run, run->trace, run->n_trace, &run->cap_trace, sizeof(*items));

    if (!items)
        return;
    run->trace = items;
    items[run->n_trace++] = (struct bot_step){node, kind, outcome};
}

/* Numbers follow the clock, so that one given before the state was lost does not come again. */
int64_t run_number(struct run *run)
{
    run->state.seq = run->state.seq < run->now ? run->now : run->state.seq + 1;
    return run->state.seq;
}

const char *bot_outcome_name(enum bot_outcome outcome)
{
    static const char *const NAMES[] = {
        [BOT_DONE] = "done",          [BOT_MATCHED] = "matched", [BOT_UNMATCHED] = "unmatched",
        [BOT_IGNORED] = "ignored",    [BOT_ASKED] = "asked",     [BOT_ANSWERED] = "answered",
        [BOT_INVALID] = "invalid",    [BOT_GAVE_UP] = "gave_up", [BOT_SKIPPED] = "skipped",
        [BOT_WAITING] = "waiting",    [BOT_HTTP_OK] = "http_ok", [BOT_HTTP_FAILED] = "http_failed",
        [BOT_STEP_FAILED] = "failed", [BOT_CALLED] = "help",     [BOT_CLOSED] = "closed",
        [BOT_LOST] = "lost",          [BOT_LOOP] = "loop",
    };
    static_assert(ARRAY_LEN(NAMES) == BOT_OUTCOME_COUNT, "a name for every outcome");

    return NAMES[outcome];
}

/* "de_DE", "pt-BR", "de" as flows write languages: small letters and a dash. */
static struct slice language_of(struct run *run, struct slice given)
{
    char *copy = run_alloc(run, given.len + 1, 1);
    size_t i;

    for (i = 0; copy && i < given.len; i++) {
        char c = given.ptr[i];

        copy[i] = c == '_' ? '-' : c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
    }
    return copy ? slice_of(copy, given.len) : SLICE_NONE;
}

static void begin(struct run *run, struct pii state)
{
    const struct bot_facts *facts = run->facts;
    bool lost;

    run->limits = facts->limits ? facts->limits : bot_limits_of(facts->channel);
    run->locale = facts->locale.len ? facts->locale : facts->language;
    run->language = language_of(run, facts->language.len ? facts->language : facts->locale);
    run->seed = run->event->seed;
    run->now = run->event->now < 0 ? 0 : run->event->now;
    if (run->now > 253402300799000) /* the end of the year 9999 */
        run->now = 253402300799000;
    if (text_form(pii_reveal(run->event->text), run->arena, &run->said) < 0)
        run->err = ERR_MEMORY;
    run_state_read(run->flow, pii_reveal(state), &run->state, &lost);
    if (lost)
        run_step(run, SLICE_NONE, "event", BOT_LOST);
}

/* While the bot waits for an answer, a no_reply trigger may speak up once. */
static void arm_no_reply(struct run *run)
{
    const struct flow_trigger *trigger = flow_trigger_on(run->flow, FLOW_ON_NO_REPLY);
    struct run_state *state = &run->state;

    if (!trigger || state->timer || state->nudged || run->facts->help_wanted)
        return;
    if (state->mode != RUN_ASK && state->mode != RUN_OFFER)
        return;
    state->timer = run_number(run);
    state->due = run->now + trigger->after_ms;
}

int bot_run(const struct flow *flow, struct pii state, const struct bot_event *event,
            const struct bot_facts *facts, struct arena *arena, struct bot_result *ret)
{
    struct run *run = arena_alloc(arena, sizeof(*run));
    struct slice text = SLICE_NONE;

    if (!run)
        return ERR_MEMORY;
    *run = (struct run){.flow = flow, .event = event, .facts = facts, .arena = arena};
    begin(run, state);
    if (run->err == 0)
        run_event(run);
    arm_no_reply(run);
    if (run->err == 0)
        run->err = run_state_write(flow, &run->state, arena, &text);
    if (run->err < 0)
        return run->err;
    *ret = (struct bot_result){
        .outputs = run->outputs,
        .n_outputs = run->n_outputs,
        .state = pii_of(text),
        .timer_at = run->state.timer ? run->state.due : 0,
        .timer_id = run->state.timer,
        .trace = run->trace,
        .n_trace = run->n_trace,
    };
    return 0;
}
