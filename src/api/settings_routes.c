/* settings_routes.c - the ways to reach people, and which of their data is kept for what. */
#include "api/render.h"
#include "api/routes.h"
#include "api/site_settings.h"
#include "base/codec.h"
#include "base/err.h"
#include "person/purpose.h"

enum { BODY_MAX = 64 * 1024, SECRET_BYTES = 32, PAGE_ID_MAX = 32 };

static int list_of(struct turn *turn, struct call *call, enum channel_kind kind)
{
    struct channel *list;
    size_t i, n;
    int r = channel_list(turn, call->caller.tenant, kind, &list, &n);

    if (r < 0)
        return r;
    render_list_open(&call->out);
    for (i = 0; i < n; i++)
        render_channel(&call->out, NULL, &list[i], call->app->public_url);
    render_list_close(&call->out, SLICE_NONE, (int64_t)n);
    return 0;
}

static int load(struct turn *turn, struct call *call, enum channel_kind kind, struct channel *ret)
{
    int64_t id;
    int r = call_id(call, 0, ID_CHANNEL, &id);

    if (r == 0)
        r = channel_load(turn, call->caller.tenant, id, ret);
    if (r == 0 && ((kind && ret->kind != kind) || ret->state == CHANNEL_REMOVED))
        r = ERR_NOT_FOUND;
    return r;
}

static int show(struct call *call, const struct channel *channel)
{
    render_channel(&call->out, NULL, channel, call->app->public_url);
    return 0;
}

static int remove_channel(struct turn *turn, struct call *call)
{
    struct channel channel;
    int r = load(turn, call, 0, &channel);

    return r < 0 ? r : channel_remove(turn, channel.tenant, channel.id);
}

/* Websites */

static int sites(struct turn *turn, struct call *call)
{
    return list_of(turn, call, CHANNEL_WEB);
}

static int new_secret(struct turn *turn, struct channel *site)
{
    unsigned char bytes[SECRET_BYTES];
    char text[2 * SECRET_BYTES + 1];

    turn_random(turn, bytes, sizeof(bytes));
    hex_encode(slice_of(bytes, sizeof(bytes)), text);
    site->secret = arena_copy(turn->arena, slice_of(text, 2 * SECRET_BYTES));
    explicit_bzero(bytes, sizeof(bytes));
    explicit_bzero(text, sizeof(text));
    return site->secret.ptr ? 0 : ERR_MEMORY;
}

static int add_site(struct turn *turn, struct call *call)
{
    char key[SITE_KEY_SIZE];
    struct channel site = {
        .tenant = call->caller.tenant,
        .kind = CHANNEL_WEB,
        .state = CHANNEL_ON,
        .external = site_key(turn, key),
        .created_at = turn->now,
    };
    int r = site_change(turn, call, &site);

    if (r == 0)
        r = channel_add(turn, &site, &site.id);
    return r < 0 ? r : show(call, &site);
}

static int change_site(struct turn *turn, struct call *call)
{
    bool secret = json_bool(call->body, "identity_secret", false);
    struct channel site;
    int r = load(turn, call, CHANNEL_WEB, &site);

    if (r == 0)
        r = site_change(turn, call, &site);
    if (r == 0 && secret)
        r = new_secret(turn, &site);
    if (r == 0)
        r = channel_update(turn, &site);
    if (r == 0 && secret)
        r = site_show_secret(turn, &site);
    return r < 0 ? r : show(call, &site);
}

static int remove_site(struct turn *turn, struct call *call)
{
    struct channel site;
    int r = load(turn, call, CHANNEL_WEB, &site);

    return r < 0 ? r : channel_remove(turn, site.tenant, site.id);
}

/* Messenger */

static int channels(struct turn *turn, struct call *call)
{
    struct slice kind = http_query_param(call->http, "kind");

    if (slice_eq(kind, SLICE("web")))
        return list_of(turn, call, CHANNEL_WEB);
    return list_of(turn, call, slice_eq(kind, SLICE("messenger")) ? CHANNEL_MESSENGER : 0);
}

static bool is_page_id(struct slice text)
{
    size_t i;

    for (i = 0; i < text.len; i++)
        if (text.ptr[i] < '0' || text.ptr[i] > '9')
            return false;
    return text.len > 0 && text.len <= PAGE_ID_MAX;
}

