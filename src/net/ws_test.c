#include <malloc.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/metrics.h"
#include "net/server_test_kit.h"
#include "unit.h"

#define UPGRADE                                                                                    \
    "GET /ws HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: keep-alive, Upgrade\r\n"     \
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"

static int ws_open(struct kit *kit)
{
    int fd = kit_connect(kit), one = 1;
    char *answer;

    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one)); /* dribbled means dribbled */
    kit_send(fd, SLICE(UPGRADE));
    answer = kit_answer(fd, true);
    ck_assert_int_eq(kit_status(answer), 101);
    /* The example of RFC 6455 §1.3. */
    ck_assert_ptr_nonnull(strstr(answer, "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"));
    free(answer);
    return fd;
}

static void *stop_server(void *arg)
{
    kit_stop_server(arg, 5000);
    return NULL;
}

/* One masked frame; `first` is the byte with FIN and opcode. Dribbled: byte by byte. */
static void put_frame(int fd, int first, struct slice payload, bool dribble)
{
    static const unsigned char mask[4] = {0x37, 0xfa, 0x21, 0x3d};
    size_t n = 0, i, wide = payload.len < 126 ? 0 : payload.len < 65536 ? 2 : 8;
    char *frame = malloc(payload.len + 14);

    ck_assert_ptr_nonnull(frame);
    frame[n++] = (char)first;
    frame[n++] = (char)(0x80 | (wide == 0 ? payload.len : wide == 2 ? 126 : 127));
    for (i = 0; i < wide; i++)
        frame[n++] = (char)((uint64_t)payload.len >> 8 * (wide - 1 - i));
    memcpy(frame + n, mask, 4);
    n += 4;
    for (i = 0; i < payload.len; i++)
        frame[n++] = (char)(payload.ptr[i] ^ (char)mask[i & 3]);
    for (i = 0; dribble && i < n; i++)
        kit_send(fd, slice_of(frame + i, 1));
    if (!dribble)
        kit_send(fd, slice_of(frame, n));
    free(frame);
}

/* Reads one frame of at most 64 KiB: its first byte, or -1 at the end. */
static int get_frame(int fd, char *ret, size_t *ret_len)
{
    unsigned char head[10];
    size_t len, i, wide;

    if (!kit_read(fd, head, 2))
        return -1;
    ck_assert_int_eq(head[1] & 0x80, 0);
    wide = head[1] == 126 ? 2 : head[1] == 127 ? 8 : 0;
    len = wide ? 0 : head[1];
    if (!kit_read(fd, head + 2, wide))
        return -1;
    for (i = 0; i < wide; i++)
        len = len << 8 | head[2 + i];
    ck_assert_uint_le(len, 70000);
    if (!kit_read(fd, ret, len))
        return -1;
    ret[len] = '\0';
    *ret_len = len;
    return head[0];
}

/* What the server says until it closes, in words: "t:Hello p:x c1000". */
static void listen_to_end(int fd, char ret[512])
{
    static char got[70001];
    size_t len, n = 0;
    int first;

    ret[0] = '\0';
    while ((first = get_frame(fd, got, &len)) >= 0 && n < 400) {
        if (n)
            ret[n++] = ' ';
        if (first == 0x81 && len > 40)
            n += (size_t)snprintf(ret + n, 512 - n, "t:%zu", len);
        else if (first == 0x81 || first == 0x8a)
            n += (size_t)snprintf(ret + n, 512 - n, "%c:%.40s", first == 0x81 ? 't' : 'p', got);
        else if (first == 0x88 && len >= 2)
            n += (size_t)snprintf(ret + n, 512 - n, "c%d",
                                  (unsigned char)got[0] << 8 | (unsigned char)got[1]);
        else
            n += (size_t)snprintf(ret + n, 512 - n, "%02x:%zu", (unsigned)first, len);
    }
}

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
        fd = ws_open(kit);
        for (j = 0; j < FRAMES_MAX && talks[i].frames[j].first; j++)
            put_frame(fd, talks[i].frames[j].first & 0xff, talks[i].frames[j].payload, dribble);
        listen_to_end(fd, heard);
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

