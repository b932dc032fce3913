/* server_test_kit.h - a real server on a free port with a few routes, and a raw client: for tests.
 */
#ifndef NET_SERVER_TEST_KIT_H
#define NET_SERVER_TEST_KIT_H

#include "net/server.h"

/* Routes: "/" says "hello"; "/echo" returns the body (64 KiB at most); "/small" takes 8 bytes;
 * "/path" tells path and query; "/hold/NAME" is answered when kit_release says so, by another
 * thread;
 * "/big" is 8 MiB; "/who" tells what is known of the peer; "/refuse" is refused in the plan with
 * 401; "/ws" is a WebSocket that echoes;
 * "/cached" has an ETag. */
struct kit;

struct kit *kit_start(const struct server_opts *opts);
/** Stops the server, too. */
void kit_stop(struct kit *kit);
/** Stops only the server, with this grace; the kit still holds what it held. */
void kit_stop_server(struct kit *kit, int grace_ms);
struct server *kit_server(struct kit *kit);
/** Waits until `count` requests are held, then answers them from another thread, the last one
 * first. */
void kit_release(struct kit *kit, int count);
/** Waits until `count` requests are held. */
void kit_await_held(struct kit *kit, int count);
/** Waits until so many WebSockets were opened (closed) in all. */
void kit_await_opened(struct kit *kit, int count);
void kit_await_closed(struct kit *kit, int count);
/** Sends a text to every open WebSocket from the calling thread. */
void kit_broadcast(struct kit *kit, struct slice text);
/** Closes every open WebSocket. */
void kit_close_all(struct kit *kit, int code);
/** What ws_accept is given; set before the sockets open. */
struct ws_opts *kit_ws_opts(struct kit *kit);

/** A connected socket; aborts the test on failure. Reads time out after 10 s. */
int kit_connect(struct kit *kit);
/** The same over IPv6. */
int kit_connect6(struct kit *kit);
/** One with a small receive buffer: a reader that is slow as soon as it does not read. */
int kit_connect_slow(struct kit *kit);
void kit_send(int fd, struct slice bytes);
/** One answer: head, and the body its Content-Length tells. `head` asks for no body.
 * NUL-terminated; the caller frees. NULL when the connection ended first. */
char *kit_answer(int fd, bool head);
/** Status of an answer, 0 for NULL. */
int kit_status(const char *answer);
/** What stands behind an answer's head; "" for NULL. */
const char *kit_body(const char *answer);
/** Sends and takes one answer: its status must be `status`; the body is compared where one is
 * given. */
void kit_expect(int fd, const char *bytes, int status, const char *body);
/** Everything until the peer closes, at most 16 MiB. The caller frees. */
char *kit_rest(int fd, size_t *ret_len);
/** Exactly `len` bytes; false when the connection ended first. */
bool kit_read(int fd, void *ret, size_t len);

#endif
