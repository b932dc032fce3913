#include "net/fetch.h"

#include <sys/socket.h>
#include <unistd.h>

#include "base/err.h"
#include "net/fetch_test_outcome.h"
#include "net/fetch_test_peer.h"
#include "unit.h"

static int start_call(struct fetch *fetch, const struct fetch_request *request, struct outcome *out)
{
    outcome_init(out);
    return fetch_send(fetch, request, outcome_done, out);
}

static struct fetch *fetch_with(const struct fetch_opts *opts)
{
    struct fetch *fetch;

    ck_assert_int_eq(fetch_start(opts, &fetch), 0);
    return fetch;
}

static const char *url_of(const struct peer *peer, const char *path)
{
    static char url[256];

    snprintf(url, sizeof(url), "http://127.0.0.1:%d%s", peer->port, path);
    return url;
}

/* One call by a fetch of its own, as the operator's configuration would make it. */
static struct outcome call(struct peer *peer, const char *method, const char *path)
{
    struct fetch *fetch = fetch_with(&(struct fetch_opts){0});
    struct outcome out;

    ck_assert_int_eq(start_call(fetch,
                                &(struct fetch_request){.method = method,
                                                        .url = url_of(peer, path),
                                                        .timeout_ms = 2000,
                                                        .follow_redirects = true,
                                                        .trusted = true},
                                &out),
                     0);
    outcome_await(&out);
    fetch_stop(fetch);
    return out;
}

START_TEST(an_answer_has_status_body_and_headers)
{
    struct outcome out = call(peer_start(), "GET", "/ok");

    ck_assert_int_eq(out.err, 0);
    ck_assert_int_eq(out.status, 200);
    ck_assert(out.sent);
    ck_assert_str_eq(out.body, "hello");
    ck_assert_str_eq(out.test_header, "one:two");
}
END_TEST

START_TEST(a_post_carries_body_and_headers_and_nothing_of_its_own)
{
    struct peer *peer = peer_start();
    struct fetch *fetch = fetch_with(&(struct fetch_opts){0});
    const struct fetch_header headers[] = {{"Content-Type", SLICE("application/json")},
                                           {"X-Empty", SLICE("")}};
    struct outcome out;

    setenv("http_proxy", "http://127.0.0.1:1", 1);
    ck_assert_int_eq(start_call(fetch,
                                &(struct fetch_request){.method = "POST",
                                                        .url = url_of(peer, "/echo"),
                                                        .headers = headers,
                                                        .header_count = 2,
                                                        .body = SLICE("{\"a\":1}"),
                                                        .trusted = true},
                                &out),
                     0);
    outcome_await(&out);
    ck_assert_int_eq(out.err, 0);
    ck_assert_str_eq(out.body, "{\"a\":1}");
    ck_assert_ptr_nonnull(strstr(peer->last, "POST /echo HTTP/1.1\r\n"));
    ck_assert_ptr_nonnull(strstr(peer->last, "\r\nContent-Type: application/json\r\n"));
    ck_assert_ptr_nonnull(strstr(peer->last, "\r\nX-Empty:\r\n"));
    ck_assert_ptr_nonnull(strstr(peer->last, "\r\nUser-Agent: Lethe/"));
    ck_assert_ptr_null(strstr(peer->last, "Expect"));
    ck_assert_ptr_null(strstr(peer->last, "Cookie"));
    fetch_stop(fetch);
}
END_TEST

START_TEST(other_methods_go_out_as_named)
{
    struct peer *peer = peer_start();

    ck_assert_int_eq(call(peer, "DELETE", "/ok").err, 0);
    ck_assert_ptr_nonnull(strstr(peer->last, "DELETE /ok HTTP/1.1\r\n"));
    ck_assert_ptr_null(strstr(peer->last, "Content-"));
    ck_assert_int_eq(call(peer, "HEAD", "/ok").status, 200);
    ck_assert_ptr_nonnull(strstr(peer->last, "HEAD /ok HTTP/1.1\r\n"));
}
END_TEST

