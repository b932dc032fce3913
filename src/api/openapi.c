#include "api/openapi.h"

#include "api/route.h"
#include "api/shape.h"

const struct shape_name shape_names[] = {
    {"User", "id:id.user name:text email:text role:agent|admin|owner state:active|off|invited "
             "available:bool"
             " alerts:object"},
    {"Conversation",
     "id:id.conversation person:object channel:object status:open|closed assignee:object~"
     " help_wanted_at:int~ floor:nobody|bot|agent floor_user:object~ epoch:int unread:int"
     " created_at:int last_at:int last_in_at:int~ last_message:object~ origin:text~ page:text~"
     " standby:bool window_closes_at:int~ person_read_at:int~ tags:texts"},
    {"Message",
     "id:id.message conversation:id.conversation cseq:int kind:message|note|event"
     " author:person|bot|agent|system user?:object~"
     " state:received|queued|sending|sent|delivered|read|refused|unknown|withdrawn reason?:text"
     " text?:text quick_replies?:list buttons?:list cards?:list attachments?:list input?:object"
     " event?:object reaction?:text reply_to?:text client_id?:text payload?:text sent_at:int"
     " edited_at?:int deleted_at?:int"},
    {"Person",
     "id:id.person name:text~ picture:text~ online:bool seen_at:int state:text created_at:int"
     " email:text~ phone:text~ attributes:object fields:list identities?:list"
     " conversations?:Conversation[]"},
    {"Channel",
     "id:id.channel kind:web|messenger name:text state:on|off|broken reason:text external:text"
     " flow:id.flow~ created_at:int last_event_at:int~ checked_at:int~ settings:object"
     " snippet?:text seen_at?:int~"},
    {"Tenant", "id:text name:text language:text quote_in_alerts:bool help_text:text"},
    {"Problem", "type:text title:text status:int code:text detail?:text"},
    {NULL, NULL},
};

static const char *method_word(enum http_method method)
{
    switch (method) {
    case HTTP_GET_:
        return "get";
    case HTTP_POST_:
        return "post";
    case HTTP_PUT_:
        return "put";
    case HTTP_PATCH_:
        return "patch";
    case HTTP_DELETE_:
        return "delete";
    case HTTP_HEAD_:
    case HTTP_OPTIONS_:
    case HTTP_OTHER_:
        break;
    }
    return "trace";
}

static void out_content(struct json_out *out, const char *shape)
{
    json_out_object(out, "content");
    json_out_object(out, "application/json");
    shape_schema(out, "schema", shape);
    json_out_close_object(out);
    json_out_close_object(out);
}

static void out_parameter(struct json_out *out, const char *in, struct slice name, bool required)
{
    json_out_object(out, NULL);
    json_out_str(out, "in", slice_cstr(in));
    json_out_str(out, "name", name);
    json_out_bool(out, "required", required);
    json_out_object(out, "schema");
    json_out_str(out, "type", SLICE("string"));
    json_out_close_object(out);
    json_out_close_object(out);
}

static void out_parameters(struct json_out *out, const struct route *route)
{
    struct slice rest = slice_cstr(route->path), part, query = slice_cstr(route->query);

    json_out_array(out, "parameters");
    while (slice_cut(&rest, '/', &part))
        if (part.len > 2 && part.ptr[0] == '{')
            out_parameter(out, "path", slice_of(part.ptr + 1, part.len - 2), true);
    while (slice_cut(&query, ' ', &part)) {
        ptrdiff_t end = slice_find(part, '?');

        if (end > 0)
            out_parameter(out, "query", slice_head(part, (size_t)end), false);
    }
    json_out_close_array(out);
}

/* A token needs any one of the scopes; a session needs the role. */
static void out_security(struct json_out *out, const struct route *route)
{
    size_t i;

    json_out_array(out, "security");
    if (route->access != ACCESS_PUBLIC) {
        json_out_object(out, NULL);
        json_out_array(out, "session");
        json_out_close_array(out);
        json_out_close_object(out);
    }
    for (i = 0; route->access != ACCESS_PUBLIC && scope_words[i]; i++) {
        if (!(route->scope & (1u << i)))
            continue;
        json_out_object(out, NULL);
        json_out_array(out, "token");
        json_out_str(out, NULL, slice_cstr(scope_words[i]));
        json_out_close_array(out);
        json_out_close_object(out);
    }
    json_out_close_array(out);
}

