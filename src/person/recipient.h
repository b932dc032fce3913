/* recipient.h - who outside was given data of a person: told to them, and part of an erasure. */
#ifndef PERSON_RECIPIENT_H
#define PERSON_RECIPIENT_H

#include "store/store.h"

/* Stored: never change or reuse a number. */
enum recipient { RECIPIENT_NONE = 0, RECIPIENT_META = 1 };

/** Notes the recipient at the first time; later times change nothing. */
int recipient_note(struct turn *turn, int64_t tenant, int64_t person,
                   enum recipient recipient) MUST_CHECK;

#endif
