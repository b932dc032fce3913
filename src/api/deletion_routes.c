/* deletion_routes.c - Facebook's callbacks for erasure and de-authorisation, and the page on which
 * a person sees what became of it. */
#include "api/app.h"
#include "api/page.h"
#include "api/routes.h"
#include "base/clock.h"
#include "base/codec.h"
#include "base/err.h"
#include "base/log.h"
#include "base/metrics.h"
#include "channel/messenger_deletion.h"
#include "channel/meta_sign.h"
#include "privacy/erase.h"
#include "talk/channel.h"

enum { BODY_MAX = 16 * 1024, ERASURE_CODE_BYTES = 32 };

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* application/x-www-form-urlencoded; what is no good escape stays and fails the signature. */
static struct slice form_decode(struct arena *arena, struct slice text)
{
    char *space = arena_alloc(arena, text.len + 1);
    size_t i, n = 0;

    for (i = 0; space && i < text.len; i++) {
        int high = -1, low = -1;

        if (text.ptr[i] == '%' && i + 2 < text.len) {
            high = hex_value(text.ptr[i + 1]);
            low = hex_value(text.ptr[i + 2]);
        }
        if (high >= 0 && low >= 0) {
            space[n++] = (char)(high << 4 | low);
            i += 2;
        } else {
            space[n++] = text.ptr[i];
        }
    }
    return space ? slice_of(space, n) : SLICE_NONE;
}

static struct slice form_field(struct call *call, struct slice name)
{
    struct slice rest = http_body(call->http), part, key;

    while (slice_cut(&rest, '&', &part))
        if (slice_cut(&part, '=', &key) && slice_eq(key, name))
            return form_decode(call->arena, part);
    return SLICE_NONE;
}

static int refuse(struct call *call, int err)
{
    metric_add(METRIC_HOOK_REFUSED, 1);
    log_event(LOG_WARN, "hooks.refused", LOG_WORD("source", "meta_request"), LOG_ERR(err));
    return call_fail(call, ERR_AUTH, "The signed request is missing, wrong or too old.");
}

static int read_request(struct turn *turn, struct call *call, struct meta_request *ret)
{
    int r;

    if (call->app->meta_app_secret.len == 0) {
        log_event(LOG_ERROR, "hooks.no_app_secret", LOG_WORD("set", "meta.app_secret"));
        return call_fail(call, ERR_UNAVAILABLE,
                         "The Meta app's secret is not configured here (meta.app_secret).");
    }
    r = meta_request_read(call->arena, call->app->meta_app_secret,
                          form_field(call, SLICE("signed_request")), turn->now / SECOND_MS, ret);
    return r < 0 && r != ERR_MEMORY ? refuse(call, r) : r;
}

/* Meta reads exactly these two members. */
static int request_deletion(struct turn *turn, struct call *call)
{
    char code[DELETION_CODE_SIZE];
    struct meta_request request;
    struct slice url;
    int r = read_request(turn, call, &request);

    if (r == 0)
        r = messenger_deletion_request(turn, pii_of(request.user), code);
    if (r < 0)
        return r;
    url = arena_printf(turn->arena, "%s/deletion?code=%s", call->app->public_url, code);
    if (!url.ptr)
        return ERR_MEMORY;
    json_out_object(&call->out, NULL);
    json_out_str(&call->out, "url", url);
    json_out_str(&call->out, "confirmation_code", slice_cstr(code));
    json_out_close_object(&call->out);
    return 0;
}

/* Where Meta names the Page, its channel stops and its token goes; a person who removed the app
 * changes nothing here. */
static int deauthorize(struct turn *turn, struct call *call)
{
    struct meta_request request;
    struct channel channel;
    int r = read_request(turn, call, &request);

    if (r < 0)
        return r;
    call->answer.type = "text/plain";
    r = request.profile.len ? channel_find(turn, CHANNEL_MESSENGER, request.profile, &channel)
                            : ERR_NOT_FOUND;
    if (r == ERR_NOT_FOUND) {
        log_event(LOG_INFO, "hooks.deauthorized", LOG_INT("page_known", 0));
        return 0;
    }
    if (r < 0)
        return r;
    log_event(LOG_WARN, "hooks.deauthorized", LOG_INT("channel", channel.id));
    channel.secret = SLICE_NONE;
    return channel_enter(turn, &channel, CHANNEL_BROKEN, CHANNEL_DEAUTHORIZED);
}

/* GET /deletion?code= */

struct words {
    int status;
    const char *title, *text;
    int64_t at; /* 0: no date */
};

