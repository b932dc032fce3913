#include "api/site_settings.h"

#include "base/err.h"
#include "bot/shelf.h"
#include "channel/web.h"

enum { SETTINGS_MAX = 32 * 1024, ORIGINS_MAX = 50, ORIGIN_MAX = 300, STARTERS_MAX = 5 };

static bool is_host_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == ':' ||
           c == '[' || c == ']';
}

static struct slice without_port(struct slice origin, const char *scheme, const char *port)
{
    if (slice_starts(origin, slice_cstr(scheme)) && slice_ends(origin, slice_cstr(port)))
        origin.len -= strlen(port);
    return origin;
}

struct slice site_origin(struct turn *turn, struct slice text)
{
    struct slice origin = arena_copy(turn->arena, slice_head(text, ORIGIN_MAX + 1));
    char *byte = (char *)origin.ptr;
    size_t i, scheme;

    if (!byte || origin.len > ORIGIN_MAX)
        return SLICE_NONE;
    for (i = 0; i < origin.len; i++)
        if (byte[i] >= 'A' && byte[i] <= 'Z')
            byte[i] = (char)(byte[i] - 'A' + 'a');
    origin = pii_reveal(web_origin_of(pii_of(origin)));
    scheme = slice_starts(origin, SLICE("https://")) ? 8 : 7;
    if (origin.len <= scheme)
        return SLICE_NONE;
    for (i = scheme; i < origin.len; i++)
        if (!is_host_char(origin.ptr[i]))
            return SLICE_NONE;
    origin = without_port(origin, "https://", ":443");
    return without_port(origin, "http://", ":80");
}

struct slice site_key(struct turn *turn, char ret[SITE_KEY_SIZE])
{
    static const char letters[] = "0123456789abcdefghjkmnpqrstvwxyz";
    unsigned char bytes[SITE_KEY_SIZE - 1];
    size_t i;

    turn_random(turn, bytes, sizeof(bytes));
    for (i = 0; i < sizeof(bytes); i++)
        ret[i] = letters[bytes[i] % (sizeof(letters) - 1)];
    ret[sizeof(bytes)] = '\0';
    return slice_of(ret, sizeof(bytes));
}

static int set_origins(struct turn *turn, struct call *call, json_t *settings)
{
    const json_t *list = json_object_get(call->body, "origins");
    json_t *origins = json_array();
    struct slice text, origin;
    size_t i;
    int r = origins ? 0 : ERR_MEMORY;

    for (i = 0; r == 0 && i < json_array_size(list); i++) {
        text = slice_cstr(json_string_value(json_array_get(list, i)));
        origin = site_origin(turn, slice_trim(text));
        if (!origin.len)
            r = call_fail(call, ERR_INVALID,
                          "\"origins\" holds addresses like https://shop.example.com.");
        else if (json_array_append_new(origins, json_stringn(origin.ptr, origin.len)) < 0)
            r = ERR_MEMORY;
    }
    if (r < 0) {
        json_decref(origins);
        return r;
    }
    return json_object_set_new(settings, "origins", origins) < 0 ? ERR_MEMORY : 0;
}

static bool is_color(struct slice text)
{
    size_t i;

    if (text.len != 7 || text.ptr[0] != '#')
        return false;
    for (i = 1; i < text.len; i++)
        if (!strchr("0123456789abcdefABCDEF", text.ptr[i]))
            return false;
    return true;
}

static bool is_language(struct slice text)
{
    size_t i;

    for (i = 0; i < text.len; i++)
        if (!((text.ptr[i] >= 'a' && text.ptr[i] <= 'z') || (i && text.ptr[i] == '-')))
            return false;
    return true;
}

static bool is_web_address(struct slice text)
{
    size_t i;

    for (i = 0; i < text.len; i++)
        if ((unsigned char)text.ptr[i] <= ' ' || text.ptr[i] == '"' || text.ptr[i] == '<')
            return false;
    return !pii_empty(web_origin_of(pii_of(text)));
}

