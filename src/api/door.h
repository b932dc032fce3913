/* door.h - within api: what sign-in, claiming, invitations and new passwords share. */
#ifndef API_DOOR_H
#define API_DOOR_H

#include "api/call.h"

/* Raised when the text of /privacy changes in substance: who accepts, accepts this one. */
enum { POLICY_VERSION = 1 };

/** Kept in call->data between the steps. */
struct door {
    int64_t tenant, user;
    struct slice hash;     /* the stored one; empty: nobody of that address */
    struct slice new_hash; /* made by door_hash */
};

/** First step, on a reader: refuses plain http from afar, other sites' pages, and too many tries of
 *  one address. ERR_DENIED, ERR_ORIGIN, ERR_RATE. */
int door_enter(struct turn *turn, struct call *call, struct door **ret) MUST_CHECK;
/** ERR_RATE: too many tries for this e-mail address, whether or not it has an account. */
int door_count(struct turn *turn, struct call *call, struct pii email) MUST_CHECK;
/** The same for a signed-in user's own password. */
int door_count_user(struct turn *turn, struct call *call, int64_t user) MUST_CHECK;
/** The body's "email" without white space around it. */
struct pii door_email(const struct call *call);
/** The body's new "password". ERR_INVALID with a sentence. */
int door_check_password(struct call *call) MUST_CHECK;
/** The body's "policy": true, or the version of GET /start. ERR_INVALID with a sentence. */
int door_check_policy(struct call *call) MUST_CHECK;
/** Keeps a stored hash beyond this turn. ERR_MEMORY. */
int door_keep_hash(struct call *call, struct slice hash) MUST_CHECK;
/** SLOW: hashes the body's "password" into door->new_hash. */
int door_hash(struct call *call) MUST_CHECK;
/** WRITE: a session, the cookie, and {user, tenant} as the answer. */
int door_let_in(struct turn *turn, struct call *call, const struct user *user) MUST_CHECK;

#endif
