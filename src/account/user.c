#include "account/account.h"

#include "account/session.h"
#include "account/sql.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/utf8.h"
#include "net/mail.h"
#include "store/job.h"
#include "store/journal.h"
#include "store/row.h"

/* A user has one look-up, so at most one bucket slot changes with them. */
enum { NAME_CHARS_MAX = 100, PREFERENCES_MAX = 8 * 1024, SLOTS_MAX = 4 };

static struct row_owner owner_of(const struct user *user)
{
    return (struct row_owner){.tenant = user->tenant, .person_slot = user->slot};
}

static int user_of_row(struct turn *turn, const struct sql_rows *rows, size_t i, struct user *ret)
{
    struct user user = {
        .id = sql_int(rows, i, 0),
        .tenant = sql_int(rows, i, 1),
        .slot = (vault_slot)sql_int(rows, i, 2),
        .role = (enum role)sql_int(rows, i, 3),
        .state = (enum user_state)sql_int(rows, i, 4),
        .available = sql_int(rows, i, 5) != 0,
        .alerts = (unsigned)sql_int(rows, i, 6),
        .policy_version = sql_int(rows, i, 7),
        .created_at = sql_int(rows, i, 8),
    };
    struct row_owner owner = owner_of(&user);
    int r =
        row_open(turn, COL_user_account_name, &owner, user.id, sql_bytes(rows, i, 9), &user.name);

    if (r == 0)
        r = row_open(turn, COL_user_account_email, &owner, user.id, sql_bytes(rows, i, 10),
                     &user.email);
    if (r == 0)
        r = row_open(turn, COL_user_account_preferences, &owner, user.id, sql_bytes(rows, i, 11),
                     &user.preferences);
    if (r == 0)
        *ret = user;
    return r;
}

/* Addresses compare without regard to the case of ASCII letters. */
static int email_key(struct turn *turn, struct pii email, struct lookup_key *ret)
{
    struct slice lower = arena_copy(turn->arena, pii_reveal(email));
    size_t i;

    if (!lower.ptr)
        return ERR_MEMORY;
    for (i = 0; i < lower.len; i++)
        if (lower.ptr[i] >= 'A' && lower.ptr[i] <= 'Z')
            ((char *)lower.ptr)[i] = (char)(lower.ptr[i] - 'A' + 'a');
    *ret = (struct lookup_key){LOOKUP_USER_EMAIL, 0, pii_of(lower)};
    return 0;
}

static int check_name(struct pii name)
{
    struct slice text = pii_reveal(name);

    if (slice_trim(text).len == 0 || !utf8_valid(text))
        return ERR_INVALID;
    return utf8_count(text) > NAME_CHARS_MAX ? ERR_LIMIT : 0;
}

static int insert(struct turn *turn, const struct user *user, struct slice password_hash)
{
    struct row_owner owner = owner_of(user);

    return turn_put(turn, &account_sql_user_add,
                    SQL_ARGS(SQL_INT(user->id), SQL_INT(user->tenant), SQL_INT((int64_t)user->slot),
                             SQL_INT(user->role), SQL_INT(user->state), SQL_INT(user->available),
                             SQL_INT(user->alerts), SQL_INT(user->policy_version),
                             SQL_INT(user->created_at),
                             row_seal(turn, COL_user_account_name, &owner, user->id, user->name),
                             row_seal(turn, COL_user_account_email, &owner, user->id, user->email),
                             row_seal(turn, COL_user_account_password, &owner, user->id,
                                      pii_of(password_hash))));
}

static int tell(struct turn *turn, int64_t tenant)
{
    return journal_add(turn, &(struct journal_event){.tenant = tenant, .kind = JOURNAL_SETTINGS});
}

/* Refused before anything is written, so that a refusal costs no slot and no second run. */
static int free_address(struct turn *turn, const struct lookup_key *key)
{
    int64_t other;
    int r = lookup_find(turn, 0, key, &other);

    if (r == 0)
        return ERR_EXISTS;
    return r == ERR_NOT_FOUND ? 0 : r;
}

