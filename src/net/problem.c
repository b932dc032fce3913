#include "net/problem.h"

#include "base/err.h"
#include "base/json_out.h"
#include "net/http_write.h"

/* An escaped byte takes six: the detail always fits. */
enum { PROBLEM_MAX = 8192, DETAIL_MAX = 1000, RETRY_AFTER_S = 5 };

int problem_write(int status, const char *code, struct slice detail, struct buf *ret)
{
    struct json_out json;

    json_out_init(&json, ret);
    json_out_object(&json, NULL);
    json_out_str(&json, "type", SLICE("about:blank"));
    json_out_str(&json, "title", slice_cstr(http_status_text(status)));
    json_out_int(&json, "status", status);
    json_out_str(&json, "code", slice_cstr(code));
    json_out_str(&json, "detail", detail);
    json_out_close_object(&json);
    return json_out_end(&json);
}

/* What a status says when no error of the table stands behind it. */
static const struct status_code {
    int status;
    const char *code;
    const char *detail;
} status_codes[] = {
    {408, "timeout", "The request did not arrive in time. Send it again."},
    {413, "too_large", "The body is larger than allowed here."},
    {414, "uri_too_long", "The address is longer than allowed."},
    {417, "expectation", "Only the expectation \"100-continue\" is known here."},
    {431, "headers_too_large", "The request's header fields are too many or too long."},
    {500, "internal", "Something went wrong here."},
    {501, "not_implemented", "That method or transfer coding is not known here."},
    {503, "busy", "The server is busy. Try again in a moment."},
    {505, "http_version", "Only HTTP/1.1 and HTTP/1.0 are spoken here."},
    {400, "bad_request", "The request could not be read."},
};

static struct out *write_problem(const struct http_request *request, int status, const char *code,
                                 struct slice detail)
{
    struct buf body = BUF_INIT(PROBLEM_MAX);
    struct out *out = NULL;

    if (problem_write(status, code, detail, &body) == 0)
        out = http_write_answer(
            request, &(struct http_answer){
                         .status = status,
                         .type = "application/problem+json",
                         .body = buf_slice(&body),
                         .retry_after_s = status == 429 || status == 503 ? RETRY_AFTER_S : 0,
                     });
    buf_done(&body);
    return out;
}

struct out *http_write_problem(const struct http_request *request, int status)
{
    size_t i = 0;

    while (status_codes[i].status != status && i + 1 < ARRAY_LEN(status_codes))
        i++;
    return write_problem(request, status, status_codes[i].code, slice_cstr(status_codes[i].detail));
}

void http_reply_error(struct http_request *request, int err, const char *detail)
{
    request->out =
        write_problem(request, err_status(err), err_code(err),
                      slice_head(slice_cstr(detail ? detail : err_text(err)), DETAIL_MAX));
    request->close = !request->keep_alive || !request->out;
    http_request_done(request);
}
