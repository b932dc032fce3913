/* ws_socket.h - a WebSocket inside the room: what its I/O thread does with it. */
#ifndef NET_WS_SOCKET_H
#define NET_WS_SOCKET_H

#include "net/conn.h"
#include "net/ws_frame.h"

/* An idle socket costs this and a struct conn; message and control hold memory only while they have
 * bytes. */
struct ws {
    struct post post;
    struct loop *loop;
    struct conn *conn; /* NULL before the upgrade was sent, and after the end; loop's thread only */
    const struct ws_ops *ops;
    void *data;
    _Atomic int refs;
    uint32_t queue_max;
    uint32_t ping_ms;
    struct ws_frame frame;
    struct buf message;     /* a text that came in pieces */
    struct buf control;     /* a ping or close that did */
    struct out_queue early; /* sent before the upgrade was */
    _Atomic size_t backlog; /* bytes on the connection's queue after the last settling */
    /* Under the loop's lock: what other threads have sent. */
    struct out_queue inbox;
    int inbox_close;
    bool posted;
    /* Loop's thread only. */
    struct ws_utf8 utf8;
    uint8_t unanswered; /* pings */
    bool in_message;    /* a fragmented one has begun */
    bool closing;       /* our close frame is on its way */
    bool lost;          /* on_close was called */
};

/** The answer with status 101 was sent: the connection is a WebSocket now. */
void ws_socket_attach(struct ws *ws, struct conn *conn);
/** The connection is gone: calls on_close. */
void ws_socket_lost(struct ws *ws);
/** Takes bytes that arrived; returns how many (all, but for a frame header in pieces none is lost).
 */
size_t ws_socket_input(struct ws *ws, char *bytes, size_t len);
/** After each settling of the connection. */
void ws_socket_settled(struct ws *ws, struct conn *conn);
/** Its deadline has passed: pings, or gives up. */
void ws_socket_expired(struct ws *ws, struct conn *conn);
/** The server stops. */
void ws_socket_stop(struct ws *ws);
/** Runs what other threads have asked for. */
void ws_socket_posted(struct ws *ws);
/** On its own thread: queues a text frame, or drops the socket when its reader is too slow. */
void ws_socket_send(struct ws *ws, struct out *out);
/** On its own thread: begins the closing handshake. */
void ws_socket_close(struct ws *ws, int code);

#endif
