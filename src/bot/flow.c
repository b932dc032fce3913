#include "bot/flow.h"

#include <assert.h>

#include "base/clock.h"
#include "base/err.h"
#include "bot/expand.h"
#include "bot/flow_read.h"
#include "bot/help_words.h"

enum {
    TRIGGERS_MAX = 500,
    FIELDS_MAX = 500,
    NAME_MAX_BYTES = 100,
    MEANING_MAX = 500,
    PAYLOAD_MAX = 500,
    NO_REPLY_MINUTES_MAX = 30 * 24 * 60,
    ALL_PHRASES_MAX = 5000, /* each is compared with each message */
};

/* What a text or a test can ask for that is no attribute; the first four an ask may save. */
static const char *const RESERVED[] = {
    "email",    "phone",    "first_name", "last_name", "gender",  "locale",
    "timezone", "language", "tenant",     "tag",       "channel", "date",
    "time",     "weekday",  "agents",     "visits",    "message",
};
enum { CONTACT_NAMES = 4 };

static bool among(struct slice name, const char *const *names, size_t n)
{
    size_t i;

    for (i = 0; i < n; i++)
        if (slice_eq(name, slice_cstr(names[i])))
            return true;
    return false;
}

bool flow_name_reserved(struct slice name)
{
    return among(name, RESERVED, ARRAY_LEN(RESERVED));
}

bool flow_name_contact(struct slice name)
{
    return among(name, RESERVED, CONTACT_NAMES);
}

/* --- triggers ------------------------------------------------------------------------------- */

static const char *const EVENTS[] = {
    [FLOW_ON_GET_STARTED] = "get_started",
    [FLOW_ON_PHRASE] = "phrase",
    [FLOW_ON_PAYLOAD] = "payload",
    [FLOW_ON_REFERRAL] = "referral",
    [FLOW_ON_HELP] = "help",
    [FLOW_ON_NO_REPLY] = "no_reply",
    [FLOW_ON_FALLBACK] = "fallback",
};
static_assert(ARRAY_LEN(EVENTS) == FLOW_ON_COUNT, "a name for every event");

static void read_phrases(struct flow_reader *rd, struct flow_place place,
                         struct flow_trigger *trigger)
{
    enum flow_need need = trigger->on == FLOW_ON_PHRASE ? FLOW_REQUIRED : FLOW_OPTIONAL;
    struct flow_text text = flow_read_phrases(rd, place, "phrases", need);
    struct flow_phrase *phrases = flow_read_alloc(rd, text.n, sizeof(*phrases));
    size_t i;

    for (i = 0; phrases && i < text.n; i++) {
        phrases[i].lang = text.wordings[i].lang;
        if (text_form(text.wordings[i].text, rd->arena, &phrases[i].form) < 0)
            rd->err = ERR_MEMORY;
        else if (phrases[i].form.n == 0)
            flow_read_problem(rd, FLOW_ERROR, flow_read_path(rd, place, "phrases"),
                              "\"%.*s\" has no letter in it: no message can match.",
                              SLICE_ARG(slice_head(text.wordings[i].text, 20)));
    }
    trigger->phrases = phrases;
    trigger->n_phrases = phrases ? text.n : 0;
}

/* Which members each kind of trigger may have, by enum flow_event. */
static const char *const FIELDS[FLOW_ON_COUNT][6] = {
    [FLOW_ON_GET_STARTED] = {"on", "go"},
    [FLOW_ON_PHRASE] = {"on", "go", "phrases", "match", "typos"},
    [FLOW_ON_PAYLOAD] = {"on", "go", "payload"},
    [FLOW_ON_REFERRAL] = {"on", "go", "ref"},
    [FLOW_ON_HELP] = {"on", "go", "phrases"},
    [FLOW_ON_NO_REPLY] = {"on", "go", "minutes"},
    [FLOW_ON_FALLBACK] = {"on", "go"},
};

