#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <unistd.h>

#include "base/err.h"
#include "net/server_test_kit.h"
#include "net/test_cert.h"
#include "unit.h"

#define GET(path) "GET " path " HTTP/1.1\r\nHost: x\r\n\r\n"

struct place {
    char dir[64];
    char cert[96];
    char key[96];
};

static struct kit *start(struct place *place)
{
    snprintf(place->dir, sizeof(place->dir), "/tmp/lethe-tls-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(place->dir));
    snprintf(place->cert, sizeof(place->cert), "%s/cert.pem", place->dir);
    snprintf(place->key, sizeof(place->key), "%s/key.pem", place->dir);
    test_cert_write(place->cert, place->key, "one.example.com");
    return kit_start(&(struct server_opts){.tls_cert = place->cert, .tls_key = place->key});
}

static void stop(struct kit *kit, const struct place *place)
{
    kit_stop(kit);
    unlink(place->cert);
    unlink(place->key);
    rmdir(place->dir);
}

struct client {
    SSL_CTX *ctx;
    SSL *ssl;
    int fd;
    bool ok;
};

static struct client open_client(struct kit *kit, int max_version, const char *alpn)
{
    struct client client = {.ctx = SSL_CTX_new(TLS_client_method())};

    if (max_version) {
        SSL_CTX_set_min_proto_version(client.ctx, TLS1_VERSION);
        SSL_CTX_set_max_proto_version(client.ctx, max_version);
        SSL_CTX_set_security_level(client.ctx, 0);
    }
    if (alpn)
        SSL_CTX_set_alpn_protos(client.ctx, (const unsigned char *)alpn, (unsigned)strlen(alpn));
    client.ssl = SSL_new(client.ctx);
    client.fd = kit_connect(kit);
    SSL_set_fd(client.ssl, client.fd);
    client.ok = SSL_connect(client.ssl) == 1;
    return client;
}

static void close_client(struct client *client)
{
    SSL_free(client->ssl);
    SSL_CTX_free(client->ctx);
    close(client->fd);
}

static void ask(struct client *client, struct slice bytes)
{
    ck_assert_int_eq(SSL_write(client->ssl, bytes.ptr, (int)bytes.len), (int)bytes.len);
}

/* Reads until `end` was seen, at most `cap` bytes. */
static size_t hear(struct client *client, char *ret, size_t cap, const char *end)
{
    size_t n = 0;
    int got;

    while (n + 1 < cap && (got = SSL_read(client->ssl, ret + n, (int)(cap - n - 1))) > 0) {
        n += (size_t)got;
        ret[n] = '\0';
        if (end && strstr(ret, end))
            break;
    }
    ret[n] = '\0';
    return n;
}

static void expect_hello(struct client *client)
{
    char heard[4096];

    ask(client, SLICE(GET("/")));
    hear(client, heard, sizeof(heard), "\r\n\r\nhello");
    ck_assert_int_eq(strncmp(heard, "HTTP/1.1 200 OK\r\n", 17), 0);
    ck_assert_ptr_nonnull(strstr(heard, "\r\nStrict-Transport-Security: max-age=31536000\r\n"));
}

static void expect_name(struct client *client, const char *name)
{
    X509 *cert = SSL_get1_peer_certificate(client->ssl);
    char common[64] = "";

    ck_assert_ptr_nonnull(cert);
    X509_NAME_get_text_by_NID(X509_get_subject_name(cert), NID_commonName, common, sizeof(common));
    X509_free(cert);
    ck_assert_str_eq(common, name);
}

START_TEST(test_versions)
{
    struct place place;
    struct kit *kit = start(&place);
    struct client client = open_client(kit, 0, NULL);

    ck_assert(client.ok);
    ck_assert_str_eq(SSL_get_version(client.ssl), "TLSv1.3");
    expect_hello(&client);
    expect_hello(&client);
    close_client(&client);
    client = open_client(kit, TLS1_2_VERSION, NULL);
    ck_assert(client.ok);
    ck_assert_str_eq(SSL_get_version(client.ssl), "TLSv1.2");
    expect_hello(&client);
    ck_assert_int_eq(SSL_renegotiate(client.ssl), 1);
    ck_assert_int_ne(SSL_do_handshake(client.ssl), 1); /* refused */
    close_client(&client);
    client = open_client(kit, TLS1_1_VERSION, NULL);
    ck_assert(!client.ok);
    close_client(&client);
    client = open_client(kit, 0, "\x02h2\x08http/1.1");
    ck_assert(client.ok);
    expect_hello(&client);
    close_client(&client);
    client = open_client(kit, 0, "\x02h2");
    ck_assert(!client.ok);
    close_client(&client);
    stop(kit, &place);
}
END_TEST

START_TEST(test_reload)
{
    struct place place;
    struct kit *kit = start(&place);
    struct client old = open_client(kit, 0, NULL), fresh;
    FILE *cert;

    expect_name(&old, "one.example.com");
    test_cert_write(place.cert, place.key, "two.example.com");
    ck_assert_int_eq(server_reload_tls(kit_server(kit)), 0);
    expect_hello(&old);
    fresh = open_client(kit, 0, NULL);
    expect_name(&fresh, "two.example.com");
    expect_hello(&fresh);
    close_client(&fresh);
    cert = fopen(place.cert, "w"); /* broken: the good one stays */
    ck_assert_ptr_nonnull(cert);
    fclose(cert);
    ck_assert_int_eq(server_reload_tls(kit_server(kit)), ERR_CONFIG);
    fresh = open_client(kit, 0, NULL);
    expect_name(&fresh, "two.example.com");
    expect_hello(&fresh);
    close_client(&fresh);
    close_client(&old);
    stop(kit, &place);
}
END_TEST

START_TEST(test_big)
{
    enum { SIZE = 9 * 1024 * 1024 };
    struct place place;
    struct kit *kit = start(&place);
    struct client client = open_client(kit, 0, NULL);
    char *all = malloc(SIZE);
    size_t len;

    ck_assert_ptr_nonnull(all);
    ask(&client, SLICE("GET /big HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"));
    len = hear(&client, all, SIZE, NULL);
    ck_assert_uint_gt(len, 8 * 1024 * 1024);
    ck_assert_int_eq(SSL_get_shutdown(client.ssl), SSL_RECEIVED_SHUTDOWN); /* an end, not a cut */
    free(all);
    close_client(&client);
    stop(kit, &place);
}
END_TEST

START_TEST(test_body_and_pipeline)
{
    struct place place;
    struct kit *kit = start(&place);
    struct client client = open_client(kit, 0, NULL);
    static char heard[100000], body[60000];
    size_t i;

    memset(body, 'b', sizeof(body));
    ask(&client, SLICE("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 60001\r\n\r\n"));
    ask(&client, slice_of(body, sizeof(body)));
    ask(&client, SLICE("e"));
    ck_assert_uint_gt(hear(&client, heard, sizeof(heard), "bbbbe"), sizeof(body));
    for (i = 0; i < 50; i++)
        ask(&client, SLICE(GET("/")));
    ask(&client, SLICE(GET("/path")));
    hear(&client, heard, sizeof(heard), "/path||");
    ck_assert_ptr_nonnull(strstr(heard, "/path||"));
    close_client(&client);
    stop(kit, &place);
}
END_TEST

START_TEST(test_websocket)
{
    struct place place;
    struct kit *kit = start(&place);
    struct client client = open_client(kit, 0, NULL);
    char heard[4096];

    ask(&client,
        SLICE("GET /ws HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
              "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
              "Sec-WebSocket-Version: 13\r\n\r\n"));
    hear(&client, heard, sizeof(heard), "\r\n\r\n");
    ck_assert_int_eq(strncmp(heard, "HTTP/1.1 101 ", 13), 0);
    ask(&client, SLICE("\x81\x82\0\0\0\0hi"));
    ck_assert_uint_eq(hear(&client, heard, sizeof(heard), "hi"), 4);
    kit_broadcast(kit, SLICE("news"));
    ck_assert_uint_eq(hear(&client, heard, sizeof(heard), "news"), 6);
    close_client(&client);
    kit_await_closed(kit, 1);
    stop(kit, &place);
}
END_TEST

/* Who does not speak TLS here is shown the door, and the next one is served. */
START_TEST(test_nonsense)
{
    static const struct slice words[] = {
        {GET("/"), sizeof(GET("/")) - 1},
        {"\x16\x03\x01\xff\xff", 5},
        {"\x16\x03\x01\x00\x05\x01\x00\x00\x01\x00", 10},
        {"\0\0\0\0\0\0\0\0", 8},
    };
    struct place place;
    struct kit *kit = start(&place);
    struct client client;
    size_t i, len;
    int fd;

    for (i = 0; i < ARRAY_LEN(words); i++) {
        fd = kit_connect(kit);
        kit_send(fd, words[i]);
        free(kit_rest(fd, &len));
        ck_assert_uint_lt(len, 16); /* an alert at most */
        close(fd);
        fd = kit_connect(kit);
        kit_send(fd, words[i]);
        close(fd);
    }
    client = open_client(kit, 0, NULL);
    ck_assert(client.ok);
    expect_hello(&client);
    kit_send(client.fd, SLICE("nonsense in the middle of it"));
    ck_assert_int_le(SSL_read(client.ssl, &fd, 1), 0);
    close_client(&client);
    stop(kit, &place);
}
END_TEST

UNIT_MAIN_TIMEOUT("net/tls", 60, test_versions, test_reload, test_big, test_body_and_pipeline,
                  test_websocket, test_nonsense)
