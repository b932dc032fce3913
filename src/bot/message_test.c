#include "bot/message.h"

#include "base/utf8.h"
#include "bot/split.h"
#include "unit.h"

START_TEST(long_texts_become_several_messages)
{
    static const struct {
        size_t chars;
        const char *text, *pieces;
    } CASES[] = {
        {20, "Short.", "Short."},
        {20, "One two. Three four. Five six.", "One two. Three four.|Five six."},
        {20, "One two three four five six seven", "One two three four|five six seven"},
        {20, "abcdefghijklmnopqrstuvwxyz", "abcdefghijklmnopqrst|uvwxyz"},
        {20, "First line here\nsecond line here", "First line here|second line here"},
        {6, "これは長い。文です。", "これは長い。|文です。"},
        {3,
         "e\xCC\x81"
         "e\xCC\x81"
         "e",
         "e\xCC\x81|e\xCC\x81"
         "e"},
        {1, "ab", "a|b"},
        {5, "   ", ""},
        {4, "3.14159", "3.14|159"},
    };
    size_t i;

    for (i = 0; i < ARRAY_LEN(CASES); i++) {
        struct slice rest = slice_cstr(CASES[i].text), piece;
        struct buf b = BUF_INIT(1000);

        while (split_next(&rest, CASES[i].chars, &piece)) {
            ck_assert_uint_le(utf8_count(piece), CASES[i].chars);
            if (b.len)
                ck_assert_int_eq(buf_add_char(&b, '|'), 0);
            ck_assert_int_eq(buf_add(&b, piece), 0);
        }
        ck_assert_int_eq(buf_add_char(&b, '\0'), 0);
        ck_assert_str_eq(b.ptr, CASES[i].pieces);
        buf_done(&b);
    }
}
END_TEST

START_TEST(parts_are_the_apis_members)
{
    static const struct bot_choice REPLY[] = {
        {.title = {{"Yes", 3}}, .payload = {{"go:a:b", 6}}},
        {.title = {{"No", 2}}, .payload = {{"skip:a", 6}}},
    };
    static const struct bot_choice LINK[] = {
        {.title = {{"Site", 4}}, .url = {{"https://example.com", 19}}},
    };
    static const struct bot_card CARD[] = {{.title = {{"One", 3}}, .buttons = {LINK, 1}}};
    const struct bot_message message = {.text = pii_of(SLICE("Hi")),
                                        .image = pii_of(SLICE("https://example.com/a.png")),
                                        .quick_replies = {REPLY, 2},
                                        .buttons = {LINK, 1},
                                        .cards = CARD,
                                        .n_cards = 1,
                                        .input = "choice"};
    const struct bot_message plain = {.text = pii_of(SLICE("Hi"))};
    struct buf b = BUF_INIT(1000);

    ck_assert_int_eq(bot_message_parts(&plain, &b), 0);
    ck_assert_uint_eq(b.len, 0);
    ck_assert_int_eq(bot_message_parts(&message, &b), 0);
    ck_assert_int_eq(buf_add_char(&b, '\0'), 0);
    ck_assert_str_eq(
        b.ptr, "{\"quick_replies\":[{\"title\":\"Yes\",\"payload\":\"go:a:b\"},{\"title\":\"No\","
               "\"payload\":\"skip:a\"}],\"buttons\":[{\"title\":\"Site\",\"url\":"
               "\"https://example.com\"}],\"cards\":[{\"title\":\"One\",\"buttons\":[{\"title\":"
               "\"Site\",\"url\":\"https://example.com\"}]}],\"attachments\":[{\"type\":\"image\","
               "\"url\":\"https://example.com/a.png\"}],\"input\":{\"type\":\"choice\",\"choices\":"
               "[\"Yes\",\"No\"]}}");
    buf_done(&b);
}
END_TEST

UNIT_MAIN("bot/message", long_texts_become_several_messages, parts_are_the_apis_members)
