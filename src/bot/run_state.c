#include "bot/run_inside.h"

#include <assert.h>

#include "base/err.h"
#include "base/json.h"
#include "base/json_out.h"

enum { STATE_VERSION = 1, COUNT_MAX = 1000000 };

static const char *const MODES[] = {
    [RUN_IDLE] = "idle", [RUN_ASK] = "ask",   [RUN_OFFER] = "offer",
    [RUN_WAIT] = "wait", [RUN_HTTP] = "http",
};
static_assert(ARRAY_LEN(MODES) == RUN_MODE_COUNT, "a name for every mode");

static bool fits(enum run_mode mode, const struct flow_node *node)
{
    switch (mode) {
    case RUN_ASK:
        return node->type == FLOW_TYPE_ASK;
    case RUN_OFFER:
        return node->type == FLOW_TYPE_SAY;
    case RUN_WAIT:
        return node->type == FLOW_TYPE_WAIT;
    case RUN_HTTP:
        return node->type == FLOW_TYPE_HTTP;
    case RUN_IDLE:
    case RUN_MODE_COUNT:
        break;
    }
    return false;
}

static int64_t bounded(const json_t *json, const char *key, int64_t most)
{
    int64_t n = json_int(json, key, 0);

    return n < 0 ? 0 : n > most ? most : n;
}

static void read_visits(const struct flow *flow, const json_t *json, struct run_state *state)
{
    json_t *object = json_object_get(json, "visits");
    const char *id;
    json_t *count;

    json_object_foreach(object, id, count) {
        const struct flow_node *node = flow_node_by_id(flow, slice_cstr(id));

        if (node && node->counter >= 0)
            state->visits[node->counter] = (int)bounded(object, id, COUNT_MAX);
    }
}

static void read_place(const struct flow *flow, const json_t *json, struct run_state *state,
                       bool *ret_lost)
{
    struct slice word = json_str(json, "mode");
    const struct flow_node *node = flow_node_by_id(flow, json_str(json, "node"));
    int mode;

    for (mode = RUN_IDLE + 1; mode < RUN_MODE_COUNT; mode++)
        if (slice_eq(word, slice_cstr(MODES[mode])))
            break;
    if (mode == RUN_MODE_COUNT)
        return;
    if (!node || !fits((enum run_mode)mode, node)) {
        *ret_lost = true;
        return;
    }
    state->mode = (enum run_mode)mode;
    state->node = node;
    state->tries = (int)bounded(json, "tries", COUNT_MAX);
    state->nudged = json_bool(json, "nudged", false);
    state->timer = bounded(json, "timer", INT64_MAX - 1);
    state->due = bounded(json, "due", INT64_MAX - 1);
    state->call = bounded(json, "call", INT64_MAX - 1);
}

void run_state_read(const struct flow *flow, struct slice text, struct run_state *ret,
                    bool *ret_lost)
{
    CLEANUP(json_cleanup) json_t *json = NULL;

    *ret = (struct run_state){0};
    *ret_lost = false;
    if (text.len == 0 || text.len > BOT_STATE_MAX || json_read(text, &json) < 0)
        return;
    if (json_int(json, "v", 0) != STATE_VERSION)
        return;
    ret->seq = bounded(json, "seq", INT64_MAX / 2);
    ret->alone = (int)bounded(json, "alone", COUNT_MAX);
    read_visits(flow, json, ret);
    read_place(flow, json, ret, ret_lost);
}

void run_state_enter(struct run_state *state, enum run_mode mode, const struct flow_node *node)
{
    state->mode = mode;
    state->node = node;
    state->tries = 0;
    state->nudged = false;
    state->timer = state->due = state->call = 0;
}

static void write_some(struct json_out *out, const char *key, int64_t value)
{
    if (value)
        json_out_int(out, key, value);
}

static void write_visits(struct json_out *out, const struct flow *flow,
                         const struct run_state *state)
{
    char id[FLOW_ID_MAX + 1];
    size_t i;

    json_out_object(out, "visits");
    for (i = 0; flow->n_counted && i < flow->n_nodes; i++) {
        const struct flow_node *node = &flow->nodes[i];

        if (node->counter < 0 || state->visits[node->counter] == 0)
            continue;
        memcpy(id, node->id.ptr, node->id.len);
        id[node->id.len] = '\0';
        json_out_int(out, id, state->visits[node->counter]);
    }
    json_out_close_object(out);
}

int run_state_write(const struct flow *flow, const struct run_state *state, struct arena *arena,
                    struct slice *ret)
{
    struct buf text = BUF_INIT(BOT_STATE_MAX);
    struct json_out out;
    struct slice copy = SLICE_NONE;
    int r;

    json_out_init(&out, &text);
    json_out_object(&out, NULL);
    json_out_int(&out, "v", STATE_VERSION);
    json_out_str(&out, "mode", slice_cstr(MODES[state->mode]));
    if (state->node)
        json_out_str(&out, "node", state->node->id);
    write_some(&out, "tries", state->tries);
    write_some(&out, "alone", state->alone);
    if (state->nudged)
        json_out_bool(&out, "nudged", true);
    write_some(&out, "seq", state->seq);
    write_some(&out, "timer", state->timer);
    write_some(&out, "due", state->due);
    write_some(&out, "call", state->call);
    if (flow->n_counted)
        write_visits(&out, flow, state);
    json_out_close_object(&out);
    r = json_out_end(&out);
    if (r == 0)
        copy = arena_copy(arena, buf_slice(&text));
    buf_done(&text);
    if (r == 0 && !copy.ptr)
        r = ERR_MEMORY;
    if (r == 0)
        *ret = copy;
    return r;
}
