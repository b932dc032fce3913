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

const char *const scope_words[] = {"read", "talk", "people", "settings", NULL};

unsigned scope_of(struct slice word)
{
    size_t i;

    for (i = 0; scope_words[i]; i++)
        if (slice_eq(word, slice_cstr(scope_words[i])))
            return 1u << i;
    return 0;
}

const char *account_user_state_word(enum user_state state)
{
    switch (state) {
    case USER_ACTIVE:
        return "active";
    case USER_OFF:
        return "off";
    case USER_INVITED:
        return "invited";
    }
    return "off";
}
