#include <malloc.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/metrics.h"
#include "net/ws_test_kit.h"
#include "unit.h"

static void *stop_server(void *arg)
{
    kit_stop_server(arg, 5000);
    return NULL;
}

static void expect_text(int fd, const char *text)
{
    char got[128];
    size_t len;

    ck_assert_int_eq(ws_kit_get(fd, got, &len), 0x81);
    ck_assert_str_eq(got, text);
}

static void expect_heard(int fd, const char *want)
{
    char heard[512];

    ws_kit_listen(fd, heard);
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
        fd = ws_kit_open(kit);
        kit_send(fd, wrong[i]);
        expect_heard(fd, "c1002");
    }
    fd = ws_kit_open(kit);
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
    static char text[65537], got[WS_KIT_FRAME_MAX + 1];
    struct kit *kit = kit_start(NULL);
    size_t i, len;
    int fd = ws_kit_open(kit);

    memset(text, 'x', sizeof(text));
    for (i = 0; i < ARRAY_LEN(sizes); i++) {
        ws_kit_put(fd, 0x81, slice_of(text, sizes[i]), false);
        ck_assert_int_eq(ws_kit_get(fd, got, &len), 0x81);
        ck_assert_uint_eq(len, sizes[i]);
        ck_assert_mem_eq(got, text, len);
    }
    ws_kit_put(fd, 0x01, slice_of(text, 40000), false);
    ws_kit_put(fd, 0x80, slice_of(text, 25536), false);
    ck_assert_int_eq(ws_kit_get(fd, got, &len), 0x81);
    ck_assert_uint_eq(len, 65536);
    ws_kit_put(fd, 0x81, slice_of(text, 65537), false);
    expect_heard(fd, "c1009");
    fd = ws_kit_open(kit);
    ws_kit_put(fd, 0x01, slice_of(text, 40000), false);
    ws_kit_put(fd, 0x80, slice_of(text, 25537), false);
    expect_heard(fd, "c1009");
    kit_stop(kit);
}
END_TEST

START_TEST(test_server_speaks)
{
    struct kit *kit = kit_start(NULL);
    int a = ws_kit_open(kit), b = ws_kit_open(kit), i;
    char got[WS_KIT_FRAME_MAX + 1];
    size_t len;

    for (i = 0; i < 100; i++)
        kit_broadcast(kit, SLICE("news"));
    kit_close_all(kit, 1001);
    kit_broadcast(kit, SLICE("too late"));
    for (i = 0; i < 100; i++) {
        ck_assert_int_eq(ws_kit_get(a, got, &len), 0x81);
        ck_assert_int_eq(ws_kit_get(b, got, &len), 0x81);
        ck_assert_str_eq(got, "news");
    }
    ck_assert_int_eq(ws_kit_get(a, got, &len), 0x88);
    ws_kit_put(a, 0x88, SLICE("\x03\xe9"), false);
    ck_assert_int_eq(ws_kit_get(a, got, &len), -1);
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
    other = ws_kit_open(kit);
    ws_kit_put(other, 0x81, SLICE("hi"), false);
    ws_kit_put(other, 0x88, SLICE("\x03\xe8"), false);
    expect_heard(other, "t:hi c1000");
    close(fd);
    kit_stop(kit);
}
END_TEST

START_TEST(test_pings)
{
    struct kit *kit = kit_start(NULL);
    int fd, i;
    char got[WS_KIT_FRAME_MAX + 1];
    size_t len;

    kit_ws_opts(kit)->ping_every_ms = 60;
    fd = ws_kit_open(kit);
    for (i = 0; i < 4; i++) { /* answered ones go on and on */
        ck_assert_int_eq(ws_kit_get(fd, got, &len), 0x89);
        ws_kit_put(fd, 0x8a, slice_of(got, len), false);
    }
    ck_assert_int_eq(ws_kit_get(fd, got, &len), 0x89);
    ck_assert_int_eq(ws_kit_get(fd, got, &len), 0x89);
    ck_assert_int_eq(ws_kit_get(fd, got, &len), -1); /* two unanswered: gone */
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
        fds[i] = ws_kit_open(kit);
    ck_assert_int_eq(pthread_create(&thread, NULL, stop_server, kit), 0);
    for (i = 0; i < 20; i++) {
        char got[WS_KIT_FRAME_MAX + 1];
        size_t len;

        ck_assert_int_eq(ws_kit_get(fds[i], got, &len), 0x88);
        ck_assert_int_eq((unsigned char)got[0] << 8 | (unsigned char)got[1], 1001);
        ws_kit_put(fds[i], 0x88, slice_of(got, 2), false);
        ck_assert_int_eq(ws_kit_get(fds[i], got, &len), -1);
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
    ws_kit_put(fd, 0x88, SLICE("\x03\xe8"), false);
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
        fds[i] = ws_kit_open(kit);
    before = mallinfo2().uordblks;
    for (; i < COUNT + WARM; i++)
        fds[i] = ws_kit_open(kit);
    for (i = 0; i < COUNT + WARM; i++) { /* each has spoken once */
        ws_kit_put(fds[i], 0x81, SLICE("hi"), false);
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

UNIT_MAIN_TIMEOUT("net/ws", 60, test_raw_frames, test_sizes, test_server_speaks, test_slow_reader,
                  test_pings, test_stop, test_pipelined_upgrade, test_other_client,
                  test_idle_memory)
