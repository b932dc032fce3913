#include "channel/messenger_compose.h"

#include "base/err.h"
#include "base/json.h"
#include "base/json_out.h"
#include "base/utf8.h"

enum {
    BUTTON_TEXT_MAX = 640,
    BUTTONS_MAX = 3,
    QUICK_REPLIES_MAX = 13,
    TITLE_MAX = 20,
    CARDS_MAX = 10,
    CARD_TEXT_MAX = 80,
    PAYLOAD_MAX = 1000,
    WORDS_BYTES_MAX = 64 * 1024,
};

struct parts {
    struct slice text;
    const json_t *quick_replies, *buttons, *cards, *attachment;
};

static bool is_web_address(struct slice url)
{
    return slice_starts(url, SLICE("https://")) || slice_starts(url, SLICE("http://"));
}

static void out_head(struct json_out *out, const char *key, struct slice text, size_t chars)
{
    json_out_str(out, key, utf8_head(text, chars));
}

/* A choice without a payload answers with its own title. */
static void out_payload(struct json_out *out, const json_t *choice)
{
    struct slice payload = json_str(choice, "payload");

    out_head(out, "payload", payload.len ? payload : json_str(choice, "title"), PAYLOAD_MAX);
}

static void out_quick_reply(struct json_out *out, const json_t *choice)
{
    json_out_object(out, NULL);
    json_out_str(out, "content_type", SLICE("text"));
    out_head(out, "title", json_str(choice, "title"), TITLE_MAX);
    out_payload(out, choice);
    json_out_close_object(out);
}

static bool is_link(const json_t *choice)
{
    return is_web_address(json_str(choice, "url"));
}

/* Quick replies, and buttons that found no place as such. */
static void out_quick_replies(struct json_out *out, const json_t *replies, const json_t *buttons)
{
    size_t i, left = QUICK_REPLIES_MAX, open = 0;
    const json_t *const lists[] = {replies, buttons};
    size_t list;

    for (list = 0; list < ARRAY_LEN(lists); list++) {
        for (i = 0; i < json_array_size(lists[list]) && left; i++) {
            const json_t *choice = json_array_get(lists[list], i);

            if (is_link(choice) || json_str(choice, "title").len == 0)
                continue;
            if (!open++)
                json_out_array(out, "quick_replies");
            out_quick_reply(out, choice);
            left--;
        }
    }
    if (open)
        json_out_close_array(out);
}

static void out_buttons(struct json_out *out, const json_t *buttons)
{
    size_t i;

    if (json_array_size(buttons) == 0)
        return;
    json_out_array(out, "buttons");
    for (i = 0; i < json_array_size(buttons) && i < BUTTONS_MAX; i++) {
        const json_t *button = json_array_get(buttons, i);

        json_out_object(out, NULL);
        json_out_str(out, "type", is_link(button) ? SLICE("web_url") : SLICE("postback"));
        out_head(out, "title", json_str(button, "title"), TITLE_MAX);
        if (is_link(button))
            json_out_str(out, "url", json_str(button, "url"));
        else
            out_payload(out, button);
        json_out_close_object(out);
    }
    json_out_close_array(out);
}

static void out_card(struct json_out *out, const json_t *card)
{
    struct slice subtitle = json_str(card, "subtitle"), image = json_str(card, "image");
    bool bare = !subtitle.len && !is_web_address(image) &&
                json_array_size(json_object_get(card, "buttons")) == 0;

    json_out_object(out, NULL);
    out_head(out, "title", json_str(card, "title"), CARD_TEXT_MAX);
    if (subtitle.len || bare) /* a title alone is refused */
        out_head(out, "subtitle", bare ? SLICE("\xC2\xA0") : subtitle, CARD_TEXT_MAX);
    if (is_web_address(image))
        json_out_str(out, "image_url", image);
    out_buttons(out, json_object_get(card, "buttons"));
    json_out_close_object(out);
}

static void open_template(struct json_out *out, const char *type)
{
    json_out_object(out, "attachment");
    json_out_str(out, "type", SLICE("template"));
    json_out_object(out, "payload");
    json_out_str(out, "template_type", slice_cstr(type));
}

static void close_template(struct json_out *out)
{
    json_out_close_object(out);
    json_out_close_object(out);
}

static void out_cards(struct json_out *out, const json_t *cards)
{
    size_t i;

    open_template(out, "generic");
    json_out_array(out, "elements");
    for (i = 0; i < json_array_size(cards) && i < CARDS_MAX; i++)
        out_card(out, json_array_get(cards, i));
    json_out_close_array(out);
    close_template(out);
}

static const char *media_type(const json_t *attachment)
{
    static const char *const types[] = {"image", "audio", "video"};
    size_t i;

    for (i = 0; i < ARRAY_LEN(types); i++)
        if (slice_eq(json_str(attachment, "type"), slice_cstr(types[i])))
            return types[i];
    return "file";
}

