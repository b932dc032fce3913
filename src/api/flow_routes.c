/* flow_routes.c - the bots of a firm: documents in, versions, and which one is live. */
#include "api/render.h"
#include "api/routes.h"
#include "base/err.h"
#include "bot/shelf.h"

/* A document and its frame; JSON written again is never longer than that. */
enum { BODY_MAX = FLOW_BYTES_MAX + 64 * 1024, PROBLEMS_BYTES = 256 * 1024 };

static int load(struct turn *turn, struct call *call, struct shelf_flow *ret)
{
    int64_t id;
    int r = call_id(call, 0, ID_FLOW, &id);

    return r < 0 ? r : shelf_load(turn, call->caller.tenant, id, ret);
}

static void out_version(struct json_out *out, const struct shelf_version *version)
{
    json_out_object(out, NULL);
    call_out_id(out, "id", ID_FLOW_VERSION, version->id);
    json_out_int(out, "number", version->number);
    json_out_int(out, "created_at", version->created_at);
    if (version->published_at)
        json_out_int(out, "published_at", version->published_at);
    else
        json_out_null(out, "published_at");
    json_out_close_object(out);
}

static int out_flow(struct turn *turn, struct call *call, const struct shelf_flow *flow)
{
    struct json_out *out = &call->out;
    struct shelf_version *versions;
    size_t i, n;
    int r = shelf_versions(turn, call->caller.tenant, flow->id, &versions, &n);

    if (r < 0)
        return r;
    json_out_object(out, NULL);
    call_out_id(out, "id", ID_FLOW, flow->id);
    json_out_str(out, "name", flow->name);
    call_out_id(out, "published", ID_FLOW_VERSION, flow->published);
    json_out_int(out, "created_at", flow->created_at);
    json_out_array(out, "versions");
    for (i = 0; i < n; i++)
        out_version(out, &versions[i]);
    json_out_close_array(out);
    json_out_close_object(out);
    return 0;
}

static int show_again(struct turn *turn, struct call *call, int64_t id)
{
    struct shelf_flow flow;
    int r = shelf_load(turn, call->caller.tenant, id, &flow);

    return r < 0 ? r : out_flow(turn, call, &flow);
}

static int list(struct turn *turn, struct call *call)
{
    struct shelf_flow *flows;
    size_t i, n;
    int r = shelf_list(turn, call->caller.tenant, &flows, &n);

    if (r < 0)
        return r;
    render_list_open(&call->out);
    for (i = 0; r == 0 && i < n; i++)
        r = out_flow(turn, call, &flows[i]);
    render_list_close(&call->out, SLICE_NONE, (int64_t)n);
    return r;
}

static void out_problem(struct json_out *out, const struct flow_problem *problem)
{
    json_out_object(out, NULL);
    if (problem->node.len)
        json_out_str(out, "node", problem->node);
    if (problem->field.len)
        json_out_str(out, "field", problem->field);
    json_out_str(out, "text", problem->text);
    json_out_str(out, "severity",
                 problem->severity == FLOW_ERROR ? SLICE("error") : SLICE("warning"));
    json_out_close_object(out);
}

static int tell_problems(struct call *call, const struct flow_problems *problems, int err)
{
    struct buf b = BUF_INIT(PROBLEMS_BYTES);
    struct json_out out;
    size_t i;
    int r;

    json_out_init(&out, &b);
    json_out_object(&out, NULL);
    json_out_array(&out, "problems");
    for (i = 0; i < problems->n; i++)
        out_problem(&out, &problems->items[i]);
    json_out_close_array(&out);
    json_out_close_object(&out);
    r = json_out_end(&out);
    if (r == 0)
        call->problem_json = arena_copy(call->arena, buf_slice(&b));
    buf_done(&b);
    if (r < 0 || !call->problem_json.ptr)
        return r < 0 ? r : ERR_MEMORY;
    return call_fail(
        call, err, "The document has errors. Mend what \"problems\" names, then import it again.");
}

