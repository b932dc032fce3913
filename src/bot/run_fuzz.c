#include "bot/run.h"

#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* run_fuzz.json: every type of node, input and trigger, all within reach of one event. */
static const struct flow *fixed_flow(void)
{
    static struct flow_problems problems;
    static const struct flow *flow;
    char *text;
    FILE *file;
    size_t n;

    if (flow)
        return flow;
    text = malloc(FLOW_BYTES_MAX);
    file = fopen(FUZZ_FLOW, "r");
    if (!file || !text)
        abort();
    n = fread(text, 1, FLOW_BYTES_MAX, file);
    fclose(file);
    if (flow_parse(slice_of(text, n), arena_new(FLOW_ARENA_BYTES), &problems, &flow) < 0)
        abort();
    free(text);
    return flow;
}

static struct slice next(struct slice *rest)
{
    struct slice part = SLICE_NONE;

    slice_cut(rest, '\0', &part);
    return part;
}

/* kind, options, then state, text, payload or body, attribute, each ended by a NUL. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const CHANNELS[] = {"web", "messenger"};
    struct slice rest = slice_of(data, size), state;
    struct arena *arena = arena_new(BOT_ARENA_BYTES), *other = arena_new(BOT_ARENA_BYTES);
    struct bot_fact fact = {.name = SLICE("n")};
    struct bot_facts facts = {.attributes = &fact, .n_attributes = 1, .tenant = SLICE("T")};
    struct bot_event event = {.now = INT64_C(1795521600000)};
    struct bot_result a, b;

    if (size < 2)
        goto out;
    event.kind = (enum bot_event_kind)(data[0] % (BOT_HELP_BUTTON + 1));
    event.seed = data[1];
    event.id = data[1] & 4 ? 7 : data[1];
    event.status = data[1] & 8 ? 200 : data[1];
    facts.channel = slice_cstr(CHANNELS[data[1] & 1]);
    facts.language = data[1] & 2 ? SLICE("de") : SLICE("en");
    rest = slice_from(rest, 2);
    state = next(&rest);
    event.text = pii_of(next(&rest));
    event.payload = event.body = pii_of(next(&rest));
    fact.value = pii_of(next(&rest));
    if (bot_run(fixed_flow(), pii_of(state), &event, &facts, arena, &a) < 0 ||
        bot_run(fixed_flow(), pii_of(state), &event, &facts, other, &b) < 0)
        __builtin_trap();
    if (!slice_eq(pii_reveal(a.state), pii_reveal(b.state)) || a.n_outputs != b.n_outputs ||
        a.n_trace != b.n_trace || pii_reveal(a.state).len > BOT_STATE_MAX)
        __builtin_trap();
out:
    arena_free(arena);
    arena_free(other);
    return 0;
}
