/* privacy_routes.c - erasing, exporting, and checking receipts. */
#include "api/app.h"
#include "api/page.h"
#include "api/routes.h"
#include "api/widget.h"
#include "base/codec.h"
#include "base/err.h"
#include "person/person.h"
#include "privacy/erase.h"
#include "privacy/export.h"
#include "privacy/receipt.h"

enum { BODY_MAX = 8 * 1024, CODE_SIZE = 32 };

static bool confirmed(const struct call *call)
{
    return slice_eq(json_str(call->body, "confirm"), SLICE("erase"));
}

/* For the desk */

static int load_person(struct turn *turn, struct call *call, struct person *ret)
{
    int64_t id;
    int r = call_id(call, 0, ID_PERSON, &id);

    return r < 0 ? r : person_load(turn, call->caller.tenant, id, ret);
}

static void out_stays(struct json_out *out, const char *what, const char *why)
{
    json_out_object(out, NULL);
    json_out_str(out, "what", slice_cstr(what));
    json_out_str(out, "why", slice_cstr(why));
    json_out_close_object(out);
}

static int preview(struct turn *turn, struct call *call)
{
    struct json_out *out = &call->out;
    struct erase_count *list;
    struct person person;
    size_t i, n;
    int r = load_person(turn, call, &person);

    if (r == 0)
        r = erase_preview(turn, call->caller.tenant, person.id, &list, &n);
    if (r < 0)
        return r;
    json_out_object(out, NULL);
    json_out_array(out, "goes");
    for (i = 0; i < n; i++) {
        if (!list[i].count)
            continue;
        json_out_object(out, NULL);
        json_out_str(out, "what", slice_cstr(list[i].what));
        json_out_int(out, "count", list[i].count);
        json_out_close_object(out);
    }
    json_out_close_array(out);
    json_out_array(out, "stays");
    out_stays(out, "receipt", "One signed line proves the erasure. It names nobody.");
    out_stays(out, "tombstone",
              "For 8 days a keyed hash keeps re-delivered messages from bringing the person back.");
    out_stays(out, "journal", "For 30 days numbers without content say that something changed.");
    json_out_close_array(out);
    json_out_close_object(out);
    return 0;
}

static void out_started(struct call *call, int64_t erasure)
{
    call->status = 202;
    json_out_object(&call->out, NULL);
    call_out_id(&call->out, "erasure", ID_REQUEST, erasure);
    json_out_str(&call->out, "state", SLICE("pending"));
    json_out_close_object(&call->out);
}

static int erase(struct turn *turn, struct call *call)
{
    struct person person;
    int64_t erasure;
    int r = load_person(turn, call, &person);

    if (r < 0)
        return r;
    if (!confirmed(call))
        return call_fail(call, ERR_INVALID, "Type \"erase\" to confirm. It can't be undone.");
    r = erase_request(turn, call->caller.tenant, person.id,
                      call->caller.user ? DOOR_DESK : DOOR_API, &erasure);
    if (r == 0)
        out_started(call, erasure);
    return r;
}

static const char *step_word(enum erase_step step)
{
    switch (step) {
    case ERASE_REQUESTED:
        return "requested";
    case ERASE_COLLECTED:
        return "collected";
    case ERASE_FORGOTTEN:
        return "forgotten";
    case ERASE_DELETED:
        return "deleted";
    case ERASE_DONE:
        return "done";
    }
    return "unknown";
}

static int out_recipients(struct turn *turn, struct call *call, const struct erasure *e)
{
    static const char *const names[] = {
        [0] = "unknown", [1] = "Meta", [2] = "Stripe", [3] = "Mail"};
    struct erase_recipient *list;
    size_t i, n;
    int r = erase_recipients(turn, e, &list, &n);

    if (r < 0)
        return r;
    json_out_array(&call->out, "recipients");
    for (i = 0; i < n; i++) {
        int64_t processor = list[i].processor;

        json_out_object(&call->out, NULL);
        json_out_str(
            &call->out, "name",
            slice_cstr(
                names[processor > 0 && processor < (int64_t)ARRAY_LEN(names) ? processor : 0]));
        json_out_str(&call->out, "state", SLICE("noted"));
        json_out_close_object(&call->out);
    }
    json_out_close_array(&call->out);
    return 0;
}

