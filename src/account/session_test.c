#include "account/session.h"

#include "store/store_unit.h"

#define PII(s) pii_of(SLICE(s))

struct world {
    struct store *store;
    struct tenant tenant;
    struct user ada;
    char secret[SECRET_TEXT_SIZE], other[SECRET_TEXT_SIZE];
    int64_t token;
    struct caller caller;
};

static int found_firm(struct turn *turn, void *arg)
{
    struct world *w = arg;
    int r = tenant_add(turn, SLICE("Tea"), &w->tenant);

    if (r == 0)
        r = user_add(turn, w->tenant.id, ROLE_OWNER, PII("Ada"), PII("ada@example.com"), SLICE("h"),
                     1, &w->ada);
    return r;
}

static struct world open_world(const struct engines *e)
{
    struct world w = {.store = unit_open(e)};

    account_start(w.store);
    ck_assert_ok(store_write_wait(w.store, 0, found_firm, &w));
    return w;
}

static void write_ok(struct world *w, store_work *work)
{
    ck_assert_ok(store_write_wait(w->store, w->tenant.id, work, w));
}

static int add_two(struct turn *turn, void *arg)
{
    struct world *w = arg;
    int r = session_add(turn, &w->ada, w->secret);

    return r < 0 ? r : session_add(turn, &w->ada, w->other);
}

static int find_work(struct turn *turn, void *arg)
{
    struct world *w = arg;

    return session_find(turn, slice_cstr(w->secret), &w->caller);
}

static int find(struct world *w)
{
    return store_read_wait(w->store, find_work, w);
}

static int other_work(struct turn *turn, void *arg)
{
    struct world *w = arg;
    struct caller caller;

    return session_find(turn, slice_cstr(w->other), &caller);
}

static int find_other(struct world *w)
{
    return store_read_wait(w->store, other_work, w);
}

static int touch(struct turn *turn, void *arg)
{
    struct world *w = arg;

    return session_touch(turn, w->caller.session);
}

static int end(struct turn *turn, void *arg)
{
    struct world *w = arg;

    return session_end(turn, w->caller.session);
}

static int end_others(struct turn *turn, void *arg)
{
    struct world *w = arg;

    return session_end_all(turn, w->ada.id, w->caller.session);
}

ENGINES_TEST(a_session_names_its_user)
{
    struct world w = open_world(e);

    write_ok(&w, add_two);
    ck_assert_int_eq(strlen(w.secret), 46);
    ck_assert_str_ne(w.secret, w.other);
    ck_assert_ok(find(&w));
    ck_assert_int_eq(w.caller.tenant, w.tenant.id);
    ck_assert_int_eq(w.caller.user, w.ada.id);
    ck_assert_int_eq(w.caller.role, ROLE_OWNER);
    ck_assert_int_eq(w.caller.token, 0);
    ck_assert_int_eq(w.caller.scopes, SCOPE_READ | SCOPE_TALK | SCOPE_PEOPLE | SCOPE_SETTINGS);
    w.secret[10] = w.secret[10] == 'a' ? 'b' : 'a';
    ck_assert_err(find(&w), ERR_AUTH);
    w.secret[0] = '\0';
    ck_assert_err(find(&w), ERR_AUTH);
    store_close(w.store);
}

ENGINES_TEST(a_session_lives_by_use)
{
    struct world w = open_world(e);

    write_ok(&w, add_two);
    ck_assert_ok(find(&w));
    ck_assert(!caller_stale(&w.caller, unit_now));
    unit_now += 29 * DAY_MS;
    ck_assert(caller_stale(&w.caller, unit_now));
    write_ok(&w, touch);
    unit_now += 2 * DAY_MS;
    ck_assert_ok(find(&w));
    ck_assert_int_eq(w.caller.seen_at, unit_now - 2 * DAY_MS);
    ck_assert_err(find_other(&w), ERR_AUTH); /* 31 days unused */
    unit_now += 28 * DAY_MS;
    ck_assert_err(find(&w), ERR_AUTH);
    store_close(w.store);
}

ENGINES_TEST(a_session_ends)
{
    struct world w = open_world(e);

    write_ok(&w, add_two);
    ck_assert_ok(find(&w));
    write_ok(&w, end);
    ck_assert_err(find(&w), ERR_AUTH);
    ck_assert_ok(find_other(&w));
    store_close(w.store);
}

ENGINES_TEST(all_others_end)
{
    struct world w = open_world(e);

    write_ok(&w, add_two);
    ck_assert_ok(find(&w));
    write_ok(&w, end_others);
    ck_assert_ok(find(&w));
    ck_assert_err(find_other(&w), ERR_AUTH);
    store_close(w.store);
}

static int new_password(struct turn *turn, void *arg)
{
    struct world *w = arg;

    return user_set_password(turn, &w->ada, SLICE("other"), w->caller.session);
}

