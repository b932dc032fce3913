#include "net/server.h"

#include <netinet/in.h>
#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/err.h"
#include "base/metrics.h"
#include "net/server_test_kit.h"
#include "unit.h"

#define GET(path) "GET " path " HTTP/1.1\r\nHost: x\r\n\r\n"

START_TEST(test_get)
{
    struct kit *kit = kit_start(NULL);
    int fd = kit_connect(kit);
    char *answer;

    kit_send(fd, SLICE(GET("/")));
    answer = kit_answer(fd, false);
    ck_assert_int_eq(kit_status(answer), 200);
    ck_assert_str_eq(kit_body(answer), "hello");
    ck_assert_ptr_nonnull(strstr(answer, "\r\nContent-Type: text/plain\r\n"));
    ck_assert_ptr_nonnull(strstr(answer, "\r\nContent-Length: 5\r\n"));
    ck_assert_ptr_nonnull(strstr(answer, "\r\nX-Content-Type-Options: nosniff\r\n"));
    ck_assert_ptr_nonnull(strstr(answer, "\r\nX-Frame-Options: DENY\r\n"));
    ck_assert_ptr_nonnull(strstr(answer, "\r\nCache-Control: no-store\r\n"));
    ck_assert_ptr_nonnull(strstr(answer, "\r\nReferrer-Policy: no-referrer\r\n"));
    ck_assert_ptr_nonnull(strstr(answer, "\r\nContent-Security-Policy: default-src 'none'; "
                                         "frame-ancestors 'none'\r\n"));
    ck_assert_ptr_nonnull(strstr(answer, "\r\nCross-Origin-Resource-Policy: same-origin\r\n"));
    ck_assert_ptr_nonnull(strstr(answer, " GMT\r\n"));
    ck_assert_ptr_null(strstr(answer, "Strict-Transport-Security"));
    free(answer);
    close(fd);
    kit_stop(kit);
}
END_TEST

START_TEST(test_bodies)
{
    struct kit *kit = kit_start(NULL);
    int fd = kit_connect(kit);

    kit_expect(fd, "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc", 200, "abc");
    kit_expect(fd,
               "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
               "3\r\nabc\r\n2;x=y\r\nde\r\n0\r\nTrailer: 1\r\n\r\n",
               200, "abcde");
    kit_expect(fd, "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n", 200, "");
    kit_expect(fd, "HEAD / HTTP/1.1\r\nHost: x\r\n\r\n", 200, "");
    kit_expect(fd, "GET /nothing HTTP/1.1\r\nHost: x\r\n\r\n", 404, NULL);
    kit_expect(fd, "GET /refuse HTTP/1.1\r\nHost: x\r\n\r\n", 401, NULL);
    kit_expect(fd, GET("/path/%41%20b?b=1&a=%C3%a4+x"), 200, "/path/A b|\xc3\xa4 x|");
    kit_expect(fd, "GET http://X/path HTTP/1.1\r\nhOst:x\r\nCookie: b=1; c=2\r\n\r\n", 200,
               "/path||2");
    close(fd);
    kit_stop(kit);
}
END_TEST

START_TEST(test_keep_alive)
{
    struct kit *kit = kit_start(NULL);
    int fd = kit_connect(kit), i;

    for (i = 0; i < 1000; i++)
        kit_expect(fd, GET("/"), 200, "hello");
    close(fd);
    kit_stop(kit);
}
END_TEST

START_TEST(test_pipeline)
{
    struct kit *kit = kit_start(NULL);
    int fd = kit_connect(kit);

    kit_send(fd, SLICE(GET("/hold/1") GET("/hold/2") GET("/hold/3") GET("/")));
    kit_release(kit, 3);
    kit_expect(fd, "", 200, "1");
    kit_expect(fd, "", 200, "2");
    kit_expect(fd, "", 200, "3");
    kit_expect(fd, "", 200, "hello");
    close(fd);
    kit_stop(kit);
}
END_TEST

START_TEST(test_pipeline_flood)
{
    enum { COUNT = 2000 };
    struct kit *kit = kit_start(NULL);
    int fd = kit_connect(kit), i;
    struct buf all = BUF_INIT(1 << 20);

    for (i = 0; i < COUNT; i++)
        ck_assert_int_eq(buf_addf(&all, "GET /path/%d HTTP/1.1\r\nHost: x\r\n\r\n", i), 0);
    kit_send(fd, buf_slice(&all));
    for (i = 0; i < COUNT; i++) {
        char want[32];

        snprintf(want, sizeof(want), "/path/%d||", i);
        kit_expect(fd, "", 200, want);
    }
    buf_done(&all);
    close(fd);
    kit_stop(kit);
}
END_TEST