static const struct words unknown = {404, "Deletion request",
                                     "There is no request with this code. Check that the address "
                                     "is complete: the code stands behind "
                                     "\"code=\".",
                                     0};

static struct words of_erasure(const struct erasure *erasure)
{
    if (erasure->step == ERASE_DONE)
        return (struct words){200, "Your data is erased",
                              "Everything that was held about you here was erased for good.",
                              erasure->done_at};
    return (struct words){200, "Your data is being erased",
                          "Your data can no longer be read by anybody here. What is left of it is "
                          "being removed; this takes a few minutes. Load this page again to see "
                          "when it is done.",
                          erasure->requested_at};
}

static struct words of_deletion(const struct deletion *deletion)
{
    if (deletion->state == DELETION_NOBODY)
        return (struct words){200, "We could not tell which data is yours",
                              "Facebook sent us your request, but names you by a number that is "
                              "not the one under which you wrote to a Page, and did not tell us "
                              "which one that is. So nothing was erased. Another way: write to the "
                              "Page you talked with and ask for your data to be erased. They see "
                              "your conversation and can erase it at once, with a receipt.",
                              deletion->requested_at};
    return (struct words){200, "Your request arrived",
                          "Facebook sent us your request. We are asking Facebook which "
                          "conversations are yours, and erase them as soon as we know. Load this "
                          "page again later to see what became of it.",
                          deletion->requested_at};
}

static int words_of_erasure(struct turn *turn, struct slice code, struct words *ret)
{
    unsigned char bytes[ERASURE_CODE_BYTES];
    struct erasure erasure;
    size_t n;
    int r;

    if (code.len >= BASE64_SIZE(ERASURE_CODE_BYTES) ||
        base64url_decode(code, bytes, sizeof(bytes), &n) < 0 || n != sizeof(bytes))
        return ERR_NOT_FOUND;
    r = erase_by_code(turn, slice_of(bytes, n), &erasure);
    if (r == 0)
        *ret = of_erasure(&erasure);
    return r;
}

static int words_of(struct turn *turn, struct slice code, struct words *ret)
{
    struct deletion deletion;
    struct erasure erasure;
    int r = messenger_deletion_find(turn, code, &deletion);

    if (r == ERR_NOT_FOUND)
        return words_of_erasure(turn, code, ret);
    if (r == 0 && deletion.state == DELETION_FOUND) {
        r = erase_load(turn, deletion.tenant, deletion.erasure, &erasure);
        if (r == 0)
            *ret = of_erasure(&erasure);
    } else if (r == 0) {
        *ret = of_deletion(&deletion);
    }
    return r;
}

static int add_contact(struct buf *b, const struct app *app, const struct words *words)
{
    int r = 0;

    if (words->status != 200 || !app->privacy_contact || !app->privacy_contact[0])
        return 0;
    r = buf_add(b, SLICE("<p>Questions: "));
    if (r == 0)
        r = page_escape(b, slice_cstr(app->privacy_contact));
    return r < 0 ? r : buf_add(b, SLICE("</p>"));
}

static int show(struct turn *turn, struct call *call)
{
    struct words words = unknown;
    struct buf b = BUF_INIT(16 * 1024);
    char date[CLOCK_ISO_SIZE];
    int r = words_of(turn, http_query_param(call->http, "code"), &words);

    if (r == ERR_NOT_FOUND)
        words = unknown;
    else if (r < 0)
        return r;
    clock_iso(words.at, date);
    r = buf_add(&b, SLICE("<p>"));
    if (r == 0)
        r = page_escape(&b, slice_cstr(words.text));
    if (r == 0)
        r = buf_add(&b, SLICE("</p>"));
    if (r == 0 && words.at)
        r = buf_addf(&b, "<p><time datetime=\"%s\">%.10s</time></p>", date, date);
    if (r == 0)
        r = add_contact(&b, call->app, &words);
    if (r == 0)
        r = page_public(call, SLICE("en"), slice_cstr(words.title), buf_slice(&b));
    buf_done(&b);
    call->status = words.status;
    return r;
}

const struct route deletion_routes[] = {
    {HTTP_POST_, "/hooks/meta/deletion", LANE_WRITE, ACCESS_PUBLIC, 0, request_deletion,
     .body_max = BODY_MAX, .raw = true},
    {HTTP_POST_, "/hooks/meta/deauthorize", LANE_WRITE, ACCESS_PUBLIC, 0, deauthorize,
     .body_max = BODY_MAX, .raw = true},
    {HTTP_GET_, "/deletion", LANE_READ, ACCESS_PUBLIC, 0, show},
};
const size_t deletion_routes_count = ARRAY_LEN(deletion_routes);
