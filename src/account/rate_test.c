#include "account/rate.h"

#include "unit.h"

START_TEST(a_burst_then_one_at_a_time)
{
    struct rate *rate = rate_new(3, 1000);

    ck_assert(rate_take(rate, 1, 5000));
    ck_assert(rate_take(rate, 1, 5000));
    ck_assert(rate_take(rate, 1, 5000));
    ck_assert(!rate_take(rate, 1, 5000));
    ck_assert(!rate_take(rate, 1, 5999));
    ck_assert(rate_take(rate, 1, 6000));
    ck_assert(!rate_take(rate, 1, 6000));
    rate_free(rate);
}
END_TEST

START_TEST(a_long_pause_fills_no_more_than_the_burst)
{
    struct rate *rate = rate_new(2, 1000);
    int i;

    ck_assert(rate_take(rate, 1, 1000));
    for (i = 0; i < 2; i++)
        ck_assert(rate_take(rate, 1, 1000000));
    ck_assert(!rate_take(rate, 1, 1000000));
    rate_free(rate);
}
END_TEST

START_TEST(keys_do_not_share)
{
    struct rate *rate = rate_new(1, 1000);

    ck_assert(rate_take(rate, 1, 0));
    ck_assert(rate_take(rate, 2, 0));
    ck_assert(!rate_take(rate, 1, 0));
    ck_assert(!rate_take(rate, 2, 0));
    rate_free(rate);
}
END_TEST

START_TEST(the_oldest_give_way)
{
    struct rate *rate = rate_new(1, 1000000);
    uint64_t key;

    for (key = 0; key < 65536; key++)
        ck_assert(rate_take(rate, key, 0));
    ck_assert(!rate_take(rate, 0, 0));
    ck_assert(rate_take(rate, 65536, 0)); /* takes the place of key 0 */
    ck_assert(rate_take(rate, 0, 0));
    ck_assert(!rate_take(rate, 2, 0));
    rate_free(rate);
}
END_TEST

START_TEST(freeing_nothing_is_fine)
{
    ck_assert_ptr_null(rate_free(NULL));
}
END_TEST

UNIT_MAIN("account/rate", a_burst_then_one_at_a_time, a_long_pause_fills_no_more_than_the_burst,
          keys_do_not_share, the_oldest_give_way, freeing_nothing_is_fine)
