/* offline_routes.c - a message left with an e-mail address: without scripts, or while nobody is
 * there. Whoever leaves one is a stranger; the answer goes by e-mail. */
#include "api/app.h"
#include "api/page.h"
#include "api/routes.h"
#include "api/widget.h"
#include "base/err.h"
#include "base/utf8.h"
#include "channel/web.h"
#include "net/http_path.h"
#include "person/person.h"
#include "talk/ingest.h"

enum { BODY_MAX = 64 * 1024, EMAIL_MAX = 254 /* RFC 5321 §4.5.3.1 */, TEXT_MAX = 4000 };

/* Between the steps. */
struct left {
    struct visit visit;
    struct pii email, text;
    bool form;
    struct slice lang;
};

/* One value of an urlencoded form; empty when it is missing or malformed. */
static struct slice form_value(struct arena *arena, struct slice form, struct slice name)
{
    struct slice pair, key;
    char *value;
    size_t len;

    while (slice_cut(&form, '&', &pair)) {
        if (!slice_cut(&pair, '=', &key) || !slice_eq(key, name))
            continue;
        value = arena_alloc(arena, pair.len + 1);
        if (!value || http_form_decode(pair, value, &len) < 0)
            return SLICE_NONE;
        return slice_of(value, len);
    }
    return SLICE_NONE;
}

static int read_json(struct call *call, struct left *left)
{
    int r = json_read(http_body(call->http), &call->body);

    if (r < 0 || !json_is_object(call->body))
        return call_fail(call, ERR_SYNTAX, "The body must be one JSON object in UTF-8, or a form.");
    left->email = call_body_pii(call, "email");
    left->text = call_body_pii(call, "text");
    return 0;
}

static bool is_email(struct slice s)
{
    ptrdiff_t at = slice_find(s, '@');
    size_t i;

    for (i = 0; i < s.len; i++)
        if ((unsigned char)s.ptr[i] <= 0x20 || s.ptr[i] == 0x7f)
            return false;
    return at > 0 && (size_t)at + 1 < s.len && s.len <= EMAIL_MAX &&
           slice_find(slice_from(s, (size_t)at + 1), '@') < 0;
}

static int read_left(struct call *call, struct left *left)
{
    struct slice type = http_header(call->http, "content-type"), form = http_body(call->http);
    int r = 0;

    left->form = slice_starts(type, SLICE("application/x-www-form-urlencoded"));
    left->lang = page_language(call);
    if (left->form) {
        left->email = pii_of(form_value(call->arena, form, SLICE("email")));
        left->text = pii_of(form_value(call->arena, form, SLICE("text")));
    } else {
        r = read_json(call, left);
    }
    if (r < 0)
        return r;
    left->email = pii_of(slice_trim(pii_reveal(left->email)));
    left->text = pii_of(slice_trim(pii_reveal(left->text)));
    if (!is_email(pii_reveal(left->email)))
        return call_fail(call, ERR_INVALID,
                         "That is not a whole e-mail address. Go back and type "
                         "it like ada@example.com.");
    if (pii_empty(left->text))
        return call_fail(call, ERR_INVALID, "The message is empty. Go back and write something.");
    return utf8_count(pii_reveal(left->text)) > TEXT_MAX
               ? call_fail(call, ERR_LIMIT, "The message is too long: at most 4,000 characters.")
               : 0;
}

/* What a person without scripts reads afterwards. */
static int thank(struct call *call, const struct left *left)
{
    if (!left->form) {
        call->status = 202;
        return 0;
    }
    if (slice_eq(left->lang, SLICE("de")))
        return page_public(call, left->lang, SLICE("Nachricht angekommen"),
                           SLICE("<p class=\"ok\">Danke, Ihre Nachricht ist gespeichert.</p>"
                                 "<p>Jemand liest sie und antwortet an Ihre E-Mail-Adresse. Sie "
                                 "können diese Seite jetzt schließen.</p>"));
    return page_public(call, SLICE("en"), SLICE("Message received"),
                       SLICE("<p class=\"ok\">Thank you, your message is stored.</p>"
                             "<p>Somebody will read it and answer to your e-mail address. You can "
                             "close this page now.</p>"));
}

static int file_left(struct turn *turn, struct call *call)
{
    const struct left *left = call->data;
    const struct visit *visit = &left->visit;
    const struct pii external = visit->external;
    struct talk_in in[] = {
        {.kind = IN_MESSAGE, .external = external, .at = turn->now, .text = left->text},
        {.kind = IN_HELP, .external = external, .at = turn->now},
    };
    struct person_ref person;
    struct channel site;
    int r = channel_load(turn, call->caller.tenant, visit->site, &site);

    in[0].event_id = pii_of(SLICE("w:m:offline"));
    in[1].event_id = pii_of(SLICE("w:help:offline"));
    if (r == 0)
        r = talk_ingest(turn, &site, in, ARRAY_LEN(in));
    if (r == 0)
        r = in[0].result < 0 ? in[0].result : in[1].result;
    if (r == 0)
        r = person_resolve(turn, call->caller.tenant, visit->site, external, turn->now, false,
                           &person);
    if (r == 0)
        r = person_change(turn, call->caller.tenant, person.id,
                          &(struct person_change){.email = &left->email});
    return r < 0 ? r : thank(call, left);
}

static int post_offline(struct turn *turn, struct call *call)
{
    struct left *left = arena_alloc(call->arena, sizeof(*left));
    char token[WEB_TOKEN_SIZE];
    int r;

    if (!left)
        return ERR_MEMORY;
    if (!rate_take(call->app->by_peer, http_peer_hash(call->http), turn->now))
        return ERR_RATE;
    r = widget_enter(turn, call, false, file_left, LANE_WRITE);
    if (r == 0)
        r = read_left(call, left);
    if (r < 0)
        return r;
    left->visit = *(const struct visit *)call->data;
    call->data = left;
    r = web_token_new(turn, token);
    return r < 0 ? r
                 : web_token_read(turn->vault, call->arena, left->visit.site, slice_cstr(token),
                                  &left->visit.external);
}

const struct route offline_routes[] = {
    {HTTP_POST_, "/api/v1/widget/{site}/offline", LANE_READ, ACCESS_PUBLIC, 0, post_offline,
     .body_max = BODY_MAX, .raw = true,
     .summary = "Leaves a message with an e-mail address ({email, text}, JSON or a form)"},
};
const size_t offline_routes_count = ARRAY_LEN(offline_routes);
