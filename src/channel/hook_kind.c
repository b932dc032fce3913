#include "channel/hook_kind.h"

static const char *const kind_words[HOOK_KINDS] = {
    [HOOK_MESSAGE] = "message",     [HOOK_ECHO] = "echo",
    [HOOK_POSTBACK] = "postback",   [HOOK_REFERRAL] = "referral",
    [HOOK_OPTIN] = "optin",         [HOOK_DELIVERY] = "delivery",
    [HOOK_READ] = "read",           [HOOK_REACTION] = "reaction",
    [HOOK_EDIT] = "edit",           [HOOK_DELETION] = "deletion",
    [HOOK_THREAD] = "thread",       [HOOK_POLICY] = "policy",
    [HOOK_FEEDBACK] = "feedback",   [HOOK_ACCOUNT_LINKING] = "account_linking",
    [HOOK_GAME_PLAY] = "game_play", [HOOK_MESSAGE_REQUEST] = "message_request",
    [HOOK_CHANGES] = "changes",     [HOOK_UNKNOWN] = "unknown",
};

static const char *const outcome_words[HOOK_OUTCOMES] = {
    [HOOK_STORED] = "stored",   [HOOK_DUPLICATE] = "duplicate", [HOOK_NOBODY] = "nobody",
    [HOOK_IGNORED] = "ignored", [HOOK_TOO_LARGE] = "too_large",
};

const char *hook_kind_word(enum hook_kind kind)
{
    return kind > 0 && kind < HOOK_KINDS ? kind_words[kind] : NULL;
}

const char *hook_outcome_word(enum hook_outcome outcome)
{
    return outcome > 0 && outcome < HOOK_OUTCOMES ? outcome_words[outcome] : NULL;
}

static int number_of(const char *const *words, int n, struct slice word)
{
    int i;

    for (i = 1; i < n && !slice_eq(word, slice_cstr(words[i])); i++)
        ;
    return i;
}

enum hook_kind hook_kind_of(struct slice word)
{
    return (enum hook_kind)number_of(kind_words, HOOK_KINDS, word);
}

enum hook_outcome hook_outcome_of(struct slice word)
{
    return (enum hook_outcome)number_of(outcome_words, HOOK_OUTCOMES, word);
}
