#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "net/server_test_kit.h"
#include "net/ws_frame.h"
#include "unit.h"

#define UPGRADE                                                                                    \
    "GET /ws HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: keep-alive, Upgrade\r\n"     \
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"

static int ws_open(struct kit *kit)
{
    int fd = kit_connect(kit);
    char *answer;

    kit_send(fd, SLICE(UPGRADE));
    answer = kit_answer(fd, true);
    ck_assert_int_eq(kit_status(answer), 101);
    /* The example of RFC 6455 §1.3. */
    ck_assert_ptr_nonnull(strstr(answer, "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"));
    free(answer);
    return fd;
}

/* One masked frame; `first` is the byte with FIN and opcode. */
static void put_frame(int fd, int first, struct slice payload)
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

static void expect_text(int fd, const char *text)
{
    static char got[70001];
    size_t len;

    ck_assert_int_eq(get_frame(fd, got, &len), 0x81);
    ck_assert_str_eq(got, text);
}

static void expect_close(int fd, int code)
{
    static char got[70001];
    size_t len;

    ck_assert_int_eq(get_frame(fd, got, &len), 0x88);
    if (code == 0) {
        ck_assert_uint_eq(len, 0);
        return;
    }
    ck_assert_uint_ge(len, 2);
    ck_assert_int_eq((unsigned char)got[0] << 8 | (unsigned char)got[1], code);
}

START_TEST(test_echo)
{
    struct kit *kit = kit_start(NULL);
    int fd = ws_open(kit);

    put_frame(fd, 0x81, SLICE("Hello"));
    expect_text(fd, "Hello");
    put_frame(fd, 0x01, SLICE("Hel"));
    put_frame(fd, 0x89, SLICE("p"));
    put_frame(fd, 0x80, SLICE("lo"));
    char got[200];
    size_t len;
    ck_assert_int_eq(get_frame(fd, got, &len), 0x8a);
    ck_assert_str_eq(got, "p");
    expect_text(fd, "Hello");
    kit_broadcast(kit, SLICE("news"));
    expect_text(fd, "news");
    put_frame(fd, 0x88, SLICE("\x03\xe8"));
    expect_close(fd, 1000);
    ck_assert_int_eq(get_frame(fd, got, &len), -1);
    close(fd);
    kit_await_closed(kit, 1);
    kit_stop(kit);
}
END_TEST

UNIT_MAIN("net/ws", test_echo)