static void expect_text(int fd, const char *text)
{
    char got[128];
    size_t len;

    ck_assert_int_eq(get_frame(fd, got, &len), 0x81);
    ck_assert_str_eq(got, text);
}

static void expect_heard(int fd, const char *want)
{
    char heard[512];

    listen_to_end(fd, heard);
    ck_assert_str_eq(heard, want);
    close(fd);
}

/* Bytes that put_frame would not make: no mask, lengths in a longer form than needed, huge ones. */
START_TEST(test_raw_frames)
{
    static const struct slice wrong[] = {
        {"\x81\x05Hello", 7},
        {"\x89\x00", 2},
        {"\x88\x02\x03\xe8", 4},
        {"\x81\xfe\x00\x7d\0\0\0\0", 8},
        {"\x81\xff\0\0\0\0\0\0\xff\xff\0\0\0\0", 14},
        {"\x81\xff\x80\0\0\0\0\0\0\0\0\0\0\0", 14},
        {"\x89\xfe\x00\x7e\0\0\0\0", 8},
        {"\x88\xff\0\0\0\0\0\1\0\0\0\0\0\0", 14},
    };
    static const struct slice huge = {"\x81\xff\x7f\xff\xff\xff\xff\xff\xff\xff\0\0\0\0", 14};
    struct kit *kit = kit_start(NULL);
    size_t i;
    int fd;

    for (i = 0; i < ARRAY_LEN(wrong); i++) {
        fd = ws_open(kit);
        kit_send(fd, wrong[i]);
        expect_heard(fd, "c1002");
    }
    fd = ws_open(kit);
    kit_send(fd, huge);
    expect_heard(fd, "c1009");
    /* Frames that come with the upgrade, before its answer. */
    fd = kit_connect(kit);
    kit_send(fd, SLICE(UPGRADE "\x81\x82\0\0\0\0hi\x88\x80\0\0\0\0"));
    free(kit_answer(fd, true));
    expect_heard(fd, "t:hi 88:0");
    kit_stop(kit);
}
END_TEST

/* The lengths at which the header changes its form, and the limit of 64 KiB, in one frame and in
 * many. */
START_TEST(test_sizes)
{
    static const size_t sizes[] = {1, 124, 125, 126, 127, 65535, 65536};
    static char text[65537], got[70001];
    struct kit *kit = kit_start(NULL);
    size_t i, len;
    int fd = ws_open(kit);

    memset(text, 'x', sizeof(text));
    for (i = 0; i < ARRAY_LEN(sizes); i++) {
        put_frame(fd, 0x81, slice_of(text, sizes[i]), false);
        ck_assert_int_eq(get_frame(fd, got, &len), 0x81);
        ck_assert_uint_eq(len, sizes[i]);
        ck_assert_mem_eq(got, text, len);
    }
    put_frame(fd, 0x01, slice_of(text, 40000), false);
    put_frame(fd, 0x80, slice_of(text, 25536), false);
    ck_assert_int_eq(get_frame(fd, got, &len), 0x81);
    ck_assert_uint_eq(len, 65536);
    put_frame(fd, 0x81, slice_of(text, 65537), false);
    expect_heard(fd, "c1009");
    fd = ws_open(kit);
    put_frame(fd, 0x01, slice_of(text, 40000), false);
    put_frame(fd, 0x80, slice_of(text, 25537), false);
    expect_heard(fd, "c1009");
    kit_stop(kit);
}
END_TEST

