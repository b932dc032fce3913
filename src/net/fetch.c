#include "net/fetch.h"

#include <signal.h>
#include <stdlib.h>

#include "base/err.h"
#include "net/fetch_call.h"
#include "net/fetch_loop.h"

enum { CONCURRENT_MAX = 256, PER_HOST_MAX = 32, QUEUE_MAX = 4096 };

struct slice fetch_answer_header(const struct fetch_answer *answer, const char *lower_name)
{
    struct slice rest = answer->headers, line;

    while (slice_cut(&rest, '\n', &line)) {
        ptrdiff_t colon = slice_find(line, ':');

        if (colon < 0 || slice_starts(line, SLICE("HTTP/")))
            continue;
        if (slice_eq_nocase(slice_head(line, (size_t)colon), slice_cstr(lower_name)))
            return slice_trim(slice_from(line, (size_t)colon + 1));
    }
    return SLICE_NONE;
}

static struct fetch *fetch_free(struct fetch *fetch)
{
    pthread_mutex_destroy(&fetch->lock);
    free((char *)fetch->opts.ca_file);
    free(fetch);
    return NULL;
}

static struct fetch *fetch_new(const struct fetch_opts *opts)
{
    struct fetch *fetch = calloc(1, sizeof(*fetch));

    if (!fetch)
        return NULL;
    fetch->opts = *opts;
    fetch->opts.concurrent_max = opts->concurrent_max ? opts->concurrent_max : CONCURRENT_MAX;
    fetch->opts.per_host_max = opts->per_host_max ? opts->per_host_max : PER_HOST_MAX;
    fetch->opts.queue_max = opts->queue_max ? opts->queue_max : QUEUE_MAX;
    fetch->opts.ca_file = opts->ca_file ? strdup(opts->ca_file) : NULL;
    pthread_mutex_init(&fetch->lock, NULL);
    TAILQ_INIT(&fetch->incoming);
    if (opts->ca_file && !fetch->opts.ca_file)
        return fetch_free(fetch);
    return fetch;
}

/* All signals stay with the program's other threads; SIGPIPE can hit nobody. */
static int start_thread(struct fetch *fetch)
{
    sigset_t all, before;
    int r;

    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    r = pthread_create(&fetch->thread, NULL, fetch_loop_run, fetch);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return r == 0 ? 0 : ERR_MEMORY;
}

int fetch_start(const struct fetch_opts *opts, struct fetch **ret)
{
    struct fetch *fetch;
    int r;

    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
        return ERR_MEMORY;
    fetch = fetch_new(opts);
    r = fetch ? fetch_loop_init(fetch) : ERR_MEMORY;
    if (r == 0 && start_thread(fetch) < 0) {
        fetch->stopping = true;
        uv_async_send(&fetch->wake);
        fetch_loop_run(fetch);
        r = ERR_MEMORY;
    }
    if (r < 0) {
        if (fetch)
            fetch_free(fetch);
        curl_global_cleanup();
        return r;
    }
    *ret = fetch;
    return 0;
}

int fetch_queue(struct fetch *fetch, struct fetch_call *call)
{
    int r = 0;

    pthread_mutex_lock(&fetch->lock);
    if (fetch->stopping)
        r = ERR_CANCELED;
    else if (fetch->held >= fetch->opts.queue_max + fetch->opts.concurrent_max)
        r = ERR_BUSY;
    if (r == 0) {
        fetch->held++;
        TAILQ_INSERT_TAIL(&fetch->incoming, call, link);
        uv_async_send(&fetch->wake);
    }
    pthread_mutex_unlock(&fetch->lock);
    return r;
}

int fetch_note_host(const struct fetch *fetch, const struct fetch_call *call)
{
    if (!fetch->opts.on_host)
        return 0;
    return fetch->opts.on_host(fetch->opts.on_host_arg, fetch_call_hostname(call));
}

int fetch_send(struct fetch *fetch, const struct fetch_request *request, fetch_done *done,
               void *arg)
{
    struct fetch_call *call;
    int r = fetch_call_http(request, fetch->opts.ca_file, &call);

    if (r < 0)
        return r;
    call->done = done;
    call->arg = arg;
    r = fetch_note_host(fetch, call);
    if (r >= 0)
        r = fetch_queue(fetch, call);
    if (r < 0)
        fetch_call_free(call);
    return r;
}

void fetch_end(struct fetch *fetch)
{
    struct fetch *mail;
    bool ended;

    if (!fetch)
        return;
    pthread_mutex_lock(&fetch->lock);
    ended = fetch->stopping;
    fetch->stopping = true;
    mail = fetch->mail;
    if (!ended)
        uv_async_send(&fetch->wake);
    pthread_mutex_unlock(&fetch->lock);
    fetch_end(mail);
    if (!ended)
        pthread_join(fetch->thread, NULL);
}

void fetch_stop(struct fetch *fetch)
{
    if (!fetch)
        return;
    fetch_end(fetch);
    fetch_stop(fetch->mail);
    fetch_free(fetch);
    curl_global_cleanup();
}
