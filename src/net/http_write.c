#include "net/http_write.h"

#include <stdio.h>
#include <time.h>

#include "base/clock.h"
#include "base/metrics.h"
#include "net/problem.h"

/* More than all fixed fields and their names take together. */
enum { FIXED_MAX = 1024, DATE_SIZE = 32 };

/* IMF-fixdate (RFC 9110 §5.6.7), formatted once a second in each thread. */
static struct slice date_now(void)
{
    static const char days[][4] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static const char months[][4] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    static _Thread_local char text[DATE_SIZE];
    static _Thread_local time_t second;
    time_t now = (time_t)(clock_wall_ms() / SECOND_MS);
    struct tm tm;

    if (now != second) {
        gmtime_r(&now, &tm);
        snprintf(text, sizeof(text), "%s, %02d %s %04d %02d:%02d:%02d GMT", days[tm.tm_wday % 7],
                 tm.tm_mday % 100, months[tm.tm_mon % 12], (tm.tm_year + 1900) % 10000,
                 tm.tm_hour % 100, tm.tm_min % 100, tm.tm_sec % 100);
        second = now;
    }
    return slice_of(text, strlen(text));
}

const char *http_status_text(int status)
{
    static const struct {
        int status;
        const char *text;
    } texts[] = {
        {200, "OK"},
        {201, "Created"},
        {202, "Accepted"},
        {204, "No Content"},
        {206, "Partial Content"},
        {301, "Moved Permanently"},
        {302, "Found"},
        {303, "See Other"},
        {304, "Not Modified"},
        {307, "Temporary Redirect"},
        {308, "Permanent Redirect"},
        {400, "Bad Request"},
        {401, "Unauthorized"},
        {403, "Forbidden"},
        {404, "Not Found"},
        {405, "Method Not Allowed"},
        {406, "Not Acceptable"},
        {408, "Request Timeout"},
        {409, "Conflict"},
        {410, "Gone"},
        {413, "Content Too Large"},
        {414, "URI Too Long"},
        {415, "Unsupported Media Type"},
        {417, "Expectation Failed"},
        {422, "Unprocessable Content"},
        {426, "Upgrade Required"},
        {429, "Too Many Requests"},
        {431, "Request Header Fields Too Large"},
        {500, "Internal Server Error"},
        {501, "Not Implemented"},
        {502, "Bad Gateway"},
        {503, "Service Unavailable"},
        {504, "Gateway Timeout"},
        {505, "HTTP Version Not Supported"},
    };
    size_t i;

    for (i = 0; i < ARRAY_LEN(texts); i++)
        if (texts[i].status == status)
            return texts[i].text;
    return "Unknown";
}

/* A byte that would end a field early: the answer's owner let foreign text into it. */
static bool splits(const char *value)
{
    return value && strpbrk(value, "\r\n") != NULL;
}

static bool has_split(const struct http_answer *answer)
{
    return splits(answer->type) || splits(answer->encoding) || splits(answer->etag) ||
           splits(answer->cache) || splits(answer->csp) || splits(answer->location) ||
           splits(answer->cookie) || splits(answer->cookie2) || splits(answer->allow_origin) ||
           splits(answer->frame_ancestors) || splits(answer->disposition) || splits(answer->vary) ||
           splits(answer->allow);
}

static size_t len_of(const char *s)
{
    return s ? strlen(s) : 0;
}

static size_t size_of_fields(const struct http_answer *answer)
{
    return FIXED_MAX + len_of(answer->type) + len_of(answer->encoding) + len_of(answer->etag) +
           len_of(answer->cache) + len_of(answer->csp) + len_of(answer->location) +
           len_of(answer->cookie) + len_of(answer->cookie2) + len_of(answer->allow_origin) +
           len_of(answer->frame_ancestors) + len_of(answer->disposition) + len_of(answer->vary) +
           len_of(answer->allow);
}

static void put_field(struct out *out, struct slice name, const char *value)
{
    if (!value)
        return;
    out_put(out, name);
    out_put(out, slice_cstr(value));
    out_put(out, SLICE("\r\n"));
}

static void put_number(struct out *out, struct slice before, uint64_t n, struct slice after)
{
    char digits[20];
    size_t at = sizeof(digits);

    do {
        digits[--at] = (char)('0' + n % 10);
        n /= 10;
    } while (n);
    out_put(out, before);
    out_put(out, slice_of(digits + at, sizeof(digits) - at));
    out_put(out, after);
}

/* If-None-Match (RFC 9110 §13.1.2) compares weakly: W/"a" and "a" are the same. */
static bool none_match_hits(struct slice list, struct slice etag)
{
    struct slice part;

    if (slice_starts(etag, SLICE("W/")))
        etag = slice_from(etag, 2);
    while (slice_cut(&list, ',', &part)) {
        part = slice_trim(part);
        if (slice_eq(part, SLICE("*")))
            return true;
        if (slice_starts(part, SLICE("W/")))
            part = slice_from(part, 2);
        if (slice_eq(part, etag))
            return true;
    }
    return false;
}

