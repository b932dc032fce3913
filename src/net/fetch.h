/* fetch.h - outbound HTTP by libcurl multi, on a thread and loop of its own. */
#ifndef NET_FETCH_H
#define NET_FETCH_H

#include "base/buf.h"

struct fetch;

struct fetch_header {
    const char *name;
    struct slice value;
};

struct fetch_request {
    const char *method; /* "GET", "POST", "DELETE", ... */
    const char *url;
    const struct fetch_header *headers;
    size_t header_count;
    struct slice body;     /* copied */
    int timeout_ms;        /* 0: 15,000 for the whole call */
    size_t answer_max;     /* 0: 1 MiB */
    bool follow_redirects; /* at most 3, each address checked again; never from https to http */
    /** The address comes from the operator's configuration: private and loopback addresses are
     *  allowed. Otherwise they are refused on the address actually dialled (covers DNS rebinding).
     *  A redirect to another address is not trusted any more. */
    bool trusted;
};

struct fetch_answer {
    int err;   /* 0: an HTTP answer came; else ERR_TIMEOUT, ERR_CLOSED (was it received?
                * nobody knows), ERR_ADDRESS (never sent, unless a redirect led there),
                * ERR_UNAVAILABLE (never sent: no connection), ERR_LIMIT (the answer is
                * larger than answer_max), ERR_PROTOCOL, ERR_MEMORY, ERR_CANCELED */
    bool sent; /* bytes of the request left this machine: it may have had an effect */
    int status;
    struct slice body;    /* borrowed */
    struct slice headers; /* raw header lines, borrowed */
};
/** The value of an answer's header by its lower-case name; SLICE_NONE when absent. */
struct slice fetch_answer_header(const struct fetch_answer *answer, const char *lower_name);

/** Called once, on fetch's own thread: must not block; usually queues a WRITE item. */
typedef void fetch_done(void *arg, const struct fetch_answer *answer);

struct fetch_opts {
    int concurrent_max;  /* 0: 256 */
    int per_host_max;    /* 0: 32 */
    int queue_max;       /* 0: 4,096 calls that wait beside those that run */
    const char *ca_file; /* NULL: the system's */
    /** Told the host of every call before it is made (register of recipients); a negative answer
     *  refuses the call with that error. May be NULL. Called on the caller's thread. */
    int (*on_host)(void *arg, struct slice host);
    void *on_host_arg;
};
/** Starts the thread. ERR_MEMORY when the machine has no memory, file or thread left for it. */
int fetch_start(const struct fetch_opts *opts, struct fetch **ret) MUST_CHECK;
/** Queues a call; nothing of the request needs to outlive it. Only GET, HEAD and OPTIONS are ever
 * sent again by themselves, when a kept connection turns out dead; others end with ERR_CLOSED then.
 *  ERR_BUSY too many wait; ERR_SYNTAX bad URL (also one with user information), method or header;
 *  ERR_LIMIT body over 64 MiB; ERR_CANCELED stopping; what on_host said. `done` is called only when
 *  this returned 0. Any thread. */
int fetch_send(struct fetch *fetch, const struct fetch_request *request, fetch_done *done,
               void *arg) MUST_CHECK;
/** Ends running and waiting calls with ERR_CANCELED and joins the thread. Sending is answered with
 *  ERR_CANCELED from then on. Takes NULL. Not from within a fetch_done. */
void fetch_end(struct fetch *fetch);
/** fetch_end, and frees: nobody may send any more. Takes NULL. */
void fetch_stop(struct fetch *fetch);

#endif
