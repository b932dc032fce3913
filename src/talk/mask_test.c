#include "talk/mask.h"

#include "unit.h"

START_TEST(card_numbers_are_masked_and_nothing_else)
{
    static const struct {
        const char *text, *want;
        size_t masked;
    } rows[] = {
        {"", "", 0},
        {"4111111111111111", "************1111", 1},
        {"4111 1111 1111 1111", "**** **** **** 1111", 1},
        {"4111-1111-1111-1111.", "****-****-****-1111.", 1},
        {"card 4111 1111 1111 1111, thanks", "card **** **** **** 1111, thanks", 1},
        {"378282246310005", "***********0005", 1},
        {"4222222222222", "*********2222", 1},
        {"4111 1111 1111 1112", "4111 1111 1111 1112", 0}, /* no card: the check digit is wrong */
        {"411111111111", "411111111111", 0},               /* 12 digits */
        {"4111  1111  1111  1111", "4111  1111  1111  1111", 0},
        {"+49 30 1234567", "+49 30 1234567", 0},
        {"4111111111111111 and 5555-5555-5555-4444", "************1111 and ****-****-****-4444", 2},
    };
    size_t i;

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        char text[100];

        snprintf(text, sizeof(text), "%s", rows[i].text);
        ck_assert_uint_eq(mask_cards(text, strlen(text)), rows[i].masked);
        ck_assert_str_eq(text, rows[i].want);
    }
}
END_TEST

UNIT_MAIN("talk/mask", card_numbers_are_masked_and_nothing_else)