static void out_schemes(struct json_out *out)
{
    json_out_object(out, "securitySchemes");
    json_out_object(out, "session");
    json_out_str(out, "type", SLICE("apiKey"));
    json_out_str(out, "in", SLICE("cookie"));
    json_out_str(out, "name", SLICE("__Host-lethe"));
    json_out_close_object(out);
    json_out_object(out, "token");
    json_out_str(out, "type", SLICE("http"));
    json_out_str(out, "scheme", SLICE("bearer"));
    json_out_close_object(out);
    json_out_close_object(out);
}

static void out_operation(struct json_out *out, const struct route *route)
{
    json_out_object(out, method_word(route->method));
    json_out_str(out, "summary", slice_cstr(route->summary));
    out_security(out, route);
    out_parameters(out, route);
    if (route->takes && route->takes[0]) {
        json_out_object(out, "requestBody");
        out_content(out, route->takes);
        json_out_close_object(out);
    }
    json_out_object(out, "responses");
    json_out_object(out, route->gives ? "200" : "204");
    json_out_str(out, "description", SLICE("Done"));
    if (route->gives && strcmp(route->gives, "object") != 0)
        out_content(out, route->gives);
    json_out_close_object(out);
    json_out_object(out, "default");
    json_out_str(out, "description", SLICE("A problem"));
    json_out_object(out, "content");
    json_out_object(out, "application/problem+json");
    shape_schema(out, "schema", "Problem");
    json_out_close_object(out);
    json_out_close_object(out);
    json_out_close_object(out);
    json_out_close_object(out);
    json_out_close_object(out);
}

/* Methods of one path may stand in different tables: a path is written where it comes first. */
static bool came_before(size_t table, size_t index, const char *path)
{
    size_t t, i;

    for (t = 0; t <= table; t++)
        for (i = 0; i < route_table_size(t) && (t < table || i < index); i++)
            if (route_tables[t][i].summary && strcmp(route_tables[t][i].path, path) == 0)
                return true;
    return false;
}

static void out_path(struct json_out *out, const char *path)
{
    size_t t, i;

    json_out_object(out, path);
    for (t = 0; t < route_table_count; t++)
        for (i = 0; i < route_table_size(t); i++)
            if (route_tables[t][i].summary && strcmp(route_tables[t][i].path, path) == 0)
                out_operation(out, &route_tables[t][i]);
    json_out_close_object(out);
}

static void out_paths(struct json_out *out)
{
    size_t t, i;

    json_out_object(out, "paths");
    for (t = 0; t < route_table_count; t++) {
        for (i = 0; i < route_table_size(t); i++) {
            const struct route *route = &route_tables[t][i];

            if (route->summary && !came_before(t, i, route->path))
                out_path(out, route->path);
        }
    }
    json_out_close_object(out);
}

void openapi_write(struct json_out *out, const char *public_url, const char *version)
{
    const struct shape_name *name;

    json_out_object(out, NULL);
    json_out_str(out, "openapi", SLICE("3.1.0"));
    json_out_object(out, "info");
    json_out_str(out, "title", SLICE("Lethe"));
    json_out_str(out, "version", slice_cstr(version));
    json_out_close_object(out);
    json_out_array(out, "servers");
    json_out_object(out, NULL);
    json_out_str(out, "url", slice_cstr(public_url));
    json_out_close_object(out);
    json_out_close_array(out);
    out_paths(out);
    json_out_object(out, "components");
    json_out_object(out, "schemas");
    for (name = shape_names; name->name; name++)
        shape_schema(out, name->name, name->shape);
    json_out_close_object(out);
    out_schemes(out);
    json_out_close_object(out);
    json_out_close_object(out);
}
