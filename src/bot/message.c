#include "bot/message.h"

#include "base/json_out.h"

static void write_some(struct json_out *out, const char *key, struct pii value)
{
    if (!pii_empty(value))
        json_out_pii(out, key, value);
}

static void write_choices(struct json_out *out, const char *key, struct bot_choices choices)
{
    size_t i;

    if (choices.n == 0)
        return;
    json_out_array(out, key);
    for (i = 0; i < choices.n; i++) {
        json_out_object(out, NULL);
        json_out_pii(out, "title", choices.items[i].title);
        write_some(out, "payload", choices.items[i].payload);
        write_some(out, "url", choices.items[i].url);
        json_out_close_object(out);
    }
    json_out_close_array(out);
}

static void write_cards(struct json_out *out, const struct bot_message *message)
{
    size_t i;

    if (message->n_cards == 0)
        return;
    json_out_array(out, "cards");
    for (i = 0; i < message->n_cards; i++) {
        const struct bot_card *card = &message->cards[i];

        json_out_object(out, NULL);
        json_out_pii(out, "title", card->title);
        write_some(out, "subtitle", card->subtitle);
        write_some(out, "image", card->image);
        write_choices(out, "buttons", card->buttons);
        json_out_close_object(out);
    }
    json_out_close_array(out);
}

static void write_image(struct json_out *out, struct pii image)
{
    if (pii_empty(image))
        return;
    json_out_array(out, "attachments");
    json_out_object(out, NULL);
    json_out_str(out, "type", SLICE("image"));
    json_out_pii(out, "url", image);
    json_out_close_object(out);
    json_out_close_array(out);
}

static void write_input(struct json_out *out, const struct bot_message *message)
{
    size_t i;

    if (!message->input)
        return;
    json_out_object(out, "input");
    json_out_str(out, "type", slice_cstr(message->input));
    if (strcmp(message->input, "choice") == 0) {
        json_out_array(out, "choices");
        for (i = 0; i < message->quick_replies.n; i++)
            json_out_pii(out, NULL, message->quick_replies.items[i].title);
        json_out_close_array(out);
    }
    json_out_close_object(out);
}

int bot_message_parts(const struct bot_message *message, struct buf *ret)
{
    struct json_out out;

    if (pii_empty(message->image) && message->quick_replies.n == 0 && message->buttons.n == 0 &&
        message->n_cards == 0 && !message->input)
        return 0;
    json_out_init(&out, ret);
    json_out_object(&out, NULL);
    write_choices(&out, "quick_replies", message->quick_replies);
    write_choices(&out, "buttons", message->buttons);
    write_cards(&out, message);
    write_image(&out, message->image);
    write_input(&out, message);
    json_out_close_object(&out);
    return json_out_end(&out);
}
