#include "bot/flow_read.h"

#include <assert.h>

#include "bot/expand.h"
#include "bot/value.h"

enum { RETRIES_MAX = 10, RETRIES_USUAL = 2 };

static const char *const ASK_FIELDS[] = {"id",      "type", "note", "text",    "again",  "input",
                                         "save",    "min",  "max",  "only",    "whole",  "country",
                                         "choices", "skip", "next", "retries", "failed", NULL};
static const char *const INPUTS[] = {
    [FLOW_INPUT_TEXT] = "text",     [FLOW_INPUT_EMAIL] = "email", [FLOW_INPUT_PHONE] = "phone",
    [FLOW_INPUT_NUMBER] = "number", [FLOW_INPUT_DATE] = "date",   [FLOW_INPUT_CHOICE] = "choice",
    [FLOW_INPUT_FILE] = "file",
};
static_assert(ARRAY_LEN(INPUTS) == FLOW_INPUT_COUNT, "a name for every input");
static const char *const ONLY[] = {"any", "digits", "letters_digits"};
static_assert(ARRAY_LEN(ONLY) == FLOW_ONLY_COUNT, "a name for every only");

#define FOR(input) (1u << FLOW_INPUT_##input)
/* The checks, and the inputs for which they mean something. */
static const struct {
    const char *field;
    unsigned inputs;
} CHECKS[] = {
    {"min", FOR(TEXT) | FOR(NUMBER) | FOR(DATE)},
    {"max", FOR(TEXT) | FOR(NUMBER) | FOR(DATE)},
    {"only", FOR(TEXT)},
    {"whole", FOR(NUMBER)},
    {"country", FOR(PHONE)},
    {"choices", FOR(CHOICE)},
};

static struct flow_bound read_bound(struct flow_reader *rd, struct flow_place place,
                                    const char *key, enum flow_input input)
{
    const json_t *value = json_object_get(place.object, key);
    struct slice s = slice_of(json_string_value(value), json_string_length(value));
    struct flow_bound bound = {.set = value != NULL};
    const char *expected = "a whole number of letters";

    if (!value)
        return bound;
    if (input == FLOW_INPUT_DATE) {
        bound.today = slice_eq(s, SLICE("today"));
        if (bound.today || (s.ptr && value_day_iso(s, &bound.value) == 0))
            return bound;
        expected = "a day like \"2026-11-24\", or \"today\"";
    } else if (input == FLOW_INPUT_NUMBER) {
        double number = json_number_value(value);

        if (json_is_number(value) && number > -1e12 && number < 1e12) {
            bound.value = (int64_t)(number * (double)VALUE_ONE + (number < 0 ? -0.5 : 0.5));
            return bound;
        }
        expected = "a number";
    } else if (json_is_integer(value) && json_integer_value(value) >= 0) {
        bound.value = json_integer_value(value);
        return bound;
    }
    flow_read_problem(rd, FLOW_ERROR, flow_read_path(rd, place, key), "This must be %s.", expected);
    return (struct flow_bound){0};
}

static void check_applies(struct flow_reader *rd, struct flow_place place, enum flow_input input)
{
    size_t i;

    for (i = 0; i < ARRAY_LEN(CHECKS); i++)
        if (json_object_get(place.object, CHECKS[i].field) && !(CHECKS[i].inputs & 1u << input))
            flow_read_problem(rd, FLOW_ERROR, slice_cstr(CHECKS[i].field),
                              "This has no meaning for the input \"%s\". Take it out.",
                              INPUTS[input]);
}

