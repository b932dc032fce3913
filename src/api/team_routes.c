/* team_routes.c - the firm and its people: users, API tokens, the firm's own settings, failed work.
 */
#include "account/post.h"
#include "api/firm.h"
#include "api/hub.h"
#include "api/render.h"
#include "api/routes.h"
#include "base/err.h"
#include "store/job.h"
#include "talk/inbox.h"

enum { BODY_MAX = 16 * 1024, PAGE_DEFAULT = 50, PAGE_MAX = 100, ASSIGNED_MAX = 1000 };

/* Users */

static int users(struct turn *turn, struct call *call)
{
    struct user *list;
    size_t i, n;
    int r = user_list(turn, call->caller.tenant, &list, &n);

    if (r < 0)
        return r;
    render_list_open(&call->out);
    for (i = 0; i < n; i++)
        render_user(&call->out, NULL, &list[i]);
    render_list_close(&call->out, SLICE_NONE, (int64_t)n);
    return 0;
}

static int load_user(struct turn *turn, struct call *call, struct user *ret)
{
    int64_t id;
    int r = call_id(call, 0, ID_USER, &id);

    if (r == 0)
        r = user_load(turn, call->caller.tenant, id, ret);
    if (r == 0 && ret->role > call->caller.role)
        return call_fail(call, ERR_DENIED, "Only an owner changes an owner.");
    return r;
}

static int keep_an_owner(struct call *call, int r)
{
    if (r == ERR_CONFLICT)
        return call_fail(call, r, "A firm keeps at least one active owner. Make another first.");
    return r;
}

static int end_desks(struct turn *turn, struct call *call, const struct user *user)
{
    return hub_end_later(turn, call->app->hub,
                         &(struct caller){.tenant = user->tenant, .user = user->id}, 0);
}

static int change_user(struct turn *turn, struct call *call)
{
    struct slice role = json_str(call->body, "role"), state = json_str(call->body, "state");
    struct user user;
    int r = load_user(turn, call, &user);

    if (r < 0)
        return r;
    if (role.len)
        user.role = account_role_of(role);
    if (user.role > call->caller.role)
        return call_fail(call, ERR_DENIED, "Nobody gives a higher role than their own.");
    if (state.len && user.state == USER_INVITED)
        return call_fail(call, ERR_INVALID, "They have not accepted their invitation yet.");
    if (state.len)
        user.state = slice_eq(state, SLICE("active")) ? USER_ACTIVE : USER_OFF;
    r = keep_an_owner(call, user_update(turn, &user));
    if (r == 0 && user.state == USER_OFF)
        r = end_desks(turn, call, &user);
    if (r == 0)
        render_user(&call->out, NULL, &user);
    return r;
}

/* What was theirs must be seen by somebody: it goes back to "unassigned". */
static int unassign(struct turn *turn, struct call *call, int64_t user)
{
    struct inbox_query query = {
        .tenant = call->caller.tenant, .view = INBOX_MINE, .user = user, .limit = PAGE_MAX};
    struct inbox_page page;
    size_t i, done = 0;
    int r;

    do {
        r = inbox_list(turn, &query, &page);
        for (i = 0; r == 0 && i < page.n; i++)
            r = conversation_assign(turn, &page.items[i], 0, call->caller.user);
        done += page.n;
    } while (r == 0 && page.n == PAGE_MAX && done < ASSIGNED_MAX);
    return r;
}

static int remove_user(struct turn *turn, struct call *call)
{
    struct user user;
    int r = load_user(turn, call, &user);

    if (r == 0)
        r = unassign(turn, call, user.id);
    if (r == 0)
        r = keep_an_owner(call, user_remove(turn, &user));
    return r < 0 ? r : end_desks(turn, call, &user);
}

/* API tokens */

static void out_scopes(struct json_out *out, unsigned scopes)
{
    size_t i;

    json_out_array(out, "scopes");
    for (i = 0; scope_words[i]; i++)
        if (scopes & 1u << i)
            json_out_str(out, NULL, slice_cstr(scope_words[i]));
    json_out_close_array(out);
}

static void out_token(struct json_out *out, const struct token_info *token)
{
    json_out_object(out, NULL);
    call_out_id(out, "id", ID_TOKEN, token->id);
    json_out_str(out, "label", token->label);
    out_scopes(out, token->scopes);
    json_out_int(out, "created_at", token->created_at);
    if (token->used_at)
        json_out_int(out, "used_at", token->used_at);
    else
        json_out_null(out, "used_at");
    json_out_close_object(out);
}

