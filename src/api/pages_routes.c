/* pages_routes.c - what browsers load: scripts, the widget's frame, the dashboard's shell, the
 * demo. */
#include "api/app.h"
#include "api/page.h"
#include "api/routes.h"
#include "api/web_files.h"
#include "base/err.h"
#include "channel/web.h"
#include "talk/channel.h"

#define CSP_DESK                                                                                   \
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob: https:;"  \
    " connect-src 'self'; media-src 'self' https:; font-src 'none'; form-action 'self';"           \
    " base-uri 'none'; frame-ancestors 'none'"
#define CSP_DEMO                                                                                   \
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' "                     \
    "data:;"                                                                                       \
    " frame-src 'self'; base-uri 'none'; frame-ancestors 'none'"
#define CSP_FRAME                                                                                  \
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob: https:;"  \
    " connect-src 'self'; media-src 'self' https:; font-src 'none'; form-action 'self';"           \
    " base-uri 'none'; frame-ancestors "

/* An embedded file as it is. */
static int send_file(struct call *call, const struct web_file *file)
{
    const struct web_variant *variant;
    const char *encoding;

    if (!file)
        return ERR_NOT_FOUND;
    variant = web_file_pick(file, http_header(call->http, "accept-encoding"), &encoding);
    call->answer = (struct http_answer){
        .type = file->type,
        .body = variant->body,
        .body_static = true,
        .encoding = encoding,
        .etag = variant->etag,
        .cache = web_file_cache_control(file),
        .vary = "Accept-Encoding",
        .cross_origin = file->cache == WEB_HOUR,
    };
    return 0;
}

static int asset(struct turn *turn, struct call *call)
{
    (void)turn;
    return send_file(call, web_file_find(http_path(call->http)));
}

/* The widget's frame. */

static int out_starters(struct json_out *out, const json_t *settings)
{
    struct buf b = BUF_INIT(4096);
    json_t *starters = json_object_get(settings, "starters");
    int r = 0;

    if (json_is_array(starters)) {
        r = json_write(starters, &b);
        json_out_raw(out, "starters", buf_slice(&b));
    }
    buf_done(&b);
    return r;
}

static void out_str_or_null(struct json_out *out, const char *key, struct slice s)
{
    if (s.len)
        json_out_str(out, key, s);
    else
        json_out_null(out, key);
}

static int frame_config(struct turn *turn, struct call *call, const struct channel *site,
                        struct slice lang, struct slice *ret)
{
    CLEANUP(json_cleanup) json_t *settings = NULL;
    struct slice privacy;
    struct buf b = BUF_INIT(32 * 1024);
    struct json_out out;
    int r = 0;

    (void)turn;
    if (site->settings.len && json_read(site->settings, &settings) < 0)
        return ERR_DAMAGED;
    privacy = json_str(settings, "privacy_url");
    json_out_init(&out, &b);
    json_out_object(&out, NULL);
    json_out_str(&out, "site", site->external);
    json_out_str(&out, "name", site->name);
    out_str_or_null(&out, "color", json_str(settings, "color"));
    out_str_or_null(&out, "greeting", json_str(settings, "greeting"));
    json_out_str(&out, "language", lang);
    json_out_bool(&out, "online", site->state == CHANNEL_ON);
    if (!privacy.len)
        privacy = arena_printf(call->arena, "/privacy?site=%.*s", SLICE_ARG(site->external));
    json_out_str(&out, "privacy_url", privacy);
    json_out_str(&out, "api",
                 arena_printf(call->arena, "/api/v1/widget/%.*s", SLICE_ARG(site->external)));
    json_out_int(&out, "max_file", 10 * 1024 * 1024);
    r = out_starters(&out, settings);
    json_out_close_object(&out);
    if (r == 0)
        r = json_out_end(&out);
    *ret = r == 0 ? arena_copy(call->arena, buf_slice(&b)) : SLICE_NONE;
    buf_done(&b);
    return r == 0 && !ret->ptr ? ERR_MEMORY : r;
}

/* Who may show the frame: the site's origins, or anybody when it names none. */
static const char *frame_csp(struct call *call, const struct channel *site)
{
    CLEANUP(json_cleanup) json_t *settings = NULL;
    struct buf b = BUF_INIT(8 * 1024);
    struct slice csp;
    const json_t *origins;
    size_t i;
    int r = buf_add(&b, SLICE(CSP_FRAME "'self'"));

    if (r == 0 && site->settings.len && json_read(site->settings, &settings) < 0)
        r = ERR_DAMAGED;
    origins = json_object_get(settings, "origins");
    for (i = 0; r == 0 && i < json_array_size(origins); i++) {
        struct slice origin = slice_cstr(json_string_value(json_array_get(origins, i)));

        /* Only what parsed as an origin when it was stored; nothing that could end the directive.
         */
        if (web_origin_of(pii_of(origin)).hidden.len == origin.len && slice_find(origin, ';') < 0 &&
            slice_find(origin, ' ') < 0 && slice_find(origin, ',') < 0)
            r = buf_addf(&b, " %.*s", SLICE_ARG(origin));
    }
    if (r == 0 && json_array_size(origins) == 0)
        r = buf_add(&b, SLICE(" *"));
    csp = r == 0 ? arena_copy(call->arena, buf_slice(&b)) : SLICE_NONE;
    buf_done(&b);
    return csp.ptr;
}