static int show_erasure(struct turn *turn, struct call *call)
{
    struct slice receipt = SLICE_NONE;
    struct erasure e;
    int64_t id;
    int r = call_id(call, 0, ID_REQUEST, &id);

    if (r == 0)
        r = erase_load(turn, call->caller.tenant, id, &e);
    if (r == 0 && e.step == ERASE_DONE)
        r = receipt_make(turn, &e, &receipt);
    if (r < 0)
        return r;
    json_out_object(&call->out, NULL);
    json_out_str(&call->out, "state", e.step == ERASE_DONE ? SLICE("erased") : SLICE("pending"));
    json_out_str(&call->out, "step", slice_cstr(step_word(e.step)));
    json_out_int(&call->out, "requested_at", e.requested_at);
    if (e.done_at)
        json_out_int(&call->out, "done_at", e.done_at);
    json_out_raw(&call->out, "receipt", receipt);
    r = out_recipients(turn, call, &e);
    json_out_close_object(&call->out);
    return r;
}

static int export_for_desk(struct turn *turn, struct call *call)
{
    struct person person;
    int r = load_person(turn, call, &person);

    return r < 0 ? r : export_person(turn, call->caller.tenant, person.id, &call->out);
}

/* For visitors */

static int visitor_data(struct turn *turn, struct call *call)
{
    struct person_ref person;
    struct conversation c;
    struct channel site;
    int r = widget_find(turn, call, &site, &person, &c);

    if (r == ERR_NOT_FOUND) {
        json_out_object(&call->out, NULL);
        json_out_close_object(&call->out); /* nothing is held about somebody who said nothing */
        return 0;
    }
    return r < 0 ? r : export_person(turn, call->caller.tenant, person.id, &call->out);
}

static int get_visitor_data(struct turn *turn, struct call *call)
{
    return widget_enter(turn, call, true, visitor_data, LANE_READ);
}

static int out_code(struct turn *turn, struct call *call, int64_t erasure)
{
    char code[BASE64_SIZE(CODE_SIZE)];
    struct slice url;
    struct erasure e;
    int r = erase_load(turn, call->caller.tenant, erasure, &e);

    if (r < 0)
        return r;
    base64url_encode(slice_of(e.code, sizeof(e.code)), code);
    url = arena_printf(turn->arena, "%s/deletion?code=%s", call->app->public_url, code);
    json_out_object(&call->out, NULL);
    json_out_str(&call->out, "code", slice_cstr(code));
    json_out_str(&call->out, "status_url", url);
    json_out_close_object(&call->out);
    return 0;
}

static int visitor_erase(struct turn *turn, struct call *call)
{
    struct person_ref person;
    struct conversation c;
    struct channel site;
    int64_t erasure;
    int r;

    if (!confirmed(call))
        return call_fail(call, ERR_INVALID, "Type \"erase\" to confirm. It can't be undone.");
    r = widget_find(turn, call, &site, &person, &c);
    if (r == ERR_NOT_FOUND)
        return call_fail(call, r, "Nothing is held about you here.");
    if (r == 0)
        r = erase_request(turn, call->caller.tenant, person.id, DOOR_WIDGET, &erasure);
    return r < 0 ? r : out_code(turn, call, erasure);
}

static int post_visitor_erase(struct turn *turn, struct call *call)
{
    return widget_enter(turn, call, true, visitor_erase, LANE_FREEING);
}

/* The receipt page: a form, and what it says about a receipt. */

static int form_page(struct call *call, struct slice result_html)
{
    struct buf b = BUF_INIT(32 * 1024);
    struct slice body = SLICE_NONE;
    int r = buf_add(&b, result_html);

    if (r == 0)
        r = buf_add(&b, SLICE("<p>Paste a receipt here to check that nobody changed it. The check "
                              "needs nothing but the receipt; `lethe receipt verify` does the same "
                              "offline.</p><form method=\"post\" action=\"/receipt\" "
                              "enctype=\"text/plain\"><label for=\"receipt\">Receipt</label>"
                              "<textarea id=\"receipt\" name=\"receipt\" rows=\"8\" required>"
                              "</textarea><button type=\"submit\">Check</button></form>"));
    if (r == 0)
        body = arena_copy(call->arena, buf_slice(&b));
    buf_done(&b);
    if (r < 0 || !body.ptr)
        return r < 0 ? r : ERR_MEMORY;
    return page_public(call, SLICE("en"), SLICE("Check a receipt"), body);
}