static void out_attachment(struct json_out *out, const json_t *attachment)
{
    json_out_object(out, "attachment");
    json_out_str(out, "type", slice_cstr(media_type(attachment)));
    json_out_object(out, "payload");
    json_out_str(out, "url", json_str(attachment, "url"));
    json_out_close_object(out);
    json_out_close_object(out);
}

/* Text with what can't stand beside it in one message, a line each. */

static int add_line(struct buf *words, struct slice title, struct slice url)
{
    int r = words->len ? buf_add_char(words, '\n') : 0;

    if (r == 0)
        r = buf_add(words, title);
    if (r == 0 && title.len && url.len)
        r = buf_add(words, SLICE(": "));
    return r < 0 ? r : buf_add(words, url);
}

static int add_links(struct buf *words, const json_t *choices)
{
    size_t i;
    int r = 0;

    for (i = 0; r == 0 && i < json_array_size(choices); i++) {
        const json_t *choice = json_array_get(choices, i);

        if (is_link(choice))
            r = add_line(words, json_str(choice, "title"), json_str(choice, "url"));
    }
    return r;
}

static int add_cards(struct buf *words, const json_t *cards)
{
    size_t i;
    int r = 0;

    for (i = 0; r == 0 && i < json_array_size(cards); i++) {
        const json_t *card = json_array_get(cards, i);

        r = add_line(words, json_str(card, "title"), json_str(card, "subtitle"));
        if (r == 0)
            r = add_links(words, json_object_get(card, "buttons"));
    }
    return r;
}

static int out_words(struct json_out *out, const struct parts *parts)
{
    struct buf words = BUF_INIT(WORDS_BYTES_MAX);
    int r = buf_add(&words, parts->text);

    if (r == 0)
        r = add_links(&words, parts->buttons);
    if (r == 0 && parts->text.len)
        r = add_cards(&words, parts->cards);
    if (r == 0 && parts->attachment)
        r = add_line(&words, json_str(parts->attachment, "name"),
                     json_str(parts->attachment, "url"));
    if (r == 0)
        out_head(out, "text", buf_slice(&words), MESSENGER_TEXT_MAX);
    buf_done(&words);
    out_quick_replies(out, parts->quick_replies, parts->buttons);
    return r;
}

static bool fits_button_template(const struct parts *parts)
{
    size_t n = json_array_size(parts->buttons);

    return n > 0 && n <= BUTTONS_MAX && parts->text.len &&
           utf8_count(parts->text) <= BUTTON_TEXT_MAX && !parts->attachment &&
           json_array_size(parts->cards) == 0 && json_array_size(parts->quick_replies) == 0;
}

static int out_content(struct json_out *out, const struct parts *parts)
{
    bool cards = json_array_size(parts->cards) > 0;

    if (fits_button_template(parts)) {
        open_template(out, "button");
        json_out_str(out, "text", parts->text);
        out_buttons(out, parts->buttons);
        close_template(out);
        return 0;
    }
    if (parts->text.len)
        return out_words(out, parts);
    if (cards)
        out_cards(out, parts->cards);
    else if (parts->attachment)
        out_attachment(out, parts->attachment);
    else
        return ERR_INVALID;
    out_quick_replies(out, parts->quick_replies, parts->buttons);
    return 0;
}

static struct parts parts_of(const json_t *body)
{
    const json_t *first = json_array_get(json_object_get(body, "attachments"), 0);

    return (struct parts){
        .text = slice_trim(json_str(body, "text")),
        .quick_replies = json_object_get(body, "quick_replies"),
        .buttons = json_object_get(body, "buttons"),
        .cards = json_object_get(body, "cards"),
        .attachment = is_web_address(json_str(first, "url")) ? first : NULL,
    };
}

int messenger_compose(const struct messenger_letter *letter, struct buf *ret)
{
    CLEANUP(json_cleanup) json_t *body = NULL;
    struct json_out out;
    struct parts parts;
    int r = json_read(pii_reveal(letter->body), &body);

    if (r < 0)
        return r == ERR_MEMORY ? r : ERR_DAMAGED;
    parts = parts_of(body);
    json_out_init(&out, ret);
    json_out_object(&out, NULL);
    json_out_object(&out, "recipient");
    json_out_pii(&out, "id", letter->to);
    json_out_close_object(&out);
    json_out_str(&out, "messaging_type", slice_cstr(letter->messaging_type));
    if (letter->tag)
        json_out_str(&out, "tag", slice_cstr(letter->tag));
    json_out_object(&out, "message");
    r = out_content(&out, &parts);
    json_out_str(&out, "metadata", slice_cstr(letter->metadata));
    json_out_close_object(&out);
    json_out_close_object(&out);
    return r < 0 ? r : json_out_end(&out);
}