static void read_trigger(struct flow_reader *rd, struct flow_place place, struct flow_trigger *ret)
{
    static const char *const MATCHES[] = {"contains", "whole"};
    int on = flow_read_word(rd, place, "on", EVENTS, FLOW_ON_COUNT, -1);

    if (on < 0) {
        if (!json_object_get(place.object, "on"))
            flow_read_problem(rd, FLOW_ERROR, flow_read_path(rd, place, "on"),
                              "This is missing. Say what starts this part of the flow.");
        ret->on = FLOW_ON_COUNT;
        return;
    }
    flow_read_known(rd, place, FIELDS[on]);
    ret->on = (enum flow_event)on;
    ret->go = flow_read_target(rd, place, "go", FLOW_REQUIRED);
    ret->whole = flow_read_word(rd, place, "match", MATCHES, ARRAY_LEN(MATCHES), 0) == 1;
    ret->typos = flow_read_bool(rd, place, "typos", true);
    if (on == FLOW_ON_PHRASE || on == FLOW_ON_HELP)
        read_phrases(rd, place, ret);
    if (on == FLOW_ON_PAYLOAD)
        ret->value = flow_read_string(rd, place, "payload", FLOW_REQUIRED, PAYLOAD_MAX);
    if (on == FLOW_ON_REFERRAL)
        ret->value = flow_read_string(rd, place, "ref", FLOW_OPTIONAL, PAYLOAD_MAX);
    if (on == FLOW_ON_NO_REPLY)
        ret->after_ms = MINUTE_MS * flow_read_int(rd, place, "minutes", 1, NO_REPLY_MINUTES_MAX, 0);
    if (on == FLOW_ON_NO_REPLY && ret->after_ms == 0)
        flow_read_problem(rd, FLOW_ERROR, flow_read_path(rd, place, "minutes"),
                          "Say after how many minutes without a reply.");
}

/* A second one would never be reached. */
static void check_repeated(struct flow_reader *rd, const struct flow_trigger *all, size_t n,
                           struct flow_place place)
{
    size_t i;

    for (i = 0; i < n; i++) {
        bool same = all[i].on == all[n].on && slice_eq(all[i].value, all[n].value);

        if (same && all[n].on != FLOW_ON_PHRASE && all[n].on != FLOW_ON_COUNT)
            flow_read_problem(rd, FLOW_ERROR, flow_read_path(rd, place, "on"),
                              "There is such a trigger already. Keep one of them.");
    }
}

static void read_triggers(struct flow_reader *rd, struct flow_place doc, struct flow *flow)
{
    size_t i, phrases = 0, n = flow_read_count(rd, doc, "triggers", TRIGGERS_MAX);
    struct flow_trigger *triggers = flow_read_alloc(rd, n, sizeof(*triggers));

    if (n == 0)
        flow_read_problem(rd, FLOW_ERROR, SLICE("triggers"),
                          "Nothing starts this flow. Add a trigger, for example get_started.");
    for (i = 0; triggers && i < n; i++) {
        struct flow_place place = flow_read_element(rd, doc, "triggers", i);

        read_trigger(rd, place, &triggers[i]);
        check_repeated(rd, triggers, i, place);
        phrases += triggers[i].n_phrases;
    }
    if (phrases > ALL_PHRASES_MAX)
        flow_read_problem(rd, FLOW_ERROR, SLICE("triggers"),
                          "There are %zu phrases in all; at most %d are allowed.", phrases,
                          ALL_PHRASES_MAX);
    flow->triggers = triggers;
    flow->n_triggers = triggers ? n : 0;
}

/* --- fields, nodes -------------------------------------------------------------------------- */

