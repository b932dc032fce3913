/* join_routes.c - links that let somebody in: the first owner's claim, invitations, new passwords.
 */
#include "account/post.h"
#include "api/door.h"
#include "api/hub.h"
#include "api/routes.h"
#include "base/err.h"

enum { BODY_MAX = 16 * 1024 };

static int stale_link(struct call *call, const char *next)
{
    return call_fail(call, ERR_NOT_FOUND, next);
}

static int then(struct call *call, call_handler *handler, enum route_lane lane)
{
    call->then = handler;
    call->then_lane = lane;
    return 0;
}

static struct slice ticket_of(const struct call *call)
{
    return json_str(call->body, "ticket");
}

/* Claim: the first owner, by the link that the server printed at its start. */

static int claim_refused(struct call *call)
{
    return call_fail(call, ERR_DENIED,
                     "Somebody owns this installation already. Sign in, or ask its owner for an "
                     "invitation.");
}

static int claim_stale(struct call *call)
{
    return stale_link(call, "This link was used or is older than seven days. Start the server "
                            "again: it prints a fresh one.");
}

static int claim_firm(struct turn *turn, struct call *call, int64_t id, struct tenant *ret)
{
    struct slice name = json_str(call->body, "firm");
    int r;

    if (!id)
        return tenant_add(turn, name, ret);
    r = tenant_load(turn, id, ret);
    if (r < 0)
        return r;
    ret->name = name;
    return tenant_update(turn, ret);
}

static int claim_end(struct turn *turn, struct call *call)
{
    const struct door *door = call->data;
    int64_t tenant_id, unused;
    struct tenant tenant;
    struct user user;
    bool owned;
    int r = tenant_owned(turn, &owned);

    if (r == 0 && owned)
        return claim_refused(call);
    if (r == 0)
        r = ticket_take(turn, TICKET_CLAIM, ticket_of(call), &tenant_id, &unused);
    if (r == ERR_NOT_FOUND)
        return claim_stale(call);
    if (r == 0)
        r = claim_firm(turn, call, tenant_id, &tenant);
    if (r == ERR_INVALID)
        return call_fail(call, r, "\"firm\" must not be empty.");
    if (r == 0)
        r = user_add(turn, tenant.id, ROLE_OWNER, call_body_pii(call, "name"), door_email(call),
                     door->new_hash, POLICY_VERSION, &user);
    if (r == ERR_INVALID)
        return call_fail(call, r,
                         "\"name\" must not be empty, and \"email\" must be an address "
                         "like ada@example.com.");
    if (r == ERR_EXISTS)
        return call_fail(call, r, "This e-mail address has an account already. Sign in with it.");
    return r < 0 ? r : door_let_in(turn, call, &user);
}

static int claim_hash(struct turn *turn, struct call *call)
{
    (void)turn;
    then(call, claim_end, LANE_WRITE);
    return door_hash(call);
}

static int claim(struct turn *turn, struct call *call)
{
    int64_t tenant, unused;
    struct door *door;
    bool owned;
    int r = door_enter(turn, call, &door);

    if (r == 0)
        r = tenant_owned(turn, &owned);
    if (r == 0 && owned)
        return claim_refused(call);
    if (r == 0)
        r = ticket_peek(turn, TICKET_CLAIM, ticket_of(call), &tenant, &unused);
    if (r == ERR_NOT_FOUND)
        return claim_stale(call);
    if (r == 0)
        r = door_check_password(call);
    if (r == 0)
        r = door_check_policy(call);
    return r < 0 ? r : then(call, claim_hash, LANE_SLOW);
}

/* A new password, by a link in a mail. */

/* An unknown address costs a ticket, too, so that the time tells nothing; nobody gets it. */
static int forgot_end(struct turn *turn, struct call *call)
{
    const struct door *door = call->data;
    char ticket[SECRET_TEXT_SIZE];
    int r = ticket_add(turn, TICKET_RESET, door->tenant, door->user, ticket);

    if (r == 0 && door->user)
        r = post_add(turn, &(struct post){.kind = POST_RESET,
                                          .tenant = door->tenant,
                                          .user = door->user,
                                          .ticket = slice_cstr(ticket)});
    call->status = 202;
    return r;
}

static int forgot(struct turn *turn, struct call *call)
{
    struct pii email = door_email(call);
    struct door *door;
    struct slice hash;
    struct user user;
    int r = door_enter(turn, call, &door);

    if (r == 0)
        r = door_count(turn, call, email);
    if (r < 0)
        return r;
    r = pii_empty(email) ? ERR_NOT_FOUND : user_by_email(turn, email, &user, &hash);
    if (r == 0 && user.state == USER_ACTIVE) {
        door->tenant = user.tenant;
        door->user = user.id;
    } else if (r < 0 && r != ERR_NOT_FOUND && r != ERR_LIMIT) {
        return r;
    }
    call->caller.tenant = door->tenant;
    return then(call, forgot_end, LANE_WRITE);
}

static int reset_stale(struct call *call)
{
    return stale_link(call, "This link was used or is older than one hour. Ask for a new one on "
                            "the sign-in page.");
}

static int reset_end(struct turn *turn, struct call *call)
{
    const struct door *door = call->data;
    int64_t tenant, id;
    struct user user;
    int r = ticket_take(turn, TICKET_RESET, ticket_of(call), &tenant, &id);

    if (r == 0)
        r = user_load(turn, tenant, id, &user);
    if (r == ERR_NOT_FOUND || (r == 0 && user.state != USER_ACTIVE))
        return reset_stale(call);
    if (r == 0)
        r = user_set_password(turn, &user, door->new_hash, 0);
    if (r < 0)
        return r;
    return hub_end_later(turn, call->app->hub,
                         &(struct caller){.tenant = user.tenant, .user = user.id}, 0);
}