static const char *check_texts(const struct call *call)
{
    struct slice color = json_str(call->body, "color");
    struct slice privacy = json_str(call->body, "privacy_url");

    if (color.len && !is_color(color))
        return "\"color\" is written as #rrggbb.";
    if (!is_language(json_str(call->body, "language")))
        return "\"language\" is a code like en or de.";
    if (privacy.len && !is_web_address(privacy))
        return "\"privacy_url\" is an address like https://example.com/privacy.";
    return NULL;
}

/* What a visitor may tap before writing: {title, payload}. */
static const char *check_starters(const struct call *call)
{
    const json_t *list = json_object_get(call->body, "starters");
    size_t i;

    if (json_array_size(list) > STARTERS_MAX)
        return "\"starters\" holds at most five.";
    for (i = 0; i < json_array_size(list); i++) {
        const json_t *starter = json_array_get(list, i);
        struct slice title = json_str(starter, "title");

        if (title.len == 0 || title.len > 80 || json_str(starter, "payload").len > 1000 ||
            json_object_size(starter) > 2)
            return "Each of \"starters\" has a \"title\" of at most 80 bytes, and may have a "
                   "\"payload\".";
    }
    return NULL;
}

static int copy_members(struct call *call, json_t *settings)
{
    static const char *const members[] = {"color", "greeting", "language", "privacy_url",
                                          "starters"};
    size_t i;

    for (i = 0; i < ARRAY_LEN(members); i++) {
        json_t *value = json_object_get(call->body, members[i]);

        if (value && json_object_set(settings, members[i], value) < 0)
            return ERR_MEMORY;
    }
    return 0;
}

static int read_settings(const struct channel *site, json_t **ret)
{
    if (site->settings.len)
        return json_read(site->settings, ret) < 0 ? ERR_DAMAGED : 0;
    *ret = json_object();
    return *ret ? 0 : ERR_MEMORY;
}

static int write_settings(struct turn *turn, const json_t *settings, struct channel *site)
{
    struct buf text = BUF_INIT(SETTINGS_MAX);
    int r = json_write(settings, &text);

    if (r == 0)
        site->settings = arena_copy(turn->arena, buf_slice(&text));
    buf_done(&text);
    return r == 0 && !site->settings.ptr ? ERR_MEMORY : r;
}

int site_flow(struct turn *turn, struct call *call, int64_t *ret)
{
    struct shelf_flow flow;
    int64_t id;
    int r = call_body_id(call, "flow", ID_FLOW, &id);

    if (r == 0 && id)
        r = shelf_load(turn, call->caller.tenant, id, &flow);
    if (r == ERR_NOT_FOUND)
        return call_fail(call, ERR_INVALID, "\"flow\" is none of your firm's.");
    if (r == 0)
        *ret = id;
    return r;
}

int site_change(struct turn *turn, struct call *call, struct channel *site)
{
    CLEANUP(json_cleanup) json_t *settings = NULL;
    const char *problem = check_texts(call);
    int r = 0;

    if (!problem)
        problem = check_starters(call);
    if (problem)
        return call_fail(call, ERR_INVALID, problem);
    if (call_has(call, "name"))
        site->name = slice_trim(json_str(call->body, "name"));
    if (site->name.len == 0)
        return call_fail(call, ERR_INVALID, "\"name\" must not be empty.");
    if (call_has(call, "flow"))
        r = site_flow(turn, call, &site->flow);
    if (r == 0)
        r = read_settings(site, &settings);
    if (r == 0 && call_has(call, "origins"))
        r = set_origins(turn, call, settings);
    if (r == 0)
        r = copy_members(call, settings);
    return r < 0 ? r : write_settings(turn, settings, site);
}

int site_show_secret(struct turn *turn, struct channel *site)
{
    CLEANUP(json_cleanup) json_t *settings = NULL;
    int r = read_settings(site, &settings);

    if (r < 0)
        return r;
    if (json_object_set_new(settings, "identity_secret",
                            json_stringn(site->secret.ptr, site->secret.len)) < 0)
        return ERR_MEMORY;
    return write_settings(turn, settings, site);
}
