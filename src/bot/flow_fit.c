#include "base/utf8.h"
#include "bot/flow_read.h"
#include "bot/limits.h"

/* Does it fit into one message of every channel? Long texts are split when they are said, so only
 * counts and titles matter here. */

struct fit {
    struct flow_reader *rd;
    const struct bot_limits *limits;
};

static void check_count(struct fit *fit, struct slice field, size_t n, size_t most)
{
    if (n > most)
        flow_read_problem(fit->rd, FLOW_ERROR, field, "There are %zu; %s shows at most %zu.", n,
                          fit->limits->channel, most);
}

static void check_text(struct fit *fit, struct slice field, struct flow_text text, size_t most)
{
    size_t i;

    for (i = 0; i < text.n; i++)
        if (utf8_count(text.wordings[i].text) > most) {
            flow_read_problem(fit->rd, FLOW_ERROR, field,
                              "\"%.*s\" is %zu letters long; %s shows at most %zu here.",
                              SLICE_ARG(utf8_head(text.wordings[i].text, 30)),
                              utf8_count(text.wordings[i].text), fit->limits->channel, most);
            return;
        }
}

static void check_choices(struct fit *fit, const char *path, struct flow_choices choices,
                          size_t most, size_t title)
{
    size_t i;

    check_count(fit, slice_cstr(path), choices.n, most);
    for (i = 0; i < choices.n; i++) {
        struct slice field = arena_printf(fit->rd->arena, "%s[%zu].title", path, i);

        check_text(fit, field, choices.items[i].title, title);
    }
}

static void check_cards(struct fit *fit, const struct flow_say *say)
{
    struct arena *arena = fit->rd->arena;
    size_t i;

    check_count(fit, SLICE("cards"), say->n_cards, fit->limits->cards);
    for (i = 0; i < say->n_cards; i++) {
        const struct flow_card *card = &say->cards[i];
        struct slice buttons = arena_printf(arena, "cards[%zu].buttons", i);

        check_text(fit, arena_printf(arena, "cards[%zu].title", i), card->title,
                   fit->limits->card_text);
        check_text(fit, arena_printf(arena, "cards[%zu].subtitle", i), card->subtitle,
                   fit->limits->card_text);
        if (buttons.ptr)
            check_choices(fit, buttons.ptr, card->buttons, fit->limits->buttons,
                          fit->limits->button_title);
    }
}

static void check_node(struct fit *fit, const struct flow_node *node)
{
    const struct bot_limits *limits = fit->limits;
    struct flow_text skip = {0};

    fit->rd->node = node->id;
    if (node->type == FLOW_TYPE_SAY) {
        check_choices(fit, "quick_replies", node->say.quick_replies, limits->quick_replies,
                      limits->quick_reply_title);
        check_choices(fit, "buttons", node->say.buttons, limits->buttons, limits->button_title);
        check_cards(fit, &node->say);
    } else if (node->type == FLOW_TYPE_ASK) {
        skip = node->ask.skip.title;
        check_choices(fit, "choices", node->ask.choices, limits->quick_replies - (skip.n > 0),
                      limits->quick_reply_title);
        check_text(fit, SLICE("skip.title"), skip, limits->quick_reply_title);
    }
}

void flow_fit(struct flow_reader *rd, const struct flow *flow)
{
    struct fit fit = {.rd = rd};
    size_t i, k;

    for (i = 0; i < flow->n_nodes; i++)
        for (k = 0; (fit.limits = bot_limits_at(k)); k++)
            check_node(&fit, &flow->nodes[i]);
    rd->node = SLICE_NONE;
}