static int reset_hash(struct turn *turn, struct call *call)
{
    (void)turn;
    then(call, reset_end, LANE_WRITE);
    return door_hash(call);
}

static int reset(struct turn *turn, struct call *call)
{
    int64_t user;
    struct door *door;
    int r = door_enter(turn, call, &door);

    if (r == 0)
        r = ticket_peek(turn, TICKET_RESET, ticket_of(call), &door->tenant, &user);
    if (r == ERR_NOT_FOUND || (r == 0 && !user))
        return reset_stale(call);
    if (r == 0)
        r = door_check_password(call);
    if (r < 0)
        return r;
    call->caller.tenant = door->tenant;
    return then(call, reset_hash, LANE_SLOW);
}

/* Invitations */

static int invite_mail(struct turn *turn, const struct user *user, const char *ticket)
{
    return post_add(turn, &(struct post){.kind = POST_INVITATION,
                                         .tenant = user->tenant,
                                         .to = user->email,
                                         .ticket = slice_cstr(ticket),
                                         .person_slot = user->slot});
}

static int invite(struct turn *turn, struct call *call)
{
    enum role role = account_role_of(json_str(call->body, "role"));
    char ticket[SECRET_TEXT_SIZE];
    struct slice link;
    struct user user;
    int r;

    if (role > call->caller.role)
        return call_fail(call, ERR_DENIED, "Nobody gives a higher role than their own.");
    r = user_invite(turn, call->caller.tenant, role, door_email(call), &user);
    if (r == ERR_INVALID)
        return call_fail(call, r, "\"email\" must be an address like ada@example.com.");
    if (r == ERR_EXISTS)
        return call_fail(call, r, "This e-mail address has an account already.");
    if (r == 0)
        r = ticket_add(turn, TICKET_INVITATION, user.tenant, user.id, ticket);
    if (r == 0)
        r = invite_mail(turn, &user, ticket);
    if (r < 0)
        return r;
    link = arena_printf(turn->arena, "%s/invite#%s", call->app->public_url, ticket);
    json_out_object(&call->out, NULL);
    json_out_str(&call->out, "link", link);
    json_out_close_object(&call->out);
    return link.ptr ? 0 : ERR_MEMORY;
}

static int invitation_stale(struct call *call)
{
    return stale_link(call, "This invitation was used, taken back, or is older than seven days. "
                            "Ask for a new one.");
}

static int accept_end(struct turn *turn, struct call *call)
{
    const struct door *door = call->data;
    int64_t tenant, id;
    struct user user;
    int r = ticket_take(turn, TICKET_INVITATION, ticket_of(call), &tenant, &id);

    if (r == 0)
        r = user_load(turn, tenant, id, &user);
    if (r == 0)
        r = user_accept(turn, &user, call_body_pii(call, "name"), door->new_hash, POLICY_VERSION);
    if (r == ERR_NOT_FOUND || r == ERR_CONFLICT)
        return invitation_stale(call);
    if (r == ERR_INVALID)
        return call_fail(call, r, "\"name\" must not be empty.");
    return r < 0 ? r : door_let_in(turn, call, &user);
}

static int accept_hash(struct turn *turn, struct call *call)
{
    (void)turn;
    then(call, accept_end, LANE_WRITE);
    return door_hash(call);
}

static int accept(struct turn *turn, struct call *call)
{
    int64_t user;
    struct door *door;
    int r = door_enter(turn, call, &door);

    if (r == 0)
        r = ticket_peek(turn, TICKET_INVITATION, ticket_of(call), &door->tenant, &user);
    if (r == ERR_NOT_FOUND)
        return invitation_stale(call);
    if (r == 0)
        r = door_check_password(call);
    if (r == 0)
        r = door_check_policy(call);
    if (r < 0)
        return r;
    call->caller.tenant = door->tenant;
    return then(call, accept_hash, LANE_SLOW);
}

const struct route join_routes[] = {
    {HTTP_POST_, "/api/v1/claim", LANE_READ, ACCESS_PUBLIC, 0, claim, .body_max = BODY_MAX,
     .takes = "ticket:text<=100 firm:text<=100 name:text<=100 email:text<=254 password:text<=200"
              " policy:any",
     .gives = "user:User tenant:Tenant", .summary = "Makes the first owner"},
    {HTTP_POST_, "/api/v1/password/forgot", LANE_READ, ACCESS_PUBLIC, 0, forgot,
     .body_max = BODY_MAX, .takes = "email:text<=254",
     .summary = "Mails a link for a new password, if the address has an account"},
    {HTTP_POST_, "/api/v1/password/reset", LANE_READ, ACCESS_PUBLIC, 0, reset, .body_max = BODY_MAX,
     .takes = "ticket:text<=100 password:text<=200",
     .summary = "Sets a new password and ends all sessions"},
    {HTTP_POST_, "/api/v1/invitations", LANE_WRITE, ACCESS_ADMIN, SCOPE_SETTINGS, invite,
     .body_max = BODY_MAX, .takes = "email:text<=254 role:agent|admin|owner", .gives = "link:text",
     .summary = "Invites somebody into the team"},
    {HTTP_POST_, "/api/v1/invitations/accept", LANE_READ, ACCESS_PUBLIC, 0, accept,
     .body_max = BODY_MAX, .takes = "ticket:text<=100 name:text<=100 password:text<=200 policy:any",
     .gives = "user:User tenant:Tenant", .summary = "Joins the team"},
};
const size_t join_routes_count = ARRAY_LEN(join_routes);
