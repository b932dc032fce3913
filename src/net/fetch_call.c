#include "net/fetch_call.h"

#include <sodium.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/err.h"
#include "net/fetch_address.h"

enum {
    ANSWER_MAX = 1 << 20,
    HEAD_MAX = 64 << 10,
    BODY_MAX = 64 << 20, /* our own request bodies: a sanity limit */
    URL_MAX = 16 << 10,
    URL_WRITTEN_MAX = 32 << 10, /* as libcurl writes it out again */
    TIMEOUT_MS = 15000,
    CONNECT_TIMEOUT_MS = 10000,
    REDIRECTS_MAX = 3,
};

static long ask_long(const struct fetch_call *call, CURLINFO info)
{
    long value = 0;

    curl_easy_getinfo(call->easy, info, &value);
    return value;
}

/* A redirect of a trusted call is trusted only as far as it stays at the same address: the operator
 * vouched for that one, not for where it points. */
static bool may_dial(const struct fetch_call *call, const char *ip)
{
    if (call->trusted && (call->first_ip[0] == '\0' || strcmp(call->first_ip, ip) == 0))
        return true;
    return fetch_address_public_text(ip);
}

static const char *address_text(const struct sockaddr *addr, char ret[INET6_ADDRSTRLEN])
{
    const void *bytes =
        addr->sa_family == AF_INET
            ? (const void *)&((const struct sockaddr_in *)(const void *)addr)->sin_addr
            : &((const struct sockaddr_in6 *)(const void *)addr)->sin6_addr;

    return inet_ntop(addr->sa_family, bytes, ret, INET6_ADDRSTRLEN) ? ret : "";
}

/* CURLOPT_OPENSOCKETFUNCTION: the address is the one dialled, so a name that resolves differently
 * the second time gains nothing. */
static curl_socket_t on_open_socket(void *arg, curlsocktype purpose, struct curl_sockaddr *addr)
{
    struct fetch_call *call = arg;
    char ip[INET6_ADDRSTRLEN] = "";

    if (addr->family != AF_INET && addr->family != AF_INET6)
        return CURL_SOCKET_BAD;
    if (!may_dial(call, address_text(&addr->addr, ip))) {
        call->failed = ERR_ADDRESS;
        return CURL_SOCKET_BAD;
    }
    return socket(addr->family, addr->socktype | SOCK_CLOEXEC, addr->protocol);
}

/* CURLOPT_PREREQFUNCTION runs on the connected connection before each request. Two things libcurl
 * would do by itself are stopped here: to use a connection again that a trusted call had opened to
 * a private address, and to repeat a request when a kept connection broke after it was sent: the
 * peer may have acted on it. */
static int on_request(void *arg, char *peer_ip, char *local_ip, int peer_port, int local_port)
{
    struct fetch_call *call = arg;
    long hop = ask_long(call, CURLINFO_REDIRECT_COUNT);
    long sent = ask_long(call, CURLINFO_REQUEST_SIZE);

    if (!may_dial(call, peer_ip)) {
        call->failed = ERR_ADDRESS;
        return CURL_PREREQFUNC_ABORT;
    }
    if (call->asked && !call->repeatable && hop == call->hop && sent > call->sent_before) {
        call->failed = ERR_CLOSED;
        return CURL_PREREQFUNC_ABORT;
    }
    if (call->first_ip[0] == '\0')
        snprintf(call->first_ip, sizeof(call->first_ip), "%s", peer_ip);
    call->asked = true;
    call->hop = hop;
    call->sent_before = sent;
    call->failed = 0;
    return CURL_PREREQFUNC_OK;
}

/* Anything but `size` makes libcurl give up. */
static size_t keep(struct fetch_call *call, struct buf *b, const char *ptr, size_t size)
{
    int r = buf_add(b, slice_of(ptr, size));

    if (r < 0) {
        call->failed = r;
        return size + 1;
    }
    return size;
}

static size_t on_body(char *ptr, size_t one, size_t size, void *arg)
{
    struct fetch_call *call = arg;

    return keep(call, &call->answer, ptr, size);
}

/* Each response (100 Continue, a redirect, the last) begins with its status line. */
static size_t on_header(char *ptr, size_t one, size_t size, void *arg)
{
    struct fetch_call *call = arg;

    if (slice_starts(slice_of(ptr, size), SLICE("HTTP/"))) {
        buf_clear(&call->head);
        buf_clear(&call->answer);
    }
    return keep(call, &call->head, ptr, size);
}

