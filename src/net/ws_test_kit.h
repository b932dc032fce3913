/* ws_test_kit.h - a WebSocket client made of bytes: for tests. */
#ifndef NET_WS_TEST_KIT_H
#define NET_WS_TEST_KIT_H

#include "net/server_test_kit.h"

#define UPGRADE                                                                                    \
    "GET /ws HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: keep-alive, Upgrade\r\n"     \
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"

enum { WS_KIT_FRAME_MAX = 70000 };

/** An upgraded connection; the answer was checked. */
int ws_kit_open(struct kit *kit);
/** One masked frame; `first` is the byte with FIN and opcode. Dribbled: byte by byte. */
void ws_kit_put(int fd, int first, struct slice payload, bool dribble);
/** Reads one frame into ret, which holds WS_KIT_FRAME_MAX + 1 bytes: its first byte, or -1 at the
 * end. */
int ws_kit_get(int fd, char *ret, size_t *ret_len);
/** What the server says until it closes, in words: "t:Hello p:x c1000". */
void ws_kit_listen(int fd, char ret[512]);

#endif
