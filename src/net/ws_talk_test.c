#include <stdio.h>
#include <unistd.h>

#include "net/ws_test_kit.h"
#include "unit.h"

struct frame {
    int first; /* FIN, reserved bits, opcode; 0: no more frames */
    struct slice payload;
};

enum { CONT = 0x100, FRAMES_MAX = 6 }; /* CONT: opcode 0 without FIN, told apart from "no more" */

/* Frames in, what is heard out. The server must close by itself: the last frame is a close, or
 * wrong. */
static const struct talk {
    struct frame frames[FRAMES_MAX];
    const char *heard;
} talks[] = {
#define BYE                                                                                        \
    {                                                                                              \
        0x88,                                                                                      \
        {                                                                                          \
            "\x03\xe8", 2                                                                          \
        }                                                                                          \
    }
#define F(first, text)                                                                             \
    {                                                                                              \
        first,                                                                                     \
        {                                                                                          \
            text, sizeof(text) - 1                                                                 \
        }                                                                                          \
    }
    {{F(0x81, "Hello"), BYE}, "t:Hello c1000"},
    {{F(0x81, ""), BYE}, "t: c1000"},
    {{F(0x01, "Hel"), F(0x80, "lo"), BYE}, "t:Hello c1000"},
    {{F(0x01, ""), F(CONT, ""), F(0x80, ""), BYE}, "t: c1000"},
    {{F(0x01, "a"), F(CONT, "b"), F(CONT, "c"), F(0x80, "d"), BYE}, "t:abcd c1000"},
    {{F(0x01, "a"), F(0x89, "x"), F(CONT, "b"), F(0x8a, "y"), F(0x80, "c"), BYE},
     "p:x t:abc c1000"},
    {{F(0x89, ""), F(0x89, "again"), BYE}, "p: p:again c1000"},
    {{F(0x8a, "nobody asked"), BYE}, "c1000"},
    /* opcodes, reserved bits, order */
    {{F(0x82, "binary")}, "c1003"},
    {{F(0x83, "")}, "c1002"},
    {{F(0x87, "")}, "c1002"},
    {{F(0x8b, "")}, "c1002"},
    {{F(0x8f, "")}, "c1002"},
    {{F(0xc1, "Hello")}, "c1002"},
    {{F(0xa1, "Hello")}, "c1002"},
    {{F(0x91, "Hello")}, "c1002"},
    {{F(0xc9, "")}, "c1002"},
    {{F(0x80, "no beginning")}, "c1002"},
    {{F(CONT, "no beginning")}, "c1002"},
    {{F(0x01, "a"), F(0x81, "b")}, "c1002"},
    {{F(0x01, "a"), F(0x01, "b")}, "c1002"},
    {{F(0x01, "a"), F(0x82, "b")}, "c1002"},
    {{F(0x81, "first"), F(0xc1, "second"), F(0x81, "third")}, "t:first c1002"},
    /* control frames in pieces */
    {{F(0x09, "x")}, "c1002"},
    {{F(0x08, "")}, "c1002"},
    {{F(0x0a, "")}, "c1002"},
    /* UTF-8 */
    {{F(0x81, "\xce\xba\xe1\xbd\xb9\xf0\x9f\x98\x80"), BYE},
     "t:\xce\xba\xe1\xbd\xb9\xf0\x9f\x98\x80 c1000"},
    {{F(0x01, "\xf0\x9f"), F(CONT, "\x98"), F(0x80, "\x80"), BYE}, "t:\xf0\x9f\x98\x80 c1000"},
    {{F(0x81, "\xff")}, "c1007"},
    {{F(0x81, "\x80")}, "c1007"},
    {{F(0x81, "\xc0\xaf")}, "c1007"},
    {{F(0x81, "\xc1\xbf")}, "c1007"},
    {{F(0x81, "\xe0\x9f\xbf")}, "c1007"},
    {{F(0x81, "\xed\xa0\x80")}, "c1007"},
    {{F(0x81, "\xf0\x8f\xbf\xbf")}, "c1007"},
    {{F(0x81, "\xf4\x90\x80\x80")}, "c1007"},
    {{F(0x81, "\xf5\x80\x80\x80")}, "c1007"},
    {{F(0x81, "a\xe2\x82")}, "c1007"},
    {{F(0x01, "a\xe2"), F(0x80, "")}, "c1007"},
    {{F(0x01, "\xce\xba\xed"), F(CONT, "\xa0")}, "c1007"}, /* told before the message ends */
    {{F(0x81, "\xee\x80\x80\xef\xbf\xbf"), BYE}, "t:\xee\x80\x80\xef\xbf\xbf c1000"},
    /* closing */
    {{F(0x88, "")}, "88:0"},
    {{F(0x88, "\x03")}, "c1002"},
    {{F(0x88, "\x03\xe8ok")}, "c1000"},
    {{F(0x88, "\x03\xe8\xff")}, "c1007"},
    {{F(0x88, "\x03\xe8\xe2\x82")}, "c1007"},
    {{F(0x88, "\x00\x00")}, "c1002"},
    {{F(0x88, "\x03\xe7")}, "c1002"},
    {{F(0x88, "\x03\xec")}, "c1002"},
    {{F(0x88, "\x03\xed")}, "c1002"},
    {{F(0x88, "\x03\xee")}, "c1002"},
    {{F(0x88, "\x03\xf7")}, "c1002"},
    {{F(0x88, "\x04\x4c")}, "c1002"},
    {{F(0x88, "\x07\xd0")}, "c1002"},
    {{F(0x88, "\x0b\xb7")}, "c1002"},
    {{F(0x88, "\x13\x88")}, "c1002"},
    {{F(0x88, "\xff\xff")}, "c1002"},
    {{F(0x88, "\x03\xe9")}, "c1001"},
    {{F(0x88, "\x03\xef")}, "c1007"},
    {{F(0x88, "\x03\xf3")}, "c1011"},
    {{F(0x88, "\x0b\xb8")}, "c3000"},
    {{F(0x88, "\x13\x87")}, "c4999"},
    {{BYE, F(0x81, "after the end"), F(0x89, "x")}, "c1000"},
#undef F
#undef BYE
};

static void run_talks(bool dribble)
{
    struct kit *kit = kit_start(NULL);
    char heard[512];
    size_t i, j;
    int fd, bad = 0;

    for (i = 0; i < ARRAY_LEN(talks); i++) {
        fd = ws_kit_open(kit);
        for (j = 0; j < FRAMES_MAX && talks[i].frames[j].first; j++)
            ws_kit_put(fd, talks[i].frames[j].first & 0xff, talks[i].frames[j].payload, dribble);
        ws_kit_listen(fd, heard);
        if (strcmp(heard, talks[i].heard) != 0) {
            bad++;
            fprintf(stderr, "# talk %zu: '%s', not '%s'\n", i, heard, talks[i].heard);
        }
        close(fd);
    }
    ck_assert_int_eq(bad, 0);
    kit_await_closed(kit, (int)ARRAY_LEN(talks));
    kit_stop(kit);
}

START_TEST(test_talks)
{
    run_talks(false);
}
END_TEST

START_TEST(test_talks_dribbled)
{
    run_talks(true);
}
END_TEST

UNIT_MAIN_TIMEOUT("net/ws_talk", 60, test_talks, test_talks_dribbled)
