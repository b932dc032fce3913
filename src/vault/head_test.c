#include "vault/head.h"

#include "base/err.h"
#include "unit.h"
#include "vault/page.h"

START_TEST(reads_what_it_wrote)
{
    struct head head = {.sequence = 9, .mark = 1200}, again;
    unsigned char block[PAGE_BYTES];

    head_hash("house", head.data_hash);
    head_write(&head, block);
    ck_assert_int_eq(head_read(block, &again), 0);
    ck_assert_uint_eq(again.sequence, 9);
    ck_assert_uint_eq(again.mark, 1200);
    ck_assert_mem_eq(again.data_hash, head.data_hash, 32);
    head_hash("house2", again.data_hash);
    ck_assert_mem_ne(again.data_hash, head.data_hash, 32);
}
END_TEST

START_TEST(tells_newer_from_damaged)
{
    struct head head = {.sequence = 9, .mark = 1200};
    unsigned char block[PAGE_BYTES];

    head_write(&head, block);
    block[8] = HEAD_VERSION + 1;
    ck_assert_int_eq(head_read(block, &head), ERR_DAMAGED);
    page_sum_put(block);
    ck_assert_int_eq(head_read(block, &head), ERR_VERSION);
    memset(block, 0, sizeof(block));
    ck_assert_int_eq(head_read(block, &head), ERR_DAMAGED);
}
END_TEST

START_TEST(refuses_impossible_marks)
{
    static const uint64_t marks[] = {1201, HEAD_MARK_MAX + 100, UINT64_MAX};
    unsigned char block[PAGE_BYTES];
    struct head head;
    size_t i;

    for (i = 0; i < ARRAY_LEN(marks); i++) {
        head_write(&(struct head){.mark = marks[i]}, block);
        ck_assert_int_eq(head_read(block, &head), ERR_DAMAGED);
    }
}
END_TEST

UNIT_MAIN("vault/head", reads_what_it_wrote, tells_newer_from_damaged, refuses_impossible_marks)
