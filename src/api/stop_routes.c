/* stop_routes.c - "stop this alert" of a mail: one click in the mail program (RFC 8058), or a
 * button on a page. A GET changes nothing: scanners follow every link. */
#include "account/post.h"
#include "api/page.h"
#include "api/routes.h"
#include "base/err.h"

enum { BODY_MAX = 4 * 1024 };

struct words {
    const char *lang;
    const char *title;
    const char *question[ALERT_CHANNEL + 1];
    const char *button;
    const char *done_title;
    const char *done;
    const char *unknown_title;
    const char *unknown;
};

static const struct words all_words[] = {
    {"en",
     "Stop this alert",
     {[ALERT_HELP] = "You get a mail whenever somebody asks for a person.",
      [ALERT_CHANNEL] = "You get a mail whenever a channel stops working."},
     "Stop these mails",
     "No more of these mails",
     "You can switch them on again in Settings, under Alerts.",
     "This link is not complete",
     "Copy the whole address from the mail, or switch the alert off in Settings, under Alerts."},
    {"de",
     "Diese Benachrichtigung abstellen",
     {[ALERT_HELP] = "Sie erhalten eine Mail, wenn jemand mit einem Menschen sprechen möchte.",
      [ALERT_CHANNEL] = "Sie erhalten eine Mail, wenn ein Kanal nicht mehr funktioniert."},
     "Diese Mails abstellen",
     "Diese Mails kommen nicht mehr",
     "Sie können sie in den Einstellungen unter „Benachrichtigungen“ wieder einschalten.",
     "Dieser Link ist nicht vollständig",
     "Kopieren Sie die ganze Adresse aus der Mail, oder stellen Sie die Benachrichtigung in den "
     "Einstellungen ab."},
};

static const struct words *words_of(const struct call *call)
{
    struct slice lang = page_language(call);
    size_t i;

    for (i = 0; i < ARRAY_LEN(all_words); i++)
        if (slice_eq(lang, slice_cstr(all_words[i].lang)))
            return &all_words[i];
    return &all_words[0];
}

static int page(struct call *call, const struct words *words, const char *title, const char *html)
{
    return page_public(call, slice_cstr(words->lang), slice_cstr(title), slice_cstr(html));
}

static int sentence_page(struct call *call, const struct words *words, const char *title,
                         const char *sentence)
{
    struct slice html = arena_printf(call->arena, "<p>%s</p>", sentence);

    return html.ptr ? page(call, words, title, html.ptr) : ERR_MEMORY;
}

static int unknown_page(struct call *call)
{
    const struct words *words = words_of(call);

    call->status = 404;
    return sentence_page(call, words, words->unknown_title, words->unknown);
}

static int ask(struct turn *turn, struct call *call)
{
    const struct words *words = words_of(call);
    enum alert_flag flag;
    struct slice html;
    int64_t user;
    int r = post_stop_read(turn->vault, call->params[0], &user, &flag);

    if (r == ERR_NOT_FOUND)
        return unknown_page(call);
    if (r < 0)
        return r;
    /* The empty action is this very address, whose word is checked and holds no markup. */
    html = arena_printf(call->arena,
                        "<p>%s</p><form method=\"post\"><button name=\"List-Unsubscribe\""
                        " value=\"One-Click\">%s</button></form>",
                        words->question[flag], words->button);
    return html.ptr ? page(call, words, words->title, html.ptr) : ERR_MEMORY;
}

static bool contains(struct slice text, struct slice part)
{
    size_t i;

    for (i = 0; i + part.len <= text.len; i++)
        if (memcmp(text.ptr + i, part.ptr, part.len) == 0)
            return true;
    return false;
}

/* "List-Unsubscribe=One-Click", urlencoded or as the one part of a multipart form. */
static bool is_one_click(struct slice body)
{
    return contains(body, SLICE("List-Unsubscribe")) && contains(body, SLICE("One-Click"));
}

static int stop_end(struct turn *turn, struct call *call)
{
    const struct words *words = words_of(call);
    enum alert_flag flag;
    int64_t user;
    int r = post_stop_read(turn->vault, call->params[0], &user, &flag);

    if (r == 0)
        r = post_stop(turn, user, flag);
    return r < 0 ? r : sentence_page(call, words, words->done_title, words->done);
}

static int stop(struct turn *turn, struct call *call)
{
    enum alert_flag flag;
    int64_t user;
    int r = post_stop_read(turn->vault, call->params[0], &user, &flag);

    if (r == ERR_NOT_FOUND)
        return unknown_page(call);
    if (r == 0 && !is_one_click(http_body(call->http)))
        return call_fail(call, ERR_SYNTAX, "The body must be List-Unsubscribe=One-Click.");
    call->then = stop_end;
    call->then_lane = LANE_WRITE;
    return r;
}

const struct route stop_routes[] = {
    {HTTP_GET_, "/unsubscribe/{word}", LANE_READ, ACCESS_PUBLIC, 0, ask},
    {HTTP_POST_, "/unsubscribe/{word}", LANE_READ, ACCESS_PUBLIC, 0, stop, .body_max = BODY_MAX,
     .raw = true},
};
const size_t stop_routes_count = ARRAY_LEN(stop_routes);
