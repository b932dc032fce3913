/* hook_kind.h - what kinds of events providers post to us, and what became of them. */
#ifndef CHANNEL_HOOK_KIND_H
#define CHANNEL_HOOK_KIND_H

#include "base/slice.h"

/* Stored: never change or reuse a number. */
enum hook_source { HOOK_MESSENGER = 1 };

/* Stored: never change or reuse a number. */
enum hook_kind {
    HOOK_MESSAGE = 1,
    HOOK_ECHO = 2,
    HOOK_POSTBACK = 3,
    HOOK_REFERRAL = 4,
    HOOK_OPTIN = 5,
    HOOK_DELIVERY = 6,
    HOOK_READ = 7,
    HOOK_REACTION = 8,
    HOOK_EDIT = 9,
    HOOK_DELETION = 10,
    HOOK_THREAD = 11, /* who owns the thread */
    HOOK_POLICY = 12, /* the provider warned or blocked the Page */
    HOOK_FEEDBACK = 13,
    HOOK_ACCOUNT_LINKING = 14,
    HOOK_GAME_PLAY = 15,
    HOOK_MESSAGE_REQUEST = 16,
    HOOK_CHANGES = 17, /* of the Page itself: feed, and the provider's own test button */
    HOOK_UNKNOWN = 18,
    HOOK_KINDS
};

/* Stored: never change or reuse a number. */
enum hook_outcome {
    HOOK_STORED = 1,
    HOOK_DUPLICATE = 2,
    HOOK_NOBODY = 3, /* about a person, conversation or message that is not (or no more) here */
    HOOK_IGNORED = 4,
    HOOK_TOO_LARGE = 5,
    HOOK_OUTCOMES
};

/** The word outside ("message", "duplicate"); NULL for a number that is none. */
const char *hook_kind_word(enum hook_kind kind);
const char *hook_outcome_word(enum hook_outcome outcome);
/** HOOK_KINDS, HOOK_OUTCOMES when there is none of that name. */
enum hook_kind hook_kind_of(struct slice word);
enum hook_outcome hook_outcome_of(struct slice word);

#endif
