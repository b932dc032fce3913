#include <sys/socket.h>
#include <unistd.h>

#include "base/metrics.h"
#include "net/server_test_kit.h"
#include "unit.h"

#define GET(path) "GET " path " HTTP/1.1\r\nHost: x\r\n\r\n"

static void expect_filled(struct kit *kit, const char *before, size_t count, const char *after,
                          int status)
{
    struct buf all = BUF_INIT(1 << 20);
    int fd = kit_connect(kit);
    char *answer;

    ck_assert_int_eq(buf_add(&all, slice_cstr(before)), 0);
    while (count--)
        ck_assert_int_eq(buf_add_char(&all, 'a'), 0);
    ck_assert_int_eq(buf_add(&all, slice_cstr(after)), 0);
    kit_send(fd, buf_slice(&all));
    answer = kit_answer(fd, false);
    ck_assert_int_eq(kit_status(answer), status);
    free(answer);
    buf_done(&all);
    close(fd);
}

START_TEST(test_limits)
{
    struct server_opts opts = {.header_bytes_max = 1000, .header_count_max = 5, .uri_max = 200};
    struct kit *kit = kit_start(&opts);
    int fd = kit_connect(kit);

    expect_filled(kit, "GET /path/", 194, " HTTP/1.1\r\nHost: x\r\n\r\n", 200);
    expect_filled(kit, "GET /path/", 195, " HTTP/1.1\r\nHost: x\r\n\r\n", 414);
    expect_filled(kit, "GET /path/", 60000, "", 414);
    expect_filled(kit, "GET / HTTP/1.1\r\nHost: x\r\nA: ", 1000 - 9 - 3 - 4, "\r\n\r\n", 200);
    expect_filled(kit, "GET / HTTP/1.1\r\nHost: x\r\nA: ", 1000 - 9 - 3 - 4 + 1, "\r\n\r\n", 431);
    expect_filled(kit, "GET / HTTP/1.1\r\nHost: x\r\nA: ", 2000, "", 431);
    kit_expect(fd, "GET / HTTP/1.1\r\nHost: x\r\nA: 1\r\nA: 2\r\nA: 3\r\nA: 4\r\n\r\n", 200,
               "hello");
    kit_expect(fd, "GET / HTTP/1.1\r\nHost: x\r\nA: 1\r\nA: 2\r\nA: 3\r\nA: 4\r\nA: 5\r\n\r\n", 431,
               NULL);
    close(fd);
    kit_stop(kit);
}
END_TEST

/* Chunk extensions, tiny chunks and trailers can't be used to send for ever. */
START_TEST(test_chunk_overhead)
{
    struct kit *kit = kit_start(NULL);
    int fd = kit_connect(kit), i;
    char part[1024], *answer;

    memset(part, 'a', sizeof(part));
    kit_send(fd, SLICE("POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1;"));
    for (i = 0; i < 20; i++)
        kit_send(fd, slice_of(part, sizeof(part)));
    answer = kit_answer(fd, false);
    ck_assert_int_eq(kit_status(answer), 400);
    free(answer);
    close(fd);
    kit_stop(kit);
}
END_TEST

/* Waits for what the server says, if anything, when nothing more is sent. */
static void expect_end(struct kit *kit, const char *bytes, int status)
{
    int fd = kit_connect(kit);
    size_t len;
    char *rest;

    kit_send(fd, slice_cstr(bytes));
    rest = kit_rest(fd, &len);
    ck_assert_int_eq(kit_status(rest), status);
    free(rest);
    close(fd);
}

START_TEST(test_slow_clients)
{
    struct server_opts opts = {
        .head_timeout_ms = 100, .body_timeout_ms = 150, .idle_timeout_ms = 200};
    struct kit *kit = kit_start(&opts);

    expect_end(kit, "", 0);
    expect_end(kit, "GET / HTTP/1.1\r\nHos", 408);
    expect_end(kit, "\r\n", 408);
    expect_end(kit, "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nab", 408);
    expect_end(kit, "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n",
               408);
    expect_end(kit, GET("/"), 200);
    kit_stop(kit);
}
END_TEST

/* A byte now and then does not hold the door open: the head has one deadline. */
START_TEST(test_slowloris)
{
    struct server_opts opts = {.head_timeout_ms = 300};
    struct kit *kit = kit_start(&opts);
    int slow[200], fd, i, round, cut = 0;
    char *answer;

    for (i = 0; i < 200; i++) {
        slow[i] = kit_connect(kit);
        kit_send(slow[i], SLICE("GET / HTTP/1.1\r\nHost: x\r\nA: "));
    }
    for (round = 0; round < 8; round++) {
        for (i = 0; i < 200; i++)
            kit_send(slow[i], SLICE("a"));
        fd = kit_connect(kit);
        kit_expect(fd, GET("/"), 200, "hello");
        close(fd);
        usleep(50 * 1000); /* the pace of the attack, not a wait for anything */
    }
    for (i = 0; i < 200; i++) {
        answer = kit_answer(slow[i], false);
        cut += kit_status(answer) == 408;
        free(answer);
        close(slow[i]);
    }
    ck_assert_int_eq(cut, 200);
    kit_stop(kit);
}
END_TEST

START_TEST(test_slow_reader)
{
    struct server_opts opts = {.body_timeout_ms = 1500};
    struct kit *kit = kit_start(&opts);
    int fd = kit_connect_slow(kit), other = kit_connect(kit);
    int64_t sockets;
    size_t len;
    char *rest;

    kit_send(fd, SLICE(GET("/big")));
    kit_send(other, SLICE("GET /big HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"));
    rest = kit_rest(other, &len);
    ck_assert_uint_gt(len, 8 * 1024 * 1024);
    free(rest);
    close(other);
    do
        sockets = metric_get(METRIC_HTTP_SOCKETS);
    while (sockets > 0); /* until the slow one was cut: the test's time limit is the judge */
    rest = kit_rest(fd, &len);
    ck_assert_uint_lt(len, 8 * 1024 * 1024);
    free(rest);
    close(fd);
    kit_stop(kit);
}
END_TEST

START_TEST(test_connection_limit)
{
    struct server_opts opts = {.connections_max = 3};
    struct kit *kit = kit_start(&opts);
    int fds[3], fd, i;
    char *answer;

    for (i = 0; i < 3; i++) {
        fds[i] = kit_connect(kit);
        kit_expect(fds[i], GET("/"), 200, "hello");
    }
    fd = kit_connect(kit);
    kit_send(fd, SLICE(GET("/")));
    answer = kit_answer(fd, false);
    ck_assert_int_eq(kit_status(answer), 503);
    ck_assert_ptr_nonnull(strstr(answer, "\r\nRetry-After: "));
    free(answer);
    close(fd);
    kit_expect(fds[0], GET("/"), 200, "hello");
    for (i = 0; i < 3; i++)
        close(fds[i]);
    while (metric_get(METRIC_HTTP_SOCKETS) > 0)
        ;
    fd = kit_connect(kit);
    kit_expect(fd, GET("/"), 200, "hello");
    close(fd);
    kit_stop(kit);
}
END_TEST

UNIT_MAIN_TIMEOUT("net/server_limit", 60, test_limits, test_chunk_overhead, test_slow_clients,
                  test_slowloris, test_slow_reader, test_connection_limit)
