#include "net/http_read.h"

#include "base/arena.h"
#include "base/err.h"
#include "net/http_path.h"

/* A chunked body may be this much longer on the wire than what it says: sizes, extensions,
 * trailers. */
enum { CHUNK_SLACK = 16 * 1024, CHUNK_SLACK_FACTOR = 16, FIRST_HEADERS = 24 };
/* Reserved at once for a body whose length is told; more only as it really arrives. */
enum { BODY_FIRST = 16 * 1024 };

static int on_url(llhttp_t *parser, const char *at, size_t len)
{
    struct http_request *request = parser->data;

    if (request->target.ptr)
        request->target.len += len;
    else
        request->target = slice_of(at, len);
    return 0;
}

static int grow_headers(struct http_request *request)
{
    size_t cap = request->header_cap ? request->header_cap * 2 : FIRST_HEADERS;
    struct http_header *grown = arena_array(request->arena, cap, sizeof(*grown));

    if (!grown)
        return ERR_MEMORY;
    if (request->header_count)
        memcpy(grown, request->headers, request->header_count * sizeof(*grown));
    request->headers = grown;
    request->header_cap = cap;
    return 0;
}

/* Fields behind a chunked body are read over: nothing here needs trailers. */
static int on_field(llhttp_t *parser, const char *at, size_t len)
{
    struct http_request *request = parser->data;
    struct http_header *header;

    if (request->head_done)
        return 0;
    header = request->header_count ? &request->headers[request->header_count - 1] : NULL;
    if (header && !header->value.ptr) {
        header->name.len += len;
        return 0;
    }
    if (request->header_count == request->header_cap && grow_headers(request) < 0) {
        request->failure = -503;
        return -1;
    }
    request->headers[request->header_count++] = (struct http_header){.name = slice_of(at, len)};
    return 0;
}

static int on_value(llhttp_t *parser, const char *at, size_t len)
{
    struct http_request *request = parser->data;
    struct http_header *header;

    if (request->head_done || request->header_count == 0)
        return 0;
    header = &request->headers[request->header_count - 1];
    if (header->value.ptr)
        header->value.len += len;
    else
        header->value = slice_of(at, len);
    return 0;
}

static void note(struct slice value, struct slice *ret_value, uint8_t *count)
{
    *ret_value = value;
    if (*count < UINT8_MAX)
        (*count)++;
}

static int on_value_complete(llhttp_t *parser)
{
    struct http_request *request = parser->data;
    struct http_framing *framing = &request->framing;
    struct http_header *header;
    uint8_t ignored = 0;

    if (request->head_done || request->header_count == 0)
        return 0;
    header = &request->headers[request->header_count - 1];
    header->value = header->value.ptr ? slice_trim(header->value) : SLICE("");
    switch (header->name.len) {
    case 4:
        if (slice_eq_nocase(header->name, SLICE("host")))
            note(header->value, &framing->host, &framing->hosts);
        break;
    case 6:
        if (slice_eq_nocase(header->name, SLICE("expect")))
            note(header->value, &framing->expect, &ignored);
        break;
    case 14:
        if (slice_eq_nocase(header->name, SLICE("content-length")))
            note(header->value, &framing->length, &framing->lengths);
        break;
    case 17:
        if (slice_eq_nocase(header->name, SLICE("transfer-encoding")))
            note(header->value, &framing->coding, &framing->codings);
        break;
    default:
        break;
    }
    return 0;
}

static int on_headers_complete(llhttp_t *parser)
{
    struct http_request *request = parser->data;

    request->head_done = true;
    request->keep_alive = llhttp_should_keep_alive(parser);
    request->chunked = (parser->flags & F_CHUNKED) != 0;
    request->body_left = request->chunked ? 0 : parser->content_length;
    request->upgrade = parser->upgrade != 0;
    return 0;
}

/* A chunk that is told to be too long is refused before it is read. */
static int on_chunk_header(llhttp_t *parser)
{
    struct http_request *request = parser->data;

    if (parser->content_length <= request->body.limit - request->body.len)
        return 0;
    request->failure = -413;
    return -1;
}

static int on_body(llhttp_t *parser, const char *at, size_t len)
{
    struct http_request *request = parser->data;
    int r = buf_add(&request->body, slice_of(at, len));

    if (r == 0)
        return 0;
    request->failure = r == ERR_LIMIT ? -413 : -503;
    return -1;
}

static int on_message_complete(llhttp_t *parser)
{
    struct http_request *request = parser->data;

    request->body_done = true;
    return HPE_PAUSED;
}

static const llhttp_settings_t settings = {
    .on_url = on_url,
    .on_header_field = on_field,
    .on_header_value = on_value,
    .on_header_value_complete = on_value_complete,
    .on_headers_complete = on_headers_complete,
    .on_chunk_header = on_chunk_header,
    .on_body = on_body,
    .on_message_complete = on_message_complete,
};

