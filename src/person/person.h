/* person.h - bot users: who wrote to us, under which id a channel knows them, what we may know. */
#ifndef PERSON_PERSON_H
#define PERSON_PERSON_H

#include "base/pii.h"
#include "store/lookup.h"
#include "store/store.h"

/* Stored: never change or reuse a number. */
enum person_state {
    PERSON_ACTIVE = 1,
    PERSON_DEACTIVATED = 2, /* nothing incoming is stored */
    PERSON_RESTRICTED = 3,  /* stored, but no bot and no campaign */
    PERSON_ERASING = 4,     /* denied to everybody */
};

/** What a turn needs to know of a person to file an event. */
struct person_ref {
    int64_t id;
    int64_t identity;
    vault_slot slot;
    enum person_state state;
    bool created; /* by this call */
};

/** Finds the person whom `channel` of `tenant` knows as `external`; with `create`, makes one with a
 *  fresh vault slot when there is none. ERR_NOT_FOUND nobody, and not to be created.
 *  ERR_FORGOTTEN the identity was erased in the last days and the event is dated before that. */
int person_resolve(struct turn *turn, int64_t tenant, int64_t channel, struct pii external,
                   int64_t event_at, bool create, struct person_ref *ret) MUST_CHECK;

struct person {
    int64_t id;
    int64_t tenant;
    vault_slot slot;
    enum person_state state;
    int64_t created_at;
    int64_t seen_at;
    int64_t profile_at; /* 0: the channel's profile was never fetched */
    struct pii first_name, last_name, picture_url, locale, gender, timezone;
    struct pii email, phone;
    struct pii attributes; /* JSON object, or empty */
};

/** ERR_NOT_FOUND. Fields without a declared purpose come back empty. */
int person_load(struct turn *turn, int64_t tenant, int64_t id, struct person *ret) MUST_CHECK;
/** "First Last", either, or empty: then clients say "Visitor". In the turn's arena. */
struct pii person_name(struct turn *turn, const struct person *person);

struct person_page {
    struct person *people;
    size_t n;
    int64_t total;
    int64_t next; /* cursor of the next page; 0: this was the last */
};
/** By last activity, newest first; `cursor` 0 starts. At most 100. */
int person_list(struct turn *turn, int64_t tenant, int64_t cursor, size_t limit,
                struct person_page *ret) MUST_CHECK;

struct person_identity {
    int64_t id;
    int64_t channel;
    struct pii external;
    vault_slot slot;
};
int person_identities(struct turn *turn, int64_t tenant, int64_t person,
                      struct person_identity **ret, size_t *ret_n) MUST_CHECK;
/** The person's id on one channel. ERR_NOT_FOUND. */
int person_external(struct turn *turn, int64_t tenant, int64_t person, int64_t channel,
                    struct pii *ret) MUST_CHECK;

/** Notes that the person was active; moves only forward. */
int person_seen(struct turn *turn, int64_t tenant, int64_t person, int64_t at) MUST_CHECK;

/** What a channel told of a person. Only fields with a declared purpose are stored. */
struct person_profile {
    struct pii first_name, last_name, picture_url, locale, gender, timezone;
};
int person_set_profile(struct turn *turn, int64_t tenant, int64_t person,
                       const struct person_profile *profile) MUST_CHECK;
/** Rectification and what a flow asked for: an empty value removes, NULL leaves. */
struct person_change {
    const struct pii *first_name, *last_name, *email, *phone;
    const struct pii *attributes; /* the whole JSON object; at most 16 KiB */
};
int person_change(struct turn *turn, int64_t tenant, int64_t person,
                  const struct person_change *change) MUST_CHECK;
/** Sets one attribute; an empty value removes it. ERR_LIMIT: over 16 KiB in all. */
int person_set_attribute(struct turn *turn, int64_t tenant, int64_t person, struct slice name,
                         struct pii value) MUST_CHECK;

/** Told to the look-up layer at start: how identities are read back when a bucket is re-keyed. */
void person_start(struct store *store);

#endif