static int send_frame(struct turn *turn, struct call *call, bool in_frame)
{
    struct slice lang = http_query_param(call->http, "lang");
    struct slice config;
    struct channel site;
    const char *csp;
    int r = channel_find(turn, CHANNEL_WEB, call->params[0], &site);

    if (r < 0)
        return r;
    lang = lang.len ? slice_head(lang, 8) : page_language(call);
    r = frame_config(turn, call, &site, lang, &config);
    if (r < 0)
        return r;
    csp = in_frame ? frame_csp(call, &site) : CSP_FRAME "'none'";
    if (!csp)
        return ERR_MEMORY;
    call->answer.cache = "no-cache";
    call->answer.frame_ancestors = in_frame ? "in csp" : NULL;
    return page_answer(call, "frame", lang,
                       (const struct page_value[]){
                           {"title", arena_copy(call->arena, site.name), PAGE_TEXT},
                           {"site", arena_copy(call->arena, site.external), PAGE_TEXT},
                           {"config", config, PAGE_JSON},
                       },
                       3, csp);
}

static int widget_frame(struct turn *turn, struct call *call)
{
    return send_frame(turn, call, true);
}

static int hosted_chat(struct turn *turn, struct call *call)
{
    return send_frame(turn, call, false);
}

static int demo(struct turn *turn, struct call *call)
{
    struct slice site = SLICE("demo");
    struct channel channel;
    int r = call->app->demo ? channel_find(turn, CHANNEL_WEB, site, &channel) : ERR_NOT_FOUND;

    if (r < 0)
        return r;
    call->answer.cache = "no-cache";
    return page_answer(call, "demo", SLICE("en"),
                       (const struct page_value[]){{"site", site, PAGE_TEXT}}, 1, CSP_DEMO);
}

/* One shell for all of the dashboard's addresses; which page it shows is the script's business. */
static int desk(struct turn *turn, struct call *call)
{
    (void)turn;
    call->answer.cache = "no-cache";
    return page_answer(call, "admin", page_language(call), NULL, 0, CSP_DESK);
}

static int home(struct turn *turn, struct call *call)
{
    (void)turn;
    call->answer = (struct http_answer){
        .status = 302, .type = "text/plain", .location = "/app/inbox", .cache = "no-cache"};
    return 0;
}

/* Browsers ask for it on pages that name no icon. */
static int no_icon(struct turn *turn, struct call *call)
{
    (void)turn;
    call->answer.cache = "max-age=86400";
    return 0;
}

const struct route pages_routes[] = {
    {HTTP_GET_, "/widget.js", LANE_NONE, ACCESS_PUBLIC, 0, asset},
    {HTTP_GET_, "/licenses.txt", LANE_NONE, ACCESS_PUBLIC, 0, asset},
    {HTTP_GET_, "/assets/{rest*}", LANE_NONE, ACCESS_PUBLIC, 0, asset},
    {HTTP_GET_, "/widget/{site}", LANE_READ, ACCESS_PUBLIC, 0, widget_frame},
    {HTTP_GET_, "/chat/{site}", LANE_READ, ACCESS_PUBLIC, 0, hosted_chat},
    {HTTP_GET_, "/demo", LANE_READ, ACCESS_PUBLIC, 0, demo},
    {HTTP_GET_, "/favicon.ico", LANE_NONE, ACCESS_PUBLIC, 0, no_icon},
    {HTTP_GET_, "/", LANE_NONE, ACCESS_PUBLIC, 0, home},
    {HTTP_GET_, "/app", LANE_NONE, ACCESS_PUBLIC, 0, home},
    {HTTP_GET_, "/app/{rest*}", LANE_NONE, ACCESS_PUBLIC, 0, desk},
    {HTTP_GET_, "/login", LANE_NONE, ACCESS_PUBLIC, 0, desk},
    {HTTP_GET_, "/claim", LANE_NONE, ACCESS_PUBLIC, 0, desk},
    {HTTP_GET_, "/reset", LANE_NONE, ACCESS_PUBLIC, 0, desk},
    {HTTP_GET_, "/forgot", LANE_NONE, ACCESS_PUBLIC, 0, desk},
    {HTTP_GET_, "/invite", LANE_NONE, ACCESS_PUBLIC, 0, desk},
};
const size_t pages_routes_count = ARRAY_LEN(pages_routes);