static int add(struct turn *turn, const struct user *filled, struct slice password_hash,
               struct user *ret)
{
    struct user user = *filled;
    struct lookup_key key;
    int r = check_name(user.name);

    if (r == 0 && (user.role == ROLE_NONE || !mail_address_ok(pii_reveal(user.email))))
        r = ERR_INVALID;
    if (r == 0)
        r = email_key(turn, user.email, &key);
    if (r == 0)
        r = free_address(turn, &key);
    if (r == 0)
        r = vault_issue(turn->vault, &user.slot);
    if (r < 0)
        return r;
    user.id = turn_id(turn);
    user.available = true;
    user.alerts = ALERT_HELP | ALERT_CHANNEL;
    user.created_at = turn->now;
    r = insert(turn, &user, password_hash);
    if (r == 0)
        r = lookup_add(turn, 0, &key, user.id);
    if (r == 0)
        r = tell(turn, user.tenant);
    if (r == 0)
        *ret = user;
    return r;
}

int user_add(struct turn *turn, int64_t tenant, enum role role, struct pii name, struct pii email,
             struct slice password_hash, int64_t policy_version, struct user *ret)
{
    return add(turn,
               &(struct user){.tenant = tenant,
                              .role = role,
                              .state = USER_ACTIVE,
                              .policy_version = policy_version,
                              .name = pii_of(slice_trim(pii_reveal(name))),
                              .email = email},
               password_hash, ret);
}

static int one_of(struct turn *turn, const struct sql_rows *rows, struct user *ret)
{
    return sql_rows_count(rows) == 0 ? ERR_NOT_FOUND : user_of_row(turn, rows, 0, ret);
}

int user_load(struct turn *turn, int64_t tenant, int64_t id, struct user *ret)
{
    struct sql_rows *rows;
    int r = turn_ask(turn, &account_sql_user_load, SQL_ARGS(SQL_INT(id), SQL_INT(tenant)), &rows);

    return r < 0 ? r : one_of(turn, rows, ret);
}

static int user_any(struct turn *turn, int64_t id, struct user *ret)
{
    struct sql_rows *rows;
    int r = turn_ask(turn, &account_sql_user_any, SQL_ARGS(SQL_INT(id)), &rows);

    return r < 0 ? r : one_of(turn, rows, ret);
}

int user_list(struct turn *turn, int64_t tenant, struct user **ret, size_t *ret_n)
{
    struct user *list;
    struct sql_rows *rows;
    size_t i, n;
    int r = turn_ask(turn, &account_sql_user_list, SQL_ARGS(SQL_INT(tenant)), &rows);

    if (r < 0)
        return r;
    n = sql_rows_count(rows);
    list = arena_array(turn->arena, n + 1, sizeof(*list));
    if (!list)
        return ERR_MEMORY;
    for (i = 0; r == 0 && i < n; i++)
        r = user_of_row(turn, rows, i, &list[i]);
    if (r < 0)
        return r;
    *ret = list;
    *ret_n = n;
    return 0;
}

int user_password(struct turn *turn, const struct user *user, struct slice *ret_hash)
{
    struct row_owner owner = owner_of(user);
    struct sql_rows *rows;
    struct pii hash;
    int r = turn_ask(turn, &account_sql_user_password,
                     SQL_ARGS(SQL_INT(user->id), SQL_INT(user->tenant)), &rows);

    if (r < 0)
        return r;
    if (sql_rows_count(rows) == 0)
        return ERR_NOT_FOUND;
    r = row_open(turn, COL_user_account_password, &owner, user->id, sql_bytes(rows, 0, 0), &hash);
    if (r == 0)
        *ret_hash = pii_reveal(hash);
    return r;
}

