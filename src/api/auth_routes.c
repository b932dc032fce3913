/* auth_routes.c - signing in and out, and what a user changes about themselves. */
#include "account/password.h"
#include "api/door.h"
#include "api/firm.h"
#include "api/hub.h"
#include "api/render.h"
#include "api/routes.h"
#include "base/err.h"

enum { BODY_MAX = 16 * 1024, PREFERENCES_MAX = 8 * 1024 };

static int start(struct turn *turn, struct call *call)
{
    struct tenant *tenants;
    bool owned;
    size_t n;
    int r = tenant_owned(turn, &owned);

    if (r == 0)
        r = tenant_list(turn, &tenants, &n);
    if (r < 0)
        return r;
    json_out_object(&call->out, NULL);
    json_out_bool(&call->out, "claimed", owned);
    if (owned && n == 1)
        json_out_str(&call->out, "tenant", tenants[0].name);
    else
        json_out_null(&call->out, "tenant");
    json_out_bool(&call->out, "mail", call->app->mail_ready);
    json_out_int(&call->out, "policy", POLICY_VERSION);
    json_out_close_object(&call->out);
    return 0;
}

/* Login: READ finds the hash, SLOW compares, WRITE makes the session. */

static int login_wrong(struct call *call)
{
    return call_fail(call, ERR_AUTH, "The e-mail address or the password is not right.");
}

/* Between the steps the user may have been switched off, or the password changed. */
static int login_end(struct turn *turn, struct call *call)
{
    const struct door *door = call->data;
    struct slice hash;
    struct user user;
    int r = user_load(turn, door->tenant, door->user, &user);

    if (r == 0)
        r = user_password(turn, &user, &hash);
    if (r == ERR_NOT_FOUND ||
        (r == 0 && (user.state != USER_ACTIVE || !slice_eq(hash, door->hash))))
        return login_wrong(call);
    return r < 0 ? r : door_let_in(turn, call, &user);
}

static int login_verify(struct turn *turn, struct call *call)
{
    const struct door *door = call->data;

    (void)turn;
    if (!password_verify(call_body_pii(call, "password"), door->hash))
        return login_wrong(call);
    call->caller.tenant = door->tenant;
    call->then = login_end;
    call->then_lane = LANE_WRITE;
    return 0;
}

static int login(struct turn *turn, struct call *call)
{
    struct pii email = door_email(call);
    struct tenant tenant;
    struct slice hash;
    struct user user;
    struct door *door;
    int r = door_enter(turn, call, &door);

    if (r == 0)
        r = door_count(turn, call, email);
    if (r < 0)
        return r;
    call->then = login_verify;
    call->then_lane = LANE_SLOW;
    r = pii_empty(email) ? ERR_NOT_FOUND : user_by_email(turn, email, &user, &hash);
    if (r == 0)
        r = tenant_load(turn, user.tenant, &tenant);
    /* Nobody, or nobody who may come in: the comparison runs all the same, and takes as long. */
    if (r == ERR_NOT_FOUND || r == ERR_LIMIT ||
        (r == 0 && (user.state != USER_ACTIVE || tenant.state != TENANT_ACTIVE)))
        return 0;
    if (r < 0)
        return r;
    door->tenant = user.tenant;
    door->user = user.id;
    return door_keep_hash(call, hash);
}

static int end_all_desks(struct turn *turn, struct call *call, int64_t keep_session)
{
    const struct caller whom = {.tenant = call->caller.tenant, .user = call->caller.user};

    return hub_end_later(turn, call->app->hub, &whom, keep_session);
}

static int logout(struct turn *turn, struct call *call)
{
    int r = session_end(turn, call->caller.session);

    if (r == 0)
        r = hub_end_later(turn, call->app->hub, &call->caller, 0);
    return r < 0 ? r : call_set_cookie(call, SLICE_NONE);
}

static int logout_everywhere(struct turn *turn, struct call *call)
{
    int r = session_end_all(turn, call->caller.user, 0);

    if (r == 0)
        r = end_all_desks(turn, call, 0);
    return r < 0 ? r : call_set_cookie(call, SLICE_NONE);
}

/* Oneself */

static int out_me(struct turn *turn, struct call *call, const struct user *user)
{
    struct tenant tenant;
    int r = tenant_load(turn, user->tenant, &tenant);

    if (r < 0)
        return r;
    json_out_object(&call->out, NULL);
    render_user(&call->out, "user", user);
    r = firm_out(&call->out, "tenant", &tenant);
    json_out_raw(&call->out, "preferences",
                 pii_empty(user->preferences) ? SLICE("{}") : pii_reveal(user->preferences));
    json_out_close_object(&call->out);
    return r;
}

static int me(struct turn *turn, struct call *call)
{
    struct user user;
    int r = user_load(turn, call->caller.tenant, call->caller.user, &user);

    return r < 0 ? r : out_me(turn, call, &user);
}

static void change_alert(const struct call *call, const char *name, enum alert_flag flag,
                         struct user *user)
{
    const json_t *on = json_object_get(json_object_get(call->body, "alerts"), name);