static enum http_method method_of(uint8_t method)
{
    switch (method) {
    case HTTP_GET:
        return HTTP_GET_;
    case HTTP_HEAD:
        return HTTP_HEAD_;
    case HTTP_POST:
        return HTTP_POST_;
    case HTTP_PUT:
        return HTTP_PUT_;
    case HTTP_PATCH:
        return HTTP_PATCH_;
    case HTTP_DELETE:
        return HTTP_DELETE_;
    case HTTP_OPTIONS:
        return HTTP_OPTIONS_;
    default:
        return HTTP_OTHER_;
    }
}

/* RFC 9112 §6: what makes two parsers see two different messages is refused, never repaired. */
static int check_framing(const struct http_request *request)
{
    const struct http_framing *framing = &request->framing;

    if (framing->hosts > 1 || (framing->hosts == 0 && !request->http10))
        return -400;
    if (framing->hosts && !http_host_valid(framing->host))
        return -400;
    if (framing->lengths > 1 || framing->codings > 1 || (framing->lengths && framing->codings))
        return -400;
    if (framing->codings && request->http10)
        return -400;
    if (framing->codings && !slice_eq_nocase(framing->coding, SLICE("chunked")))
        return -501;
    if (framing->codings && !request->chunked)
        return -400;
    if (framing->expect.ptr && !slice_eq_nocase(framing->expect, SLICE("100-continue")))
        return -417;
    return 0;
}

static int read_target(struct http_request *request, const struct http_limits *limits)
{
    struct http_target target;
    char *path;
    size_t len;

    if (request->target.len > limits->uri)
        return -414;
    if (request->method == HTTP_OPTIONS_ && slice_eq(request->target, SLICE("*"))) {
        request->path = request->target;
        return 0;
    }
    if (http_target_read(request->target, &target) < 0)
        return -400;
    if (target.authority.ptr && request->framing.hosts &&
        !slice_eq_nocase(target.authority, request->framing.host))
        return -400;
    path = arena_alloc(request->arena, target.path.len + 1);
    if (!path)
        return -503;
    if (http_path_decode(target.path, path, &len) < 0)
        return -400;
    request->path = slice_of(path, len);
    request->query = target.query;
    return 0;
}

/* A parser's complaint as a status. Unknown methods come back as 501 (RFC 9110 §15.6.2). */
static int status_of(const struct http_request *request, llhttp_errno_t error)
{
    if (request->failure)
        return request->failure;
    if (error == HPE_INVALID_VERSION)
        return -505;
    if (error == HPE_INVALID_METHOD)
        return -501;
    return -400;
}

int http_read_head(struct http_request *request, struct slice head,
                   const struct http_limits *limits)
{
    llhttp_errno_t error;
    int r;

    head = arena_copy(request->arena, head);
    if (!head.ptr)
        return -503;
    llhttp_init(&request->parser, HTTP_REQUEST, &settings);
    request->parser.data = request;
    error = llhttp_execute(&request->parser, head.ptr, head.len);
    if (!request->head_done)
        return status_of(request, error == HPE_OK ? HPE_INVALID_CONSTANT : error);
    if (error != HPE_OK && error != HPE_PAUSED && error != HPE_PAUSED_UPGRADE)
        return status_of(request, error);
    request->http10 = request->parser.http_major == 1 && request->parser.http_minor == 0;
    if (request->parser.http_major != 1 || request->parser.http_minor > 1)
        return -505;
    request->method = method_of(request->parser.method);
    if (request->parser.method == HTTP_CONNECT || request->parser.method == HTTP_TRACE)
        return -501;
    r = check_framing(request);
    if (r < 0)
        return r;
    return read_target(request, limits);
}

bool http_read_has_body(const struct http_request *request)
{
    return request->chunked || request->body_left > 0;
}

static ptrdiff_t read_plain(struct http_request *request, const char *bytes, size_t len)
{
    size_t take = len < request->body_left ? len : (size_t)request->body_left;
    size_t room = request->body_left < BODY_FIRST ? (size_t)request->body_left : take;

    if (buf_reserve(&request->body, room) < 0 || buf_add(&request->body, slice_of(bytes, take)) < 0)
        return -503; /* the length was checked against the limit: memory it is */
    request->body_left -= take;
    request->body_done = request->body_left == 0;
    return (ptrdiff_t)take;
}

static ptrdiff_t read_chunks(struct http_request *request, const char *bytes, size_t len)
{
    llhttp_errno_t error = llhttp_execute(&request->parser, bytes, len);
    size_t take = len;

    if (request->body_done)
        take = (size_t)(llhttp_get_error_pos(&request->parser) - bytes);
    else if (error != HPE_OK)
        return status_of(request, error);
    if (request->body_done && (take >= 2 ? bytes[take - 2] : request->last_byte) != '\r')
        return -400; /* llhttp takes a bare LF as the end of the trailers */
    request->last_byte = bytes[take - 1];
    request->raw += take;
    if (request->raw > CHUNK_SLACK + request->body.len * CHUNK_SLACK_FACTOR)
        return -400;
    return (ptrdiff_t)take;
}

ptrdiff_t http_read_body(struct http_request *request, const char *bytes, size_t len)
{
    return request->chunked ? read_chunks(request, bytes, len) : read_plain(request, bytes, len);
}
