#include "net/http_head.h"

/* RFC 9112 §2.2: empty lines before the request line are ignored; nobody sends more than one. */
enum { EMPTY_LINES_MAX = 2, METHOD_MAX = 24, VERSION_MAX = 16 };

/* A first byte that starts no method: a TLS hello, for one. */
static bool starts_method(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '\r';
}

/* RFC 9112 §3: method, target and version with one space between them each. */
static bool three_words(struct slice line)
{
    size_t i, spaces = 0;

    for (i = 1; i < line.len; i++)
        if (line.ptr[i] == ' ') {
            spaces++;
            if (line.ptr[i - 1] == ' ' || i + 1 == line.len)
                return false;
        }
    return spaces == 2;
}

static bool is_h2_preface(struct slice line)
{
    return slice_starts(line, SLICE("PRI * HTTP/2"));
}

/* What is known to be wrong before the current line ended. */
static int check_open_line(const struct http_head_scan *scan, struct slice bytes,
                           const struct http_limits *limits)
{
    size_t open = bytes.len - scan->line;

    if (scan->lines == 0 && open > limits->uri + METHOD_MAX + VERSION_MAX)
        return -414;
    if (scan->lines > 0 && bytes.len - scan->start > limits->header_bytes)
        return -431;
    return 0;
}

/* `line` is without CR LF. */
static int check_line(const struct http_head_scan *scan, struct slice line,
                      const struct http_limits *limits)
{
    if (memchr(line.ptr, '\r', line.len))
        return -400; /* a bare CR: RFC 9112 §2.2 */
    if (scan->lines == 0) {
        if (line.len > limits->uri + METHOD_MAX + VERSION_MAX)
            return -414;
        if (!starts_method(line.ptr[0]) || !three_words(line))
            return -400;
        return is_h2_preface(line) ? -505 : 0;
    }
    if (line.ptr[0] == ' ' || line.ptr[0] == '\t')
        return -400; /* obs-fold: RFC 9112 §5.2 lets a server refuse it */
    if (line.ptr[0] == ':')
        return -400; /* llhttp would take a field without a name */
    return scan->lines > limits->header_count ? -431 : 0;
}

int http_head_scan(struct http_head_scan *scan, struct slice bytes,
                   const struct http_limits *limits)
{
    const char *feed;
    struct slice line;
    int r;

    while ((feed = memchr(bytes.ptr + scan->at, '\n', bytes.len - scan->at))) {
        scan->at = (uint32_t)(feed - bytes.ptr) + 1;
        line = slice_of(bytes.ptr + scan->line, scan->at - scan->line - 1);
        if (line.len == 0 || line.ptr[line.len - 1] != '\r')
            return -400; /* a bare LF: parsers disagree about it, so none is taken */
        line.len--;
        if (line.len == 0 && scan->lines) {
            if (scan->at - scan->start > limits->header_bytes)
                return -431;
            return (int)scan->at;
        }
        r = line.len ? check_line(scan, line, limits) : scan->at > 2 * EMPTY_LINES_MAX ? -400 : 0;
        if (r < 0)
            return r;
        if (scan->lines == 0)
            scan->start = scan->at;
        scan->lines += line.len > 0;
        scan->line = scan->at;
    }
    scan->at = (uint32_t)bytes.len;
    if (bytes.len > scan->start && scan->lines == 0 && !starts_method(bytes.ptr[scan->start]))
        return -400;
    return check_open_line(scan, bytes, limits);
}
