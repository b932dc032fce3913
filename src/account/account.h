/* account.h - tenants and the people who work for them: who may do what. */
#ifndef ACCOUNT_ACCOUNT_H
#define ACCOUNT_ACCOUNT_H

#include "base/pii.h"
#include "store/lookup.h"
#include "store/store.h"

/* Stored: never change or reuse a number. A higher role may do all that a lower one may. */
enum role { ROLE_NONE = 0, ROLE_AGENT = 1, ROLE_ADMIN = 2, ROLE_OWNER = 3 };
/* An invited user has an address and a role; name, password and consent come with the acceptance.
 */
enum user_state { USER_ACTIVE = 1, USER_OFF = 2, USER_INVITED = 3 };
enum tenant_state { TENANT_ACTIVE = 1, TENANT_OFF = 2 };

/** Bits of user.alert_flags. */
enum alert_flag { ALERT_HELP = 1, ALERT_CHANNEL = 2 };

struct tenant {
    int64_t id;
    vault_slot slot;
    enum tenant_state state;
    int64_t created_at;
    struct slice name;
    struct slice settings; /* JSON {quote_in_alerts, language, help_text}, or empty */
};

struct user {
    int64_t id, tenant;
    vault_slot slot;
    enum role role;
    enum user_state state;
    bool available;  /* on duty */
    unsigned alerts; /* enum alert_flag bits */
    int64_t policy_version;
    int64_t created_at;
    struct pii name, email, preferences; /* preferences: JSON, at most 8 KiB */
};

const char *account_role_word(enum role role);
/** ROLE_NONE when the word names none. */
enum role account_role_of(struct slice word);
const char *account_user_state_word(enum user_state state);

enum { INVITATION_DAYS = 7 };

/* Tenants */

/** ERR_INVALID no name; ERR_LIMIT over 100 characters. */
int tenant_add(struct turn *turn, struct slice name, struct tenant *ret) MUST_CHECK;
/** ERR_NOT_FOUND. */
int tenant_load(struct turn *turn, int64_t id, struct tenant *ret) MUST_CHECK;
int tenant_list(struct turn *turn, struct tenant **ret, size_t *ret_n) MUST_CHECK;
/** Writes state, name and settings. Errors as tenant_add. */
int tenant_update(struct turn *turn, const struct tenant *tenant) MUST_CHECK;
int tenant_count(struct turn *turn, int64_t *ret) MUST_CHECK;
/** True when some tenant has an active owner. Until then only a claim ticket signs anybody up. */
int tenant_owned(struct turn *turn, bool *ret) MUST_CHECK;

/* Users. A password is hashed on the SLOW pool (password.h) before it comes here. */

/** `password_hash` as made by password_hash. ERR_EXISTS the e-mail address has an account;
 *  ERR_INVALID no address. */
int user_add(struct turn *turn, int64_t tenant, enum role role, struct pii name, struct pii email,
             struct slice password_hash, int64_t policy_version, struct user *ret) MUST_CHECK;
/** Somebody who is to join: no password, no name but their address's. Their TICKET_INVITATION is
 * the caller's to make. Invitations older than INVITATION_DAYS are removed. Inviting an invited
 * address of the same tenant again gives the same user with the new role, and makes earlier tickets
 * void. ERR_EXISTS, ERR_INVALID as user_add. */
int user_invite(struct turn *turn, int64_t tenant, enum role role, struct pii email,
                struct user *ret) MUST_CHECK;
/** Makes an invited user active. ERR_CONFLICT they are not invited (any more). */
int user_accept(struct turn *turn, struct user *user, struct pii name, struct slice password_hash,
                int64_t policy_version) MUST_CHECK;
/** ERR_NOT_FOUND. */
int user_load(struct turn *turn, int64_t tenant, int64_t id, struct user *ret) MUST_CHECK;
int user_list(struct turn *turn, int64_t tenant, struct user **ret, size_t *ret_n) MUST_CHECK;
/** By e-mail address (ASCII letters compare in either case), over all tenants, with the password's
 *  hash. ERR_NOT_FOUND. */
int user_by_email(struct turn *turn, struct pii email, struct user *ret,
                  struct slice *ret_password_hash) MUST_CHECK;
int user_password(struct turn *turn, const struct user *user, struct slice *ret_hash) MUST_CHECK;
/** Writes name, role, state, available, alerts, policy_version and preferences. ERR_CONFLICT: it
 * would leave the tenant without an active owner. */
int user_update(struct turn *turn, const struct user *user) MUST_CHECK;
/** New password: all sessions but `keep_session` (0: none) end, reset links become void. */
int user_set_password(struct turn *turn, const struct user *user, struct slice password_hash,
                      int64_t keep_session) MUST_CHECK;
/** Ends their sessions and links, drops their drafts, frees the address, and adds the jobs that
 *  forget their slot. ERR_CONFLICT as above. */
int user_remove(struct turn *turn, const struct user *user) MUST_CHECK;
/** Active users of a tenant that want this alert: those on duty, or all when nobody is. */
int user_alerted(struct turn *turn, int64_t tenant, enum alert_flag flag, struct user **ret,
                 size_t *ret_n) MUST_CHECK;

/** At start: how e-mail addresses are read back when a bucket is re-keyed. */
void account_start(struct store *store);

#endif
