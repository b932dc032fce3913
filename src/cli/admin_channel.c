/* admin_channel.c - channels, people and the vault, by script. */
#include "api/call.h"
#include "api/site_settings.h"
#include "base/err.h"
#include "cli/admin.h"
#include "person/person.h"
#include "talk/channel.h"

static int add_page(struct turn *turn, void *arg)
{
    struct admin *admin = arg;
    struct slice name = admin_text(admin, "name");
    struct channel page = {
        .tenant = admin->tenant,
        .kind = CHANNEL_MESSENGER,
        .state = CHANNEL_ON,
        .external = slice_trim(admin_text(admin, "page_id")),
        .secret = slice_trim(admin_text(admin, "token")),
    };
    int64_t unused;
    int r;

    if (slice_int64(page.external, &unused) < 0 || !page.secret.len)
        return admin_fail(admin, ERR_INVALID,
                          "A Page has a number (--page-id) and an access token (--token-file).");
    page.name = name.len ? name : page.external;
    r = channel_add(turn, &page, &page.id);
    if (r == ERR_EXISTS)
        return admin_fail(admin, r, "This Page is connected already.");
    call_out_id(&admin->out, "channel", ID_CHANNEL, page.id);
    return r;
}

int admin_channel_add(struct admin *admin)
{
    if (!slice_eq(admin_text(admin, "kind"), SLICE("messenger")))
        return admin_fail(admin, ERR_INVALID, "Websites are added by `lethe site add`.");
    return admin_write(admin, add_page);
}

static int add_site(struct turn *turn, void *arg)
{
    struct admin *admin = arg;
    struct slice origin = site_origin(turn, slice_trim(admin_text(admin, "origin")));
    struct slice name = admin_text(admin, "name");
    struct channel site = {
        .tenant = admin->tenant,
        .kind = CHANNEL_WEB,
        .state = CHANNEL_ON,
        .name = name.len ? name : origin,
    };
    char key[SITE_KEY_SIZE];
    int r;

    if (!origin.len)
        return admin_fail(admin, ERR_INVALID,
                          "--origin takes an address like https://shop.example.com.");
    site.external = site_key(turn, key);
    /* An origin holds no character that JSON would escape. */
    site.settings = arena_printf(turn->arena, "{\"origins\":[\"%.*s\"]}", SLICE_ARG(origin));
    if (!site.settings.ptr)
        return ERR_MEMORY;
    r = channel_add(turn, &site, &site.id);
    call_out_id(&admin->out, "channel", ID_CHANNEL, site.id);
    json_out_str(&admin->out, "site", site.external);
    return r;
}

int admin_site_add(struct admin *admin)
{
    return admin_write(admin, add_site);
}

/* A channel by its id, or by the Page's or site's own key. */
static int find_channel(struct turn *turn, struct admin *admin, struct channel *ret)
{
    struct slice text = admin_text(admin, "channel");
    int64_t id;
    int r;

    if (id_parse(ID_CHANNEL, text, &id) == 0)
        r = channel_load(turn, admin->tenant, id, ret);
    else
        r = channel_find(turn, CHANNEL_WEB, text, ret);
    if (r == ERR_NOT_FOUND)
        r = channel_find(turn, CHANNEL_MESSENGER, text, ret);
    if (r == ERR_NOT_FOUND || (r == 0 && ret->tenant != admin->tenant))
        return admin_fail(admin, ERR_NOT_FOUND, "The firm has no such channel.");
    return r;
}

static int find_person(struct turn *turn, void *arg)
{
    struct admin *admin = arg;
    struct channel channel;
    struct person_ref person;
    int r = find_channel(turn, admin, &channel);

    if (r < 0)
        return r;
    r = person_resolve(turn, admin->tenant, channel.id, pii_of(admin_text(admin, "id")), turn->now,
                       false, &person);
    if (r == ERR_NOT_FOUND || r == ERR_FORGOTTEN)
        return admin_fail(admin, r, "The channel knows nobody under this id.");
    call_out_id(&admin->out, "person", ID_PERSON, person.id);
    return r;
}

int admin_person_find(struct admin *admin)
{
    return admin_read(admin, find_person);
}

/* Opening the data has done it. */
int admin_migrate(struct admin *admin)
{
    json_out_str(&admin->out, "version", slice_cstr(admin->app->version));
    return 0;
}

int admin_vault_status(struct admin *admin)
{
    struct vault_status status;
    int r = vault_status(store_vault(admin->app->store), &status);

    if (r < 0)
        return r;
    json_out_int(&admin->out, "issued", (int64_t)status.issued);
    json_out_int(&admin->out, "forgotten", (int64_t)status.forgotten);
    json_out_int(&admin->out, "damaged", (int64_t)status.damaged);
    json_out_int(&admin->out, "files", status.files);
    json_out_bool(&admin->out, "same_volume_as_data", status.same_volume);
    return 0;
}
