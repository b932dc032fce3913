/* http_request.h - a request inside the room: from its head to the end of its answer. */
#ifndef NET_HTTP_REQUEST_H
#define NET_HTTP_REQUEST_H

#include <llhttp.h>

#include "net/conn.h"

struct http_header {
    struct slice name;
    struct slice value;
};

/* Fields that decide how the message is framed: each is counted while the head is parsed. */
struct http_framing {
    struct slice host;
    struct slice length;
    struct slice coding;
    struct slice expect;
    uint8_t hosts;
    uint8_t lengths;
    uint8_t codings;
};

struct http_request {
    struct post post;
    struct http_request *next; /* of the same connection, or a spare */
    struct loop *loop;
    struct conn *conn; /* NULL once it is gone; only the loop's thread looks */
    struct arena *arena;
    struct http_header *headers;
    size_t header_count;
    size_t header_cap;
    struct slice target;
    struct slice path;
    struct slice query;
    struct http_framing framing;
    llhttp_t parser;
    struct buf body;
    uint64_t body_left; /* of a body with a length */
    uint64_t raw;       /* bytes of a chunked body on the wire */
    size_t counted;     /* bytes of the loop's budget */
    int failure;        /* set by a parser callback: a status, negative */
    struct peer peer;
    int64_t started_us;
    void *data;
    struct out *out; /* the answer */
    struct ws *ws;   /* or the socket it becomes */
    enum http_method method;
    char last_byte; /* of the chunked body's last read */
    bool head_done;
    bool body_done;
    bool http10;
    bool chunked;
    bool keep_alive;
    bool continue_due; /* the client waits for "100 Continue" */
    bool upgrade;
    bool tls;
    bool handed; /* to the handler, who owes an answer */
    bool answered;
    bool close; /* the connection ends with this answer */
};

/** From the loop's spares. NULL when out of memory. */
struct http_request *http_request_new(struct loop *loop);
/** Wipes and keeps or frees it. On the loop's thread, or anywhere once the loop has ended. */
void http_request_free(struct http_request *request);
/** Frees a spare. */
void http_request_discard(struct http_request *request);
/** Hands a finished answer over to the connection. Any thread. */
void http_request_done(struct http_request *request);

#endif
