/* conn.h - one accepted connection, from the first byte to the last, whatever it speaks. */
#ifndef NET_CONN_H
#define NET_CONN_H

#include <openssl/ssl.h>

#include "base/buf.h"
#include "net/loop.h"
#include "net/out.h"

/* What the reading side does. Answers leave independently of it, in order. */
enum conn_state {
    CONN_SHAKE,  /* TLS handshake */
    CONN_IDLE,   /* nothing of a next request is here */
    CONN_HEAD,   /* a part of its head is */
    CONN_BODY,   /* its body is being read */
    CONN_FULL,   /* enough requests wait for their answers: not reading */
    CONN_LAST,   /* no request will be read any more; what still comes is thrown away */
    CONN_LINGER, /* all was sent and our side is shut: waiting for the peer's end */
    CONN_WS,     /* upgraded */
    CONN_GONE,   /* the socket is being closed */
};

enum conn_wait {
    WAIT_NOTHING,
    WAIT_SHAKE,
    WAIT_IDLE,
    WAIT_HEAD,
    WAIT_BODY,
    WAIT_WRITE,
    WAIT_LINGER,
    WAIT_WS
};

/* Kept small: an idle WebSocket is this, a struct ws, and what libuv keeps. */
struct conn {
    uv_tcp_t tcp;
    struct loop *loop;
    struct conn *next; /* all of the loop's */
    struct conn **link;
    struct conn *dirty_next;
    struct wheel_entry deadline;
    struct out_queue out; /* ready for the wire */
    struct buf in;        /* read, but not taken yet */
    struct http_head_scan scan;
    struct http_request
        *first; /* requests in the order of their answers; the last may still be read */
    struct http_request *last;
    SSL *ssl;
    struct ws *ws;
    struct peer peer;
    int64_t first_byte_us; /* of the head that is being read */
    size_t mark;           /* for the deadline: body bytes since, or bytes unread then */
    size_t thrown;         /* bytes thrown away behind the last request */
    uint16_t pending;      /* requests between first and last */
    uint8_t state;
    uint8_t wait;
    bool dirty;
    bool reading;
    bool writing; /* libuv holds the front of `out` */
    bool eof;
};

/** Every change of state goes through here. */
void conn_enter(struct conn *conn, enum conn_state state);
/** Has the loop settle it soon: send, go on reading, or close. */
void conn_touch(struct conn *conn);
/** Sends what is ready, moves answers forward, decides what comes next. */
void conn_settle(struct conn *conn);
/** Puts bytes on the wire's queue, through TLS where that is spoken. Owns `out`. */
void conn_send(struct conn *conn, struct out *out);
/** Takes plain bytes that arrived. */
void conn_feed(struct conn *conn, char *bytes, size_t len);
/** The peer sends no more. */
void conn_eof(struct conn *conn);
/** A deadline has passed. */
void conn_expire(struct conn *conn);
/** The server stops: idle connections end now, the others after their answer. */
void conn_stop(struct conn *conn);
/** Closes without another word. */
void conn_close(struct conn *conn);
/** Arms the deadline unless it is armed for the same thing already. */
void conn_rearm(struct conn *conn, enum conn_wait wait, int ms);

#endif