static int add_document(struct turn *turn, struct call *call, int64_t flow)
{
    struct flow_problems *problems = arena_alloc(turn->arena, sizeof(*problems));
    struct buf text = BUF_INIT(2 * FLOW_BYTES_MAX);
    int64_t version;
    int r = problems ? json_write(json_object_get(call->body, "document"), &text) : ERR_MEMORY;

    if (r == 0)
        r = shelf_add_version(turn, call->caller.tenant, flow, buf_slice(&text), call->caller.user,
                              problems, &version);
    buf_done(&text);
    if (r == ERR_INVALID || (r == ERR_SYNTAX && problems->n))
        return tell_problems(call, problems, ERR_INVALID);
    if (r == ERR_SYNTAX)
        return call_fail(call, ERR_INVALID, "The document is no flow of a version known here.");
    return r;
}

static int add(struct turn *turn, struct call *call)
{
    int64_t id;
    int r = shelf_add(turn, call->caller.tenant, json_str(call->body, "name"), &id);

    if (r == ERR_INVALID)
        return call_fail(call, r, "A flow needs a name.");
    if (r == 0)
        r = add_document(turn, call, id);
    return r < 0 ? r : show_again(turn, call, id);
}

static int add_version(struct turn *turn, struct call *call)
{
    struct shelf_flow flow;
    int r = load(turn, call, &flow);

    if (r == 0)
        r = add_document(turn, call, flow.id);
    return r < 0 ? r : show_again(turn, call, flow.id);
}

static int publish(struct turn *turn, struct call *call)
{
    struct shelf_flow flow;
    int64_t version;
    int r = load(turn, call, &flow);

    if (r == 0)
        r = call_body_id(call, "version", ID_FLOW_VERSION, &version);
    if (r == 0)
        r = shelf_publish(turn, call->caller.tenant, flow.id, version);
    return r < 0 ? r : show_again(turn, call, flow.id);
}

/* The version of the path, which must be one of the path's flow. */
static int find_version(struct turn *turn, struct call *call, int64_t flow, int64_t *ret)
{
    struct shelf_version *versions;
    int64_t id;
    size_t i, n;
    int r = call_id(call, 1, ID_FLOW_VERSION, &id);

    if (r == 0)
        r = shelf_versions(turn, call->caller.tenant, flow, &versions, &n);
    if (r < 0)
        return r;
    for (i = 0; i < n; i++) {
        if (versions[i].id == id) {
            *ret = id;
            return 0;
        }
    }
    return ERR_NOT_FOUND;
}

static int document(struct turn *turn, struct call *call)
{
    struct shelf_flow flow;
    struct slice text;
    int64_t version;
    int r = load(turn, call, &flow);

    if (r == 0)
        r = find_version(turn, call, flow.id, &version);
    if (r == 0)
        r = shelf_document(turn, call->caller.tenant, version, &text);
    if (r == 0)
        json_out_raw(&call->out, NULL, text);
    return r;
}

const struct route flow_routes[] = {
    {HTTP_GET_, "/api/v1/flows", LANE_READ, ACCESS_ADMIN, SCOPE_SETTINGS, list,
     .gives = "items:list next:text~ total:int", .summary = "Lists flows with their versions"},
    {HTTP_POST_, "/api/v1/flows", LANE_WRITE, ACCESS_ADMIN, SCOPE_SETTINGS, add,
     .body_max = BODY_MAX, .takes = "name:text<=100 document:object", .gives = "object",
     .summary = "Adds a flow with its first version"},
    {HTTP_POST_, "/api/v1/flows/{id}/versions", LANE_WRITE, ACCESS_ADMIN, SCOPE_SETTINGS,
     add_version, .body_max = BODY_MAX, .takes = "document:object", .gives = "object",
     .summary = "Adds a version"},
    {HTTP_GET_, "/api/v1/flows/{id}/versions/{version}", LANE_READ, ACCESS_ADMIN, SCOPE_SETTINGS,
     document, .gives = "object", .summary = "Gives a version's document"},
    {HTTP_POST_, "/api/v1/flows/{id}/publish", LANE_WRITE, ACCESS_ADMIN, SCOPE_SETTINGS, publish,
     .body_max = 4096, .takes = "version:id.version", .gives = "object",
     .summary = "Makes a version the one that new conversations get"},
};
const size_t flow_routes_count = ARRAY_LEN(flow_routes);