static void read_field(struct flow_reader *rd, struct flow_place place, struct flow_field *ret)
{
    static const char *const NAMES[] = {"meaning", "default", NULL};
    struct slice field = slice_head(place.path, place.path.len - 1);

    if (!expand_is_name(ret->name) ||
        (flow_name_reserved(ret->name) && !flow_name_contact(ret->name)))
        flow_read_problem(rd, FLOW_ERROR, field,
                          "A field is email, phone, first_name, last_name, or a name of your own: "
                          "small letters, digits and _.");
    if (!json_is_object(place.object)) {
        flow_read_problem(rd, FLOW_ERROR, field, "This must be an object in braces.");
        return;
    }
    flow_read_known(rd, place, NAMES);
    ret->meaning = flow_read_string(rd, place, "meaning", FLOW_REQUIRED, MEANING_MAX);
    ret->otherwise = flow_read_string(rd, place, "default", FLOW_OPTIONAL, FLOW_VALUE_MAX);
}

static void read_fields(struct flow_reader *rd, struct flow_place doc, struct flow *flow)
{
    json_t *object = json_object_get(doc.object, "fields");
    size_t n = json_object_size(object), i = 0;
    struct flow_field *fields;
    void *at;

    if (object && (!json_is_object(object) || n > FIELDS_MAX)) {
        flow_read_problem(rd, FLOW_ERROR, SLICE("fields"),
                          "This must be an object of at most %d fields.", FIELDS_MAX);
        return;
    }
    fields = flow_read_alloc(rd, n, sizeof(*fields));
    for (at = json_object_iter(object); fields && at; at = json_object_iter_next(object, at), i++) {
        const char *name = json_object_iter_key(at);
        struct slice path = arena_printf(rd->arena, "fields.%.60s.", name);

        fields[i].name = arena_copy(rd->arena, slice_cstr(name));
        read_field(rd, (struct flow_place){json_object_iter_value(at), path}, &fields[i]);
    }
    flow->fields = fields;
    flow->n_fields = i;
}

static int read_nodes(struct flow_reader *rd, struct flow_place doc, struct flow *flow)
{
    size_t i, n = json_array_size(json_object_get(doc.object, "nodes"));
    struct flow_node *nodes;

    if (n > FLOW_NODES_MAX)
        return ERR_LIMIT;
    n = flow_read_count(rd, doc, "nodes", FLOW_NODES_MAX);
    nodes = flow_read_alloc(rd, n, sizeof(*nodes));
    if (!nodes)
        return ERR_MEMORY;
    if (n == 0)
        flow_read_problem(rd, FLOW_ERROR, SLICE("nodes"), "This flow has no nodes. Add one.");
    for (i = 0; i < n; i++) {
        rd->node = SLICE_NONE;
        flow_node_read(rd, flow_read_element(rd, doc, "nodes", i), &nodes[i]);
    }
    rd->node = SLICE_NONE;
    flow->nodes = nodes;
    flow->n_nodes = n;
    return 0;
}

static void read_help_words(struct flow_reader *rd, struct flow *flow)
{
    struct flow_help *help;
    size_t i, n = 0;

    while (help_words_at(n))
        n++;
    help = flow_read_alloc(rd, n, sizeof(*help));
    for (i = 0; help && i < n; i++) {
        help[i].whole = help_words_at(i)->whole;
        if (text_form(slice_cstr(help_words_at(i)->phrase), rd->arena, &help[i].form) < 0)
            rd->err = ERR_MEMORY;
    }
    flow->help = help;
    flow->n_help = help ? n : 0;
}

/* --- the document --------------------------------------------------------------------------- */

static int read_document(struct flow_reader *rd, const json_t *json, struct flow *flow)
{
    static const char *const NAMES[] = {"lethe_flow", "name",     "note",  "language",
                                        "fields",     "triggers", "nodes", NULL};
    struct flow_place doc = {json, SLICE("")};
    int r;

    if (json_int(json, "lethe_flow", 0) != FLOW_VERSION) {
        flow_read_problem(rd, FLOW_ERROR, SLICE("lethe_flow"),
                          "This is no flow of version %d. Begin it with \"lethe_flow\": %d.",
                          FLOW_VERSION, FLOW_VERSION);
        return ERR_SYNTAX;
    }
    flow_read_known(rd, doc, NAMES);
    flow->name = flow_read_string(rd, doc, "name", FLOW_REQUIRED, NAME_MAX_BYTES);
    flow_read_string(rd, doc, "note", FLOW_OPTIONAL, FLOW_TEXT_MAX);
    flow->language = flow_read_string(rd, doc, "language", FLOW_OPTIONAL, 12);
    if (flow->language.len == 0)
        flow->language = SLICE("en");
    read_fields(rd, doc, flow);
    read_triggers(rd, doc, flow);
    read_help_words(rd, flow);
    r = read_nodes(rd, doc, flow);
    if (r == 0 && rd->err == 0)
        flow_check(rd, flow);
    return r < 0 ? r : rd->err;
}

