#include "bot/flow_read.h"

static const char *const SAY_FIELDS[] = {"id",    "type",          "note",    "text", "image",
                                         "cards", "quick_replies", "buttons", "next", NULL};
static const char *const CARD_FIELDS[] = {"title", "subtitle", "image", "buttons", NULL};

static bool some_lead_on(struct flow_choices choices)
{
    size_t i;

    for (i = 0; i < choices.n; i++)
        if (choices.items[i].exit != FLOW_NO_EXIT || choices.items[i].payload.len)
            return true;
    return false;
}

static void read_cards(struct flow_reader *rd, struct flow_place place, struct flow_say *say)
{
    size_t i, n = flow_read_count(rd, place, "cards", FLOW_LIST_MAX);
    struct flow_card *cards = flow_read_alloc(rd, n, sizeof(*cards));

    if (!cards)
        return;
    for (i = 0; i < n; i++) {
        struct flow_place at = flow_read_element(rd, place, "cards", i);

        flow_read_known(rd, at, CARD_FIELDS);
        cards[i].title = flow_read_text(rd, at, "title", FLOW_REQUIRED);
        cards[i].subtitle = flow_read_text(rd, at, "subtitle", FLOW_OPTIONAL);
        cards[i].image = flow_read_url(rd, at, "image", FLOW_OPTIONAL, false);
        cards[i].buttons = flow_choice_read(rd, at, "buttons", FLOW_BUTTON);
        say->offers = say->offers || some_lead_on(cards[i].buttons);
    }
    say->cards = cards;
    say->n_cards = n;
}

void flow_say_read(struct flow_reader *rd, struct flow_place place, struct flow_node *node)
{
    struct flow_say *say = &node->say;

    flow_read_known(rd, place, SAY_FIELDS);
    say->text = flow_read_text(rd, place, "text", FLOW_OPTIONAL);
    say->image = flow_read_url(rd, place, "image", FLOW_OPTIONAL, false);
    say->quick_replies = flow_choice_read(rd, place, "quick_replies", FLOW_QUICK_REPLY);
    say->buttons = flow_choice_read(rd, place, "buttons", FLOW_BUTTON);
    say->offers = some_lead_on(say->quick_replies) || some_lead_on(say->buttons);
    read_cards(rd, place, say);
    if (say->text.n == 0 && say->image.len == 0 && say->n_cards == 0)
        flow_read_problem(rd, FLOW_ERROR, SLICE("text"),
                          "This node says nothing. Give it a text, an image or cards.");
    if (say->text.n == 0 && (say->buttons.n || (say->quick_replies.n && say->n_cards == 0)))
        flow_read_problem(rd, FLOW_ERROR, SLICE("text"),
                          "Buttons and quick replies need a text above them.");
    node->next =
        flow_read_exit(rd, place, "next", say->offers ? FLOW_OPTIONAL : FLOW_REQUIRED, false, true);
    if (node->next != FLOW_NO_EXIT && say->quick_replies.n &&
        !slice_eq(rd->exits[node->next].to, SLICE("end")))
        flow_read_problem(rd, FLOW_WARNING, SLICE("quick_replies"),
                          "Quick replies vanish when another message follows. Take next out, or "
                          "use buttons.");
}
