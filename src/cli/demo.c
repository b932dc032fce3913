#include "cli/demo.h"

#include <stdio.h>

#include "account/session.h"
#include "base/err.h"
#include "bot/shelf.h"
#include "person/purpose.h"
#include "talk/channel.h"

static int declare_purposes(struct turn *turn, int64_t tenant)
{
    enum person_field field;
    int r = 0;

    for (field = FIELD_FIRST_NAME; r == 0 && field < FIELD_END; field++)
        r = purpose_set(turn, tenant, field, slice_cstr(purpose_ready(field)));
    return r;
}

/* In the program: demo_flow.S. */
extern const char demo_flow[], demo_flow_end[];

static int make_flow(struct turn *turn, int64_t tenant, int64_t *ret_flow)
{
    struct slice document = slice_of(demo_flow, (size_t)(demo_flow_end - demo_flow));
    struct flow_problems problems;
    int64_t flow, version;
    int r = shelf_add(turn, tenant, SLICE("Fern & Kettle assistant"), &flow);

    if (r == 0)
        r = shelf_add_version(turn, tenant, flow, document, 0, &problems, &version);
    if (r == 0)
        r = shelf_publish(turn, tenant, flow, version);
    if (r == 0)
        *ret_flow = flow;
    return r;
}

static int make_site(struct turn *turn, int64_t tenant, int64_t flow)
{
    const struct channel site = {
        .tenant = tenant,
        .kind = CHANNEL_WEB,
        .state = CHANNEL_ON,
        .external = SLICE("demo"),
        .flow = flow,
        .name = SLICE("Fern & Kettle"),
        .settings = SLICE("{\"color\":\"#2f5d50\",\"greeting\":\"Hello! How can we help?\","
                          "\"origins\":[]}"),
    };
    int64_t id;

    return channel_add(turn, &site, &id);
}

static int prepare(struct turn *turn, void *arg)
{
    struct tenant tenant;
    int64_t n, flow;
    int r = tenant_count(turn, &n);

    (void)arg;
    if (r < 0 || n > 0)
        return r;
    r = tenant_add(turn, SLICE("Fern & Kettle"), &tenant);
    if (r == 0)
        r = declare_purposes(turn, tenant.id);
    if (r == 0)
        r = make_flow(turn, tenant.id, &flow);
    return r < 0 ? r : make_site(turn, tenant.id, flow);
}

int demo_prepare(struct store *store)
{
    return store_write_wait(store, 0, prepare, NULL);
}

/* A new link at each start until somebody has used one. With one firm and no owner (the sample
 * firm), the link makes its owner; otherwise it makes a firm. */
struct claim {
    bool open;
    char ticket[SECRET_TEXT_SIZE];
};

static int make_claim(struct turn *turn, void *arg)
{
    struct claim *claim = arg;
    struct tenant *tenants;
    bool owned;
    size_t n;
    int r = tenant_owned(turn, &owned);

    if (r == 0)
        r = tenant_list(turn, &tenants, &n);
    claim->open = r == 0 && !owned;
    if (r < 0 || owned)
        return r;
    return ticket_add(turn, TICKET_CLAIM, n == 1 ? tenants[0].id : 0, 0, claim->ticket);
}

int demo_announce(struct lethe *lethe, bool demo)
{
    const char *url = lethe->public_url;
    struct claim claim = {0};
    int r = store_write_wait(lethe->app.store, 0, make_claim, &claim);

    if (r < 0)
        return r;
    fprintf(stderr, "\nLethe %s is running.\n", LETHE_VERSION);
    if (demo)
        fprintf(stderr, "  Sample website with a bot:  %s/demo\n", url);
    fprintf(stderr, "  Dashboard:                  %s/app/inbox\n", url);
    if (claim.open)
        fprintf(stderr, "  Make the first account:     %s/claim#%s\n", url, claim.ticket);
    fputc('\n', stderr);
    return 0;
}