static int fail(struct flow_reader *rd, int err)
{
    if (err == ERR_LIMIT)
        flow_read_problem(rd, FLOW_ERROR, SLICE(""),
                          "The flow is too large: at most 1 MiB, %d nodes, and %d levels.",
                          FLOW_NODES_MAX, JSON_DEPTH_MAX);
    else if (err == ERR_SYNTAX && rd->problems->errors == 0)
        flow_read_problem(rd, FLOW_ERROR, SLICE(""),
                          "This is not JSON. Look for a missing comma, quotation mark or brace, "
                          "or a name that stands twice.");
    return err;
}

int flow_parse(struct slice text, struct arena *arena, struct flow_problems *ret_problems,
               const struct flow **ret)
{
    struct flow_reader *rd = arena_alloc(arena, sizeof(*rd));
    struct flow *flow = arena_alloc(arena, sizeof(*flow));
    CLEANUP(json_cleanup) json_t *json = NULL;
    int r;

    memset(ret_problems, 0, sizeof(*ret_problems));
    if (!rd || !flow)
        return ERR_MEMORY;
    rd->arena = arena;
    rd->problems = ret_problems;
    r = text.len > FLOW_BYTES_MAX ? ERR_LIMIT : json_read(text, &json);
    if (r == 0)
        r = json_is_object(json) ? read_document(rd, json, flow) : ERR_SYNTAX;
    if (r < 0)
        return fail(rd, r);
    if (ret_problems->errors)
        return ERR_INVALID;
    *ret = flow;
    return 0;
}

static int write_chunk(const char *chunk, size_t n, void *arg)
{
    return buf_add(arg, slice_of(chunk, n));
}

int flow_tidy(struct slice text, struct buf *ret)
{
    CLEANUP(json_cleanup) json_t *json = NULL;
    int r = text.len > FLOW_BYTES_MAX ? ERR_LIMIT : json_read(text, &json);

    if (r < 0)
        return r;
    if (json_dump_callback(json, write_chunk, ret, JSON_INDENT(2)) != 0)
        return ERR_LIMIT;
    return buf_add_char(ret, '\n');
}

/* --- looking up ----------------------------------------------------------------------------- */

int flow_compare(struct slice a, struct slice b)
{
    size_t n = a.len < b.len ? a.len : b.len;
    int d = n ? memcmp(a.ptr, b.ptr, n) : 0;

    return d ? d : (a.len > b.len) - (a.len < b.len);
}

const struct flow_node *flow_node_by_id(const struct flow *flow, struct slice id)
{
    size_t low = 0, high = flow->n_nodes;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const struct flow_node *node = &flow->nodes[flow->by_id[middle]];
        int d = flow_compare(id, node->id);

        if (d == 0)
            return node;
        if (d < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}

const struct flow_trigger *flow_trigger_on(const struct flow *flow, enum flow_event on)
{
    size_t i;

    for (i = 0; i < flow->n_triggers; i++)
        if (flow->triggers[i].on == on)
            return &flow->triggers[i];
    return NULL;
}

const struct flow_field *flow_field_by_name(const struct flow *flow, struct slice name)
{
    size_t i;

    for (i = 0; i < flow->n_fields; i++)
        if (slice_eq(flow->fields[i].name, name))
            return &flow->fields[i];
    return NULL;
}

struct slice flow_name(const struct flow *flow)
{
    return flow->name;
}

size_t flow_node_count(const struct flow *flow)
{
    return flow->n_nodes;
}
