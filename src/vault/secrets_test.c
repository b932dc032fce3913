#include "vault/secrets.h"

#include <fcntl.h>
#include <unistd.h>

#include "base/err.h"
#include "vault/page.h"
#include "vault/test_dir.h"

static struct secrets *open_at(const char *dir)
{
    int fd = open(dir, O_RDONLY | O_DIRECTORY);
    struct secrets *s = NULL;

    ck_assert_int_eq(secrets_open(fd, &s), 0);
    close(fd);
    return s;
}

/* Overwrites the middle of one of the copies. */
static void damage(const char *dir, int copy)
{
    char path[100];
    int fd;

    snprintf(path, sizeof(path), "%s/secrets", dir);
    fd = open(path, O_WRONLY);
    ck_assert_int_eq(pwrite(fd, "torn", 4, copy * PAGE_BYTES + 2000), 4);
    close(fd);
}

START_TEST(mends_either_copy_from_the_other)
{
    TEST_DIR(dir);
    unsigned char made[SECRETS_SIZE], again[SECRETS_SIZE];
    struct secrets *s = open_at(dir);
    int copy;

    ck_assert_int_eq(secrets_get(s, "cookie", made), 0);
    secrets_close(s);
    for (copy = 0; copy < 2; copy++) {
        damage(dir, copy);
        s = open_at(dir);
        ck_assert_int_eq(secrets_get(s, "cookie", again), 0);
        ck_assert_mem_eq(made, again, sizeof(made));
        secrets_close(s);
    }
}
END_TEST

START_TEST(makes_nothing_new_in_place_of_what_was_damaged)
{
    TEST_DIR(dir);
    unsigned char secret[SECRETS_SIZE];
    struct secrets *s = open_at(dir);

    ck_assert_int_eq(secrets_get(s, "cookie", secret), 0);
    secrets_close(s);
    damage(dir, 0);
    damage(dir, 1);
    s = open_at(dir);
    ck_assert_int_eq(secrets_get(s, "cookie", secret), ERR_DAMAGED);
    ck_assert_int_eq(secrets_get(s, "other", secret), ERR_DAMAGED);
    secrets_close(s);
}
END_TEST

START_TEST(starts_afresh_after_a_torn_first_write)
{
    TEST_DIR(dir);
    unsigned char secret[SECRETS_SIZE];
    struct secrets *s;
    char path[100];

    secrets_close(open_at(dir));
    snprintf(path, sizeof(path), "%s/secrets", dir);
    ck_assert_int_eq(truncate(path, PAGE_BYTES), 0);
    damage(dir, 0);
    s = open_at(dir);
    ck_assert_int_eq(secrets_get(s, "cookie", secret), 0);
    secrets_close(s);
}
END_TEST

START_TEST(holds_thirty_two_proper_names)
{
    TEST_DIR(dir);
    struct secrets *s = open_at(dir);
    unsigned char secret[SECRETS_SIZE];
    char name[20];
    int i;

    for (i = 0; i < SECRETS_MAX; i++) {
        snprintf(name, sizeof(name), "name-%d", i);
        ck_assert_int_eq(secrets_get(s, name, secret), 0);
    }
    ck_assert_int_eq(secrets_get(s, "one-more", secret), ERR_LIMIT);
    ck_assert_int_eq(secrets_get(s, "name-31", secret), 0);
    ck_assert_int_eq(secrets_get(s, "", secret), ERR_INVALID);
    ck_assert_int_eq(secrets_get(s, "../x", secret), ERR_INVALID);
    ck_assert_int_eq(secrets_get(s, "aaaaaaaaaabbbbbbbbbbccccccccccdd", secret), ERR_INVALID);
    secrets_close(s);
}
END_TEST

UNIT_MAIN("vault/secrets", mends_either_copy_from_the_other,
          makes_nothing_new_in_place_of_what_was_damaged, starts_afresh_after_a_torn_first_write,
          holds_thirty_two_proper_names)
