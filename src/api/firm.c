#include "api/firm.h"

#include "base/err.h"

enum { SETTINGS_MAX = 64 * 1024 };

static int read_settings(const struct tenant *tenant, json_t **ret)
{
    if (tenant->settings.len)
        return json_read(tenant->settings, ret) < 0 ? ERR_DAMAGED : 0;
    *ret = json_object();
    return *ret ? 0 : ERR_MEMORY;
}

int firm_out(struct json_out *out, const char *key, const struct tenant *tenant)
{
    CLEANUP(json_cleanup) json_t *settings = NULL;
    struct slice language;
    int r = read_settings(tenant, &settings);

    if (r < 0)
        return r;
    language = json_str(settings, "language");
    json_out_object(out, key);
    call_out_id(out, "id", ID_TENANT, tenant->id);
    json_out_str(out, "name", tenant->name);
    json_out_str(out, "language", language.len ? language : SLICE("en"));
    json_out_bool(out, "quote_in_alerts", json_bool(settings, "quote_in_alerts", false));
    json_out_str(out, "help_text", json_str(settings, "help_text"));
    json_out_close_object(out);
    return 0;
}

int firm_change(struct turn *turn, struct call *call, struct tenant *tenant)
{
    static const char *const members[] = {"language", "quote_in_alerts", "help_text"};
    CLEANUP(json_cleanup) json_t *settings = NULL;
    struct buf text = BUF_INIT(SETTINGS_MAX);
    size_t i;
    int r = read_settings(tenant, &settings);

    for (i = 0; r == 0 && i < ARRAY_LEN(members); i++)
        if (call_has(call, members[i]) &&
            json_object_set(settings, members[i], json_object_get(call->body, members[i])) < 0)
            r = ERR_MEMORY;
    if (r == 0)
        r = json_write(settings, &text);
    if (r == 0)
        tenant->settings = arena_copy(turn->arena, buf_slice(&text));
    buf_done(&text);
    if (r == 0 && !tenant->settings.ptr)
        r = ERR_MEMORY;
    if (call_has(call, "name"))
        tenant->name = json_str(call->body, "name");
    return r;
}