static bool is_token(struct slice text)
{
    size_t i;

    for (i = 0; i < text.len; i++)
        if (text.ptr[i] <= ' ' || text.ptr[i] == 0x7f)
            return false;
    return text.len > 0;
}

static int change_fields(struct turn *turn, struct call *call, struct channel *channel)
{
    int r = 0;

    if (call_has(call, "name"))
        channel->name = slice_trim(json_str(call->body, "name"));
    if (channel->name.len == 0)
        return call_fail(call, ERR_INVALID, "\"name\" must not be empty.");
    if (call_has(call, "flow"))
        r = site_flow(turn, call, &channel->flow);
    if (r < 0 || !call_has(call, "token"))
        return r;
    channel->secret = slice_trim(json_str(call->body, "token"));
    if (!is_token(channel->secret))
        return call_fail(call, ERR_INVALID, "\"token\" must be a Page access token.");
    if (channel->state == CHANNEL_BROKEN)
        channel->state = CHANNEL_ON; /* a fresh token is a fresh try */
    channel->reason = CHANNEL_FINE;
    return 0;
}

static int add_channel(struct turn *turn, struct call *call)
{
    struct channel page = {
        .tenant = call->caller.tenant,
        .kind = CHANNEL_MESSENGER,
        .state = CHANNEL_ON,
        .external = slice_trim(json_str(call->body, "page_id")),
        .created_at = turn->now,
    };
    int r;

    if (!slice_eq(json_str(call->body, "kind"), SLICE("messenger")))
        return call_fail(call, ERR_INVALID, "Websites are added by POST /api/v1/sites.");
    r = change_fields(turn, call, &page);
    if (r < 0)
        return r;
    if (!is_page_id(page.external))
        return call_fail(call, ERR_INVALID, "\"page_id\" is a number of up to 32 digits.");
    r = channel_add(turn, &page, &page.id);
    if (r == ERR_EXISTS)
        return call_fail(call, r, "This Page is connected already.");
    return r < 0 ? r : show(call, &page);
}

static int change_channel(struct turn *turn, struct call *call)
{
    struct slice state = json_str(call->body, "state");
    struct channel page;
    int r = load(turn, call, CHANNEL_MESSENGER, &page);

    if (r == 0)
        r = change_fields(turn, call, &page);
    if (r < 0)
        return r;
    if (state.len) {
        page.state = slice_eq(state, SLICE("on")) ? CHANNEL_ON : CHANNEL_OFF;
        page.reason = CHANNEL_FINE;
    }
    r = channel_update(turn, &page);
    return r < 0 ? r : show(call, &page);
}

/* Purposes */

static int out_purposes(struct turn *turn, struct call *call)
{
    struct purpose_entry entries[FIELD_END];
    enum person_field field;
    int r = purpose_load(turn, call->caller.tenant, entries);

    if (r < 0)
        return r;
    json_out_object(&call->out, NULL);
    json_out_object(&call->out, "fields");
    for (field = FIELD_FIRST_NAME; field < FIELD_END; field++) {
        if (!entries[field].declared) {
            json_out_null(&call->out, purpose_field_name(field));
            continue;
        }
        json_out_object(&call->out, purpose_field_name(field));
        json_out_str(&call->out, "text", entries[field].text);
        json_out_int(&call->out, "declared_at", entries[field].declared_at);
        json_out_close_object(&call->out);
    }
    json_out_close_object(&call->out);
    json_out_object(&call->out, "ready");
    for (field = FIELD_FIRST_NAME; field < FIELD_END; field++)
        json_out_str(&call->out, purpose_field_name(field), slice_cstr(purpose_ready(field)));
    json_out_close_object(&call->out);
    json_out_close_object(&call->out);
    return 0;
}