static int tokens(struct turn *turn, struct call *call)
{
    struct token_info *list;
    size_t i, n;
    int r = token_list(turn, call->caller.tenant, &list, &n);

    if (r < 0)
        return r;
    render_list_open(&call->out);
    for (i = 0; i < n; i++)
        out_token(&call->out, &list[i]);
    render_list_close(&call->out, SLICE_NONE, (int64_t)n);
    return 0;
}

static int read_scopes(struct call *call, unsigned *ret)
{
    const json_t *list = json_object_get(call->body, "scopes");
    unsigned scopes = 0, scope;
    size_t i;

    for (i = 0; i < json_array_size(list); i++) {
        scope = scope_of(slice_cstr(json_string_value(json_array_get(list, i))));
        if (!scope)
            return call_fail(call, ERR_INVALID,
                             "\"scopes\" may hold read, talk, people and settings.");
        scopes |= scope;
    }
    if (!scopes)
        return call_fail(call, ERR_INVALID,
                         "Name at least one scope: read, talk, people or settings.");
    *ret = scopes;
    return 0;
}

static int add_token(struct turn *turn, struct call *call)
{
    char secret[SECRET_TEXT_SIZE];
    unsigned scopes = 0;
    int64_t id;
    int r = read_scopes(call, &scopes);

    if (r == 0)
        r = token_add(turn, call->caller.tenant, scopes, json_str(call->body, "label"), &id,
                      secret);
    if (r < 0)
        return r;
    json_out_object(&call->out, NULL);
    call_out_id(&call->out, "id", ID_TOKEN, id);
    json_out_str(&call->out, "token", slice_cstr(secret));
    json_out_close_object(&call->out);
    return 0;
}

static int remove_token(struct turn *turn, struct call *call)
{
    int64_t id;
    int r = call_id(call, 0, ID_TOKEN, &id);

    if (r == 0)
        r = token_remove(turn, call->caller.tenant, id);
    if (r < 0)
        return r;
    return hub_end_later(turn, call->app->hub,
                         &(struct caller){.tenant = call->caller.tenant, .token = id}, 0);
}

/* The firm */

static int tenant(struct turn *turn, struct call *call)
{
    struct tenant firm;
    int r = tenant_load(turn, call->caller.tenant, &firm);

    return r < 0 ? r : firm_out(&call->out, NULL, &firm);
}

static int change_tenant(struct turn *turn, struct call *call)
{
    struct tenant firm;
    int r = tenant_load(turn, call->caller.tenant, &firm);

    if (r == 0)
        r = firm_change(turn, call, &firm);
    if (r == 0)
        r = tenant_update(turn, &firm);
    if (r == ERR_INVALID)
        return call_fail(call, r, "\"name\" must not be empty.");
    return r < 0 ? r : firm_out(&call->out, NULL, &firm);
}

static int test_mail(struct turn *turn, struct call *call)
{
    int r = post_add(turn, &(struct post){.kind = POST_TEST,
                                          .tenant = call->caller.tenant,
                                          .user = call->caller.user});

    json_out_object(&call->out, NULL);
    json_out_str(&call->out, "state",
                 call->app->mail_ready ? SLICE("queued") : SLICE("waiting_for_mail_server"));
    json_out_close_object(&call->out);
    return r;
}

/* Failed work */

static const char *job_kind_word(enum job_kind kind)
{
    static const char *const words[JOB_KINDS] = {
        [JOB_MAIL] = "mail",
        [JOB_PROFILE] = "profile",
        [JOB_HTTP_NODE] = "http",
        [JOB_ERASE] = "erase",
        [JOB_RECIPIENT] = "recipient",
        [JOB_CHANNEL_CHECK] = "channel_check",
        [JOB_HUMAN_HELP] = "human_help",
        [JOB_BOT_TIMER] = "bot_timer",
        [JOB_OUTBOX] = "outbox",
        [JOB_SPLIT] = "lookup_split",
        [JOB_FORGET] = "forget",
    };

    return (size_t)kind < JOB_KINDS && words[kind] ? words[kind] : "other";
}

static void out_job(struct json_out *out, const struct job_line *line)
{
    json_out_object(out, NULL);
    call_out_id(out, "id", ID_JOB, line->job.id);
    json_out_str(out, "kind", slice_cstr(job_kind_word(line->job.kind)));
    json_out_int(out, "attempts", line->job.attempts);
    if (line->reason)
        json_out_str(out, "reason", slice_cstr(err_code(line->reason)));
    json_out_int(out, "created_at", line->created_at);
    json_out_int(out, "due_at", line->job.due_at);
    json_out_close_object(out);
}