START_TEST(test_continue)
{
    struct kit *kit = kit_start(NULL);
    int fd = kit_connect(kit);
#define EXPECT "Content-Length: 3\r\nExpect: 100-Continue\r\n\r\n"

    kit_expect(fd, "POST /echo HTTP/1.1\r\nHost: x\r\n" EXPECT, 100, "");
    kit_expect(fd, "abc", 200, "abc");
    /* Behind an unanswered request, the 100 waits for its turn. */
    kit_send(fd, SLICE(GET("/hold/1") "POST /echo HTTP/1.1\r\nHost: x\r\n" EXPECT));
    kit_release(kit, 1);
    kit_expect(fd, "", 200, "1");
    kit_expect(fd, "", 100, "");
    kit_expect(fd, "abc", 200, "abc");
    /* Who sends at once is not told to; who is refused is not asked. */
    kit_expect(fd, "POST /echo HTTP/1.1\r\nHost: x\r\n" EXPECT "abc", 200, "abc");
    kit_expect(fd, "POST /refuse HTTP/1.1\r\nHost: x\r\n" EXPECT, 401, NULL);
    close(fd);
    fd = kit_connect(kit);
    kit_expect(
        fd, "POST /small HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\nExpect: 100-continue\r\n\r\n",
        413, NULL);
    close(fd);
    kit_stop(kit);
}
END_TEST

/* The refused body is still being sent when the answer comes, and the answer arrives. */
START_TEST(test_too_large_arrives)
{
    static const char part[64 * 1024];
    struct kit *kit = kit_start(NULL);
    char *answer;
    int i, fd, round;

    for (round = 0; round < 10; round++) {
        fd = kit_connect(kit);
        kit_send(fd, SLICE("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 8388608\r\n\r\n"));
        for (i = 0; i < 128; i++)
            kit_send(fd, slice_of(part, sizeof(part)));
        answer = kit_answer(fd, false);
        ck_assert_int_eq(kit_status(answer), 413);
        ck_assert_ptr_nonnull(strstr(answer, "\r\nConnection: close\r\n"));
        ck_assert_ptr_nonnull(strstr(answer, "\"code\":\"too_large\""));
        free(answer);
        close(fd);
    }
    kit_stop(kit);
}
END_TEST

static void reset(int fd)
{
    struct linger now = {.l_onoff = 1};

    setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
    close(fd);
}

START_TEST(test_resets)
{
    struct kit *kit = kit_start(NULL);
    int fd = kit_connect(kit);

    reset(fd);
    fd = kit_connect(kit);
    kit_send(fd, SLICE("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nabc"));
    reset(fd);
    fd = kit_connect(kit);
    kit_send(fd, SLICE(GET("/hold/1") GET("/hold/2") GET("/hold/3")));
    kit_await_held(kit, 3);
    reset(fd);
    fd = kit_connect(kit);
    kit_send(fd, SLICE(GET("/big")));
    reset(fd);
    kit_release(kit, 3);
    fd = kit_connect(kit);
    kit_expect(fd, GET("/"), 200, "hello");
    close(fd);
    kit_stop(kit);
}
END_TEST

START_TEST(test_problems)
{
    struct kit *kit = kit_start(NULL);
    int fd = kit_connect(kit);
    char *answer;

    kit_expect(
        fd, GET("/no"), 404,
        "{\"type\":\"about:blank\",\"title\":\"Not Found\",\"status\":404,\"code\":\"not_found\","
        "\"detail\":\"There is nothing here, or it is not yours to see.\"}");
    kit_send(fd, SLICE(GET("/refuse")));
    answer = kit_answer(fd, false);
    ck_assert_int_eq(kit_status(answer), 401);
    ck_assert_ptr_nonnull(strstr(answer, "\r\nWWW-Authenticate: Bearer\r\n"));
    ck_assert_ptr_nonnull(strstr(answer, "\r\nContent-Type: application/problem+json\r\n"));
    free(answer);
    close(fd);
    kit_stop(kit);
}
END_TEST

/* A request that a handler holds is answered while the server drains; new ones find nobody. */
static void *stop_server(void *arg)
{
    kit_stop_server(arg, 5000);
    return NULL;
}

START_TEST(test_drain)
{
    struct kit *kit = kit_start(NULL);
    int fd = kit_connect(kit), idle = kit_connect(kit);
    pthread_t thread;
    size_t len;
    char *rest;

    kit_expect(idle, GET("/"), 200, "hello");
    kit_send(fd, SLICE(GET("/hold/late")));
    kit_await_held(kit, 1);
    ck_assert_int_eq(pthread_create(&thread, NULL, stop_server, kit), 0);
    rest = kit_rest(idle, &len); /* the idle one is closed without a word */
    ck_assert_uint_eq(len, 0);
    free(rest);
    kit_release(kit, 1);
    rest = kit_rest(fd, &len);
    ck_assert_int_eq(kit_status(rest), 200);
    ck_assert_str_eq(kit_body(rest), "late");
    free(rest);
    close(fd);
    close(idle);
    pthread_join(thread, NULL);
    kit_stop(kit);
}
END_TEST

/* The grace is over before the handler answers: its late answer must find safe ground. */
START_TEST(test_late_answer)
{
    struct kit *kit = kit_start(NULL);
    int fd = kit_connect(kit);
    size_t len;
    char *rest;

    kit_send(fd, SLICE(GET("/hold/1") GET("/hold/2")));
    kit_await_held(kit, 2);
    kit_stop_server(kit, 1);
    rest = kit_rest(fd, &len);
    ck_assert_uint_eq(len, 0);
    free(rest);
    kit_release(kit, 2);
    close(fd);
    kit_stop(kit);
}
END_TEST

