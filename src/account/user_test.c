#include "account/session.h"
#include "store/job.h"
#include "store/store_unit.h"

#define HASH   SLICE("$argon2id$not-a-real-one")
#define PII(s) pii_of(SLICE(s))
#define ADA    PII("Ada@Example.com")
#define BOB    PII("bob@example.com")

/* A store with one tenant and its owner. */
struct world {
    struct store *store;
    struct tenant tenant;
    struct user ada, bob;
};

static int found_firm(struct turn *turn, void *arg)
{
    struct world *w = arg;
    int r = tenant_add(turn, SLICE(" Tea & Co "), &w->tenant);

    return r < 0 ? r
                 : user_add(turn, w->tenant.id, ROLE_OWNER, PII("Ada Example"), ADA, HASH, 1,
                            &w->ada);
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

static int read_firm(struct turn *turn, void *arg)
{
    struct world *w = arg;
    struct tenant tenant;

    ck_assert_ok(tenant_load(turn, w->tenant.id, &tenant));
    ck_assert_slice(tenant.name, "Tea & Co");
    ck_assert_int_eq(tenant.settings.len, 0);
    ck_assert_err(tenant_load(turn, 12345, &tenant), ERR_NOT_FOUND);
    return 0;
}

static int change_firm(struct turn *turn, void *arg)
{
    struct world *w = arg;
    struct tenant tenant = w->tenant;

    tenant.name = SLICE("  ");
    ck_assert_err(tenant_update(turn, &tenant), ERR_INVALID);
    tenant.name = SLICE("Coffee");
    tenant.settings = SLICE("{\"language\":\"de\"}");
    ck_assert_ok(tenant_update(turn, &tenant));
    ck_assert_ok(tenant_load(turn, w->tenant.id, &tenant));
    ck_assert_slice(tenant.name, "Coffee");
    ck_assert_slice(tenant.settings, "{\"language\":\"de\"}");
    return 0;
}

ENGINES_TEST(a_firm_keeps_its_name_and_settings)
{
    struct world w = open_world(e);

    ck_assert_ok(store_read_wait(w.store, read_firm, &w));
    write_ok(&w, change_firm);
    store_close(w.store);
}

static int find_by_email(struct turn *turn, void *arg)
{
    struct world *w = arg;
    struct user user;
    struct slice hash;

    ck_assert_ok(user_by_email(turn, PII("aDA@eXAMPLE.cOM"), &user, &hash));
    ck_assert_int_eq(user.id, w->ada.id);
    ck_assert_slice(pii_reveal(user.email), "Ada@Example.com");
    ck_assert_slice(hash, "$argon2id$not-a-real-one");
    ck_assert_err(user_by_email(turn, BOB, &user, &hash), ERR_NOT_FOUND);
    return 0;
}

ENGINES_TEST(an_address_is_found_in_either_case)
{
    struct world w = open_world(e);

    ck_assert_ok(store_read_wait(w.store, find_by_email, &w));
    store_close(w.store);
}

static int add_twice(struct turn *turn, void *arg)
{
    struct world *w = arg;
    struct user user;

    ck_assert_err(
        user_add(turn, w->tenant.id, ROLE_AGENT, PII("A"), PII("ADA@example.com"), HASH, 1, &user),
        ERR_EXISTS);
    ck_assert_err(user_add(turn, w->tenant.id, ROLE_AGENT, PII("A"), PII("nobody"), HASH, 1, &user),
                  ERR_INVALID);
    ck_assert_err(user_add(turn, w->tenant.id, ROLE_AGENT, PII(" "), BOB, HASH, 1, &user),
                  ERR_INVALID);
    ck_assert_err(user_add(turn, w->tenant.id, ROLE_NONE, PII("A"), BOB, HASH, 1, &user),
                  ERR_INVALID);
    return 0;
}

ENGINES_TEST(an_address_has_one_account)
{
    struct world w = open_world(e);

    write_ok(&w, add_twice);
    store_close(w.store);
}

static int add_bob(struct turn *turn, void *arg)
{
    struct world *w = arg;

    return user_add(turn, w->tenant.id, ROLE_AGENT, PII("Bob"), BOB, HASH, 1, &w->bob);
}

static int lose_the_owner(struct turn *turn, void *arg)
{
    struct world *w = arg;
    struct user ada = w->ada;

    ada.role = ROLE_ADMIN;
    ck_assert_err(user_update(turn, &ada), ERR_CONFLICT);
    ada = w->ada;
    ada.state = USER_OFF;
    ck_assert_err(user_update(turn, &ada), ERR_CONFLICT);
    ck_assert_err(user_remove(turn, &w->ada), ERR_CONFLICT);
    return 0;
}

static int pass_it_on(struct turn *turn, void *arg)
{
    struct world *w = arg;

    w->bob.role = ROLE_OWNER;
    ck_assert_ok(user_update(turn, &w->bob));
    ck_assert_ok(user_remove(turn, &w->ada));
    return 0;
}

static int ada_is_gone(struct turn *turn, void *arg)
{
    struct world *w = arg;
    struct user user, *list;
    struct slice hash;
    size_t n;

    ck_assert_err(user_by_email(turn, ADA, &user, &hash), ERR_NOT_FOUND);
    ck_assert_ok(user_by_email(turn, BOB, &user, &hash));
    ck_assert_ok(user_list(turn, w->tenant.id, &list, &n));
    ck_assert_int_eq(n, 1);
    ck_assert_int_eq(list[0].role, ROLE_OWNER);
    return 0;
}

ENGINES_TEST(the_last_owner_stays)
{
    struct world w = open_world(e);

    write_ok(&w, add_bob);
    write_ok(&w, lose_the_owner);
    write_ok(&w, pass_it_on);
    ck_assert_ok(store_read_wait(w.store, ada_is_gone, &w));
    store_close(w.store);
}

/* The keys of a removed user wait as jobs in the same transaction, so that no crash saves them. */
static int forgets_wait(struct turn *turn, void *arg)
{
    struct world *w = arg;
    struct job_line *lines;
    size_t i, n;
    bool own = false;

    ck_assert_ok(job_list(turn, w->tenant.id, JOB_WAITING, 0, 10, &lines, &n));
    for (i = 0; i < n; i++) {
        ck_assert_int_eq(lines[i].job.kind, JOB_FORGET);
        own = own || lines[i].job.object == (int64_t)w->bob.slot;
    }
    ck_assert(own);
    ck_assert_int_eq(n, 2); /* their own slot, and that of the bucket of their address */
    return 0;
}

static int remove_bob(struct turn *turn, void *arg)
{
    struct world *w = arg;

    return user_remove(turn, &w->bob);
}

ENGINES_TEST(removing_a_user_leaves_jobs_that_forget)
{
    struct world w = open_world(e);

    write_ok(&w, add_bob);
    write_ok(&w, remove_bob);
    ck_assert_ok(store_read_wait(w.store, forgets_wait, &w));
    write_ok(&w, add_bob); /* the address is free again */
    store_close(w.store);
}

static int change_bob(struct turn *turn, void *arg)
{
    struct world *w = arg;
    struct user user;

    w->bob.name = PII("Bob Example");
    w->bob.available = false;
    w->bob.alerts = ALERT_CHANNEL;
    w->bob.preferences = PII("{\"theme\":\"dark\"}");
    w->bob.policy_version = 2;
    ck_assert_ok(user_update(turn, &w->bob));
    ck_assert_ok(user_load(turn, w->tenant.id, w->bob.id, &user));
    ck_assert_slice(pii_reveal(user.name), "Bob Example");
    ck_assert_slice(pii_reveal(user.preferences), "{\"theme\":\"dark\"}");
    ck_assert(!user.available);
    ck_assert_int_eq(user.alerts, ALERT_CHANNEL);
    ck_assert_int_eq(user.policy_version, 2);
    ck_assert_err(user_load(turn, w->tenant.id + 1, w->bob.id, &user), ERR_NOT_FOUND);
    return 0;
}

static int who_is_alerted(struct turn *turn, void *arg)
{
    struct world *w = arg;
    struct user *list, ada = w->ada;
    size_t n;

    ck_assert_ok(user_alerted(turn, w->tenant.id, ALERT_HELP, &list, &n));
    ck_assert_int_eq(n, 1);
    ck_assert_int_eq(list[0].id, w->ada.id);
    /* Bob is off duty, so Ada alone; once nobody is on duty, everybody who wants it. */
    ck_assert_ok(user_alerted(turn, w->tenant.id, ALERT_CHANNEL, &list, &n));
    ck_assert_int_eq(n, 1);
    ada.available = false;
    ck_assert_ok(user_update(turn, &ada));
    ck_assert_ok(user_alerted(turn, w->tenant.id, ALERT_CHANNEL, &list, &n));
    ck_assert_int_eq(n, 2);
    return 0;
}

ENGINES_TEST(a_user_changes_and_chooses_alerts)
{
    struct world w = open_world(e);

    write_ok(&w, add_bob);
    write_ok(&w, change_bob);
    write_ok(&w, who_is_alerted);
    store_close(w.store);
}

/* Invitations */

static int invite_bob(struct turn *turn, void *arg)
{
    struct world *w = arg;
    struct slice hash;
    struct user user;

    ck_assert_err(user_invite(turn, w->tenant.id, ROLE_AGENT, ADA, &user), ERR_EXISTS);
    ck_assert_err(user_invite(turn, w->tenant.id, ROLE_AGENT, PII("x"), &user), ERR_INVALID);
    ck_assert_ok(user_invite(turn, w->tenant.id, ROLE_AGENT, BOB, &w->bob));
    ck_assert_int_eq(w->bob.state, USER_INVITED);
    ck_assert_slice(pii_reveal(w->bob.name), "bob");
    ck_assert_ok(user_password(turn, &w->bob, &hash));
    ck_assert_int_eq(hash.len, 0);
    ck_assert_ok(user_invite(turn, w->tenant.id, ROLE_ADMIN, BOB, &user));
    ck_assert_int_eq(user.id, w->bob.id);
    ck_assert_int_eq(user.role, ROLE_ADMIN);
    w->bob = user;
    return 0;
}

static int bob_accepts(struct turn *turn, void *arg)
{
    struct world *w = arg;
    struct slice hash;

    ck_assert_ok(user_accept(turn, &w->bob, PII(" Bob B "), HASH, 3));
    ck_assert_err(user_accept(turn, &w->bob, PII("Bob"), HASH, 3), ERR_CONFLICT);
    ck_assert_ok(user_load(turn, w->tenant.id, w->bob.id, &w->bob));
    ck_assert_slice(pii_reveal(w->bob.name), "Bob B");
    ck_assert_int_eq(w->bob.state, USER_ACTIVE);
    ck_assert_int_eq(w->bob.role, ROLE_ADMIN);
    ck_assert_int_eq(w->bob.policy_version, 3);
    ck_assert_ok(user_password(turn, &w->bob, &hash));
    ck_assert_slice(hash, "$argon2id$not-a-real-one");
    return 0;
}

ENGINES_TEST(an_invited_user_joins)
{
    struct world w = open_world(e);

    write_ok(&w, invite_bob);
    write_ok(&w, bob_accepts);
    store_close(w.store);
}

static int invite_zoe(struct turn *turn, void *arg)
{
    struct world *w = arg;
    struct user user, *list;
    size_t n;

    ck_assert_ok(user_invite(turn, w->tenant.id, ROLE_AGENT, PII("zoe@example.com"), &user));
    ck_assert_ok(user_list(turn, w->tenant.id, &list, &n));
    ck_assert_int_eq(n, 2);
    ck_assert_int_eq(list[1].id, user.id);
    return 0;
}

ENGINES_TEST(who_does_not_answer_an_invitation_is_forgotten)
{
    struct world w = open_world(e);

    write_ok(&w, invite_bob);
    unit_now += INVITATION_DAYS * DAY_MS + 1;
    write_ok(&w, invite_zoe);
    store_close(w.store);
}

ENGINES_MAIN("account/user", a_firm_keeps_its_name_and_settings, an_address_is_found_in_either_case,
             an_address_has_one_account, the_last_owner_stays,
             removing_a_user_leaves_jobs_that_forget, a_user_changes_and_chooses_alerts,
             an_invited_user_joins, who_does_not_answer_an_invitation_is_forgotten)