START_TEST(what_can_not_be_sent_is_refused_at_once)
{
    static const char *const urls[] = {
        "",
        "127.0.0.1/",
        "ftp://example.com/",
        "file:///etc/passwd",
        "http://",
        "http://u@127.0.0.1/",
        "http://u:p@h/",
        "https//x",
        "http://a b/",
        "http://h:99999/",
        "http://h/\r\nX: 1",
        "javascript:1",
    };
    struct fetch *fetch = fetch_with(&(struct fetch_opts){0});
    struct fetch_header bad[] = {{"A", SLICE("x\r\nB: y")}, {"A b", SLICE("x")}, {"", SLICE("x")}};
    struct fetch_request request = {.method = "GET"};
    struct outcome out;
    size_t i;

    for (i = 0; i < ARRAY_LEN(urls); i++) {
        request.url = urls[i];
        ck_assert_msg(start_call(fetch, &request, &out) == ERR_SYNTAX, "'%s' passed", urls[i]);
    }
    request.url = "http://example.com/";
    request.header_count = 1;
    for (i = 0; i < ARRAY_LEN(bad); i++) {
        request.headers = &bad[i];
        ck_assert_int_eq(start_call(fetch, &request, &out), ERR_SYNTAX);
    }
    request.header_count = 0;
    request.method = "GET /x HTTP/1.1\r\n";
    ck_assert_int_eq(start_call(fetch, &request, &out), ERR_SYNTAX);
    fetch_stop(fetch);
}
END_TEST

START_TEST(silence_and_a_slow_body_time_out)
{
    struct peer *peer = peer_start();
    const char *const paths[] = {"/hang", "/slow"};
    struct fetch *fetch = fetch_with(&(struct fetch_opts){0});
    struct outcome out;
    size_t i;

    for (i = 0; i < 2; i++) {
        ck_assert_int_eq(start_call(fetch,
                                    &(struct fetch_request){.method = "POST",
                                                            .url = url_of(peer, paths[i]),
                                                            .timeout_ms = 200,
                                                            .trusted = true},
                                    &out),
                         0);
        outcome_await(&out);
        ck_assert_int_eq(out.err, ERR_TIMEOUT);
        ck_assert(out.sent);
        ck_assert_int_eq(out.status, 0);
    }
    fetch_stop(fetch);
}
END_TEST

START_TEST(a_larger_answer_than_allowed_is_cut_off)
{
    struct outcome out = call(peer_start(), "GET", "/large");

    ck_assert_int_eq(out.err, ERR_LIMIT);
    ck_assert(out.sent);
    ck_assert_uint_eq(out.body_len, 0);
}
END_TEST

START_TEST(a_hang_up_after_the_request_is_closed_and_before_it_unavailable)
{
    struct peer *peer = peer_start();
    struct outcome out = call(peer, "POST", "/drop");

    ck_assert_int_eq(out.err, ERR_CLOSED);
    ck_assert(out.sent);
    shutdown(peer->fd, SHUT_RDWR);
    close(peer->fd);
    out = call(peer, "POST", "/ok");
    ck_assert_int_eq(out.err, ERR_UNAVAILABLE);
    ck_assert(!out.sent);
}
END_TEST

START_TEST(nonsense_is_no_answer)
{
    ck_assert_int_eq(call(peer_start(), "GET", "/garbage").err, ERR_PROTOCOL);
}
END_TEST

/* libcurl by itself repeats a request when a kept connection closes without an answer. */
START_TEST(a_post_is_never_sent_twice)
{
    struct peer *peer = peer_start();
    struct fetch *fetch = fetch_with(&(struct fetch_opts){0});
    struct fetch_request request = {.method = "POST", .body = SLICE("pay"), .trusted = true};
    struct outcome out;

    request.url = url_of(peer, "/ok");
    ck_assert_int_eq(start_call(fetch, &request, &out), 0);
    outcome_await(&out);
    ck_assert_int_eq(out.status, 200);
    request.url = url_of(peer, "/drop");
    ck_assert_int_eq(start_call(fetch, &request, &out), 0);
    outcome_await(&out);
    ck_assert_int_eq(out.err, ERR_CLOSED);
    ck_assert(out.sent);
    ck_assert_int_eq(atomic_load(&peer->requests), 2);
    fetch_stop(fetch);
}
END_TEST

