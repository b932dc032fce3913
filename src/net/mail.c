#include "net/mail.h"

#include "base/err.h"
#include "net/fetch_call.h"
#include "net/fetch_loop.h"
#include "net/mail_compose.h"

enum { TIMEOUT_MS = 30000, CONNECTIONS = 4, QUEUE = 1024 };

/* Mail has a thread of its own beside fetch's: libcurl says QUIT and waits for the reply before it
 * gives back a connection, and so a silent mail server would hold up every other call. */
static int mail_thread(struct fetch *fetch, struct fetch **ret)
{
    const struct fetch_opts opts = {.concurrent_max = CONNECTIONS,
                                    .per_host_max = CONNECTIONS,
                                    .queue_max = QUEUE,
                                    .ca_file = fetch->opts.ca_file};
    int r = 0;

    pthread_mutex_lock(&fetch->lock);
    if (fetch->stopping)
        r = ERR_CANCELED;
    else if (!fetch->mail)
        r = fetch_start(&opts, &fetch->mail);
    if (r == 0)
        *ret = fetch->mail;
    pthread_mutex_unlock(&fetch->lock);
    return r;
}

static size_t on_read(char *ptr, size_t one, size_t size, void *arg)
{
    struct fetch_call *call = arg;
    struct slice rest = slice_head(slice_from(buf_slice(&call->body), call->body_at), size);

    if (rest.len)
        memcpy(ptr, rest.ptr, rest.len);
    call->body_at += rest.len;
    return rest.len;
}

static int error_of_status(const struct fetch_call *call, CURLcode code, int status)
{
    if (code == CURLE_LOGIN_DENIED)
        return status / 100 == 4 ? ERR_BUSY : ERR_AUTH;
    if (status / 100 == 4)
        return ERR_BUSY;
    if (status / 100 != 5)
        return 0;
    if (status == 530 || status == 534 || status == 535 || status == 538) /* RFC 4954 §6 */
        return ERR_AUTH;
    /* Before MAIL, the server refuses us, not the message: that may be mended. */
    return code == CURLE_SEND_ERROR || call->body_at > 0 ? ERR_REFUSED : ERR_UNAVAILABLE;
}

static int smtp_error(const struct fetch_call *call, CURLcode code, int status)
{
    int err = fetch_call_connect_error(code);

    if (err)
        return err;
    if (code == CURLE_OPERATION_TIMEDOUT)
        return ERR_TIMEOUT;
    if (code == CURLE_OUT_OF_MEMORY)
        return ERR_MEMORY;
    if (code == CURLE_USE_SSL_FAILED)
        return ERR_UNAVAILABLE;
    err = error_of_status(call, code, status);
    if (err)
        return err;
    return call->body_at > 0 ? ERR_CLOSED : ERR_UNAVAILABLE;
}

static void judge_smtp(const struct fetch_call *call, CURLcode code, struct fetch_answer *ret)
{
    long status = 0;

    curl_easy_getinfo(call->easy, CURLINFO_RESPONSE_CODE, &status);
    ret->status = (int)status;
    ret->sent = call->body_at > 0;
    ret->err = code == CURLE_OK ? 0 : smtp_error(call, code, ret->status);
}

static bool is_loopback(struct slice host)
{
    return slice_eq(host, SLICE("localhost")) || slice_eq(host, SLICE("[::1]")) ||
           slice_starts(host, SLICE("127."));
}

/* smtps:// is TLS from the first byte. A mail server on this machine often has a certificate that
 * nobody can verify, and nobody can listen in between. */
static long tls_level(const struct fetch_call *call, const struct mail_opts *opts)
{
    bool local = is_loopback(fetch_call_hostname(call));

    return opts->require_tls || !local ? CURLUSESSL_ALL : CURLUSESSL_NONE;
}

static int set_envelope(struct fetch_call *call, struct slice from, struct slice to)
{
    struct buf path = BUF_INIT(512);
    int r = buf_add(&path, from);

    if (r == 0)
        r = buf_add_char(&path, '\0');
    if (r == 0 && curl_easy_setopt(call->easy, CURLOPT_MAIL_FROM, path.ptr) != CURLE_OK)
        r = ERR_MEMORY;
    buf_clear(&path);
    if (r == 0)
        r = buf_add(&path, to);
    if (r == 0)
        r = buf_add_char(&path, '\0');
    if (r == 0) {
        call->rcpt = curl_slist_append(NULL, path.ptr);
        if (!call->rcpt || curl_easy_setopt(call->easy, CURLOPT_MAIL_RCPT, call->rcpt) != CURLE_OK)
            r = ERR_MEMORY;
    }
    buf_done(&path);
    return r;
}

static int set_transport(struct fetch_call *call, const struct mail_opts *opts, int timeout_ms)
{
    CURL *easy = call->easy;
    int bad = 0;

    bad |= curl_easy_setopt(easy, CURLOPT_USE_SSL, tls_level(call, opts));
    bad |= curl_easy_setopt(easy, CURLOPT_UPLOAD, 1L);
    bad |= curl_easy_setopt(easy, CURLOPT_INFILESIZE_LARGE, (curl_off_t)call->body.len);
    bad |= curl_easy_setopt(easy, CURLOPT_READFUNCTION, on_read);
    bad |= curl_easy_setopt(easy, CURLOPT_READDATA, call);
    bad |= curl_easy_setopt(easy, CURLOPT_FORBID_REUSE, 1L);
    bad |= curl_easy_setopt(easy, CURLOPT_SERVER_RESPONSE_TIMEOUT, (long)(timeout_ms + 999) / 1000);
    if (opts->user)
        bad |= curl_easy_setopt(easy, CURLOPT_USERNAME, opts->user);
    if (opts->user && opts->password)
        bad |= curl_easy_setopt(easy, CURLOPT_PASSWORD, opts->password);
    return bad ? ERR_MEMORY : 0;
}

static int mail_call(const struct fetch *fetch, const struct mail_opts *opts,
                     const struct mail_message *message, struct fetch_call **ret)
{
    int timeout_ms = opts->timeout_ms > 0 ? opts->timeout_ms : TIMEOUT_MS;
    struct slice from_name, from;
    struct fetch_call *call;
    int r = fetch_call_new(opts->smtp_url, "smtp,smtps", timeout_ms, fetch->opts.ca_file, &call);

    if (r < 0)
        return r;
    call->trusted = true;
    call->repeatable = true; /* libcurl never repeats an upload by SMTP */
    call->judge = judge_smtp;
    r = mail_compose(opts, message, &call->body);
    if (r == 0)
        r = mail_split_from(slice_cstr(opts->from), &from_name, &from);
    if (r == 0)
        r = set_envelope(call, from, pii_reveal(message->to));
    if (r == 0)
        r = set_transport(call, opts, timeout_ms);
    if (r < 0) {
        fetch_call_free(call);
        return r;
    }
    *ret = call;
    return 0;
}

int mail_send(struct fetch *fetch, const struct mail_opts *opts, const struct mail_message *message,
              fetch_done *done, void *arg)
{
    struct fetch *thread = NULL;
    struct fetch_call *call;
    int r = mail_call(fetch, opts, message, &call);

    if (r < 0)
        return r;
    call->done = done;
    call->arg = arg;
    r = fetch_note_host(fetch, call);
    if (r >= 0)
        r = mail_thread(fetch, &thread);
    if (r >= 0)
        r = fetch_queue(thread, call);
    if (r < 0)
        fetch_call_free(call);
    return r;
}
