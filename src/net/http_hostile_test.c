/* Bytes in, statuses out. Behind each case goes a marker request that is answered 404: it shows
 * that the server and we agree where the case's message ends, and that nothing is read behind a
 * framing error. */
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "net/server_test_kit.h"
#include "unit.h"

#define MARKER "GET /marker HTTP/1.1\r\nHost: x\r\n\r\n"
#define H      "Host: x\r\n"
#define POST   "POST /echo HTTP/1.1\r\n" H
#define TE     "Transfer-Encoding: chunked\r\n"

struct hostile {
    struct slice bytes;
    const char *statuses;
};

#define CASE(statuses, bytes)                                                                      \
    {                                                                                              \
        {bytes, sizeof(bytes) - 1}, statuses                                                       \
    }

static const struct hostile cases[] = {
    /* The request line */
    CASE("200 404", "GET / HTTP/1.1\r\n" H "\r\n"),
    CASE("200 404", "\r\nGET / HTTP/1.1\r\n" H "\r\n"),
    CASE("400", "\r\n\r\n\r\n\r\nGET / HTTP/1.1\r\n" H "\r\n"),
    CASE("400", "\nGET / HTTP/1.1\r\n" H "\r\n"),
    CASE("400", " GET / HTTP/1.1\r\n" H "\r\n"),
    CASE("400", "GET  / HTTP/1.1\r\n" H "\r\n"),
    CASE("400", "GET / HTTP/1.1 \r\n" H "\r\n"),
    CASE("400", "GET\t/ HTTP/1.1\r\n" H "\r\n"),
    CASE("400", "GET /  HTTP/1.1\r\n" H "\r\n"),
    CASE("400", "GET / x HTTP/1.1\r\n" H "\r\n"),
    CASE("400", "GET /\x01 HTTP/1.1\r\n" H "\r\n"),
    CASE("400", "GET /\0 HTTP/1.1\r\n" H "\r\n"),
    CASE("400", "GET /\xc3\xa4 HTTP/1.1\r\n" H "\r\n"),
    CASE("400", "GET / HTTP/1.1\n" H "\r\n"),
    CASE("400", "GET / HTTP/1.1\r" H "\r\n\r\n"),
    CASE("400", "GET / HTTP/1.1\r\r\n" H "\r\n"),
    CASE("400", "GET / http/1.1\r\n" H "\r\n"),
    CASE("505", "GET / HTTP/1.2\r\n" H "\r\n"),
    CASE("505", "GET / HTTP/2.0\r\n" H "\r\n"),
    CASE("505", "GET / HTTP/0.9\r\n" H "\r\n"),
    CASE("505", "GET / HTTP/9.9\r\n" H "\r\n"),
    CASE("505", "GET / HTTP/11.1\r\n" H "\r\n"),
    CASE("505", "GET / HTTP/1.10\r\n" H "\r\n"),
    CASE("400", "GET /\r\n\r\n"),
    CASE("400", "GET / HTP/1.1\r\n" H "\r\n"),
    CASE("501", "FROB / HTTP/1.1\r\n" H "\r\n"),
    CASE("501", "get / HTTP/1.1\r\n" H "\r\n"),
    CASE("501", "GETX / HTTP/1.1\r\n" H "\r\n"),
    CASE("501", "TRACE / HTTP/1.1\r\n" H "\r\n"),
    CASE("501", "CONNECT x:80 HTTP/1.1\r\n" H "\r\n"),
    CASE("404 404", "PROPFIND /no HTTP/1.1\r\n" H "\r\n"),
    CASE("505", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
    CASE("400", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"),
    CASE("400", "\x80\x2e\x01\x03\x01"),
    CASE("400", "{\"json\":1}\r\n\r\n"),
    CASE("204", "OPTIONS * HTTP/1.1\r\n" H "\r\n"),
    CASE("400", "GET * HTTP/1.1\r\n" H "\r\n"),
    CASE("400", "GET x:80 HTTP/1.1\r\n" H "\r\n"),
    CASE("400", "GET echo HTTP/1.1\r\n" H "\r\n"),
    CASE("400", "GET ?a HTTP/1.1\r\n" H "\r\n"),
    CASE("200 404", "GET http://x/ HTTP/1.1\r\n" H "\r\n"),
    CASE("200 404", "GET HTTP://X HTTP/1.1\r\n" H "\r\n"),
    CASE("200 404", "GET http://x?a HTTP/1.1\r\n" H "\r\n"),
    CASE("400", "GET http://y/ HTTP/1.1\r\n" H "\r\n"),
    CASE("400", "GET http://u@x/ HTTP/1.1\r\n" H "\r\n"),
    CASE("400", "GET http:///x HTTP/1.1\r\n" H "\r\n"),
    CASE("400", "GET ftp://x/ HTTP/1.1\r\n" H "\r\n"),
    CASE("400", "GET http://x/ HTTP/1.1\r\n\r\n"),

    /* Paths */
    CASE("400", "GET // HTTP/1.1\r\n" H "\r\n"),
    CASE("400", "GET /a//b HTTP/1.1\r\n" H "\r\n"),
    CASE("400", "GET /.. HTTP/1.1\r\n" H "\r\n"),
    CASE("400", "GET /a/../b HTTP/1.1\r\n" H "\r\n"),
    CASE("400", "GET /a/./b HTTP/1.1\r\n" H "\r\n"),
    CASE("400", "GET /%2e%2e/b HTTP/1.1\r\n" H "\r\n"),
    CASE("400", "GET /.%2E/b HTTP/1.1\r\n" H "\r\n"),
    CASE("400", "GET /a%2fb HTTP/1.1\r\n" H "\r\n"),
    CASE("400", "GET /a%5cb HTTP/1.1\r\n" H "\r\n"),
    CASE("400", "GET /a\\b HTTP/1.1\r\n" H "\r\n"),
    CASE("400", "GET /a%00b HTTP/1.1\r\n" H "\r\n"),
    CASE("400", "GET /a%0ab HTTP/1.1\r\n" H "\r\n"),
    CASE("400", "GET /a% HTTP/1.1\r\n" H "\r\n"),
    CASE("400", "GET /a%4 HTTP/1.1\r\n" H "\r\n"),
    CASE("400", "GET /a%zz HTTP/1.1\r\n" H "\r\n"),
    CASE("400", "GET /a%ff HTTP/1.1\r\n" H "\r\n"),
    CASE("400", "GET /a%c0%af HTTP/1.1\r\n" H "\r\n"),
    CASE("400", "GET /a#b HTTP/1.1\r\n" H "\r\n"),
    CASE("200 404", "GET /path?a=%zz&b=../..//\\ HTTP/1.1\r\n" H "\r\n"),

    /* Host */
    CASE("400", "GET / HTTP/1.1\r\n\r\n"),
    CASE("400", "GET / HTTP/1.1\r\n" H H "\r\n"),
    CASE("400", "GET / HTTP/1.1\r\n" H "Host: y\r\n\r\n"),
    CASE("400", "GET / HTTP/1.1\r\nHost:\r\n\r\n"),
    CASE("400", "GET / HTTP/1.1\r\nHost: x y\r\n\r\n"),
    CASE("400", "GET / HTTP/1.1\r\nHost: x,y\r\n\r\n"),
    CASE("400", "GET / HTTP/1.1\r\nHost: u@x\r\n\r\n"),
    CASE("400", "GET / HTTP/1.1\r\nHost: x/y\r\n\r\n"),
    CASE("400", "GET / HTTP/1.1\r\nHost: x:y\r\n\r\n"),
    CASE("400", "GET / HTTP/1.1\r\nHost: x:999999\r\n\r\n"),
    CASE("400", "GET / HTTP/1.1\r\nHost: [::1\r\n\r\n"),
    CASE("200 404", "GET / HTTP/1.1\r\nHost: [::1]:80\r\n\r\n"),
    CASE("200 404", "GET / HTTP/1.1\r\nHost: X.example:80\r\n\r\n"),
    CASE("200 404", "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"),
    CASE("200", "GET / HTTP/1.0\r\n\r\n"),

    /* Header fields */
    CASE("400", "GET / HTTP/1.1\r\n" H "A : b\r\n\r\n"),
    CASE("400", "GET / HTTP/1.1\r\n" H "A b: c\r\n\r\n"),
    CASE("400", "GET / HTTP/1.1\r\n" H ": c\r\n\r\n"),
    CASE("400", "GET / HTTP/1.1\r\n" H "A\r\n\r\n"),
    CASE("400", "GET / HTTP/1.1\r\n" H "A: b\r\n c\r\n\r\n"),
    CASE("400", "GET / HTTP/1.1\r\n" H "A: b\r\n\tc\r\n\r\n"),
    CASE("400", "GET / HTTP/1.1\r\n " H "\r\n"),
    CASE("400", "GET / HTTP/1.1\r\n" H "A: b\n\r\n"),
    CASE("400", "GET / HTTP/1.1\r\n" H "A: b\rC: d\r\n\r\n"),
    CASE("400", "GET / HTTP/1.1\r\n" H "A: b\0c\r\n\r\n"),
    CASE("400", "GET / HTTP/1.1\r\n" H "A: b\x01\r\n\r\n"),
    CASE("400", "GET / HTTP/1.1\r\n" H "A: b\x7f\r\n\r\n"),
    CASE("400", "GET / HTTP/1.1\r\n" H "A\0: b\r\n\r\n"),
    CASE("400", "GET / HTTP/1.1\r\n" H "\xc3\xa4: b\r\n\r\n"),
    CASE("400", "GET / HTTP/1.1\r\n" H "A: b\n\n"),
    CASE("400", "GET / HTTP/1.1\r\n" H "\n"),
    CASE("400", "GET / HTTP/1.1\r\n" H "\r\r\n\r\n"),
    CASE("200 404", "GET / HTTP/1.1\r\n" H "A:\r\nB:b\r\nC: \t c \t\r\nD: \xc3\xa4\r\n\r\n"),
    CASE("417", "GET / HTTP/1.1\r\n" H "Expect: tea\r\n\r\n"),
    CASE("200 404", "GET / HTTP/1.1\r\n" H "Upgrade: h2c\r\nConnection: Upgrade\r\n\r\n"),
    CASE("200", "GET / HTTP/1.1\r\n" H "Connection: close\r\n\r\n"),
    CASE("200", "GET / HTTP/1.1\r\n" H "Connection: x, CLOSE\r\n\r\n"),

    /* Content-Length */
    CASE("200 404", POST "Content-Length: 3\r\n\r\nabc"),
    CASE("200 404", POST "Content-Length: 0\r\n\r\n"),
    CASE("200 404", POST "Content-Length: 003\r\n\r\nabc"),
    CASE("200 404", POST "\r\n"),
    CASE("400", POST "Content-Length: +3\r\n\r\nabc"),
    CASE("400", POST "Content-Length: -3\r\n\r\nabc"),
    CASE("400", POST "Content-Length: 3 3\r\n\r\nabc"),
    CASE("400", POST "Content-Length: 3,3\r\n\r\nabc"),
    CASE("400", POST "Content-Length: 3, 4\r\n\r\nabc"),
    CASE("400", POST "Content-Length: 0x3\r\n\r\nabc"),
    CASE("400", POST "Content-Length: 3.0\r\n\r\nabc"),
    CASE("400", POST "Content-Length: 3e0\r\n\r\nabc"),
    CASE("400", POST "Content-Length: \"3\"\r\n\r\nabc"),
    CASE("400", POST "Content-Length:\r\n\r\nabc"),
    CASE("400", POST "Content-Length: three\r\n\r\nabc"),
    CASE("400", POST "Content-Length: 3\r\nContent-Length: 3\r\n\r\nabc"),
    CASE("400", POST "Content-Length: 3\r\ncontent-length: 4\r\n\r\nabc"),
    CASE("400", POST "Content-Length: 18446744073709551616\r\n\r\nabc"),
    CASE("400", POST "Content-Length: 99999999999999999999999\r\n\r\nabc"),
    CASE("413", POST "Content-Length: 18446744073709551615\r\n\r\nabc"),
    CASE("413", POST "Content-Length: 65537\r\n\r\nabc"),
    CASE("400", POST "Content-Length : 3\r\n\r\nabc"),
    CASE("400", POST "Content\x0bLength: 3\r\n\r\nabc"),
    CASE("200 404", "GET / HTTP/1.1\r\n" H "Content-Length: 3\r\n\r\nabc"),
    CASE("200 404", "HEAD / HTTP/1.1\r\n" H "Content-Length: 3\r\n\r\nabc"),

    /* Transfer-Encoding */
    CASE("200 404", POST TE "\r\n0\r\n\r\n"),
    CASE("200 404", POST TE "\r\n3\r\nabc\r\n0\r\n\r\n"),
    CASE("200 404", POST "Transfer-Encoding: CHUNKED\r\n\r\n3\r\nabc\r\n0\r\n\r\n"),
    CASE("200 404", POST "transfer-encoding:chunked \r\n\r\n3\r\nabc\r\n0\r\n\r\n"),
    CASE("400", POST "Content-Length: 3\r\n" TE "\r\n0\r\n\r\n"),
    CASE("400", POST TE "Content-Length: 3\r\n\r\n0\r\n\r\n"),
    CASE("400", POST TE "Content-Length: 0\r\n\r\n0\r\n\r\n"),
    CASE("400", POST TE TE "\r\n0\r\n\r\n"),
    CASE("501", POST "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"),
    CASE("400", POST "Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n"),
    CASE("400", POST "Transfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n"),
    CASE("400", POST "Transfer-Encoding: identity\r\n\r\n0\r\n\r\n"),
    CASE("400", POST "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n"),
    CASE("400", POST "Transfer-Encoding: chunkedx\r\n\r\n0\r\n\r\n"),
    CASE("400", POST "Transfer-Encoding: \"chunked\"\r\n\r\n0\r\n\r\n"),
    CASE("501", POST "Transfer-Encoding: ,chunked\r\n\r\n0\r\n\r\n"),
    CASE("400", POST "Transfer-Encoding: chunked,\r\n\r\n0\r\n\r\n"),
    CASE("400", POST "Transfer-Encoding: chunked;q=1\r\n\r\n0\r\n\r\n"),
    CASE("400", POST "Transfer-Encoding:\x0b"
                     "chunked\r\n\r\n0\r\n\r\n"),
    CASE("501", POST "Transfer-Encoding:\r\n\r\n0\r\n\r\n"),
    CASE("400", POST "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n"),
    CASE("400", POST "Transfer-Encoding: x\r\n" TE "\r\n0\r\n\r\n"),
    CASE("400", POST "Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n"),
    CASE("400", "POST /echo HTTP/1.0\r\n" H TE "\r\n0\r\n\r\n"),
    CASE("400", "POST /echo HTTP/1.0\r\n" H "Connection: keep-alive\r\n" TE "\r\n0\r\n\r\n"),

    /* Chunks */
    CASE("200 404", POST TE "\r\n3;a=b\r\nabc\r\n00\r\nT: 1\r\n\r\n"),
    CASE("200 404", POST TE "\r\n3;a=\"b\"\r\nabc\r\n0;c=\"d e\"\r\n\r\n"),
    CASE("200 404", POST TE "\r\nA\r\n0123456789\r\na\r\n0123456789\r\n0\r\n\r\n"),
    CASE("400", POST TE "\r\n3\r\nabcde\r\n0\r\n\r\n"),
    CASE("400", POST TE "\r\n3\r\nabc0\r\n\r\n"),
    CASE("400", POST TE "\r\n3\r\nabc\n0\r\n\r\n"),
    CASE("400", POST TE "\r\n3\nabc\r\n0\r\n\r\n"),
    CASE("400", POST TE "\r\n3\r\nabc\r0\r\n\r\n"),
    CASE("400", POST TE "\r\n3 \r\nabc\r\n0\r\n\r\n"),
    CASE("400", POST TE "\r\n 3\r\nabc\r\n0\r\n\r\n"),
    CASE("400", POST TE "\r\n+3\r\nabc\r\n0\r\n\r\n"),
    CASE("400", POST TE "\r\n-3\r\nabc\r\n0\r\n\r\n"),
    CASE("400", POST TE "\r\n0x3\r\nabc\r\n0\r\n\r\n"),
    CASE("400", POST TE "\r\ng\r\nabc\r\n0\r\n\r\n"),
    CASE("400", POST TE "\r\n\r\nabc\r\n0\r\n\r\n"),
    CASE("400", POST TE "\r\n;a\r\nabc\r\n0\r\n\r\n"),
    CASE("400", POST TE "\r\n10000000000000000\r\nabc\r\n0\r\n\r\n"),
    CASE("400", POST TE "\r\nfffffffffffffffff\r\nabc\r\n0\r\n\r\n"),
    CASE("400", POST TE "\r\n10000000000000003\r\nabc\r\n0\r\n\r\n"),
    CASE("413", POST TE "\r\nffffffffffffffff\r\nabc"),
    CASE("413", "POST /small HTTP/1.1\r\n" H TE "\r\n9\r\n123456789\r\n0\r\n\r\n"),
    CASE("400", POST TE "\r\n3;\x01\r\nabc\r\n0\r\n\r\n"),
    CASE("400", POST TE "\r\n3;a\nb\r\nabc\r\n0\r\n\r\n"),
    CASE("400", POST TE "\r\n3;a\rb\r\nabc\r\n0\r\n\r\n"),
    CASE("400", POST TE "\r\n0\r\nT : 1\r\n\r\n"),
    CASE("400", POST TE "\r\n0\r\nT: 1\n\r\n"),
    CASE("400", POST TE "\r\n0\n\n"),
    CASE("400", POST TE "\r\n0\r\n\n"),
    CASE("200 404", POST TE "\r\n0\r\nContent-Length: 3\r\n\r\n"),
    CASE("200 404", POST TE "\r\n0\r\nHost: y\r\nContent-Type: z\r\n\r\n"),

    /* Several in a row, with an error in the middle */
    CASE("200 200 404", "GET / HTTP/1.1\r\n" H "\r\n" POST "Content-Length: 3\r\n\r\nabc"),
    CASE("200 400", "GET / HTTP/1.1\r\n" H "\r\nGET / HTTP/1.1\r\n\r\n"),
    CASE("200 400", "GET / HTTP/1.1\r\n" H "\r\n" POST TE "Content-Length: 3\r\n\r\nabc"),
    CASE("404 400", "GET /no HTTP/1.1\r\n" H "\r\nnonsense\r\n\r\n"),
    CASE("401 404", "GET /refuse HTTP/1.1\r\n" H "\r\n"),
    CASE("401", "POST /refuse HTTP/1.1\r\n" H "Content-Length: 3\r\n\r\nabc"),
    CASE("401", "POST /refuse HTTP/1.1\r\n" H TE "\r\n3\r\nabc\r\n0\r\n\r\n"),
    CASE("200 404", "GET /cached HTTP/1.1\r\n" H "If-None-Match: \"v2\"\r\n\r\n"),
    CASE("304 404", "GET /cached HTTP/1.1\r\n" H "If-None-Match: \"v2\", W/\"v1\"\r\n\r\n"),
    CASE("304 404", "GET /cached HTTP/1.1\r\n" H "If-None-Match: *\r\n\r\n"),
    CASE("200 404", "POST /cached HTTP/1.1\r\n" H "If-None-Match: *\r\n\r\n"),

    /* WebSocket requests that are none */
    CASE("400 404", "GET /ws HTTP/1.1\r\n" H "\r\n"),
    CASE("400 404", "GET /ws HTTP/1.1\r\n" H "Upgrade: websocket\r\nConnection: Upgrade\r\n"
                    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"),
    CASE("400 404", "GET /ws HTTP/1.1\r\n" H "Upgrade: websocket\r\nConnection: Upgrade\r\n"
                    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=\r\n"
                    "Sec-WebSocket-Version: 13\r\n\r\n"),
    CASE("400 404", "GET /ws HTTP/1.1\r\n" H "Upgrade: websocket\r\nConnection: Upgrade\r\n"
                    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                    "Sec-WebSocket-Version: 12\r\n\r\n"),
    CASE("400 404", "GET /ws HTTP/1.1\r\n" H "Upgrade: websocket\r\n"
                    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                    "Sec-WebSocket-Version: 13\r\n\r\n"),
};

/* The statuses of all answers in `all`, one after the other: "200 404". HEAD has no body. */
static void list_statuses(const char *all, bool head, char ret[64])
{
    const char *field, *end;
    size_t n = 0, len;

    ret[0] = '\0';
    while (strncmp(all, "HTTP/1.1 ", 9) == 0 && n < 56) {
        n += (size_t)snprintf(ret + n, 64 - n, "%s%.3s", n ? " " : "", all + 9);
        end = strstr(all, "\r\n\r\n");
        ck_assert_ptr_nonnull(end);
        field = strstr(all, "\r\nContent-Length: ");
        len = field && field < end ? strtoul(field + 18, NULL, 10) : 0;
        all = end + 4 + (head ? 0 : len);
        head = false;
    }
    if (*all)
        snprintf(ret + n, 64 - n, " and more");
}

/* Sends the case in one piece or byte by byte: where a read ends must make no difference. True when
 * the statuses are the expected ones. */
static bool run_case(struct kit *kit, const struct hostile *hostile, size_t piece)
{
    int fd = kit_connect(kit), one = 1;
    char statuses[64], *all;
    size_t len, i;
    bool good;

    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one)); /* a segment for each piece */
    for (i = 0; i < hostile->bytes.len; i += piece)
        kit_send(fd, slice_head(slice_from(hostile->bytes, i), piece));
    kit_send(fd, SLICE(MARKER));
    shutdown(fd, SHUT_WR);
    all = kit_rest(fd, &len);
    list_statuses(all, slice_starts(hostile->bytes, SLICE("HEAD")), statuses);
    good = strcmp(statuses, hostile->statuses) == 0;
    if (!good)
        fprintf(stderr, "# '%s', not '%s', in pieces of %zu, for\n# %s\n", statuses,
                hostile->statuses, piece, hostile->bytes.ptr);
    free(all);
    close(fd);
    return good;
}

static void expect_good(struct kit *kit)
{
    int fd = kit_connect(kit);
    char *answer;

    kit_send(fd, SLICE("GET / HTTP/1.1\r\n" H "\r\n"));
    answer = kit_answer(fd, false);
    ck_assert_int_eq(kit_status(answer), 200);
    free(answer);
    close(fd);
}

START_TEST(test_cases)
{
    struct kit *kit = kit_start(NULL);
    size_t i;
    int bad = 0;

    for (i = 0; i < ARRAY_LEN(cases); i++) {
        bad += !run_case(kit, &cases[i], SIZE_MAX / 2);
        expect_good(kit);
    }
    ck_assert_int_eq(bad, 0);
    kit_stop(kit);
}
END_TEST

START_TEST(test_cases_dribbled)
{
    struct kit *kit = kit_start(NULL);
    size_t i;
    int bad = 0;

    for (i = 0; i < ARRAY_LEN(cases); i++)
        bad += !run_case(kit, &cases[i], 1);
    ck_assert_int_eq(bad, 0);
    expect_good(kit);
    kit_stop(kit);
}
END_TEST

UNIT_MAIN_TIMEOUT("net/http_hostile", 120, test_cases, test_cases_dribbled)