START_TEST(private_addresses_are_refused_unless_trusted)
{
    struct peer *peer = peer_start();
    struct fetch *fetch = fetch_with(&(struct fetch_opts){0});
    const char *const hosts[] = {"127.0.0.1",      "localhost", "[::1]",   "2130706433",
                                 "127.1",          "0x7f.1",    "0.0.0.0", "[::ffff:127.0.0.1]",
                                 "169.254.169.254"};
    struct fetch_request request = {.method = "GET", .url = url_of(peer, "/ok"), .trusted = true};
    struct outcome out;
    char url[128];
    size_t i;

    ck_assert_int_eq(start_call(fetch, &request, &out), 0); /* leaves a connection to be reused */
    outcome_await(&out);
    ck_assert_int_eq(out.status, 200);
    request.trusted = false;
    for (i = 0; i < ARRAY_LEN(hosts); i++) {
        snprintf(url, sizeof(url), "http://%s:%d/ok", hosts[i], peer->port);
        request.url = url;
        ck_assert_int_eq(start_call(fetch, &request, &out), 0);
        outcome_await(&out);
        ck_assert_msg(out.err == ERR_ADDRESS, "%s: %d", hosts[i], out.err);
        ck_assert(!out.sent);
    }
    ck_assert_int_eq(atomic_load(&peer->requests), 1);
    fetch_stop(fetch);
}
END_TEST

START_TEST(redirects_are_followed_only_when_asked_and_only_three)
{
    struct peer *peer = peer_start();
    struct fetch *fetch = fetch_with(&(struct fetch_opts){0});
    struct fetch_request request = {.method = "POST", .body = SLICE("x"), .trusted = true};
    struct outcome out;

    request.url = url_of(peer, "/see-other");
    ck_assert_int_eq(start_call(fetch, &request, &out), 0);
    outcome_await(&out);
    ck_assert_int_eq(out.status, 303);
    fetch_stop(fetch);

    out = call(peer, "POST", "/see-other");
    ck_assert_int_eq(out.status, 200);
    ck_assert_str_eq(out.body, "hello");
    ck_assert_ptr_nonnull(strstr(peer->last, "GET /ok HTTP/1.1\r\n"));
    atomic_store(&peer->requests, 0);
    ck_assert_int_eq(call(peer, "GET", "/loop").err, ERR_PROTOCOL);
    ck_assert_int_eq(atomic_load(&peer->requests), 4);
}
END_TEST

START_TEST(a_redirect_to_another_private_address_is_refused)
{
    struct peer *peer = peer_start();
    struct outcome out;
    char path[64];

    snprintf(path, sizeof(path), "/to/127.0.0.1:%d", peer->port);
    ck_assert_str_eq(call(peer, "GET", path).body, "hello");
    snprintf(path, sizeof(path), "/to/127.0.0.2:%d", peer->port);
    out = call(peer, "GET", path);
    ck_assert_int_eq(out.err, ERR_ADDRESS);
    ck_assert_str_eq(out.body, "");
    ck_assert_int_eq(call(peer, "GET", "/to/169.254.169.254").err, ERR_ADDRESS);
}
END_TEST

static int no_example(void *arg, struct slice host)
{
    atomic_int *asked = arg;

    atomic_fetch_add(asked, 1);
    return slice_eq(host, SLICE("example.com")) ? ERR_DENIED : 0;
}

START_TEST(every_host_is_told_and_may_be_refused)
{
    struct peer *peer = peer_start();
    atomic_int asked = 0;
    struct fetch *fetch =
        fetch_with(&(struct fetch_opts){.on_host = no_example, .on_host_arg = &asked});
    struct fetch_request request = {.method = "GET", .url = "https://EXAMPLE.com:444/x"};
    struct outcome out;

    ck_assert_int_eq(start_call(fetch, &request, &out), ERR_DENIED);
    request.url = url_of(peer, "/ok");
    request.trusted = true;
    ck_assert_int_eq(start_call(fetch, &request, &out), 0);
    outcome_await(&out);
    ck_assert_int_eq(out.status, 200);
    ck_assert_int_eq(atomic_load(&asked), 2);
    fetch_stop(fetch);
}
END_TEST