static int show_form(struct turn *turn, struct call *call)
{
    (void)turn;
    return form_page(call, SLICE_NONE);
}

static int add_row(struct buf *b, const char *name, struct slice value)
{
    int r = buf_addf(b, "<dt>%s</dt><dd>", name);

    if (r == 0)
        r = page_escape(b, value);
    return r < 0 ? r : buf_add(b, SLICE("</dd>"));
}

static int valid_html(struct buf *b, const struct receipt_view *view, bool ours)
{
    int r = buf_add(b, ours ? SLICE("<p class=\"ok\">This receipt is genuine: this installation "
                                    "signed it, and not a byte was changed.</p><dl>")
                            : SLICE("<p class=\"warn\">Not a byte of this receipt was changed, but "
                                    "another installation signed it. Compare its key.</p><dl>"));

    if (r == 0)
        r = add_row(b, "State", view->state);
    if (r == 0)
        r = add_row(b, "Day", view->day);
    if (r == 0)
        r = add_row(b, "Installation", view->installation);
    if (r == 0)
        r = add_row(b, "Key", slice_cstr(view->key_hex));
    return r < 0 ? r : buf_add(b, SLICE("</dl>"));
}

static int check_receipt(struct turn *turn, struct call *call)
{
    struct slice text = slice_trim(http_body(call->http));
    struct buf b = BUF_INIT(16 * 1024);
    struct receipt_view view;
    char key[65];
    int r = receipt_key(turn->vault, key);

    if (slice_starts(text, SLICE("receipt=")))
        text = slice_from(text, 8); /* as a form of type text/plain sends it */
    if (r < 0)
        return r;
    r = receipt_verify(call->arena, text, &view);
    if (r == 0)
        r = valid_html(&b, &view, strcmp(key, view.key_hex) == 0);
    else if (r == ERR_DAMAGED)
        r = buf_add(&b, SLICE("<p class=\"bad\">This receipt was changed: its signature does not "
                              "fit.</p>"));
    else
        r = buf_add(&b, SLICE("<p class=\"bad\">This is no receipt of Lethe. Paste the whole text, "
                              "from { to }.</p>"));
    if (r == 0)
        r = form_page(call, buf_slice(&b));
    buf_done(&b);
    return r;
}

const struct route privacy_routes[] = {
    {HTTP_GET_, "/api/v1/people/{id}/erase", LANE_READ, ACCESS_AGENT, SCOPE_PEOPLE, preview,
     .gives = "goes:list stays:list", .summary = "Says what an erasure takes and leaves"},
    {HTTP_POST_, "/api/v1/people/{id}/erase", LANE_FREEING, ACCESS_ADMIN, SCOPE_PEOPLE, erase,
     .body_max = BODY_MAX, .takes = "confirm:text<=20", .gives = "erasure:text state:text",
     .summary = "Erases a person for good"},
    {HTTP_GET_, "/api/v1/people/{id}/export", LANE_READ, ACCESS_ADMIN, SCOPE_PEOPLE,
     export_for_desk, .gives = "object", .summary = "Everything held about a person"},
    {HTTP_GET_, "/api/v1/erasures/{id}", LANE_READ, ACCESS_AGENT, SCOPE_PEOPLE, show_erasure,
     .gives = "state:pending|erased step:text requested_at:int done_at?:int receipt:object~"
              " recipients:list",
     .summary = "Shows how far an erasure is, and its receipt"},
    {HTTP_GET_, "/api/v1/widget/{site}/data", LANE_READ, ACCESS_PUBLIC, 0, get_visitor_data,
     .gives = "object", .summary = "Everything held about the visitor"},
    {HTTP_POST_, "/api/v1/widget/{site}/erase", LANE_READ, ACCESS_PUBLIC, 0, post_visitor_erase,
     .body_max = BODY_MAX, .takes = "confirm:text<=20", .gives = "code:text status_url:text",
     .summary = "Erases the visitor for good"},
    {HTTP_GET_, "/receipt", LANE_NONE, ACCESS_PUBLIC, 0, show_form},
    {HTTP_POST_, "/receipt", LANE_READ, ACCESS_PUBLIC, 0, check_receipt, .body_max = BODY_MAX,
     .raw = true},
};
const size_t privacy_routes_count = ARRAY_LEN(privacy_routes);
