/* ws.h - what the halves of a WebSocket share: making frames, and the end of a slow reader. */
#ifndef NET_WS_H
#define NET_WS_H

#include "net/out.h"
#include "net/ws_frame.h"

struct ws;

/** A server's frame with a copy of the payload. NULL when out of memory. */
struct out *ws_frame_out(enum ws_opcode opcode, struct slice payload);
/** Closes with 1013 and counts it. On the socket's thread. */
void ws_socket_overflow(struct ws *ws);

#endif
