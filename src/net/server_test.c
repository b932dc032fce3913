#include "net/server.h"

#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/err.h"
#include "net/server_test_kit.h"
#include "unit.h"

#define GET(path) "GET " path " HTTP/1.1\r\nHost: x\r\n\r\n"

static const char *body_of(const char *answer)
{
    const char *end = answer ? strstr(answer, "\r\n\r\n") : NULL;

    return end ? end + 4 : "";
}

/* Sends and takes one answer: its status must be `status`; the body is compared where one is given.
 */
static void expect(int fd, const char *bytes, int status, const char *body)
{
    char *answer;

    kit_send(fd, slice_cstr(bytes));
    answer = kit_answer(fd, strncmp(bytes, "HEAD", 4) == 0);
    ck_assert_msg(kit_status(answer) == status, "%d, not %d, for\n%.300s", kit_status(answer),
                  status, bytes);
    if (body)
        ck_assert_str_eq(body_of(answer), body);
    free(answer);
}

START_TEST(test_get)
{
    struct kit *kit = kit_start(NULL);
    int fd = kit_connect(kit);
    char *answer;

    kit_send(fd, SLICE(GET("/")));
    answer = kit_answer(fd, false);
    ck_assert_int_eq(kit_status(answer), 200);
    ck_assert_str_eq(body_of(answer), "hello");
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

    expect(fd, "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc", 200, "abc");
    expect(fd,
           "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
           "3\r\nabc\r\n2;x=y\r\nde\r\n0\r\nTrailer: 1\r\n\r\n",
           200, "abcde");
    expect(fd, "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n", 200, "");
    expect(fd, "HEAD / HTTP/1.1\r\nHost: x\r\n\r\n", 200, "");
    expect(fd, "GET /nothing HTTP/1.1\r\nHost: x\r\n\r\n", 404, NULL);
    expect(fd, "GET /refuse HTTP/1.1\r\nHost: x\r\n\r\n", 401, NULL);
    expect(fd, GET("/path/%41%20b?b=1&a=%C3%a4+x"), 200, "/path/A b|\xc3\xa4 x|");
    expect(fd, "GET http://X/path HTTP/1.1\r\nhOst:x\r\nCookie: b=1; c=2\r\n\r\n", 200, "/path||2");
    close(fd);
    kit_stop(kit);
}
END_TEST

START_TEST(test_keep_alive)
{
    struct kit *kit = kit_start(NULL);
    int fd = kit_connect(kit), i;

    for (i = 0; i < 1000; i++)
        expect(fd, GET("/"), 200, "hello");
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
    expect(fd, "", 200, "1");
    expect(fd, "", 200, "2");
    expect(fd, "", 200, "3");
    expect(fd, "", 200, "hello");
    close(fd);
    kit_stop(kit);
}
END_TEST

UNIT_MAIN("net/server", test_get, test_bodies, test_keep_alive, test_pipeline)