START_TEST(a_full_queue_says_busy_and_waiting_calls_time_out_unsent)
{
    struct peer *peer = peer_start();
    struct fetch *fetch = fetch_with(&(struct fetch_opts){.concurrent_max = 1, .queue_max = 2});
    struct fetch_request request = {
        .method = "POST", .url = url_of(peer, "/hang"), .trusted = true};
    struct outcome out[4];

    ck_assert_int_eq(start_call(fetch, &request, &out[0]), 0);
    request.timeout_ms = 150;
    ck_assert_int_eq(start_call(fetch, &request, &out[1]), 0);
    ck_assert_int_eq(start_call(fetch, &request, &out[2]), 0);
    ck_assert_int_eq(start_call(fetch, &request, &out[3]), ERR_BUSY);
    outcome_await(&out[1]);
    outcome_await(&out[2]);
    while (atomic_load(&peer->requests) < 1)
        usleep(1000);
    ck_assert_int_eq(out[1].err, ERR_TIMEOUT);
    ck_assert(!out[1].sent);
    fetch_stop(fetch);
    outcome_await(&out[0]);
    ck_assert_int_eq(out[0].err, ERR_CANCELED);
    ck_assert(out[0].sent);
}
END_TEST

enum { MANY = 200 };

START_TEST(two_hundred_run_at_once)
{
    static struct outcome out[MANY];
    struct peer *peer = peer_start();
    struct fetch *fetch = fetch_with(&(struct fetch_opts){.per_host_max = MANY});
    struct fetch_request request = {
        .method = "GET", .url = url_of(peer, "/together"), .trusted = true};
    int i;

    atomic_store(&peer->wanted, MANY);
    for (i = 0; i < MANY; i++)
        ck_assert_int_eq(start_call(fetch, &request, &out[i]), 0);
    for (i = 0; i < MANY; i++) {
        outcome_await(&out[i]);
        ck_assert_str_eq(out[i].body, "all here");
    }
    ck_assert_int_eq(atomic_load(&peer->peak), MANY);
    fetch_stop(fetch);
}
END_TEST

START_TEST(a_host_gets_only_its_share)
{
    static struct outcome out[MANY];
    struct peer *peer = peer_start();
    struct fetch *fetch = fetch_with(&(struct fetch_opts){.per_host_max = 2});
    struct fetch_request request = {.method = "GET", .trusted = true};
    int i;

    atomic_store(&peer->wanted, 2); /* so that both places are seen taken at once */
    request.url = url_of(peer, "/together");
    for (i = 0; i < MANY; i++)
        ck_assert_int_eq(start_call(fetch, &request, &out[i]), 0);
    for (i = 0; i < MANY; i++) {
        outcome_await(&out[i]);
        ck_assert_int_eq(out[i].err, 0);
    }
    ck_assert_int_eq(atomic_load(&peer->peak), 2);
    fetch_stop(fetch);
}
END_TEST

START_TEST(stopping_ends_running_and_waiting_calls)
{
    struct peer *peer = peer_start();
    struct fetch *fetch = fetch_with(&(struct fetch_opts){.per_host_max = 3});
    struct fetch_request request = {.method = "GET", .url = url_of(peer, "/hang"), .trusted = true};
    struct outcome out[8];
    int i, sent = 0;

    for (i = 0; i < 8; i++)
        ck_assert_int_eq(start_call(fetch, &request, &out[i]), 0);
    while (atomic_load(&peer->requests) < 3)
        usleep(1000);
    fetch_stop(fetch);
    for (i = 0; i < 8; i++) {
        outcome_await(&out[i]);
        ck_assert_int_eq(out[i].err, ERR_CANCELED);
        sent += out[i].sent;
    }
    ck_assert_int_eq(sent, 3);
}
END_TEST

UNIT_MAIN("net/fetch", an_answer_has_status_body_and_headers,
          a_post_carries_body_and_headers_and_nothing_of_its_own, other_methods_go_out_as_named,
          what_can_not_be_sent_is_refused_at_once, silence_and_a_slow_body_time_out,
          a_larger_answer_than_allowed_is_cut_off,
          a_hang_up_after_the_request_is_closed_and_before_it_unavailable, nonsense_is_no_answer,
          a_post_is_never_sent_twice, private_addresses_are_refused_unless_trusted,
          redirects_are_followed_only_when_asked_and_only_three,
          a_redirect_to_another_private_address_is_refused, every_host_is_told_and_may_be_refused,
          a_full_queue_says_busy_and_waiting_calls_time_out_unsent, two_hundred_run_at_once,
          a_host_gets_only_its_share, stopping_ends_running_and_waiting_calls)
