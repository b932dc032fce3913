#include "net/fetch_loop.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/err.h"

enum { SWEEP_MS = 100 };

static void finish(struct fetch *fetch, struct fetch_call *call, CURLcode code, int err)
{
    fetch_call_finish(call, code, err);
    pthread_mutex_lock(&fetch->lock);
    fetch->held--;
    pthread_mutex_unlock(&fetch->lock);
}

/* Hosts: each has its own line of waiting calls, and hosts take turns, so that a slow one holds up
 * nobody else. */

static struct fetch_host *host_get(struct fetch *fetch, const char *key)
{
    struct fetch_host *host;

    HASH_FIND_STR(fetch->hosts, key, host);
    if (host)
        return host;
    host = calloc(1, sizeof(*host));
    if (!host)
        return NULL;
    host->key = strdup(key);
    if (!host->key) {
        free(host);
        return NULL;
    }
    TAILQ_INIT(&host->waiting);
    HASH_ADD_KEYPTR(hh, fetch->hosts, host->key, strlen(host->key), host);
    return host;
}

/* Brings a host's place in the ready list up to date; frees a host that nobody calls any more. */
static void host_settle(struct fetch *fetch, struct fetch_host *host)
{
    bool ready = !TAILQ_EMPTY(&host->waiting) && host->running < fetch->opts.per_host_max;

    if (ready && !host->is_ready)
        TAILQ_INSERT_TAIL(&fetch->ready, host, link);
    if (!ready && host->is_ready)
        TAILQ_REMOVE(&fetch->ready, host, link);
    host->is_ready = ready;
    if (host->running == 0 && TAILQ_EMPTY(&host->waiting)) {
        HASH_DEL(fetch->hosts, host);
        free(host->key);
        free(host);
    }
}

static void unwait(struct fetch *fetch, struct fetch_call *call)
{
    TAILQ_REMOVE(&call->host->waiting, call, link);
    if (--fetch->waiting_count == 0)
        uv_timer_stop(&fetch->sweep);
}

static void on_sweep(uv_timer_t *timer)
{
    struct fetch *fetch = timer->data;
    struct fetch_host *host, *next_host;
    struct fetch_call *call, *next;
    int64_t now = clock_mono_us();

    HASH_ITER(hh, fetch->hosts, host, next_host) {
        for (call = TAILQ_FIRST(&host->waiting); call; call = next) {
            next = TAILQ_NEXT(call, link);
            if (call->deadline_us > now)
                continue;
            unwait(fetch, call);
            finish(fetch, call, CURLE_OPERATION_TIMEDOUT, ERR_TIMEOUT);
        }
        host_settle(fetch, host);
    }
}

static void host_add(struct fetch *fetch, struct fetch_call *call)
{
    struct fetch_host *host = host_get(fetch, call->key.ptr);

    if (!host) {
        finish(fetch, call, CURLE_OK, ERR_MEMORY);
        return;
    }
    call->host = host;
    TAILQ_INSERT_TAIL(&host->waiting, call, link);
    if (fetch->waiting_count++ == 0)
        uv_timer_start(&fetch->sweep, on_sweep, SWEEP_MS, SWEEP_MS);
    host_settle(fetch, host);
}

static void end_running(struct fetch *fetch, struct fetch_call *call, CURLcode code, int err)
{
    struct fetch_host *host = call->host;

    curl_multi_remove_handle(fetch->multi, call->easy);
    TAILQ_REMOVE(&fetch->running, call, link);
    fetch->running_count--;
    host->running--;
    finish(fetch, call, code, err);
    host_settle(fetch, host);
}

static void begin(struct fetch *fetch, struct fetch_call *call)
{
    int64_t left_ms = (call->deadline_us - clock_mono_us()) / 1000;
    CURLcode code;

    unwait(fetch, call);
    TAILQ_INSERT_TAIL(&fetch->running, call, link);
    fetch->running_count++;
    call->host->running++;
    code = curl_easy_setopt(call->easy, CURLOPT_TIMEOUT_MS, (long)(left_ms > 0 ? left_ms : 1));
    if (code != CURLE_OK || curl_multi_add_handle(fetch->multi, call->easy) != CURLM_OK)
        end_running(fetch, call, CURLE_OUT_OF_MEMORY, ERR_MEMORY);
    else
        host_settle(fetch, call->host);
}

static void begin_what_fits(struct fetch *fetch)
{
    struct fetch_host *host;

    while (fetch->running_count < fetch->opts.concurrent_max &&
           (host = TAILQ_FIRST(&fetch->ready)) != NULL) {
        TAILQ_REMOVE(&fetch->ready, host, link);
        host->is_ready = false;
        begin(fetch, TAILQ_FIRST(&host->waiting));
    }
}

static void collect(struct fetch *fetch)
{
    struct fetch_call *call;
    CURLMsg *msg;
    int left;

    while ((msg = curl_multi_info_read(fetch->multi, &left)) != NULL) {
        CURLcode code = msg->data.result;

        if (msg->msg != CURLMSG_DONE)
            continue;
        curl_easy_getinfo(msg->easy_handle, CURLINFO_PRIVATE, (char **)&call);
        end_running(fetch, call, code, 0);
    }
    begin_what_fits(fetch);
}

/* libcurl's sockets and timer on the loop. */

static void on_ready(uv_poll_t *poll, int status, int events)
{
    struct fetch *fetch = poll->loop->data;
    int what = 0, left;
    uv_os_fd_t fd;

    if (uv_fileno((uv_handle_t *)poll, &fd) != 0)
        return;
    if (status < 0)
        what = CURL_CSELECT_ERR;
    if (events & UV_READABLE)
        what |= CURL_CSELECT_IN;
    if (events & UV_WRITABLE)
        what |= CURL_CSELECT_OUT;
    curl_multi_socket_action(fetch->multi, fd, what, &left);
    collect(fetch);
}

