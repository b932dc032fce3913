/* admin_account.c - firms, their people and API tokens, by script. */
#include "account/session.h"
#include "api/call.h"
#include "base/err.h"
#include "cli/admin.h"

/* A name that was not given is what stands before the @. */
static struct pii name_or_local_part(const struct admin *admin, const char *name,
                                     struct slice email)
{
    struct slice given = admin_text(admin, name), local;

    if (given.len || !slice_cut(&email, '@', &local))
        return pii_of(given);
    return pii_of(local);
}

static int explain_user(struct admin *admin, int r)
{
    if (r == ERR_EXISTS)
        return admin_fail(admin, r, "This e-mail address has an account already.");
    if (r == ERR_INVALID)
        return admin_fail(admin, r, "The e-mail address must be one like ada@example.com.");
    return r;
}

static int add_tenant(struct turn *turn, void *arg)
{
    struct admin *admin = arg;
    struct slice email = slice_trim(admin_text(admin, "owner_email"));
    struct tenant tenant;
    struct user user;
    int r = tenant_add(turn, admin_text(admin, "name"), &tenant);

    if (r == ERR_INVALID)
        return admin_fail(admin, r, "The firm's name must not be empty.");
    if (r == 0)
        r = explain_user(admin, user_add(turn, tenant.id, ROLE_OWNER,
                                         name_or_local_part(admin, "owner_name", email),
                                         pii_of(email), admin->hash, 0, &user));
    if (r < 0)
        return r;
    call_out_id(&admin->out, "tenant", ID_TENANT, tenant.id);
    call_out_id(&admin->out, "user", ID_USER, user.id);
    return 0;
}

int admin_tenant_add(struct admin *admin)
{
    int r = admin_hash(admin);

    return r < 0 ? r : admin_write(admin, add_tenant);
}

static int add_user(struct turn *turn, void *arg)
{
    struct admin *admin = arg;
    struct slice email = slice_trim(admin_text(admin, "email")), role = admin_text(admin, "role");
    struct user user;
    int r =
        user_add(turn, admin->tenant, role.len ? account_role_of(role) : ROLE_AGENT,
                 name_or_local_part(admin, "name", email), pii_of(email), admin->hash, 0, &user);

    if (r < 0)
        return explain_user(admin, r);
    call_out_id(&admin->out, "user", ID_USER, user.id);
    return 0;
}

int admin_user_add(struct admin *admin)
{
    int r = admin_hash(admin);

    return r < 0 ? r : admin_write(admin, add_user);
}

static int read_scopes(struct admin *admin, unsigned *ret)
{
    struct slice rest = admin_text(admin, "scope"), word;
    unsigned scopes = 0;

    while (slice_cut(&rest, ',', &word)) {
        unsigned scope = scope_of(slice_trim(word));

        if (!scope)
            return admin_fail(admin, ERR_INVALID,
                              "--scope takes read, talk, people and settings, with commas.");
        scopes |= scope;
    }
    *ret = scopes;
    return 0;
}

static int add_token(struct turn *turn, void *arg)
{
    struct admin *admin = arg;
    struct slice label = admin_text(admin, "label");
    char secret[SECRET_TEXT_SIZE];
    unsigned scopes = 0;
    int64_t id;
    int r = read_scopes(admin, &scopes);

    if (r == 0)
        r = token_add(turn, admin->tenant, scopes, label.len ? label : SLICE("command line"), &id,
                      secret);
    if (r < 0)
        return r;
    call_out_id(&admin->out, "id", ID_TOKEN, id);
    json_out_str(&admin->out, "token", slice_cstr(secret));
    return 0;
}

int admin_token_add(struct admin *admin)
{
    return admin_write(admin, add_token);
}
