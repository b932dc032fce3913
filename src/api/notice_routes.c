/* notice_routes.c - GET /privacy: the notice as a page, of the firm behind ?site= if it is given.
 */
#include "api/app.h"
#include "api/page.h"
#include "api/routes.h"
#include "base/err.h"
#include "privacy/notice.h"
#include "talk/channel.h"

/* What the notice says of channels, of a firm or of all. */
static int find_channels(struct turn *turn, struct call *call, struct notice_facts *facts)
{
    struct slice key = http_query_param(call->http, "site");
    struct channel site, *list;
    size_t n;
    int r;

    if (!key.len) {
        facts->messenger = call->app->meta_app_id.len > 0;
        return 0;
    }
    r = channel_find(turn, CHANNEL_WEB, key, &site);
    if (r == 0)
        r = channel_list(turn, site.tenant, CHANNEL_MESSENGER, &list, &n);
    if (r < 0)
        return r;
    facts->tenant = site.tenant;
    facts->messenger = n > 0;
    return 0;
}

static int add_line(struct buf *b, const struct notice_line *line, bool *in_list)
{
    static const struct slice opens[] = {
        [NOTICE_HEADING] = {"<h2>", 4}, [NOTICE_TEXT] = {"<p>", 3}, [NOTICE_ITEM] = {"<li>", 4}};
    static const struct slice closes[] = {
        [NOTICE_HEADING] = {"</h2>", 5}, [NOTICE_TEXT] = {"</p>", 4}, [NOTICE_ITEM] = {"</li>", 5}};
    bool item = line->kind == NOTICE_ITEM;
    int r = 0;

    if (item != *in_list)
        r = buf_add(b, item ? SLICE("<ul>") : SLICE("</ul>"));
    *in_list = item;
    if (r == 0)
        r = buf_add(b, opens[line->kind]);
    if (r == 0)
        r = page_escape(b, line->text);
    return r < 0 ? r : buf_add(b, closes[line->kind]);
}

/* The last line is no item, so no list stays open. */
static int show(struct call *call, struct slice lang, const struct notice *notice)
{
    struct buf b = BUF_INIT(64 * 1024);
    bool in_list = false;
    size_t i;
    int r = 0;

    for (i = 0; r == 0 && i < notice->n; i++)
        r = add_line(&b, &notice->lines[i], &in_list);
    if (r == 0)
        r = page_public(call, lang, notice->title, buf_slice(&b));
    buf_done(&b);
    return r;
}

static int get_notice(struct turn *turn, struct call *call)
{
    struct slice lang = http_query_param(call->http, "lang");
    struct notice_facts facts = {
        .lang = lang.len ? lang : page_language(call),
        .contact = call->app->privacy_contact,
        .mail = call->app->mail_ready,
    };
    struct notice *notice;
    int r = find_channels(turn, call, &facts);

    if (r == 0)
        r = notice_make(turn, &facts, &notice);
    return r < 0 ? r : show(call, facts.lang, notice);
}

const struct route notice_routes[] = {
    {HTTP_GET_, "/privacy", LANE_READ, ACCESS_PUBLIC, 0, get_notice},
};
const size_t notice_routes_count = ARRAY_LEN(notice_routes);