static void read_checks(struct flow_reader *rd, struct flow_place place, struct flow_ask *ask)
{
    size_t i;

    check_applies(rd, place, ask->input);
    ask->min = read_bound(rd, place, "min", ask->input);
    ask->max = read_bound(rd, place, "max", ask->input);
    if (ask->min.set && ask->max.set && !ask->min.today && !ask->max.today &&
        ask->min.value > ask->max.value)
        flow_read_problem(rd, FLOW_ERROR, SLICE("min"),
                          "No answer can pass: min is above max. Swap them.");
    ask->only = flow_read_word(rd, place, "only", ONLY, FLOW_ONLY_COUNT, FLOW_ONLY_ANY);
    ask->whole = flow_read_bool(rd, place, "whole", false);
    ask->country = flow_read_string(rd, place, "country", FLOW_OPTIONAL, 4);
    for (i = 1; i < ask->country.len; i++)
        if (ask->country.ptr[i] < '0' || ask->country.ptr[i] > '9')
            break;
    if (ask->country.len && (ask->country.ptr[0] != '+' || i < ask->country.len || i < 2))
        flow_read_problem(rd, FLOW_ERROR, SLICE("country"),
                          "Write the country's code like \"+49\".");
}

static void read_save(struct flow_reader *rd, struct flow_place place, struct flow_ask *ask)
{
    ask->save = flow_read_string(rd, place, "save", FLOW_OPTIONAL, EXPAND_NAME_MAX);
    if (ask->save.len == 0)
        return;
    if (!expand_is_name(ask->save) ||
        (flow_name_reserved(ask->save) && !flow_name_contact(ask->save))) {
        flow_read_problem(rd, FLOW_ERROR, SLICE("save"),
                          "An answer can be saved as email, phone, first_name, last_name, or under "
                          "a name of your own (small letters, digits, _).");
        ask->save = SLICE_NONE;
    } else if ((slice_eq(ask->save, SLICE("email")) && ask->input != FLOW_INPUT_EMAIL) ||
               (slice_eq(ask->save, SLICE("phone")) && ask->input != FLOW_INPUT_PHONE)) {
        flow_read_problem(rd, FLOW_ERROR, SLICE("save"),
                          "Only a checked answer may go there. Set input to \"%.*s\".",
                          SLICE_ARG(ask->save));
    }
}

static void read_skip(struct flow_reader *rd, struct flow_place place, struct flow_ask *ask)
{
    const json_t *skip = json_object_get(place.object, "skip");

    ask->skip.exit = FLOW_NO_EXIT;
    if (!skip)
        return;
    if (!json_is_object(skip)) {
        flow_read_problem(rd, FLOW_ERROR, SLICE("skip"),
                          "This must be an object: {\"title\": \"Skip\", \"go\": \"node\"}.");
        return;
    }
    flow_choice_read_one(rd, (struct flow_place){skip, SLICE("skip.")}, FLOW_ANSWER, &ask->skip);
}

void flow_ask_read(struct flow_reader *rd, struct flow_place place, struct flow_node *node)
{
    struct flow_ask *ask = &node->ask;

    flow_read_known(rd, place, ASK_FIELDS);
    ask->text = flow_read_text(rd, place, "text", FLOW_REQUIRED);
    ask->again = flow_read_text(rd, place, "again", FLOW_OPTIONAL);
    ask->input = flow_read_word(rd, place, "input", INPUTS, FLOW_INPUT_COUNT, FLOW_INPUT_TEXT);
    read_checks(rd, place, ask);
    ask->choices = flow_choice_read(rd, place, "choices", FLOW_ANSWER);
    if (ask->input == FLOW_INPUT_CHOICE && ask->choices.n == 0)
        flow_read_problem(rd, FLOW_ERROR, SLICE("choices"),
                          "There is nothing to choose from. Add choices.");
    read_save(rd, place, ask);
    read_skip(rd, place, ask);
    ask->retries = (int)flow_read_int(rd, place, "retries", 0, RETRIES_MAX, RETRIES_USUAL);
    ask->failed = flow_read_exit(rd, place, "failed", FLOW_OPTIONAL, true, false);
    if (ask->failed == FLOW_NO_EXIT && ask->input != FLOW_INPUT_TEXT)
        flow_read_problem(rd, FLOW_WARNING, SLICE("failed"),
                          "After too many wrong answers the flow simply stops here. Name the node "
                          "that comes then, for example one of type help.");
    node->next = flow_read_exit(rd, place, "next", FLOW_REQUIRED, true, false);
}
