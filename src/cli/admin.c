#include "cli/admin.h"

#include <stdio.h>

#include "account/account.h"
#include "account/password.h"
#include "api/shape.h"
#include "base/err.h"

enum { ARENA_MAX = 1024 * 1024 };

const struct admin_command admin_commands[] = {
#define ADMIN(name, function, takes, rest, usage, summary)                                         \
    {name, function, takes, rest, usage, summary},
#include "cli/admin.def"
#undef ADMIN
    {NULL, NULL, NULL, NULL, NULL, NULL},
};

struct slice admin_text(const struct admin *admin, const char *name)
{
    return json_str(admin->request, name);
}

int admin_fail(struct admin *admin, int err, const char *detail)
{
    admin->detail = detail;
    return err;
}

static void begin_reply(struct admin *admin)
{
    admin->reply->len = admin->reply_start;
    json_out_init(&admin->out, admin->reply);
    json_out_object(&admin->out, NULL);
    json_out_bool(&admin->out, "ok", true);
}

/* The tenant */

static int one_tenant(struct admin *admin, const struct tenant *list, size_t n, struct slice name)
{
    size_t i, found = 0;

    for (i = 0; i < n; i++) {
        if (name.len && !slice_eq(list[i].name, name))
            continue;
        admin->tenant = list[i].id;
        found++;
    }
    if (found == 1)
        return 0;
    if (found)
        return admin_fail(admin, ERR_INVALID,
                          "There is more than one such firm: name it by its id with --tenant.");
    return admin_fail(admin, ERR_NOT_FOUND, "There is no such firm. `lethe tenant add` makes one.");
}

static int find_tenant(struct turn *turn, void *arg)
{
    struct admin *admin = arg;
    struct slice name = admin_text(admin, "tenant");
    struct tenant *list, tenant;
    size_t n;
    int r;

    if (id_parse(ID_TENANT, name, &admin->tenant) == 0) {
        r = tenant_load(turn, admin->tenant, &tenant);
        return r == ERR_NOT_FOUND ? admin_fail(admin, r, "There is no firm of that id.") : r;
    }
    r = tenant_list(turn, &list, &n);
    return r < 0 ? r : one_tenant(admin, list, n, name);
}

static bool takes_tenant(const struct admin *admin)
{
    const struct admin_command *command;

    for (command = admin_commands; command->name; command++)
        if (slice_eq(admin_text(admin, "command"), slice_cstr(command->name)))
            return strstr(command->takes, "tenant") != NULL;
    return false;
}

static int need_tenant(struct admin *admin)
{
    if (admin->tenant || !takes_tenant(admin))
        return 0;
    return store_read_wait(admin->app->store, find_tenant, admin);
}

struct run {
    struct admin *admin;
    store_work *work;
};

static int run_work(struct turn *turn, void *arg)
{
    struct run *run = arg;

    begin_reply(run->admin);
    return run->work(turn, run->admin);
}

int admin_write(struct admin *admin, store_work *work)
{
    struct run run = {admin, work};
    int r = need_tenant(admin);

    return r < 0 ? r : store_write_wait(admin->app->store, admin->tenant, run_work, &run);
}

int admin_read(struct admin *admin, store_work *work)
{
    struct run run = {admin, work};
    int r = need_tenant(admin);

    return r < 0 ? r : store_read_wait(admin->app->store, run_work, &run);
}

static int hash_work(struct turn *turn, void *arg)
{
    struct admin *admin = arg;

    (void)turn;
    return password_hash(admin->arena, pii_of(admin_text(admin, "password")), &admin->hash);
}

int admin_hash(struct admin *admin)
{
    int r = password_check(pii_of(admin_text(admin, "password")));

    if (r < 0)
        return admin_fail(admin, r,
                          "The password must have 10 to 200 characters and not be among the most "
                          "common ones.");
    return store_slow_wait(admin->app->store, hash_work, admin);
}

/* One request */

static const struct admin_command *command_of(const json_t *request)
{
    const struct admin_command *command;

    for (command = admin_commands; command->name; command++)
        if (slice_eq(json_str(request, "command"), slice_cstr(command->name)))
            return command;
    return NULL;
}

static int check(struct admin *admin, const struct admin_command *command)
{
    char shape[512], problem[200];
    int r;

    snprintf(shape, sizeof(shape), "command:text %s", command->takes);
    r = shape_check(shape, admin->request, problem, sizeof(problem));
    if (r < 0)
        admin->detail = arena_printf(admin->arena, "%s See --help.", problem).ptr;
    return r < 0 ? ERR_USAGE : 0;
}

static void end_reply(struct admin *admin, int r)
{
    if (r < 0) {
        admin->reply->len = admin->reply_start;
        json_out_init(&admin->out, admin->reply);
        json_out_object(&admin->out, NULL);
        json_out_bool(&admin->out, "ok", false);
        json_out_str(&admin->out, "code", slice_cstr(err_code(r)));
        json_out_str(&admin->out, "detail",
                     slice_cstr(admin->detail ? admin->detail : err_text(r)));
    }
    json_out_close_object(&admin->out);
}

int admin_run(struct app *app, struct slice request_text, struct buf *ret)
{
    CLEANUP(json_cleanup) json_t *request = NULL;
    const struct admin_command *command;
    struct admin admin = {
        .app = app, .reply = ret, .reply_start = ret->len, .arena = arena_new(ARENA_MAX)};
    int r = admin.arena ? json_read(request_text, &request) : ERR_MEMORY;

    begin_reply(&admin);
    admin.request = request;
    command = r == 0 ? command_of(request) : NULL;
    if (r == 0)
        r = command ? check(&admin, command) : ERR_USAGE;
    if (r == 0)
        r = command->run(&admin);
    end_reply(&admin, r);
    arena_free(admin.arena);
    return json_out_end(&admin.out);
}
