#include "account/account.h"

#include <stdlib.h>

#include "account/session.h"
#include "account/sql.h"
#include "base/err.h"
#include "base/utf8.h"
#include "net/mail.h"
#include "store/journal.h"
#include "store/row.h"

enum { NAME_CHARS_MAX = 100, PREFERENCES_MAX = 8 * 1024 };

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

int user_add(struct turn *turn, int64_t tenant, enum role role, struct pii name, struct pii email,
             struct slice password_hash, int64_t policy_version, struct user *ret)
{
    struct user user = {
        .tenant = tenant,
        .role = role,
        .state = USER_ACTIVE,
        .available = true,
        .alerts = ALERT_HELP | ALERT_CHANNEL,
        .policy_version = policy_version,
        .name = pii_of(slice_trim(pii_reveal(name))),
        .email = email,
    };
    struct lookup_key key;
    int r = check_name(name);

    if (r == 0 && (role == ROLE_NONE || !mail_address_ok(pii_reveal(email))))
        r = ERR_INVALID;
    if (r == 0)
        r = email_key(turn, email, &key);
    if (r == 0)
        r = vault_issue(turn->vault, &user.slot);
    if (r < 0)
        return r;
    user.id = turn_id(turn);
    user.created_at = turn->now;
    r = insert(turn, &user, password_hash);
    if (r == 0)
        r = lookup_add(turn, 0, &key, user.id);
    if (r == 0)
        r = tell(turn, tenant);
    if (r == 0)
        *ret = user;
    return r;
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
    if (r == 0 && user->state == USER_OFF)
        r = session_end_all(turn, user->id, 0);
    if (r == 0)
        r = turn_put(turn, &account_sql_user_update,
                     SQL_ARGS(SQL_INT(user->role), SQL_INT(user->state), SQL_INT(user->available),
                              SQL_INT(user->alerts),
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

    return r < 0 ? r : session_end_all(turn, user->id, keep_session);
}

struct forget {
    vault_slot slots[8];
    size_t n;
};

static void forget_failed(struct turn *turn, void *arg, int result)
{
    (void)turn;
    (void)result; /* the slots have no owner now and are found by the vault's own count */
    free(arg);
}

static int forget_slots(struct turn *turn, void *arg)
{
    const struct forget *forget = arg;

    return vault_forget(turn->vault, forget->slots, forget->n);
}

static void forget_later(struct store *store, void *arg)
{
    struct forget *copy = malloc(sizeof(*copy));

    if (!copy)
        return;
    *copy = *(struct forget *)arg;
    if (store_slow(store, forget_slots, forget_failed, copy) < 0)
        free(copy);
}

int user_remove(struct turn *turn, const struct user *user)
{
    struct forget *forget = arena_alloc(turn->arena, sizeof(*forget));
    int r = forget ? 0 : ERR_MEMORY;

    if (r == 0 && user->role == ROLE_OWNER)
        r = keep_an_owner(turn, user);
    if (r == 0)
        r = session_end_all(turn, user->id, 0);
    if (r == 0)
        r = lookup_remove(turn, 0, &user->id, 1, forget->slots, ARRAY_LEN(forget->slots) - 1,
                          &forget->n);
    if (r == 0)
        r = turn_put(turn, &account_sql_user_remove,
                     SQL_ARGS(SQL_INT(user->id), SQL_INT(user->tenant)));
    if (r < 0)
        return r;
    forget->slots[forget->n++] = user->slot;
    r = turn_effect(turn, forget_later, forget);
    return r < 0 ? r : tell(turn, user->tenant);
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
