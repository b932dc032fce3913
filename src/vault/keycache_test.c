#include "vault/keycache.h"

#include "base/err.h"
#include "unit.h"

static void put(struct keycache *c, vault_slot slot)
{
    unsigned char key[SLOT_KEY];

    memset(key, (int)(slot & 0xff), sizeof(key));
    keycache_put(c, slot, key);
}

static bool has(struct keycache *c, vault_slot slot)
{
    unsigned char key[SLOT_KEY], expected[SLOT_KEY];
    bool hit = keycache_get(c, slot, key);

    memset(expected, (int)(slot & 0xff), sizeof(expected));
    if (hit)
        ck_assert_mem_eq(key, expected, sizeof(key));
    return hit;
}

START_TEST(holds_as_many_as_it_was_made_for)
{
    struct keycache *c = NULL;
    vault_slot slot;

    ck_assert_int_eq(keycache_new(800, &c), 0);
    for (slot = 1; slot <= 800; slot++)
        put(c, slot);
    for (slot = 1; slot <= 800; slot++)
        ck_assert_msg(has(c, slot), "slot %d", (int)slot);
    keycache_free(c);
}
END_TEST

START_TEST(gives_up_the_one_not_used_for_longest)
{
    struct keycache *c = NULL;
    vault_slot slot;

    ck_assert_int_eq(keycache_new(8, &c), 0);
    for (slot = 1; slot <= 8; slot++)
        put(c, slot);
    ck_assert(has(c, 1));
    put(c, 9);
    ck_assert(!has(c, 2));
    ck_assert(has(c, 1));
    ck_assert(has(c, 9));
    put(c, 9);
    ck_assert(has(c, 3));
    keycache_free(c);
}
END_TEST

START_TEST(drops_one_and_leaves_the_rest)
{
    struct keycache *c = NULL;

    ck_assert_int_eq(keycache_new(1, &c), 0);
    put(c, 1);
    put(c, 2);
    keycache_drop(c, 1);
    keycache_drop(c, 77);
    ck_assert(!has(c, 1));
    ck_assert(has(c, 2));
    keycache_free(c);
}
END_TEST

START_TEST(has_a_limit)
{
    struct keycache *c = NULL;

    ck_assert_int_eq(keycache_new(SIZE_MAX, &c), ERR_LIMIT);
    ck_assert_ptr_null(c);
}
END_TEST

UNIT_MAIN("vault/keycache", holds_as_many_as_it_was_made_for, gives_up_the_one_not_used_for_longest,
          drops_one_and_leaves_the_rest, has_a_limit)
