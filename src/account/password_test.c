#include "account/password.h"

#include <sodium.h>

#include "base/err.h"
#include "unit.h"

static int check(const char *password)
{
    return password_check(pii_of(slice_cstr(password)));
}

START_TEST(a_password_has_ten_characters)
{
    char longest[PASSWORD_MAX + 2];

    ck_assert_int_eq(check(""), ERR_INVALID);
    ck_assert_int_eq(check("ninechars"), ERR_INVALID);
    ck_assert_int_eq(check("tencharact"), 0);
    ck_assert_int_eq(check("éééééééééé"), 0); /* characters, not bytes */
    ck_assert_int_eq(check("ééééé"), ERR_INVALID);
    memset(longest, 'x', sizeof(longest));
    longest[PASSWORD_MAX] = '\0';
    ck_assert_int_eq(check(longest), 0);
    longest[PASSWORD_MAX] = 'x';
    longest[PASSWORD_MAX + 1] = '\0';
    ck_assert_int_eq(check(longest), ERR_INVALID);
}
END_TEST

START_TEST(the_most_common_ones_are_refused)
{
    ck_assert_int_eq(check("password123"), ERR_INVALID);
    ck_assert_int_eq(check("PASSWORD123"), ERR_INVALID);
    ck_assert_int_eq(check("1234567890"), ERR_INVALID);
    ck_assert_int_eq(check("not \xff utf-8 at all"), ERR_INVALID);
}
END_TEST

START_TEST(only_the_same_password_verifies)
{
    struct arena *arena = arena_new(4096);
    struct pii right = pii_of(SLICE("correct horse"));
    struct slice hash;

    ck_assert_int_ge(sodium_init(), 0);
    ck_assert_int_eq(password_hash(arena, right, &hash), 0);
    ck_assert(slice_starts(hash, SLICE("$argon2id$v=19$m=65536,t=3,p=1$")));
    ck_assert(password_verify(right, hash));
    ck_assert(!password_verify(pii_of(SLICE("correct horsf")), hash));
    ck_assert(!password_verify(right, slice_head(hash, hash.len - 1)));
    ck_assert(!password_verify(right, SLICE_NONE));
    ck_assert(!password_verify(pii_of(SLICE_NONE), SLICE_NONE));
    arena_free(arena);
}
END_TEST

UNIT_MAIN("account/password", a_password_has_ten_characters, the_most_common_ones_are_refused,
          only_the_same_password_verifies)