ENGINES_TEST(a_new_password_keeps_only_this_session)
{
    struct world w = open_world(e);

    write_ok(&w, add_two);
    ck_assert_ok(find(&w));
    write_ok(&w, new_password);
    ck_assert_ok(find(&w));
    ck_assert_err(find_other(&w), ERR_AUTH);
    store_close(w.store);
}

static int switch_off(struct turn *turn, void *arg)
{
    struct world *w = arg;
    struct user bob;
    int r = user_add(turn, w->tenant.id, ROLE_OWNER, PII("Bob"), PII("bob@example.com"), SLICE("h"),
                     1, &bob);

    w->ada.state = USER_OFF;
    return r < 0 ? r : user_update(turn, &w->ada);
}

ENGINES_TEST(whoever_is_switched_off_is_out)
{
    struct world w = open_world(e);

    write_ok(&w, add_two);
    write_ok(&w, switch_off);
    ck_assert_err(find(&w), ERR_AUTH);
    store_close(w.store);
}

static int firm_off(struct turn *turn, void *arg)
{
    struct world *w = arg;

    w->tenant.state = TENANT_OFF;
    return tenant_update(turn, &w->tenant);
}

/* Tokens */

static int make_token(struct turn *turn, void *arg)
{
    struct world *w = arg;

    ck_assert_err(token_add(turn, w->tenant.id, 0, SLICE("x"), &w->token, w->secret), ERR_INVALID);
    return token_add(turn, w->tenant.id, SCOPE_READ | SCOPE_TALK, SLICE("CI"), &w->token,
                     w->secret);
}

static int find_token_work(struct turn *turn, void *arg)
{
    struct world *w = arg;

    return token_find(turn, slice_cstr(w->secret), &w->caller);
}

static int find_token(struct world *w)
{
    return store_read_wait(w->store, find_token_work, w);
}

static int list_one(struct turn *turn, void *arg)
{
    struct world *w = arg;
    struct token_info *list;
    size_t n;

    ck_assert_ok(token_touch(turn, w->token));
    ck_assert_ok(token_list(turn, w->tenant.id, &list, &n));
    ck_assert_int_eq(n, 1);
    ck_assert_slice(list[0].label, "CI");
    ck_assert_int_eq(list[0].scopes, SCOPE_READ | SCOPE_TALK);
    ck_assert_int_eq(list[0].used_at, turn->now);
    ck_assert_err(token_remove(turn, w->tenant.id + 1, w->token), ERR_NOT_FOUND);
    return 0;
}

static int revoke_token(struct turn *turn, void *arg)
{
    struct world *w = arg;

    ck_assert_ok(token_remove(turn, w->tenant.id, w->token));
    ck_assert_err(token_remove(turn, w->tenant.id, w->token), ERR_NOT_FOUND);
    return 0;
}

ENGINES_TEST(a_token_acts_within_its_scopes)
{
    struct world w = open_world(e);

    write_ok(&w, make_token);
    ck_assert_ok(find_token(&w));
    ck_assert_int_eq(w.caller.tenant, w.tenant.id);
    ck_assert_int_eq(w.caller.user, 0);
    ck_assert_int_eq(w.caller.token, w.token);
    ck_assert_int_eq(w.caller.role, ROLE_ADMIN);
    ck_assert_int_eq(w.caller.scopes, SCOPE_READ | SCOPE_TALK);
    ck_assert(caller_stale(&w.caller, unit_now)); /* never used */
    write_ok(&w, list_one);
    write_ok(&w, revoke_token);
    ck_assert_err(find_token(&w), ERR_AUTH);
    store_close(w.store);
}

ENGINES_TEST(a_firm_that_is_off_lets_nobody_in)
{
    struct world w = open_world(e);

    write_ok(&w, add_two);
    write_ok(&w, firm_off);
    ck_assert_err(find(&w), ERR_AUTH);
    write_ok(&w, make_token);
    ck_assert_err(find_token(&w), ERR_AUTH);
    store_close(w.store);
}

START_TEST(scopes_have_words)
{
    ck_assert_int_eq(scope_of(SLICE("read")), SCOPE_READ);
    ck_assert_int_eq(scope_of(SLICE("talk")), SCOPE_TALK);
    ck_assert_int_eq(scope_of(SLICE("people")), SCOPE_PEOPLE);
    ck_assert_int_eq(scope_of(SLICE("settings")), SCOPE_SETTINGS);
    ck_assert_int_eq(scope_of(SLICE("Read")), 0);
    ck_assert_int_eq(scope_of(SLICE("")), 0);
}
END_TEST

ENGINES_MAIN("account/session", a_session_names_its_user, a_session_lives_by_use, a_session_ends,
             all_others_end, a_new_password_keeps_only_this_session, whoever_is_switched_off_is_out,
             a_token_acts_within_its_scopes, a_firm_that_is_off_lets_nobody_in, scopes_have_words)
