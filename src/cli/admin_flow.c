/* admin_flow.c - bots, by script. */
#include "api/call.h"
#include "base/err.h"
#include "bot/shelf.h"
#include "cli/admin.h"

/* The flow of that name; a new one when there is none. */
static int flow_of(struct turn *turn, int64_t tenant, struct slice name, int64_t *ret)
{
    struct shelf_flow *flows;
    size_t i, n;
    int r = shelf_list(turn, tenant, &flows, &n);

    if (r < 0)
        return r;
    for (i = 0; i < n; i++) {
        if (slice_eq(flows[i].name, name)) {
            *ret = flows[i].id;
            return 0;
        }
    }
    return shelf_add(turn, tenant, name, ret);
}

/* The first error of the document, with its place. */
static int tell_problem(struct admin *admin, const struct flow_problems *problems)
{
    const struct flow_problem *p = problems->items;
    size_t i;

    for (i = 0; i < problems->n; i++)
        if (problems->items[i].severity == FLOW_ERROR)
            break;
    if (i == problems->n)
        return admin_fail(admin, ERR_INVALID, "The file holds no flow of a version known here.");
    p = &problems->items[i];
    return admin_fail(admin, ERR_INVALID,
                      arena_printf(admin->arena, "%.*s%s%.*s%s%.*s (%zu errors in all)",
                                   SLICE_ARG(p->node), p->node.len ? " " : "", SLICE_ARG(p->field),
                                   p->node.len || p->field.len ? ": " : "", SLICE_ARG(p->text),
                                   problems->errors)
                          .ptr);
}

/* --name, or the document's own. */
static int name_of(struct turn *turn, struct admin *admin, struct slice *ret)
{
    CLEANUP(json_cleanup) json_t *document = NULL;
    struct slice name = slice_trim(admin_text(admin, "name"));
    int r = json_read(admin_text(admin, "document"), &document);

    if (r < 0)
        return admin_fail(admin, ERR_INVALID, "The file is no JSON document in UTF-8.");
    if (!name.len)
        name = slice_trim(json_str(document, "name"));
    if (!name.len)
        return admin_fail(admin, ERR_INVALID, "The document has no name. Give one with --name.");
    *ret = arena_copy(turn->arena, name);
    return ret->ptr ? 0 : ERR_MEMORY;
}

static int import(struct turn *turn, void *arg)
{
    struct admin *admin = arg;
    struct flow_problems *problems = arena_alloc(turn->arena, sizeof(*problems));
    int64_t flow, version;
    struct slice name;
    int r = problems ? name_of(turn, admin, &name) : ERR_MEMORY;

    if (r == 0)
        r = flow_of(turn, admin->tenant, name, &flow);
    if (r < 0)
        return r;
    r = shelf_add_version(turn, admin->tenant, flow, admin_text(admin, "document"), 0, problems,
                          &version);
    if (r == ERR_INVALID || r == ERR_SYNTAX)
        return tell_problem(admin, problems);
    if (r == 0 && json_bool(admin->request, "publish", false))
        r = shelf_publish(turn, admin->tenant, flow, version);
    call_out_id(&admin->out, "flow", ID_FLOW, flow);
    call_out_id(&admin->out, "version", ID_FLOW_VERSION, version);
    return r;
}

int admin_flow_import(struct admin *admin)
{
    return admin_write(admin, import);
}
