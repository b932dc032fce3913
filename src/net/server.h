/* server.h - HTTP/1.1 and WebSocket server on libuv and llhttp: one I/O thread per core, each
 * polling a dup of one listening socket. It knows no route: a request goes to one handler, whole or
 * refused.
 *
 * A request lives until it was answered. The handler runs on the I/O thread and must not block; the
 * answer may come later and from any thread. */
#ifndef NET_SERVER_H
#define NET_SERVER_H

#include "base/arena.h"
#include "base/buf.h"

struct server;
struct http_request;
struct ws;

enum http_method {
    HTTP_GET_,
    HTTP_HEAD_,
    HTTP_POST_,
    HTTP_PUT_,
    HTTP_PATCH_,
    HTTP_DELETE_,
    HTTP_OPTIONS_,
    HTTP_OTHER_
};

/** What the handler decides when the head was read, before the body. */
struct http_plan {
    size_t body_max; /* bytes; a longer body is answered 413 without reading it all */
    int refuse;      /* an error: answered at once, body not read */
};

struct server_ops {
    /** Head read: path, query and headers can be asked. Must be quick. */
    struct http_plan (*plan)(struct http_request *request, void *arg);
    /** Request complete. Must lead to exactly one http_reply, http_reply_error or ws_accept. */
    void (*handle)(struct http_request *request, void *arg);
    void *arg;
};

struct server_opts {
    const char *listen;   /* "127.0.0.1:8080", "[::1]:8080"; port 0 picks one */
    int listen_fd;        /* -1, or a listening socket that was handed over: owned
                           * from now on, also when the start fails */
    int threads;          /* 0: one per core */
    const char *tls_cert; /* PEM file with the chain, or NULL for plain HTTP */
    const char *tls_key;
    struct slice trusted_proxies; /* comma-separated addresses whose X-Forwarded-For counts */
    /* Limits; 0 takes the default in brackets. */
    size_t header_bytes_max; /* [16 KiB] */
    size_t header_count_max; /* [100] */
    size_t uri_max;          /* [8 KiB] */
    int connections_max;     /* [10,000 or what the file limit allows] */
    int head_timeout_ms;     /* [10,000] from the first byte to the end of the head */
    int body_timeout_ms;     /* [30,000] without progress */
    int idle_timeout_ms;     /* [75,000] between requests */
};

/** Binds and starts the threads. ERR_EXISTS the address is in use; ERR_CONFIG (certificate,
 * address); ERR_DENIED (port needs a privilege); ERR_IO. */
int server_start(const struct server_opts *opts, const struct server_ops *ops,
                 struct server **ret) MUST_CHECK;
/** The port it listens on. */
int server_port(const struct server *server);
/** Loads certificate and key again, for new connections. The old ones stay when the new are bad. */
int server_reload_tls(struct server *server) MUST_CHECK;
/** Stops accepting, lets running requests end (at most `grace_ms`), closes WebSockets with 1001,
 * joins the threads and frees. */
void server_stop(struct server *server, int grace_ms);

/* The request. Slices are valid until the answer was given. */

enum http_method http_method(const struct http_request *request);
/** Decoded path without the query: "/api/v1/x". Always starts with '/', holds no "//", no "." or
 * ".." segment and no NUL: others were refused with 400. */
struct slice http_path(const struct http_request *request);
struct slice http_query(const struct http_request *request);
/** A query parameter, percent-decoded into the request's arena; SLICE_NONE when absent. */
struct slice http_query_param(struct http_request *request, const char *name);
/** A header by its lower-case name; SLICE_NONE when absent; the first when repeated. */
struct slice http_header(const struct http_request *request, const char *lower_name);
/** A cookie's value; SLICE_NONE when absent. */
struct slice http_cookie(const struct http_request *request, const char *name);
struct slice http_body(const struct http_request *request);
/** Memory that lives as long as the request (8 MiB). */
struct arena *http_arena(struct http_request *request);
bool http_is_tls(const struct http_request *request);
/** A number for the peer's address (through trusted proxies), salted anew at each start: for rate
 *  limits in memory. The address itself is never handed out, so nobody can store it. */
uint64_t http_peer_hash(const struct http_request *request);
bool http_peer_is_loopback(const struct http_request *request);
/** Microseconds since the request's first byte. */
int64_t http_age_us(const struct http_request *request);
/** A place for the owner's own pointer. */
void http_set_data(struct http_request *request, void *data);
void *http_data(const struct http_request *request);

struct http_answer {
    int status;
    const char *type;     /* content type; NULL: no body */
    struct slice body;    /* copied, unless body_static */
    bool body_static;     /* lies in .rodata: sent from where it is */
    const char *encoding; /* "gzip", "br" or NULL */
    const char *etag;     /* with the quotes, or NULL; If-None-Match gives 304 */
    const char *cache;    /* Cache-Control; NULL: "no-store" */
    const char *csp;      /* Content-Security-Policy; NULL: "default-src 'none'" */
    const char *location;
    const char *cookie; /* whole Set-Cookie value */
    const char *cookie2;
    const char *allow_origin;    /* Access-Control-Allow-Origin, or NULL */
    const char *frame_ancestors; /* NULL: X-Frame-Options: DENY is sent */
    const char *disposition;     /* Content-Disposition */
    const char *vary;            /* NULL: none */
    const char *allow;           /* Allow: the methods that a 405 must name; NULL: none */
    int retry_after_s;           /* 0: none */
    bool cross_origin;           /* Cross-Origin-Resource-Policy: cross-origin, else same-origin */
    bool close;                  /* close the connection afterwards */
};
/** Answers and frees the request. Any thread. HEAD sends no body. Security headers are added. */
void http_reply(struct http_request *request, const struct http_answer *answer);
/** Problem document (RFC 9457) of an error; `detail` may be NULL. 401, 429 and 503 get the headers
 * they need. */
void http_reply_error(struct http_request *request, int err, const char *detail);

/* WebSocket (RFC 6455). Callbacks run on the socket's I/O thread. */

struct ws_ops {
    /** A whole text message, UTF-8 checked; borrowed. Binary messages are closed with 1003. */
    void (*on_text)(struct ws *ws, struct slice text, void *data);
    /** Exactly once, after which the socket is gone. */
    void (*on_close)(struct ws *ws, void *data);
};

struct ws_opts {
    size_t message_max; /* larger incoming messages are closed with 1009; 0: 64 KiB */
    size_t queue_max;   /* bytes waiting for a slow reader before it is dropped; 0: 1 MiB */
    int ping_every_ms;  /* 0: 30,000; closed when two go unanswered */
    bool with_ref;      /* *ret comes with a reference of the caller's own: ws_unref it */
};

/** Upgrades the request. ERR_SYNTAX when it is no valid WebSocket request (answer it with 400
 * then). *ret stays valid until on_close returned; hold it longer with ws_ref. */
int ws_accept(struct http_request *request, const struct ws_ops *ops, const struct ws_opts *opts,
              void *data, struct ws **ret) MUST_CHECK;
/** True when the request asks for an upgrade to WebSocket. */
bool ws_wanted(const struct http_request *request);
struct ws *ws_ref(struct ws *ws);
void ws_unref(struct ws *ws);
/** Sends a text message; any thread; copies. Sends to a closed socket are dropped. A reader whose
 * queue is over its limit is closed (1013): it resumes by sequence. */
void ws_send(struct ws *ws, struct slice text);
/** Starts the closing handshake. Any thread. Code per RFC 6455 §7.4. */
void ws_close(struct ws *ws, int code);

#endif