static void on_poll_closed(uv_handle_t *handle)
{
    free(handle);
}

static uv_poll_t *poll_new(struct fetch *fetch, curl_socket_t fd)
{
    uv_poll_t *poll = calloc(1, sizeof(*poll));

    if (!poll)
        return NULL;
    if (uv_poll_init_socket(&fetch->loop, poll, fd) != 0) {
        free(poll);
        return NULL;
    }
    curl_multi_assign(fetch->multi, fd, poll);
    return poll;
}

static int on_socket(CURL *easy, curl_socket_t fd, int what, void *arg, void *of_socket)
{
    struct fetch *fetch = arg;
    uv_poll_t *poll = of_socket;
    int events = 0;

    if (what == CURL_POLL_REMOVE) {
        curl_multi_assign(fetch->multi, fd, NULL);
        if (poll)
            uv_close((uv_handle_t *)poll, on_poll_closed);
        return 0;
    }
    if (!poll)
        poll = poll_new(fetch, fd);
    if (!poll)
        return -1;
    if (what & CURL_POLL_IN)
        events |= UV_READABLE;
    if (what & CURL_POLL_OUT)
        events |= UV_WRITABLE;
    return uv_poll_start(poll, events, on_ready);
}

static void on_curl_timer(uv_timer_t *timer)
{
    struct fetch *fetch = timer->data;
    int left;

    curl_multi_socket_action(fetch->multi, CURL_SOCKET_TIMEOUT, 0, &left);
    collect(fetch);
}

static int on_set_timer(CURLM *multi, long timeout_ms, void *arg)
{
    struct fetch *fetch = arg;

    if (timeout_ms < 0)
        return uv_timer_stop(&fetch->curl_timer);
    uv_update_time(&fetch->loop);
    return uv_timer_start(&fetch->curl_timer, on_curl_timer, (uint64_t)timeout_ms, 0);
}

/* Ends everything with ERR_CANCELED and closes all handles, after which uv_run returns. */
static void shut(struct fetch *fetch)
{
    struct fetch_host *host, *next;
    struct fetch_call *call;

    while ((call = TAILQ_FIRST(&fetch->running)) != NULL)
        end_running(fetch, call, CURLE_ABORTED_BY_CALLBACK, ERR_CANCELED);
    HASH_ITER(hh, fetch->hosts, host, next) {
        while ((call = TAILQ_FIRST(&host->waiting)) != NULL) {
            unwait(fetch, call);
            finish(fetch, call, CURLE_ABORTED_BY_CALLBACK, ERR_CANCELED);
        }
        host_settle(fetch, host);
    }
    curl_multi_cleanup(fetch->multi);
    uv_close((uv_handle_t *)&fetch->curl_timer, NULL);
    uv_close((uv_handle_t *)&fetch->sweep, NULL);
    uv_close((uv_handle_t *)&fetch->wake, NULL);
}

static void on_wake(uv_async_t *wake)
{
    struct fetch *fetch = wake->data;
    struct fetch_calls taken = TAILQ_HEAD_INITIALIZER(taken);
    struct fetch_call *call;
    bool stopping;

    pthread_mutex_lock(&fetch->lock);
    TAILQ_CONCAT(&taken, &fetch->incoming, link);
    stopping = fetch->stopping;
    pthread_mutex_unlock(&fetch->lock);
    while ((call = TAILQ_FIRST(&taken)) != NULL) {
        TAILQ_REMOVE(&taken, call, link);
        host_add(fetch, call);
    }
    if (stopping)
        shut(fetch);
    else
        begin_what_fits(fetch);
}

static int set_multi(struct fetch *fetch)
{
    int bad = 0;

    bad |= curl_multi_setopt(fetch->multi, CURLMOPT_SOCKETFUNCTION, on_socket);
    bad |= curl_multi_setopt(fetch->multi, CURLMOPT_SOCKETDATA, fetch);
    bad |= curl_multi_setopt(fetch->multi, CURLMOPT_TIMERFUNCTION, on_set_timer);
    bad |= curl_multi_setopt(fetch->multi, CURLMOPT_TIMERDATA, fetch);
    bad |= curl_multi_setopt(fetch->multi, CURLMOPT_MAXCONNECTS, (long)fetch->opts.concurrent_max);
    return bad ? ERR_MEMORY : 0;
}

int fetch_loop_init(struct fetch *fetch)
{
    fetch->multi = curl_multi_init();
    if (!fetch->multi)
        return ERR_MEMORY;
    if (set_multi(fetch) < 0 || uv_loop_init(&fetch->loop) != 0) {
        curl_multi_cleanup(fetch->multi);
        return ERR_MEMORY;
    }
    if (uv_async_init(&fetch->loop, &fetch->wake, on_wake) != 0) {
        uv_loop_close(&fetch->loop);
        curl_multi_cleanup(fetch->multi);
        return ERR_MEMORY;
    }
    uv_timer_init(&fetch->loop, &fetch->curl_timer);
    uv_timer_init(&fetch->loop, &fetch->sweep);
    fetch->loop.data = fetch;
    fetch->wake.data = fetch;
    fetch->curl_timer.data = fetch;
    fetch->sweep.data = fetch;
    TAILQ_INIT(&fetch->ready);
    TAILQ_INIT(&fetch->running);
    return 0;
}

void *fetch_loop_run(void *arg)
{
    struct fetch *fetch = arg;

    uv_run(&fetch->loop, UV_RUN_DEFAULT);
    uv_loop_close(&fetch->loop);
    return NULL;
}