static enum job_state job_state_of(struct slice word)
{
    if (slice_eq(word, SLICE("waiting")))
        return JOB_WAITING;
    return slice_eq(word, SLICE("running")) ? JOB_RUNNING : JOB_DEAD;
}

static int jobs(struct turn *turn, struct call *call)
{
    struct slice cursor = http_query_param(call->http, "cursor"), next = SLICE_NONE;
    enum job_state state = job_state_of(http_query_param(call->http, "state"));
    char text[ID_TEXT_SIZE];
    struct job_line *list;
    int64_t limit, before = 0;
    size_t i, n;
    int r = call_query_int(call, "limit", 1, PAGE_MAX, PAGE_DEFAULT, &limit);

    if (r == 0 && cursor.len)
        r = id_parse(ID_JOB, cursor, &before) < 0 ? ERR_INVALID : 0;
    if (r == 0)
        r = job_list(turn, call->caller.tenant, state, before, (size_t)limit, &list, &n);
    if (r < 0)
        return r;
    render_list_open(&call->out);
    for (i = 0; i < n; i++)
        out_job(&call->out, &list[i]);
    if (n == (size_t)limit)
        next = id_text(ID_JOB, list[n - 1].job.id, text);
    render_list_close(&call->out, next, (int64_t)n);
    return 0;
}

static int retry_job(struct turn *turn, struct call *call)
{
    int64_t id;
    int r = call_id(call, 0, ID_JOB, &id);

    return r < 0 ? r : job_retry(turn, call->caller.tenant, id);
}

const struct route team_routes[] = {
    {HTTP_GET_, "/api/v1/users", LANE_READ, ACCESS_AGENT, SCOPE_READ, users,
     .query = "limit?:int<=200", .gives = "items:User[] next:text~ total:int",
     .summary = "Lists the team"},
    {HTTP_PATCH_, "/api/v1/users/{id}", LANE_WRITE, ACCESS_ADMIN, SCOPE_SETTINGS, change_user,
     .body_max = BODY_MAX, .takes = "role?:agent|admin|owner state?:active|off", .gives = "User",
     .summary = "Changes somebody's role, or switches them off"},
    {HTTP_DELETE_, "/api/v1/users/{id}", LANE_WRITE, ACCESS_ADMIN, SCOPE_SETTINGS, remove_user,
     .summary = "Removes somebody and forgets their data"},
    {HTTP_GET_, "/api/v1/tokens", LANE_READ, ACCESS_OWNER, 0, tokens,
     .gives = "items:list next:text~ total:int", .summary = "Lists API tokens"},
    {HTTP_POST_, "/api/v1/tokens", LANE_WRITE, ACCESS_OWNER, 0, add_token, .body_max = BODY_MAX,
     .takes = "label:text<=100 scopes:texts<=4", .gives = "id:text token:text",
     .summary = "Makes an API token and shows it once"},
    {HTTP_DELETE_, "/api/v1/tokens/{id}", LANE_WRITE, ACCESS_OWNER, 0, remove_token,
     .summary = "Revokes an API token"},
    {HTTP_GET_, "/api/v1/tenant", LANE_READ, ACCESS_ADMIN, SCOPE_SETTINGS, tenant,
     .gives = "Tenant", .summary = "Shows the firm's settings"},
    {HTTP_PATCH_, "/api/v1/tenant", LANE_WRITE, ACCESS_ADMIN, SCOPE_SETTINGS, change_tenant,
     .body_max = BODY_MAX,
     .takes = "name?:text<=100 language?:en|de quote_in_alerts?:bool help_text?:text<=500",
     .gives = "Tenant", .summary = "Changes the firm's settings"},
    {HTTP_POST_, "/api/v1/mail/test", LANE_WRITE, ACCESS_ADMIN, 0, test_mail, .body_max = BODY_MAX,
     .takes = "", .gives = "state:text", .summary = "Queues a test mail to oneself"},
    {HTTP_GET_, "/api/v1/jobs", LANE_READ, ACCESS_OWNER, 0, jobs,
     .query = "state?:dead|waiting|running limit?:int<=100 cursor?:text",
     .gives = "items:list next:text~ total:int", .summary = "Lists failed or waiting work"},
    {HTTP_POST_, "/api/v1/jobs/{id}/retry", LANE_WRITE, ACCESS_OWNER, 0, retry_job,
     .body_max = BODY_MAX, .takes = "", .summary = "Tries failed work again"},
};
const size_t team_routes_count = ARRAY_LEN(team_routes);
