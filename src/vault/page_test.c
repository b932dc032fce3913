#include "vault/page.h"

#include "unit.h"

static const unsigned char key[PAGE_KEY] = {1, 2, 3, 4, 5, 6, 7, 8, 9};
static const unsigned char zeros[PAGE_KEY];

static void make(unsigned char *page, uint64_t number)
{
    page_init(page, number);
    page_draw(page, 0, key);
    page_draw(page, 99, key);
    page_finish(page);
}

START_TEST(keeps_states_and_keys)
{
    unsigned char page[PAGE_BYTES];

    make(page, 5);
    ck_assert(page_valid(page, 5));
    ck_assert_int_eq(page_state(page, 0), PAGE_DRAWN);
    ck_assert_int_eq(page_state(page, 1), PAGE_EMPTY);
    ck_assert_mem_eq(page_key(page, 99), key, PAGE_KEY);
    page_drop(page, 99, PAGE_FORGOTTEN);
    ck_assert(!page_valid(page, 5));
    page_finish(page);
    ck_assert(page_valid(page, 5));
    ck_assert_int_eq(page_state(page, 99), PAGE_FORGOTTEN);
    ck_assert_mem_eq(page_key(page, 99), zeros, PAGE_KEY);
}
END_TEST

START_TEST(sees_every_changed_byte_and_a_wrong_place)
{
    unsigned char page[PAGE_BYTES];
    int i;

    make(page, 5);
    ck_assert(!page_valid(page, 6));
    for (i = 0; i < PAGE_BYTES; i++) {
        page[i] ^= 1;
        ck_assert_msg(!page_valid(page, 5), "byte %d", i);
        page[i] ^= 1;
    }
    memset(page, 0, sizeof(page));
    ck_assert(!page_valid(page, 0));
}
END_TEST

START_TEST(refuses_a_key_where_there_should_be_none)
{
    unsigned char page[PAGE_BYTES];

    make(page, 5);
    page[64] = PAGE_FORGOTTEN;
    page_sum_put(page);
    ck_assert(!page_valid(page, 5));
    page[64] = PAGE_STATES;
    page_sum_put(page);
    ck_assert(!page_valid(page, 5));
}
END_TEST

START_TEST(takes_the_newer_and_the_whole_one)
{
    unsigned char a[PAGE_BYTES], b[PAGE_BYTES], out[PAGE_BYTES];

    make(a, 5);
    memcpy(b, a, sizeof(b));
    page_draw(b, 7, key);
    page_finish(b);
    ck_assert(page_merge(a, b, 5, out));
    ck_assert_mem_eq(out, b, PAGE_BYTES);
    ck_assert(page_merge(b, a, 5, out));
    ck_assert_mem_eq(out, b, PAGE_BYTES);
    b[3000] ^= 1;
    ck_assert(page_merge(a, b, 5, out));
    ck_assert_mem_eq(out, a, PAGE_BYTES);
    ck_assert(page_merge(b, a, 5, out));
    ck_assert_mem_eq(out, a, PAGE_BYTES);
    a[3000] ^= 1;
    ck_assert(!page_merge(a, b, 5, out));
}
END_TEST

START_TEST(never_brings_back_what_the_older_one_forgot)
{
    unsigned char a[PAGE_BYTES], b[PAGE_BYTES], out[PAGE_BYTES];

    make(a, 5);
    memcpy(b, a, sizeof(b));
    page_drop(a, 0, PAGE_FORGOTTEN);
    page_finish(a);
    page_draw(b, 7, key);
    page_finish(b);
    page_finish(b); /* newer than a, as if a disk had lost a write that it had confirmed */
    ck_assert(page_merge(a, b, 5, out));
    ck_assert(page_valid(out, 5));
    ck_assert_int_eq(page_state(out, 0), PAGE_FORGOTTEN);
    ck_assert_mem_eq(page_key(out, 0), zeros, PAGE_KEY);
    ck_assert_int_eq(page_state(out, 7), PAGE_DRAWN);
    ck_assert_mem_ne(out, b, PAGE_BYTES);
}
END_TEST

UNIT_MAIN("vault/page", keeps_states_and_keys, sees_every_changed_byte_and_a_wrong_place,
          refuses_a_key_where_there_should_be_none, takes_the_newer_and_the_whole_one,
          never_brings_back_what_the_older_one_forgot)
