#include "account/account.h"
#include "account/session.h"

static const char *const role_words[] = {
    [ROLE_NONE] = "none",
    [ROLE_AGENT] = "agent",
    [ROLE_ADMIN] = "admin",
    [ROLE_OWNER] = "owner",
};

const char *account_role_word(enum role role)
{
    return (size_t)role < ARRAY_LEN(role_words) ? role_words[role] : role_words[ROLE_NONE];
}

enum role account_role_of(struct slice word)
{
    size_t i;

    for (i = ROLE_AGENT; i < ARRAY_LEN(role_words); i++)
        if (slice_eq(word, slice_cstr(role_words[i])))
            return (enum role)i;
    return ROLE_NONE;
}

unsigned scope_of(struct slice word)
{
    static const struct {
        const char *word;
        enum scope scope;
    } scopes[] = {
        {"read", SCOPE_READ},
        {"talk", SCOPE_TALK},
        {"people", SCOPE_PEOPLE},
        {"settings", SCOPE_SETTINGS},
    };
    size_t i;

    for (i = 0; i < ARRAY_LEN(scopes); i++)
        if (slice_eq(word, slice_cstr(scopes[i].word)))
            return scopes[i].scope;
    return 0;
}
