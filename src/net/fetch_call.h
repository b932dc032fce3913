/* fetch_call.h - one outbound call, from its request to its answer. Inside net only. */
#ifndef NET_FETCH_CALL_H
#define NET_FETCH_CALL_H

#include <arpa/inet.h>
#include <curl/curl.h>
#include <sys/queue.h>

#include "base/buf.h"
#include "net/fetch.h"

struct fetch_host;

struct fetch_call {
    TAILQ_ENTRY(fetch_call) link; /* in exactly one list: incoming, a host's waiting, or running */
    struct fetch_host *host;      /* NULL until the thread took it in */
    CURL *easy;
    struct curl_slist *headers;
    struct curl_slist *rcpt; /* mail */
    struct buf url;          /* with a NUL */
    struct buf key;          /* "host:port" with a NUL: what per_host_max counts by */
    struct buf body;         /* of the request */
    size_t body_at;          /* bytes of it that libcurl has read (mail) */
    struct buf answer;
    struct buf head; /* header lines of the last response */
    int64_t deadline_us;
    /** Turns libcurl's result into an answer's err, status and sent. */
    void (*judge)(const struct fetch_call *call, CURLcode code, struct fetch_answer *ret);
    fetch_done *done;
    void *arg;
    int failed; /* an error that a callback met; libcurl only knows it as "aborted" */
    bool trusted;
    bool repeatable;  /* GET and the like: libcurl may send it again on a fresh connection */
    bool asked;       /* a request was begun (again set at each redirect) */
    long hop;         /* redirects followed when it was */
    long sent_before; /* bytes sent when it was */
    char first_ip[INET6_ADDRSTRLEN]; /* the peer of the first hop */
};
TAILQ_HEAD(fetch_calls, fetch_call);

/** A call with what HTTP and mail have in common. ERR_SYNTAX: bad URL, user information in it, or a
 *  scheme that is not in `schemes` ("http,https"). */
int fetch_call_new(const char *url, const char *schemes, int timeout_ms, const char *ca_file,
                   struct fetch_call **ret) MUST_CHECK;
/** A new call for an HTTP request. ERR_SYNTAX as in fetch_send. */
int fetch_call_http(const struct fetch_request *request, const char *ca_file,
                    struct fetch_call **ret) MUST_CHECK;
/** Wipes and frees. Takes NULL. */
void fetch_call_free(struct fetch_call *call);
/** Calls done with libcurl's result, or with `err` when that is not 0, and frees the call. */
void fetch_call_finish(struct fetch_call *call, CURLcode code, int err);

/** An error that says the connection never came up, or 0. */
int fetch_call_connect_error(CURLcode code);
/** Host part of the key, without port. */
struct slice fetch_call_hostname(const struct fetch_call *call);

#endif