static bool is_unchanged(const struct http_request *request, const struct http_answer *answer)
{
    struct slice condition;

    if (!answer->etag || answer->status != 200 ||
        (request->method != HTTP_GET_ && request->method != HTTP_HEAD_))
        return false;
    condition = http_header(request, "if-none-match");
    return condition.ptr && none_match_hits(condition, slice_cstr(answer->etag));
}

static void put_policy(struct out *out, const struct http_answer *answer)
{
    const char *csp = answer->csp ? answer->csp : "default-src 'none'";
    bool own = strstr(csp, "frame-ancestors") != NULL;

    out_put(out, SLICE("Content-Security-Policy: "));
    out_put(out, slice_cstr(csp));
    if (!own) {
        out_put(out, SLICE("; frame-ancestors "));
        out_put(out,
                answer->frame_ancestors ? slice_cstr(answer->frame_ancestors) : SLICE("'none'"));
    }
    out_put(out, SLICE("\r\n"));
    if (!answer->frame_ancestors && (!own || strstr(csp, "frame-ancestors 'none'")))
        out_put(out, SLICE("X-Frame-Options: DENY\r\n"));
}

static void put_security(struct out *out, const struct http_request *request,
                         const struct http_answer *answer)
{
    out_put(out, SLICE("X-Content-Type-Options: nosniff\r\nReferrer-Policy: no-referrer\r\n"));
    put_policy(out, answer);
    out_put(out, answer->cross_origin ? SLICE("Cross-Origin-Resource-Policy: cross-origin\r\n")
                                      : SLICE("Cross-Origin-Resource-Policy: same-origin\r\n"));
    if (request->tls)
        out_put(out, SLICE("Strict-Transport-Security: max-age=31536000\r\n"));
}

static void put_fields(struct out *out, const struct http_answer *answer)
{
    put_field(out, SLICE("Cache-Control: "), answer->cache ? answer->cache : "no-store");
    put_field(out, SLICE("ETag: "), answer->etag);
    put_field(out, SLICE("Vary: "), answer->vary);
    put_field(out, SLICE("Location: "), answer->location);
    put_field(out, SLICE("Allow: "), answer->allow);
    put_field(out, SLICE("Set-Cookie: "), answer->cookie);
    put_field(out, SLICE("Set-Cookie: "), answer->cookie2);
    put_field(out, SLICE("Access-Control-Allow-Origin: "), answer->allow_origin);
    if (answer->retry_after_s > 0)
        put_number(out, SLICE("Retry-After: "), (uint64_t)answer->retry_after_s, SLICE("\r\n"));
    if (answer->status == 401)
        out_put(out, SLICE("WWW-Authenticate: Bearer\r\n"));
}

static void put_status(struct out *out, int status)
{
    put_number(out, SLICE("HTTP/1.1 "), (uint64_t)status, SLICE(" "));
    out_put(out, slice_cstr(http_status_text(status)));
    out_put(out, SLICE("\r\nDate: "));
    out_put(out, date_now());
    out_put(out, SLICE("\r\n"));
}

static void put_connection(struct out *out, const struct http_request *request,
                           const struct http_answer *answer)
{
    if (answer->close || !request->keep_alive)
        out_put(out, SLICE("Connection: close\r\n"));
    else if (request->http10)
        out_put(out, SLICE("Connection: keep-alive\r\n"));
}

struct out *http_write_answer(const struct http_request *request, const struct http_answer *answer)
{
    bool unchanged = is_unchanged(request, answer);
    int status = unchanged ? 304 : answer->status;
    bool bodiless = status == 204 || status == 304;
    bool send = !bodiless && request->method != HTTP_HEAD_ && answer->type;
    size_t size = answer->type ? answer->body.len : 0, total;
    struct out *out;

    if (has_split(answer))
        return http_write_problem(request, 500);
    if (__builtin_add_overflow(size_of_fields(answer), send && !answer->body_static ? size : 0,
                               &total))
        return NULL;
    out = out_new(total);
    if (!out)
        return NULL;
    put_status(out, status);
    if (!bodiless) {
        put_field(out, SLICE("Content-Type: "), answer->type);
        put_field(out, SLICE("Content-Encoding: "), answer->encoding);
        put_field(out, SLICE("Content-Disposition: "), answer->disposition);
        put_number(out, SLICE("Content-Length: "), size, SLICE("\r\n"));
    }
    put_fields(out, answer);
    put_security(out, request, answer);
    put_connection(out, request, answer);
    out_put(out, SLICE("\r\n"));
    if (send && answer->body_static)
        out->tail = answer->body;
    else if (send)
        out_put(out, answer->body);
    metric_add(METRIC_HTTP_REQUESTS, 1);
    return out;
}