int fetch_call_connect_error(CURLcode code)
{
    switch ((int)code) {
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_CONNECT:
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_INTERFACE_FAILED:
        return ERR_UNAVAILABLE;
    default:
        return 0;
    }
}

static int http_error(const struct fetch_call *call, CURLcode code, bool sent)
{
    int err = fetch_call_connect_error(code);

    if (call->failed)
        return call->failed;
    if (err)
        return err;
    switch ((int)code) {
    case CURLE_OK:
        return 0;
    case CURLE_OPERATION_TIMEDOUT:
        return ERR_TIMEOUT;
    case CURLE_OUT_OF_MEMORY:
        return ERR_MEMORY;
    case CURLE_GOT_NOTHING:
    case CURLE_RECV_ERROR:
    case CURLE_SEND_ERROR:
    case CURLE_PARTIAL_FILE:
    case CURLE_HTTP2:
    case CURLE_HTTP2_STREAM:
        return sent ? ERR_CLOSED : ERR_UNAVAILABLE;
    default:
        return ERR_PROTOCOL;
    }
}

static void judge_http(const struct fetch_call *call, CURLcode code, struct fetch_answer *ret)
{
    ret->sent = ask_long(call, CURLINFO_REQUEST_SIZE) > 0;
    ret->err = code == CURLE_OK ? 0 : http_error(call, code, ret->sent);
    if (ret->err == 0)
        ret->status = (int)ask_long(call, CURLINFO_RESPONSE_CODE);
}

/* Options of every call. They fail only for want of memory. */
static int set_common(struct fetch_call *call, const char *schemes, const char *ca_file)
{
    CURL *easy = call->easy;
    int bad = 0;

    bad |= curl_easy_setopt(easy, CURLOPT_PRIVATE, call);
    bad |= curl_easy_setopt(easy, CURLOPT_URL, call->url.ptr);
    bad |= curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, schemes);
    bad |= curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    bad |= curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L); /* never wait for a resolver's thread */
    bad |= curl_easy_setopt(easy, CURLOPT_PROXY, "");      /* "": also none from the environment */
    bad |= curl_easy_setopt(easy, CURLOPT_USERAGENT, "Lethe/" LETHE_VERSION);
    bad |= curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, on_open_socket);
    bad |= curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, call);
    bad |= curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, on_request);
    bad |= curl_easy_setopt(easy, CURLOPT_PREREQDATA, call);
    bad |= curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
    bad |= curl_easy_setopt(easy, CURLOPT_WRITEDATA, call);
    bad |= curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
    bad |= curl_easy_setopt(easy, CURLOPT_HEADERDATA, call);
    bad |= curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_TIMEOUT_MS);
    if (ca_file)
        bad |= curl_easy_setopt(easy, CURLOPT_CAINFO, ca_file);
    return bad ? ERR_MEMORY : 0;
}

static int add_text(struct buf *b, CURLU *parsed, CURLUPart part, unsigned flags)
{
    char *text = NULL;
    int r = 0;

    if (curl_url_get(parsed, part, &text, flags) != CURLUE_OK)
        return ERR_SYNTAX;
    r = buf_add(b, slice_cstr(text));
    sodium_memzero(text, strlen(text));
    curl_free(text);
    return r == ERR_LIMIT ? ERR_SYNTAX : r;
}

static void lower(struct buf *b)
{
    size_t i;

    for (i = 0; i < b->len; i++)
        if (b->ptr[i] >= 'A' && b->ptr[i] <= 'Z')
            b->ptr[i] += 'a' - 'A';
}

static int read_parsed(struct fetch_call *call, CURLU *parsed)
{
    int r = add_text(&call->url, parsed, CURLUPART_URL, 0);

    if (r == 0)
        r = buf_add_char(&call->url, '\0');
    if (r == 0)
        r = add_text(&call->key, parsed, CURLUPART_HOST, 0);
    lower(&call->key);
    if (r == 0)
        r = buf_add_char(&call->key, ':');
    if (r == 0)
        r = add_text(&call->key, parsed, CURLUPART_PORT, CURLU_DEFAULT_PORT);
    if (r == 0)
        r = buf_add_char(&call->key, '\0');
    return r;
}

