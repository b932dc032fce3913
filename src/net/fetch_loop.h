/* fetch_loop.h - the thread of fetch: hosts, waiting calls, and libcurl's sockets on a libuv loop.
 * Inside net only. */
#ifndef NET_FETCH_LOOP_H
#define NET_FETCH_LOOP_H

#include <pthread.h>
#include <uthash.h>
#include <uv.h>

#include "net/fetch_call.h"

struct fetch_host {
    TAILQ_ENTRY(fetch_host) link; /* in fetch.ready, if is_ready */
    bool is_ready;                /* something waits, and less than per_host_max run */
    struct fetch_calls waiting;
    int running;
    char *key;
    UT_hash_handle hh;
};
TAILQ_HEAD(fetch_hosts, fetch_host);

struct fetch {
    struct fetch_opts opts; /* with the defaults filled in; ca_file is owned */
    pthread_t thread;
    uv_async_t wake;

    pthread_mutex_t lock; /* guards the next four */
    struct fetch_calls incoming;
    int held; /* calls taken and not yet finished */
    bool stopping;
    struct fetch *mail; /* a second thread for SMTP, made by the first mail (see mail.c) */

    /* Only the thread touches what follows. */
    uv_loop_t loop;
    uv_timer_t curl_timer;
    uv_timer_t sweep; /* looks for waiting calls whose time is up */
    CURLM *multi;
    struct fetch_host *hosts;
    struct fetch_hosts ready;
    struct fetch_calls running;
    int running_count;
    int waiting_count;
};

/** Queues a call for the thread, which owns it from now on. ERR_BUSY, ERR_CANCELED: still the
 * caller's. */
int fetch_queue(struct fetch *fetch, struct fetch_call *call) MUST_CHECK;
/** Asks opts.on_host about the call's host. */
int fetch_note_host(const struct fetch *fetch, const struct fetch_call *call) MUST_CHECK;

/** Makes loop and multi handle. Afterwards fetch_loop_run must run once: it frees them. */
int fetch_loop_init(struct fetch *fetch) MUST_CHECK;
/** The thread's main function: runs until fetch->stopping. */
void *fetch_loop_run(void *fetch);

#endif