    if (json_is_true(on))
        user->alerts |= flag;
    else if (json_is_false(on))
        user->alerts &= ~(unsigned)flag;
}

static int change_preferences(struct turn *turn, struct call *call, struct user *user)
{
    struct buf text = BUF_INIT(PREFERENCES_MAX);
    struct slice copy = SLICE_NONE;
    int r = json_write(json_object_get(call->body, "preferences"), &text);

    if (r == 0)
        copy = arena_copy(turn->arena, buf_slice(&text));
    buf_done(&text);
    if (r == ERR_LIMIT)
        return call_fail(call, r, "\"preferences\" is over 8 KiB.");
    if (r == 0 && !copy.ptr)
        r = ERR_MEMORY;
    user->preferences = pii_of(copy);
    return r;
}

static int change_fields(struct turn *turn, struct call *call, struct user *user)
{
    if (call_has(call, "name"))
        user->name = pii_of(slice_trim(json_str(call->body, "name")));
    if (call_has(call, "available"))
        user->available = json_bool(call->body, "available", user->available);
    change_alert(call, "help", ALERT_HELP, user);
    change_alert(call, "channel", ALERT_CHANNEL, user);
    return call_has(call, "preferences") ? change_preferences(turn, call, user) : 0;
}

/* A changed password ends all other sessions: whoever knew the old one is out. */
static int change_me(struct turn *turn, struct call *call)
{
    const struct door *door = call->data;
    struct slice hash;
    struct user user;
    int r = user_load(turn, call->caller.tenant, call->caller.user, &user);

    if (r == 0)
        r = change_fields(turn, call, &user);
    if (r == 0)
        r = user_update(turn, &user);
    if (r == ERR_INVALID)
        return call_fail(call, r, "\"name\" must not be empty.");
    if (r < 0 || !door)
        return r < 0 ? r : out_me(turn, call, &user);
    r = user_password(turn, &user, &hash);
    if (r == 0 && !slice_eq(hash, door->hash))
        r = ERR_CONFLICT;
    if (r == 0)
        r = user_set_password(turn, &user, door->new_hash, call->caller.session);
    if (r == 0)
        r = end_all_desks(turn, call, call->caller.session);
    return r < 0 ? r : out_me(turn, call, &user);
}

static int verify_old(struct turn *turn, struct call *call)
{
    const struct door *door = call->data;

    (void)turn;
    if (!password_verify(call_body_pii(call, "old_password"), door->hash))
        return call_fail(call, ERR_DENIED, "The present password is not right.");
    call->then = change_me;
    call->then_lane = LANE_WRITE;
    return door_hash(call);
}

static int begin_password(struct turn *turn, struct call *call)
{
    struct slice hash;
    struct user user;
    int r = door_check_password(call);

    if (r == 0)
        r = door_count_user(turn, call, call->caller.user);
    if (r == 0)
        r = user_load(turn, call->caller.tenant, call->caller.user, &user);
    if (r == 0)
        r = user_password(turn, &user, &hash);
    if (r < 0)
        return r;
    call->data = arena_alloc(call->arena, sizeof(struct door));
    call->then = verify_old;
    call->then_lane = LANE_SLOW;
    return call->data ? door_keep_hash(call, hash) : ERR_MEMORY;
}

static int begin_change(struct turn *turn, struct call *call)
{
    if (call_has(call, "password"))
        return begin_password(turn, call);
    call->then = change_me;
    call->then_lane = LANE_WRITE;
    return 0;
}

const struct route auth_routes[] = {
    {HTTP_GET_, "/api/v1/start", LANE_READ, ACCESS_PUBLIC, 0, start,
     .gives = "claimed:bool tenant:text~ mail:bool policy:int",
     .summary = "What the sign-in pages need"},
    {HTTP_POST_, "/api/v1/login", LANE_READ, ACCESS_PUBLIC, 0, login, .body_max = BODY_MAX,
     .takes = "email:text<=254 password:text<=200", .gives = "user:User tenant:Tenant",
     .summary = "Signs in and sets the cookie"},
    {HTTP_POST_, "/api/v1/logout", LANE_WRITE, ACCESS_AGENT, 0, logout, .body_max = BODY_MAX,
     .takes = "", .summary = "Ends this session"},
    {HTTP_POST_, "/api/v1/logout-everywhere", LANE_WRITE, ACCESS_AGENT, 0, logout_everywhere,
     .body_max = BODY_MAX, .takes = "", .summary = "Ends all sessions of this user"},
    {HTTP_GET_, "/api/v1/me", LANE_READ, ACCESS_AGENT, 0, me,
     .gives = "user:User tenant:Tenant preferences:object", .summary = "Who is signed in"},
    {HTTP_PATCH_, "/api/v1/me", LANE_READ, ACCESS_AGENT, 0, begin_change, .body_max = BODY_MAX,
     .takes = "name?:text<=100 available?:bool alerts?:object preferences?:object"
              " password?:text<=200 old_password?:text<=200",
     .gives = "user:User tenant:Tenant preferences:object",
     .summary = "Changes name, duty, alerts, preferences or password"},
};
const size_t auth_routes_count = ARRAY_LEN(auth_routes);