START_TEST(test_server_speaks)
{
    struct kit *kit = kit_start(NULL);
    int a = ws_open(kit), b = ws_open(kit), i;
    char got[70001];
    size_t len;

    for (i = 0; i < 100; i++)
        kit_broadcast(kit, SLICE("news"));
    kit_close_all(kit, 1001);
    kit_broadcast(kit, SLICE("too late"));
    for (i = 0; i < 100; i++) {
        ck_assert_int_eq(get_frame(a, got, &len), 0x81);
        ck_assert_int_eq(get_frame(b, got, &len), 0x81);
        ck_assert_str_eq(got, "news");
    }
    ck_assert_int_eq(get_frame(a, got, &len), 0x88);
    put_frame(a, 0x88, SLICE("\x03\xe9"), false);
    ck_assert_int_eq(get_frame(a, got, &len), -1);
    close(a);
    close(b);
    kit_await_closed(kit, 2);
    kit_broadcast(kit, SLICE("to nobody"));
    kit_stop(kit);
}
END_TEST

START_TEST(test_slow_reader)
{
    static char text[8192];
    struct kit *kit = kit_start(NULL);
    int fd, other;

    memset(text, 'x', sizeof(text));
    kit_ws_opts(kit)->queue_max = 100 * 1000;
    fd = kit_connect_slow(kit);
    kit_send(fd, SLICE(UPGRADE));
    free(kit_answer(fd, true));
    while (metric_get(METRIC_WS_DROPPED) == 0)
        kit_broadcast(kit, slice_of(text, sizeof(text)));
    kit_await_closed(kit, 1);
    other = ws_open(kit);
    put_frame(other, 0x81, SLICE("hi"), false);
    put_frame(other, 0x88, SLICE("\x03\xe8"), false);
    expect_heard(other, "t:hi c1000");
    close(fd);
    kit_stop(kit);
}
END_TEST

START_TEST(test_pings)
{
    struct kit *kit = kit_start(NULL);
    int fd, i;
    char got[70001];
    size_t len;

    kit_ws_opts(kit)->ping_every_ms = 60;
    fd = ws_open(kit);
    for (i = 0; i < 4; i++) { /* answered ones go on and on */
        ck_assert_int_eq(get_frame(fd, got, &len), 0x89);
        put_frame(fd, 0x8a, slice_of(got, len), false);
    }
    ck_assert_int_eq(get_frame(fd, got, &len), 0x89);
    ck_assert_int_eq(get_frame(fd, got, &len), 0x89);
    ck_assert_int_eq(get_frame(fd, got, &len), -1); /* two unanswered: gone */
    kit_await_closed(kit, 1);
    close(fd);
    kit_stop(kit);
}
END_TEST

START_TEST(test_stop)
{
    struct kit *kit = kit_start(NULL);
    int fds[20], i;
    pthread_t thread;

    for (i = 0; i < 20; i++)
        fds[i] = ws_open(kit);
    ck_assert_int_eq(pthread_create(&thread, NULL, stop_server, kit), 0);
    for (i = 0; i < 20; i++) {
        char got[70001];
        size_t len;

        ck_assert_int_eq(get_frame(fds[i], got, &len), 0x88);
        ck_assert_int_eq((unsigned char)got[0] << 8 | (unsigned char)got[1], 1001);
        put_frame(fds[i], 0x88, slice_of(got, 2), false);
        ck_assert_int_eq(get_frame(fds[i], got, &len), -1);
        close(fds[i]);
    }
    pthread_join(thread, NULL);
    kit_await_closed(kit, 20);
    kit_broadcast(kit, SLICE("to nobody, and to a loop that has ended"));
    kit_close_all(kit, 1000);
    kit_stop(kit);
}
END_TEST

/* An upgrade that waits behind an unanswered request, and is spoken to meanwhile. */
START_TEST(test_pipelined_upgrade)
{
    struct kit *kit = kit_start(NULL);
    int fd = kit_connect(kit);
    char *answer;

    kit_send(fd, SLICE("GET /hold/1 HTTP/1.1\r\nHost: x\r\n\r\n" UPGRADE));
    kit_await_opened(kit, 1);
    kit_broadcast(kit, SLICE("early"));
    kit_release(kit, 1);
    answer = kit_answer(fd, false);
    ck_assert_int_eq(kit_status(answer), 200);
    free(answer);
    answer = kit_answer(fd, true);
    ck_assert_int_eq(kit_status(answer), 101);
    free(answer);
    put_frame(fd, 0x88, SLICE("\x03\xe8"), false);
    expect_heard(fd, "t:early c1000");
    /* And one whose connection is gone when it can be answered. */
    fd = kit_connect(kit);
    kit_send(fd, SLICE("GET /hold/1 HTTP/1.1\r\nHost: x\r\n\r\n" UPGRADE));
    kit_await_opened(kit, 2);
    close(fd);
    kit_release(kit, 1);
    kit_await_closed(kit, 2);
    kit_stop(kit);
}
END_TEST