int user_by_email(struct turn *turn, struct pii email, struct user *ret,
                  struct slice *ret_password_hash)
{
    struct lookup_key key;
    int64_t id;
    int r = email_key(turn, email, &key);

    if (r == 0)
        r = lookup_find(turn, 0, &key, &id);
    if (r == 0)
        r = user_any(turn, id, ret);
    return r < 0 ? r : user_password(turn, ret, ret_password_hash);
}

/* A firm must keep somebody who can let others in. */
static int keep_an_owner(struct turn *turn, const struct user *user)
{
    int64_t others;
    int r = turn_ask_int(turn, &account_sql_owners,
                         SQL_ARGS(SQL_INT(user->tenant), SQL_INT(user->id)), 0, &others);

    if (r < 0)
        return r;
    return others ? 0 : ERR_CONFLICT;
}

int user_update(struct turn *turn, const struct user *user)
{
    struct row_owner owner = owner_of(user);
    struct user before;
    int r = user_load(turn, user->tenant, user->id, &before);

    if (r == 0)
        r = check_name(user->name);
    if (r == 0 && pii_reveal(user->preferences).len > PREFERENCES_MAX)
        r = ERR_LIMIT;
    if (r == 0 && before.role == ROLE_OWNER && before.state == USER_ACTIVE &&
        (user->role != ROLE_OWNER || user->state != USER_ACTIVE))
        r = keep_an_owner(turn, user);
    if (r == 0 && user->state != USER_ACTIVE)
        r = session_end_all(turn, user->id, 0);
    if (r == 0)
        r = turn_put(turn, &account_sql_user_update,
                     SQL_ARGS(SQL_INT(user->role), SQL_INT(user->state), SQL_INT(user->available),
                              SQL_INT(user->alerts), SQL_INT(user->policy_version),
                              row_seal(turn, COL_user_account_name, &owner, user->id, user->name),
                              row_seal(turn, COL_user_account_preferences, &owner, user->id,
                                       user->preferences),
                              SQL_INT(user->id), SQL_INT(user->tenant)));
    return r < 0 ? r : tell(turn, user->tenant);
}

int user_set_password(struct turn *turn, const struct user *user, struct slice password_hash,
                      int64_t keep_session)
{
    struct row_owner owner = owner_of(user);
    int r = turn_put(
        turn, &account_sql_user_set_password,
        SQL_ARGS(row_seal(turn, COL_user_account_password, &owner, user->id, pii_of(password_hash)),
                 SQL_INT(user->id), SQL_INT(user->tenant)));

    if (r == 0)
        r = ticket_void(turn, TICKET_RESET, user->id);
    return r < 0 ? r : session_end_all(turn, user->id, keep_session);
}

/* The keys go after the commit, by jobs: a crash in between must not keep them alive. */
static int forget_later(struct turn *turn, int64_t tenant, const vault_slot *slots, size_t n)
{
    size_t i;
    int r = 0;

    for (i = 0; r == 0 && i < n; i++)
        r = job_add(
            turn, &(struct job){.tenant = tenant, .kind = JOB_FORGET, .object = (int64_t)slots[i]});
    return r;
}

static int end_all(struct turn *turn, const struct user *user)
{
    int r = session_end_all(turn, user->id, 0);

    if (r == 0)
        r = ticket_void(turn, TICKET_RESET, user->id);
    if (r == 0)
        r = ticket_void(turn, TICKET_INVITATION, user->id);
    return r < 0 ? r : turn_put(turn, &account_sql_user_drafts, SQL_ARGS(SQL_INT(user->id)));
}

int user_remove(struct turn *turn, const struct user *user)
{
    vault_slot slots[SLOTS_MAX] = {user->slot};
    size_t n = 1;
    int r = 0;

    if (user->role == ROLE_OWNER && user->state == USER_ACTIVE)
        r = keep_an_owner(turn, user);
    if (r == 0)
        r = end_all(turn, user);
    if (r == 0)
        r = lookup_remove(turn, 0, &user->id, 1, slots, ARRAY_LEN(slots), &n);
    if (r == 0)
        r = turn_put(turn, &account_sql_user_remove,
                     SQL_ARGS(SQL_INT(user->id), SQL_INT(user->tenant)));
    if (r == 0)
        r = forget_later(turn, user->tenant, slots, n);
    return r < 0 ? r : tell(turn, user->tenant);
}