static bool scheme_listed(const char *url, struct slice schemes)
{
    const char *colon = strchr(url, ':');
    struct slice scheme;

    while (colon && slice_cut(&schemes, ',', &scheme))
        if (slice_eq_nocase(scheme, slice_of(url, (size_t)(colon - url))))
            return true;
    return false;
}

/* libcurl's own parser, so that nobody reads the URL in two ways. */
static int read_url(struct fetch_call *call, const char *url, const char *schemes)
{
    CURLU *parsed;
    int r;

    if (strlen(url) > URL_MAX || !scheme_listed(url, slice_cstr(schemes)))
        return ERR_SYNTAX;
    parsed = curl_url();
    if (!parsed)
        return ERR_MEMORY;
    r = curl_url_set(parsed, CURLUPART_URL, url, CURLU_DISALLOW_USER) == CURLUE_OK
            ? read_parsed(call, parsed)
            : ERR_SYNTAX;
    curl_url_cleanup(parsed);
    return r;
}

int fetch_call_new(const char *url, const char *schemes, int timeout_ms, const char *ca_file,
                   struct fetch_call **ret)
{
    struct fetch_call *call = calloc(1, sizeof(*call));
    int r;

    if (!call)
        return ERR_MEMORY;
    call->url = BUF_INIT(URL_WRITTEN_MAX);
    call->key = BUF_INIT(URL_MAX);
    call->body = BUF_INIT(BODY_MAX);
    call->answer = BUF_INIT(ANSWER_MAX);
    call->head = BUF_INIT(HEAD_MAX);
    call->deadline_us = clock_mono_us() + (int64_t)timeout_ms * 1000;
    call->judge = judge_http;
    call->easy = curl_easy_init();
    r = call->easy ? read_url(call, url, schemes) : ERR_MEMORY;
    if (r == 0)
        r = set_common(call, schemes, ca_file);
    if (r < 0) {
        fetch_call_free(call);
        return r;
    }
    *ret = call;
    return 0;
}

static bool is_token(struct slice s)
{
    static const char others[] = "!#$%&'*+-.^_`|~"; /* RFC 9110 §5.6.2 */
    size_t i;

    for (i = 0; i < s.len; i++) {
        char c = s.ptr[i];

        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
              (c != '\0' && strchr(others, c))))
            return false;
    }
    return s.len > 0;
}

static bool is_field_value(struct slice s)
{
    size_t i;

    for (i = 0; i < s.len; i++)
        if (((unsigned char)s.ptr[i] < 0x20 && s.ptr[i] != '\t') || s.ptr[i] == 0x7f)
            return false;
    return true;
}

static int add_line(struct fetch_call *call, const char *line)
{
    struct curl_slist *grown = curl_slist_append(call->headers, line);

    if (!grown)
        return ERR_MEMORY;
    call->headers = grown;
    return 0;
}

/* libcurl sends an empty header only when it is written "Name;". */
static int add_header(struct fetch_call *call, const struct fetch_header *header)
{
    struct buf line = BUF_INIT(HEAD_MAX);
    bool empty = header->value.len == 0;
    int r;

    if (!is_token(slice_cstr(header->name)) || !is_field_value(header->value))
        return ERR_SYNTAX;
    r = buf_add(&line, slice_cstr(header->name));
    if (r == 0)
        r = buf_add(&line, empty ? SLICE(";") : SLICE(": "));
    if (r == 0)
        r = buf_add(&line, header->value);
    if (r == 0)
        r = buf_add_char(&line, '\0');
    if (r == 0)
        r = add_line(call, line.ptr);
    buf_done(&line);
    return r;
}

static int set_headers(struct fetch_call *call, const struct fetch_request *request)
{
    bool typed = false;
    size_t i;
    int r = add_line(call, "Expect:"); /* no wait for 100 Continue */

    for (i = 0; r == 0 && i < request->header_count; i++) {
        r = add_header(call, &request->headers[i]);
        typed |= slice_eq_nocase(slice_cstr(request->headers[i].name), SLICE("content-type"));
    }
    if (r == 0 && !typed)
        r = add_line(call, "Content-Type:"); /* libcurl would claim a form */
    if (r == 0 && curl_easy_setopt(call->easy, CURLOPT_HTTPHEADER, call->headers) != CURLE_OK)
        r = ERR_MEMORY;
    return r;
}

