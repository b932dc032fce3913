#include "base/id.h"

#include "base/err.h"
#include "unit.h"

START_TEST(ids_grow_also_when_the_clock_goes_back)
{
    struct id_source source;
    int64_t now = ID_EPOCH_MS + 1000, last = 0;
    int i;

    id_source_init(&source, 3, 0);
    for (i = 0; i < 10000; i++) {
        int64_t id = id_next(&source, i == 5000 ? now - 500 : now);

        ck_assert(id > last);
        ck_assert_int_eq((id >> 12) & 1023, 3);
        last = id;
    }
    ck_assert(id_time_ms(last) == now + 2); /* 4,096 per millisecond, then the next is borrowed */
}
END_TEST

START_TEST(ids_start_above_the_largest_stored)
{
    struct id_source source;

    id_source_init(&source, 0, INT64_C(1) << 60);
    ck_assert(id_next(&source, ID_EPOCH_MS) > INT64_C(1) << 60);
}
END_TEST

START_TEST(text_and_back)
{
    char text[ID_TEXT_SIZE];
    int64_t id;

    ck_assert_slice(id_text(ID_CONVERSATION, 32 + 5, text), "cnv_0000000000015");
    ck_assert_int_eq(id_parse(ID_CONVERSATION, SLICE("cnv_0000000000015"), &id), 0);
    ck_assert_int_eq(id, 37);
    ck_assert_int_eq(id_parse(ID_MESSAGE, SLICE("cnv_0000000000015"), &id), ERR_SYNTAX);
    ck_assert_int_eq(id_parse(ID_CONVERSATION, SLICE("cnv_000000000001u"), &id), ERR_SYNTAX);
    ck_assert_int_eq(id_parse(ID_CONVERSATION, SLICE("cnv_8000000000015"), &id), ERR_SYNTAX);
    ck_assert_int_eq(id_parse(ID_CONVERSATION, SLICE("cnv_7zzzzzzzzzzzz"), &id), 0);
    ck_assert(id == INT64_MAX);
}
END_TEST

UNIT_MAIN("base/id", ids_grow_also_when_the_clock_goes_back, ids_start_above_the_largest_stored,
          text_and_back)
