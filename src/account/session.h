/* session.h - who is calling: browser sessions, API tokens, single-use tickets. Only hashes of
 * their secrets are stored. */
#ifndef ACCOUNT_SESSION_H
#define ACCOUNT_SESSION_H

#include "account/account.h"

enum { SECRET_TEXT_SIZE = 48 }; /* text of 32 random bytes, its prefix, and a NUL */

/** Bits of a token's scopes. A browser session has all that its role allows. */
enum scope {
    SCOPE_READ = 1,     /* conversations, people, settings */
    SCOPE_TALK = 2,     /* write messages, assign, close */
    SCOPE_PEOPLE = 4,   /* change and erase people */
    SCOPE_SETTINGS = 8, /* channels, flows, users */
};
/** "read", "talk", "people", "settings"; 0 when the word names none. */
unsigned scope_of(struct slice word);
/** The words in the order of their bits, NULL at the end: words[i] names 1u << i. */
extern const char *const scope_words[];

/** Who calls, as every handler sees it. */
struct caller {
    int64_t tenant;
    int64_t user;    /* 0: an API token */
    int64_t session; /* 0: an API token */
    int64_t token;   /* 0: a session */
    int64_t seen_at; /* last noted use; 0: never */
    enum role role;  /* a token acts as admin within its scopes */
    unsigned scopes;
};

/* Sessions: 30 days, renewed by use. */

/** `ret` gets the cookie's value. */
int session_add(struct turn *turn, const struct user *user, char ret[SECRET_TEXT_SIZE]) MUST_CHECK;
/** ERR_AUTH unknown, expired, or its user or tenant is off. READ turns can call it. */
int session_find(struct turn *turn, struct slice cookie, struct caller *ret) MUST_CHECK;
/** Notes its use, at most once an hour, and renews it. */
int session_touch(struct turn *turn, int64_t session) MUST_CHECK;
int session_end(struct turn *turn, int64_t session) MUST_CHECK;
/** All sessions of a user but `keep` (0: none). */
int session_end_all(struct turn *turn, int64_t user, int64_t keep) MUST_CHECK;

/* API tokens: "lt_…" */

int token_add(struct turn *turn, int64_t tenant, unsigned scopes, struct slice label,
              int64_t *ret_id, char ret[SECRET_TEXT_SIZE]) MUST_CHECK;
/** ERR_AUTH. */
int token_find(struct turn *turn, struct slice text, struct caller *ret) MUST_CHECK;
/** Notes its use, at most once an hour. */
int token_touch(struct turn *turn, int64_t token) MUST_CHECK;

/** True when the caller's use should be noted: by session_touch or token_touch, in a WRITE turn. */
bool caller_stale(const struct caller *caller, int64_t now);

struct token_info {
    int64_t id, created_at, used_at;
    unsigned scopes;
    struct slice label;
};
int token_list(struct turn *turn, int64_t tenant, struct token_info **ret,
               size_t *ret_n) MUST_CHECK;
/** ERR_NOT_FOUND. */
int token_remove(struct turn *turn, int64_t tenant, int64_t id) MUST_CHECK;

/* Tickets: single-use links. Stored kinds: never change or reuse a number. */

enum ticket_kind {
    TICKET_CLAIM = 1,      /* 7 days; object: none */
    TICKET_INVITATION = 2, /* 7 days; object: user, who waits as USER_INVITED */
    TICKET_RESET = 3,      /* 1 hour; object: user; 0: a stranger's, never sent */
};

int ticket_add(struct turn *turn, enum ticket_kind kind, int64_t tenant, int64_t object,
               char ret[SECRET_TEXT_SIZE]) MUST_CHECK;
/** Looks without using it up. ERR_NOT_FOUND unknown, expired or used. */
int ticket_peek(struct turn *turn, enum ticket_kind kind, struct slice text, int64_t *ret_tenant,
                int64_t *ret_object) MUST_CHECK;
/** Looks and uses it up: of two who try at once, one gets ERR_NOT_FOUND. WRITE turns only. */
int ticket_take(struct turn *turn, enum ticket_kind kind, struct slice text, int64_t *ret_tenant,
                int64_t *ret_object) MUST_CHECK;
/** Makes all tickets of a kind for an object void. */
int ticket_void(struct turn *turn, enum ticket_kind kind, int64_t object) MUST_CHECK;

#endif