/* Our memory for an idle socket: what the heap grew by, divided. */
START_TEST(test_idle_memory)
{
    enum { COUNT = 2000, WARM = 50 };
    struct kit *kit = kit_start(NULL);
    static int fds[COUNT + WARM];
    size_t before, each;
    int i;

    for (i = 0; i < WARM; i++)
        fds[i] = ws_open(kit);
    before = mallinfo2().uordblks;
    for (; i < COUNT + WARM; i++)
        fds[i] = ws_open(kit);
    for (i = 0; i < COUNT + WARM; i++) { /* each has spoken once */
        put_frame(fds[i], 0x81, SLICE("hi"), false);
        expect_text(fds[i], "hi");
    }
    each = (mallinfo2().uordblks - before) / COUNT;
    fprintf(stderr, "# %zu bytes for each idle WebSocket\n", each);
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__) /* their heaps do not tell */
    ck_assert_uint_gt(each, 0);
#endif
    ck_assert_uint_le(each, 2048);
    for (i = 0; i < COUNT + WARM; i++)
        close(fds[i]);
    kit_await_closed(kit, COUNT + WARM);
    kit_stop(kit);
}
END_TEST

/* A client that we did not write. */
START_TEST(test_other_client)
{
    static const char script[] =
        "import asyncio, sys, websockets\n"
        "async def main():\n"
        "    url = 'ws://127.0.0.1:' + sys.argv[1] + '/ws'\n"
        "    async with websockets.connect(url, max_size=None, compression=None) as ws:\n"
        "        for n in (0, 1, 125, 126, 65535, 65536):\n"
        "            await ws.send('x' * n)\n"
        "            assert len(await ws.recv()) == n\n"
        "        await ws.send(['\\u00e4', '\\U0001f600', 'z'])\n"
        "        assert await ws.recv() == '\\u00e4\\U0001f600z'\n"
        "        await (await ws.ping(b'x'))\n"
        "    assert ws.close_code == 1000\n"
        "    async with websockets.connect(url) as ws:\n"
        "        await ws.send(b'binary')\n"
        "        try:\n"
        "            await ws.recv()\n"
        "        except websockets.ConnectionClosed as gone:\n"
        "            assert gone.rcvd.code == 1003\n"
        "            print('fine')\n"
        "asyncio.run(main())\n";
    struct kit *kit = kit_start(NULL);
    char command[sizeof(script) + 256], said[64] = "";
    FILE *out;

    if (system("/usr/bin/python3 -c 'import websockets' 2>/dev/null") != 0) {
        fprintf(stderr, "# SKIPPED: python3-websockets is not installed\n");
        kit_stop(kit);
        return;
    }
    snprintf(command, sizeof(command), "/usr/bin/python3 -c \"%s\" %d", script,
             server_port(kit_server(kit)));
    out = popen(command, "r");
    ck_assert_ptr_nonnull(out);
    ck_assert_ptr_nonnull(fgets(said, sizeof(said), out));
    ck_assert_str_eq(said, "fine\n");
    ck_assert_int_eq(pclose(out), 0);
    kit_stop(kit);
}
END_TEST

UNIT_MAIN_TIMEOUT("net/ws", 60, test_talks, test_talks_dribbled, test_raw_frames, test_sizes,
                  test_server_speaks, test_slow_reader, test_pings, test_stop,
                  test_pipelined_upgrade, test_other_client, test_idle_memory)
