#include "bot/flow_read.h"

#include "base/utf8.h"

enum { PAYLOAD_MAX = 500, VALUE_CHARS = 40, VALUE_MAX = 4 * VALUE_CHARS };

/* What each kind may hold, by enum flow_choice_kind. */
static const char *const QUICK_REPLY_FIELDS[] = {"title", "also", "go", "payload", NULL};
static const char *const BUTTON_FIELDS[] = {"title", "go", "payload", "url", NULL};
static const char *const ANSWER_FIELDS[] = {"title", "also", "go", "value", NULL};
static const char *const *const FIELDS[] = {QUICK_REPLY_FIELDS, BUTTON_FIELDS, ANSWER_FIELDS};

/* A press on it must do one thing. */
static void one_effect(struct flow_reader *rd, struct flow_place place,
                       const struct flow_choice *choice)
{
    int effects =
        (choice->exit != FLOW_NO_EXIT) + (choice->payload.len > 0) + (choice->url.len > 0);

    if (effects == 0)
        flow_read_problem(rd, FLOW_ERROR, flow_read_path(rd, place, "go"),
                          "Nothing happens when this is pressed. Give it a node to go to, a "
                          "payload, or (a button) a url.");
    if (effects > 1)
        flow_read_problem(rd, FLOW_ERROR, flow_read_path(rd, place, "go"),
                          "This can do only one thing: keep go, payload or url.");
}

void flow_choice_read_one(struct flow_reader *rd, struct flow_place place,
                          enum flow_choice_kind kind, struct flow_choice *ret)
{
    struct flow_text also = {0};

    flow_read_known(rd, place, FIELDS[kind]);
    ret->title = flow_read_text(rd, place, "title", FLOW_REQUIRED);
    ret->exit = flow_read_exit(rd, place, "go", FLOW_OPTIONAL, true, false);
    if (kind != FLOW_BUTTON)
        also = flow_read_phrases(rd, place, "also", FLOW_OPTIONAL);
    flow_read_forms(rd, ret->title, also, &ret->forms, &ret->n_forms);
    if (kind == FLOW_ANSWER) {
        ret->value = flow_read_string(rd, place, "value", FLOW_OPTIONAL, VALUE_MAX);
        if (ret->value.len == 0 && ret->title.n)
            ret->value = utf8_head(ret->title.wordings[0].text, VALUE_CHARS);
        return;
    }
    ret->payload = flow_read_string(rd, place, "payload", FLOW_OPTIONAL, PAYLOAD_MAX);
    if (kind == FLOW_BUTTON)
        ret->url = flow_read_url(rd, place, "url", FLOW_OPTIONAL, true);
    one_effect(rd, place, ret);
}

struct flow_choices flow_choice_read(struct flow_reader *rd, struct flow_place place,
                                     const char *key, enum flow_choice_kind kind)
{
    size_t i, n = flow_read_count(rd, place, key, FLOW_LIST_MAX);
    struct flow_choice *items = flow_read_alloc(rd, n, sizeof(*items));

    if (!items || n == 0)
        return (struct flow_choices){0};
    for (i = 0; i < n; i++)
        flow_choice_read_one(rd, flow_read_element(rd, place, key, i), kind, &items[i]);
    return (struct flow_choices){items, n};
}
