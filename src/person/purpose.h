/* purpose.h - a profile field is collected only while its tenant has declared why. */
#ifndef PERSON_PURPOSE_H
#define PERSON_PURPOSE_H

#include "base/pii.h"
#include "store/store.h"

/* Stored: never change or reuse a number. */
enum person_field {
    FIELD_FIRST_NAME = 1,
    FIELD_LAST_NAME = 2,
    FIELD_PICTURE = 3,
    FIELD_LOCALE = 4,
    FIELD_GENDER = 5,
    FIELD_TIMEZONE = 6,
    FIELD_END
};

/** The name outside: "first_name", "last_name", "picture", "locale", "gender", "timezone". */
const char *purpose_field_name(enum person_field field);
/** FIELD_END when there is none of that name. */
enum person_field purpose_field_of(struct slice name);
/** A ready purpose, in English, offered by the set-up. */
const char *purpose_ready(enum person_field field);

struct purpose_entry {
    bool declared;
    int64_t declared_at;
    struct slice text;
};
/** All fields of a tenant, indexed by field. */
int purpose_load(struct turn *turn, int64_t tenant, struct purpose_entry ret[FIELD_END]) MUST_CHECK;
/** A bit per declared field: 1u << field. */
int purpose_mask(struct turn *turn, int64_t tenant, unsigned *ret) MUST_CHECK;
/** Declares (text not empty) or withdraws (empty) a purpose. Withdrawing removes what was stored of
 * the field for all people of the tenant. ERR_LIMIT: text over 500 characters. */
int purpose_set(struct turn *turn, int64_t tenant, enum person_field field,
                struct slice text) MUST_CHECK;

#endif