/* Who did not answer in time is kept no longer than their link was good for. */
static int remove_uninvited(struct turn *turn, int64_t tenant)
{
    struct sql_rows *rows;
    struct user user;
    size_t i;
    int r =
        turn_ask(turn, &account_sql_user_uninvited,
                 SQL_ARGS(SQL_INT(tenant), SQL_INT(turn->now - INVITATION_DAYS * DAY_MS)), &rows);

    for (i = 0; r == 0 && i < sql_rows_count(rows); i++) {
        r = user_of_row(turn, rows, i, &user);
        if (r == 0)
            r = user_remove(turn, &user);
    }
    return r;
}

static int invite_again(struct turn *turn, struct user *user, enum role role)
{
    int r = ticket_void(turn, TICKET_INVITATION, user->id);

    user->role = role;
    return r < 0 ? r : user_update(turn, user);
}

int user_invite(struct turn *turn, int64_t tenant, enum role role, struct pii email,
                struct user *ret)
{
    struct slice hash, local = pii_reveal(email);
    struct user user;
    int r;

    if (role == ROLE_NONE || !mail_address_ok(local))
        return ERR_INVALID;
    r = remove_uninvited(turn, tenant);
    if (r == 0)
        r = user_by_email(turn, email, &user, &hash);
    if (r == 0 && (user.tenant != tenant || user.state != USER_INVITED))
        return ERR_EXISTS;
    if (r == ERR_NOT_FOUND && slice_cut(&local, '@', &hash))
        r = add(turn,
                &(struct user){.tenant = tenant,
                               .role = role,
                               .state = USER_INVITED,
                               .name = pii_of(hash),
                               .email = email},
                SLICE_NONE, &user);
    else if (r == 0)
        r = invite_again(turn, &user, role);
    if (r == 0)
        *ret = user;
    return r;
}

int user_accept(struct turn *turn, struct user *user, struct pii name, struct slice password_hash,
                int64_t policy_version)
{
    int r;

    if (user->state != USER_INVITED)
        return ERR_CONFLICT;
    user->name = pii_of(slice_trim(pii_reveal(name)));
    user->state = USER_ACTIVE;
    user->policy_version = policy_version;
    r = user_update(turn, user);
    return r < 0 ? r : user_set_password(turn, user, password_hash, 0);
}

int user_alerted(struct turn *turn, int64_t tenant, enum alert_flag flag, struct user **ret,
                 size_t *ret_n)
{
    struct user *users;
    size_t i, n, kept = 0;
    bool on_duty = false;
    int r = user_list(turn, tenant, &users, &n);

    if (r < 0)
        return r;
    for (i = 0; i < n; i++)
        if (users[i].state == USER_ACTIVE && users[i].alerts & flag)
            users[kept++] = users[i];
    for (i = 0; i < kept; i++)
        on_duty = on_duty || users[i].available;
    for (i = 0, n = kept, kept = 0; i < n; i++)
        if (!on_duty || users[i].available)
            users[kept++] = users[i];
    *ret = users;
    *ret_n = kept;
    return 0;
}

static int reveal(struct turn *turn, int64_t tenant, enum lookup_kind kind, int64_t owner,
                  struct lookup_key *ret)
{
    struct user user;
    int r = user_any(turn, owner, &user);

    (void)tenant;
    (void)kind;
    return r < 0 ? r : email_key(turn, user.email, ret);
}

void account_start(struct store *store)
{
    lookup_set_reveal(store, LOOKUP_USER_EMAIL, reveal);
}
