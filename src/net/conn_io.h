/* conn_io.h - the socket under a connection: accepting, reading, writing, closing. */
#ifndef NET_CONN_IO_H
#define NET_CONN_IO_H

#include "net/conn.h"

/** Accepts from the loop's listener. */
void conn_io_accept(struct loop *loop);
/** Takes over a connected socket. ERR_IO, ERR_MEMORY: `fd` was closed. */
int conn_io_adopt(struct loop *loop, int fd) MUST_CHECK;
/** Starts or stops reading. */
void conn_io_read(struct conn *conn, bool on);
/** Sends as much of conn->out as the socket takes; libuv goes on with the rest. */
void conn_io_flush(struct conn *conn);
/** Bytes that the peer has not acknowledged yet: ours and the kernel's. */
size_t conn_io_unread(const struct conn *conn);
/** Shuts our side once everything was sent. False when that failed. */
bool conn_io_shut(struct conn *conn);
/** Frees the connection when libuv has let go of it. */
void conn_io_close(struct conn *conn);

#endif
