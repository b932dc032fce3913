#include "bot/run_inside.h"

#include "base/err.h"
#include "base/utf8.h"
#include "bot/split.h"

enum {
    EXPANDED_MAX = 32768, /* bytes of one text with its values */
    URL_BYTES_MAX = 4000,
    TITLE_BYTES_MAX = 2000,
};

static const char *const INPUTS[] = {
    [FLOW_INPUT_TEXT] = "text",     [FLOW_INPUT_EMAIL] = "email", [FLOW_INPUT_PHONE] = "phone",
    [FLOW_INPUT_NUMBER] = "number", [FLOW_INPUT_DATE] = "date",   [FLOW_INPUT_CHOICE] = "choice",
    [FLOW_INPUT_FILE] = "file",
};

/* A title or card text of at most `chars`; what is cut off shows as an ellipsis. */
static struct pii short_text(struct run *run, struct flow_text text, size_t chars)
{
    struct pii whole = run_expand(run, run_wording(run, text), EXPAND_TEXT, TITLE_BYTES_MAX);
    struct slice s = pii_reveal(whole), kept;

    if (utf8_count(s) <= chars)
        return whole;
    s = utf8_head(s, chars - 1);
    kept = arena_printf(run->arena, "%.*s\xE2\x80\xA6", SLICE_ARG(s));
    if (!kept.ptr)
        run->err = ERR_MEMORY;
    return pii_of(kept);
}

static struct pii address(struct run *run, struct slice url)
{
    return url.len ? run_expand(run, url, EXPAND_URL, URL_BYTES_MAX) : pii_of(SLICE_NONE);
}

/* The choices a channel can show; `extra` leaves room for one more behind them. */
static struct bot_choices choices(struct run *run, const struct flow_node *node,
                                  struct flow_choices from, size_t most, size_t chars, bool extra)
{
    size_t i, n = from.n < most - extra ? from.n : most - extra;
    struct bot_choice *items = run_alloc(run, n + extra, sizeof(*items));

    for (i = 0; items && i < n; i++) {
        const struct flow_choice *choice = &from.items[i];

        items[i].title = short_text(run, choice->title, chars);
        items[i].url = address(run, choice->url);
        if (choice->url.len == 0)
            items[i].payload = pii_of(run_choice_payload(run, node, choice));
    }
    return (struct bot_choices){items, items ? n : 0};
}

static struct bot_message *message(struct run *run, const struct flow_node *node)
{
    struct bot_output *output = NULL;

    if (run->messages < BOT_MESSAGES_MAX)
        output = run_output(run, BOT_SAY, node->id);
    run->messages++;
    return output ? &output->say : NULL;
}

/* Says a text in as many messages as it needs; the last one, which may carry more, is returned. */
static struct bot_message *say_text(struct run *run, const struct flow_node *node,
                                    struct flow_text text, size_t last_max)
{
    struct slice rest =
        pii_reveal(run_expand(run, run_wording(run, text), EXPAND_TEXT, EXPANDED_MAX));
    size_t max = run->limits->text, count = utf8_count(rest);
    struct bot_message *last = NULL;
    struct slice piece;

    while (split_next(&rest, count > max ? max : last_max, &piece)) {
        last = message(run, node);
        if (!last)
            return NULL;
        last->text = pii_of(piece);
        count = utf8_count(rest);
    }
    return last;
}

bool run_say_text(struct run *run, const struct flow_node *node, struct flow_text text)
{
    return text.n > 0 && say_text(run, node, text, run->limits->text) != NULL;
}

static void add_cards(struct run *run, const struct flow_node *node, struct bot_message *to)
{
    const struct bot_limits *limits = run->limits;
    const struct flow_say *say = &node->say;
    size_t i, n = say->n_cards < limits->cards ? say->n_cards : limits->cards;
    struct bot_card *cards = run_alloc(run, n, sizeof(*cards));

    for (i = 0; cards && i < n; i++) {
        const struct flow_card *card = &say->cards[i];

        cards[i].title = short_text(run, card->title, limits->card_text);
        if (card->subtitle.n)
            cards[i].subtitle = short_text(run, card->subtitle, limits->card_text);
        cards[i].image = address(run, card->image);
        cards[i].buttons =
            choices(run, node, card->buttons, limits->buttons, limits->button_title, false);
    }
    to->cards = cards;
    to->n_cards = cards ? n : 0;
}

/* Image, text, cards: each a message, since no channel shows them all in one. The quick replies go
 * with the last, because they vanish when another message follows. */
void run_say_node(struct run *run, const struct flow_node *node)
{
    const struct bot_limits *limits = run->limits;
    const struct flow_say *say = &node->say;
    struct bot_message *last = NULL;

    if (say->image.len && (last = message(run, node)))
        last->image = address(run, say->image);
    if (say->text.n) {
        last = say_text(run, node, say->text,
                        say->buttons.n ? limits->text_with_buttons : limits->text);
        if (last && say->buttons.n)
            last->buttons =
                choices(run, node, say->buttons, limits->buttons, limits->button_title, false);
    }
    if (say->n_cards && (last = message(run, node)))
        add_cards(run, node, last);
    if (last && say->quick_replies.n)
        last->quick_replies = choices(run, node, say->quick_replies, limits->quick_replies,
                                      limits->quick_reply_title, false);
}

void run_say_question(struct run *run, const struct flow_node *node, bool again)
{
    const struct bot_limits *limits = run->limits;
    const struct flow_ask *ask = &node->ask;
    bool skips = ask->skip.title.n > 0;
    struct bot_message *last =
        say_text(run, node, again && ask->again.n ? ask->again : ask->text, limits->text);
    struct bot_choice *skip;

    if (!last)
        return;
    last->input = INPUTS[ask->input];
    last->quick_replies =
        choices(run, node, ask->choices, limits->quick_replies, limits->quick_reply_title, skips);
    if (!skips || !last->quick_replies.items)
        return;
    skip = (struct bot_choice *)&last->quick_replies.items[last->quick_replies.n++];
    skip->title = short_text(run, ask->skip.title, limits->quick_reply_title);
    skip->payload = pii_of(arena_printf(run->arena, "skip:%.*s", SLICE_ARG(node->id)));
}
