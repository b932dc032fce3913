#include "net/ws_test_kit.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <sys/socket.h>

#include "unit.h"

int ws_kit_open(struct kit *kit)
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

void ws_kit_put(int fd, int first, struct slice payload, bool dribble)
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

int ws_kit_get(int fd, char *ret, size_t *ret_len)
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
    ck_assert_uint_le(len, WS_KIT_FRAME_MAX);
    if (!kit_read(fd, ret, len))
        return -1;
    ret[len] = '\0';
    *ret_len = len;
    return head[0];
}

void ws_kit_listen(int fd, char ret[512])
{
    static char got[WS_KIT_FRAME_MAX + 1];
    size_t len, n = 0;
    int first;

    ret[0] = '\0';
    while ((first = ws_kit_get(fd, got, &len)) >= 0 && n < 400) {
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