START_TEST(test_addresses)
{
    struct kit *kit = kit_start(NULL), *six;
    struct server_ops ops = {0};
    struct server *server;
    char taken[32];
    int fd;

    snprintf(taken, sizeof(taken), "127.0.0.1:%d", server_port(kit_server(kit)));
    ck_assert_int_eq(
        server_start(&(struct server_opts){.listen = taken, .listen_fd = -1}, &ops, &server),
        ERR_EXISTS);
    ck_assert_int_eq(
        server_start(&(struct server_opts){.listen = "nonsense", .listen_fd = -1}, &ops, &server),
        ERR_CONFIG);
    ck_assert_int_eq(server_start(&(struct server_opts){.listen = "192.0.2.1:80", .listen_fd = -1},
                                  &ops, &server),
                     ERR_CONFIG);
    ck_assert_int_eq(server_start(&(struct server_opts){.listen = "127.0.0.1:0",
                                                        .listen_fd = -1,
                                                        .tls_cert = "/nowhere.pem"},
                                  &ops, &server),
                     ERR_CONFIG);
    ck_assert_int_eq(server_start(&(struct server_opts){.listen = "127.0.0.1:0",
                                                        .listen_fd = -1,
                                                        .trusted_proxies = SLICE("10.0.0.0/33")},
                                  &ops, &server),
                     ERR_CONFIG);
    six = kit_start(&(struct server_opts){.listen = "[::1]:0"});
    fd = kit_connect6(six);
    kit_expect(fd, GET("/"), 200, "hello");
    close(fd);
    kit_stop(six);
    kit_stop(kit);
}
END_TEST

/* systemd hands over a listening socket; we take it as it is. */
START_TEST(test_handed_over_socket)
{
    struct sockaddr_in any = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int listener = socket(AF_INET, SOCK_STREAM, 0), fd;
    struct kit *kit;

    ck_assert_int_eq(bind(listener, (struct sockaddr *)&any, sizeof(any)), 0);
    ck_assert_int_eq(listen(listener, 8), 0);
    kit = kit_start(&(struct server_opts){.listen_fd = listener});
    fd = kit_connect(kit);
    kit_expect(fd, GET("/"), 200, "hello");
    close(fd);
    kit_stop(kit);
}
END_TEST

static void who(struct kit *kit, const char *fields, char ret[64])
{
    int fd = kit_connect(kit);
    char request[256], *answer;

    snprintf(request, sizeof(request), "GET /who HTTP/1.1\r\nHost: x\r\n%s\r\n", fields);
    kit_send(fd, slice_cstr(request));
    answer = kit_answer(fd, false);
    ck_assert_int_eq(kit_status(answer), 200);
    snprintf(ret, 64, "%s", kit_body(answer));
    free(answer);
    close(fd);
}

START_TEST(test_peers)
{
    struct kit *alone = kit_start(NULL);
    struct kit *behind =
        kit_start(&(struct server_opts){.trusted_proxies = SLICE("127.0.0.0/8, 2001:db8::/32")});
    char a[64], b[64], c[64];

    who(alone, "", a);
    ck_assert_str_eq(a + 16, " local plain");
    who(alone, "X-Forwarded-For: 192.0.2.7\r\nX-Forwarded-Proto: https\r\n", b);
    ck_assert_str_eq(b + 16, " remote plain"); /* nobody is believed, but it is not local either */
    ck_assert_int_eq(strncmp(a, b, 16), 0);

    who(behind, "X-Forwarded-For: 192.0.2.7\r\nX-Forwarded-Proto: https\r\n", a);
    ck_assert_str_eq(a + 16, " remote tls");
    who(behind, "X-Forwarded-For: 127.0.0.1, 192.0.2.7, 2001:db8::5\r\n", b);
    ck_assert_str_eq(b + 16, " remote plain"); /* what the client wrote before is not believed */
    ck_assert_int_eq(strncmp(a, b, 16), 0);
    who(behind, "X-Forwarded-For: 192.0.2.8\r\n", c);
    ck_assert_int_ne(strncmp(a, c, 16), 0);
    who(behind, "X-Forwarded-For: 2a00::1:2:3:4\r\n", a);
    who(behind, "X-Forwarded-For: 2a00::5:6:7:8\r\n", b);
    ck_assert_int_eq(strncmp(a, b, 16), 0); /* one /64 */
    who(behind, "X-Forwarded-For: nonsense\r\n", a);
    ck_assert_str_eq(a + 16, " local plain");
    kit_stop(behind);
    kit_stop(alone);
}
END_TEST

UNIT_MAIN_TIMEOUT("net/server", 60, test_get, test_bodies, test_keep_alive, test_pipeline,
                  test_pipeline_flood, test_continue, test_too_large_arrives, test_resets,
                  test_problems, test_drain, test_late_answer, test_addresses,
                  test_handed_over_socket, test_peers)