static int set_purpose(struct turn *turn, struct call *call, const struct purpose_entry *entries,
                       const char *name, const json_t *value)
{
    enum person_field field = purpose_field_of(slice_cstr(name));
    struct slice text = slice_cstr(json_string_value(value));
    int r;

    if (field == FIELD_END || (!json_is_string(value) && !json_is_null(value)))
        return call_fail(call, ERR_INVALID,
                         "\"fields\" holds a text or null for first_name, last_name, picture, "
                         "locale, gender and timezone.");
    /* The same words again keep their date. */
    if (slice_eq(slice_trim(text), entries[field].text))
        return 0;
    r = purpose_set(turn, call->caller.tenant, field, text);
    if (r == ERR_LIMIT)
        return call_fail(call, r, "A purpose has at most 500 characters.");
    return r;
}

static int put_purposes(struct turn *turn, struct call *call)
{
    struct purpose_entry entries[FIELD_END];
    const char *name;
    json_t *value;
    int r = purpose_load(turn, call->caller.tenant, entries);

    json_object_foreach(json_object_get(call->body, "fields"), name, value) {
        if (r == 0)
            r = set_purpose(turn, call, entries, name, value);
    }
    return r < 0 ? r : out_purposes(turn, call);
}

#define SITE_TAKES                                                                                 \
    "origins?:texts<=50 color?:text<=7 greeting?:text<=500 language?:text<=8 flow?:id.flow~"       \
    " privacy_url?:text<=500 starters?:list<=5"
#define LIST_GIVES "items:Channel[] next:text~ total:int"

const struct route settings_routes[] = {
    {HTTP_GET_, "/api/v1/sites", LANE_READ, ACCESS_ADMIN, SCOPE_SETTINGS, sites,
     .gives = LIST_GIVES, .summary = "Lists websites"},
    {HTTP_POST_, "/api/v1/sites", LANE_WRITE, ACCESS_ADMIN, SCOPE_SETTINGS, add_site,
     .body_max = BODY_MAX, .takes = "name:text<=100 " SITE_TAKES, .gives = "Channel",
     .summary = "Adds a website"},
    {HTTP_PATCH_, "/api/v1/sites/{id}", LANE_WRITE, ACCESS_ADMIN, SCOPE_SETTINGS, change_site,
     .body_max = BODY_MAX, .takes = "name?:text<=100 identity_secret?:bool " SITE_TAKES,
     .gives = "Channel", .summary = "Changes a website, or makes a new identity secret"},
    {HTTP_DELETE_, "/api/v1/sites/{id}", LANE_WRITE, ACCESS_ADMIN, SCOPE_SETTINGS, remove_site,
     .summary = "Removes a website; its conversations stay"},
    {HTTP_GET_, "/api/v1/channels", LANE_READ, ACCESS_ADMIN, SCOPE_SETTINGS, channels,
     .query = "kind?:web|messenger", .gives = LIST_GIVES, .summary = "Lists channels"},
    {HTTP_POST_, "/api/v1/channels", LANE_WRITE, ACCESS_ADMIN, SCOPE_SETTINGS, add_channel,
     .body_max = BODY_MAX,
     .takes = "kind:web|messenger name:text<=100 page_id:text<=40 token:text<=1000 flow?:id.flow~",
     .gives = "Channel", .summary = "Connects a Facebook Page"},
    {HTTP_PATCH_, "/api/v1/channels/{id}", LANE_WRITE, ACCESS_ADMIN, SCOPE_SETTINGS, change_channel,
     .body_max = BODY_MAX,
     .takes = "name?:text<=100 token?:text<=1000 flow?:id.flow~ state?:on|off", .gives = "Channel",
     .summary = "Changes a channel"},
    {HTTP_DELETE_, "/api/v1/channels/{id}", LANE_WRITE, ACCESS_ADMIN, SCOPE_SETTINGS,
     remove_channel, .summary = "Disconnects a channel; its conversations stay"},
    {HTTP_GET_, "/api/v1/purposes", LANE_READ, ACCESS_ADMIN, SCOPE_SETTINGS, out_purposes,
     .gives = "fields:object ready:object", .summary = "Which profile fields are kept, and why"},
    {HTTP_PUT_, "/api/v1/purposes", LANE_WRITE, ACCESS_ADMIN, SCOPE_SETTINGS, put_purposes,
     .body_max = BODY_MAX, .takes = "fields:object", .gives = "fields:object ready:object",
     .summary = "Declares or withdraws purposes; withdrawing deletes the field's values"},
};
const size_t settings_routes_count = ARRAY_LEN(settings_routes);