static bool is_repeatable(struct slice method)
{
    static const char *const names[] = {"GET", "HEAD", "OPTIONS"};
    size_t i;

    for (i = 0; i < ARRAY_LEN(names); i++)
        if (slice_eq(method, slice_cstr(names[i])))
            return true;
    return false;
}

/* GET, HEAD and POST go by libcurl's own switches, so that a 303 turns a POST into a GET. */
static int set_method(struct fetch_call *call, const struct fetch_request *request)
{
    struct slice method = slice_cstr(request->method);
    bool post = slice_eq(method, SLICE("POST"));
    int bad = 0;

    if (!is_token(method) || method.len > 16)
        return ERR_SYNTAX;
    call->repeatable = is_repeatable(method);
    if (slice_eq(method, SLICE("HEAD")))
        bad |= curl_easy_setopt(call->easy, CURLOPT_NOBODY, 1L);
    if (post || request->body.len) {
        int r = buf_add(&call->body, request->body);

        if (r < 0)
            return r;
        bad |= curl_easy_setopt(call->easy, CURLOPT_POST, 1L);
        bad |=
            curl_easy_setopt(call->easy, CURLOPT_POSTFIELDS, call->body.len ? call->body.ptr : "");
        bad |=
            curl_easy_setopt(call->easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)call->body.len);
    }
    if (!post && !slice_eq(method, SLICE("HEAD")) &&
        !(slice_eq(method, SLICE("GET")) && request->body.len == 0))
        bad |= curl_easy_setopt(call->easy, CURLOPT_CUSTOMREQUEST, request->method);
    return bad ? ERR_MEMORY : 0;
}

static int set_redirects(struct fetch_call *call, const struct fetch_request *request)
{
    bool tls = slice_starts(buf_slice(&call->url), SLICE("https:"));
    int bad = 0;

    if (!request->follow_redirects)
        return 0;
    bad |= curl_easy_setopt(call->easy, CURLOPT_FOLLOWLOCATION, 1L);
    bad |= curl_easy_setopt(call->easy, CURLOPT_MAXREDIRS, (long)REDIRECTS_MAX);
    bad |= curl_easy_setopt(call->easy, CURLOPT_REDIR_PROTOCOLS_STR, tls ? "https" : "http,https");
    return bad ? ERR_MEMORY : 0;
}

int fetch_call_http(const struct fetch_request *request, const char *ca_file,
                    struct fetch_call **ret)
{
    int timeout_ms = request->timeout_ms > 0 ? request->timeout_ms : TIMEOUT_MS;
    struct fetch_call *call;
    int r = fetch_call_new(request->url, "http,https", timeout_ms, ca_file, &call);

    if (r < 0)
        return r;
    call->trusted = request->trusted;
    if (request->answer_max)
        call->answer.limit = request->answer_max;
    r = set_method(call, request);
    if (r == 0)
        r = set_headers(call, request);
    if (r == 0)
        r = set_redirects(call, request);
    if (r < 0) {
        fetch_call_free(call);
        return r;
    }
    *ret = call;
    return 0;
}

static void free_list(struct curl_slist *list)
{
    struct curl_slist *i;

    for (i = list; i; i = i->next)
        sodium_memzero(i->data, strlen(i->data));
    curl_slist_free_all(list);
}

void fetch_call_free(struct fetch_call *call)
{
    if (!call)
        return;
    curl_easy_cleanup(call->easy);
    free_list(call->headers);
    free_list(call->rcpt);
    buf_done(&call->url);
    buf_done(&call->key);
    buf_done(&call->body);
    buf_done(&call->answer);
    buf_done(&call->head);
    free(call);
}

void fetch_call_finish(struct fetch_call *call, CURLcode code, int err)
{
    struct fetch_answer answer = {0};

    call->judge(call, code, &answer);
    if (err) {
        answer.err = err;
        answer.status = 0;
    }
    if (answer.err == 0 || answer.status) {
        answer.body = buf_slice(&call->answer);
        answer.headers = buf_slice(&call->head);
    }
    call->done(call->arg, &answer);
    fetch_call_free(call);
}

struct slice fetch_call_hostname(const struct fetch_call *call)
{
    struct slice key = slice_cstr(call->key.ptr);
    const char *colon = memrchr(key.ptr, ':', key.len);

    return slice_head(key, (size_t)(colon - key.ptr));
}
