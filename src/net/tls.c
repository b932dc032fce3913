#include "net/tls.h"

#include <openssl/err.h>
#include <sodium.h>
#include <stdlib.h>

#include "base/err.h"

/* Mozilla's "intermediate" list, version 5.7, for TLS 1.2; TLS 1.3's own suites are all fine. */
#define CIPHERS                                                                                    \
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:"     \
    "ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305"
#define GROUPS "X25519:P-256:P-384"

struct tls {
    pthread_mutex_t lock; /* ctx */
    SSL_CTX *ctx;
    BIO_METHOD *method;
    char *cert_file;
    char *key_file;
};

static int on_alpn(SSL *ssl, const unsigned char **ret, unsigned char *ret_len,
                   const unsigned char *offered, unsigned offered_len, void *arg)
{
    static const unsigned char spoken[] = "\x08http/1.1";

    if (SSL_select_next_proto((unsigned char **)ret, ret_len, spoken, sizeof(spoken) - 1, offered,
                              offered_len) != OPENSSL_NPN_NEGOTIATED)
        return SSL_TLSEXT_ERR_ALERT_FATAL;
    return SSL_TLSEXT_ERR_OK;
}

static SSL_CTX *ctx_new(const char *cert_file, const char *key_file)
{
    SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());

    if (!ctx)
        return NULL;
    SSL_CTX_set_min_proto_version(ctx, TLS1_2_VERSION);
    SSL_CTX_set_options(ctx, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
                                 SSL_OP_IGNORE_UNEXPECTED_EOF);
    SSL_CTX_set_mode(ctx, SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF); /* tickets do without a cache */
    SSL_CTX_set_alpn_select_cb(ctx, on_alpn, NULL);
    if (SSL_CTX_set_cipher_list(ctx, CIPHERS) != 1 || SSL_CTX_set1_groups_list(ctx, GROUPS) != 1 ||
        SSL_CTX_use_certificate_chain_file(ctx, cert_file) != 1 ||
        SSL_CTX_use_PrivateKey_file(ctx, key_file, SSL_FILETYPE_PEM) != 1 ||
        SSL_CTX_check_private_key(ctx) != 1) {
        SSL_CTX_free(ctx);
        ctx = NULL;
    }
    ERR_clear_error();
    return ctx;
}

static int on_bio_read(BIO *bio, char *ret, int len)
{
    struct conn *conn = BIO_get_data(bio);
    struct slice *cipher = &conn->loop->cipher;
    size_t n = cipher->len < (size_t)len ? cipher->len : (size_t)len;

    BIO_clear_retry_flags(bio);
    if (n == 0) {
        BIO_set_retry_read(bio);
        return -1;
    }
    memcpy(ret, cipher->ptr, n);
    *cipher = slice_from(*cipher, n);
    return (int)n;
}

static int on_bio_write(BIO *bio, const char *bytes, int len)
{
    struct conn *conn = BIO_get_data(bio);
    struct out *out = out_copy(slice_of(bytes, (size_t)len));

    BIO_clear_retry_flags(bio);
    if (!out)
        return -1;
    out_push(&conn->out, out);
    return len;
}

static long on_bio_ctrl(BIO *bio, int command, long number, void *ptr)
{
    return command == BIO_CTRL_FLUSH;
}

static BIO_METHOD *method_new(void)
{
    BIO_METHOD *method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "connection");

    if (!method)
        return NULL;
    BIO_meth_set_read(method, on_bio_read);
    BIO_meth_set_write(method, on_bio_write);
    BIO_meth_set_ctrl(method, on_bio_ctrl);
    return method;
}

int tls_new(const char *cert_file, const char *key_file, struct tls **ret)
{
    struct tls *tls = calloc(1, sizeof(*tls));

    if (!tls)
        return ERR_MEMORY;
    pthread_mutex_init(&tls->lock, NULL);
    tls->method = method_new();
    tls->cert_file = strdup(cert_file);
    tls->key_file = strdup(key_file ? key_file : cert_file);
    if (!tls->method || !tls->cert_file || !tls->key_file) {
        tls_free(tls);
        return ERR_MEMORY;
    }
    tls->ctx = ctx_new(tls->cert_file, tls->key_file);
    if (!tls->ctx) {
        tls_free(tls);
        return ERR_CONFIG;
    }
    *ret = tls;
    return 0;
}

int tls_reload(struct tls *tls)
{
    SSL_CTX *fresh = ctx_new(tls->cert_file, tls->key_file), *old;

    if (!fresh)
        return ERR_CONFIG;
    pthread_mutex_lock(&tls->lock);
    old = tls->ctx;
    tls->ctx = fresh;
    pthread_mutex_unlock(&tls->lock);
    SSL_CTX_free(old);
    return 0;
}

struct tls *tls_free(struct tls *tls)
{
    if (!tls)
        return NULL;
    SSL_CTX_free(tls->ctx);
    BIO_meth_free(tls->method);
    free(tls->cert_file);
    free(tls->key_file);
    pthread_mutex_destroy(&tls->lock);
    free(tls);
    return NULL;
}

int tls_begin(struct conn *conn)
{
    struct tls *tls = conn->loop->shared->tls;
    BIO *bio = BIO_new(tls->method);

    if (!bio)
        return ERR_MEMORY;
    pthread_mutex_lock(&tls->lock);
    conn->ssl = SSL_new(tls->ctx);
    pthread_mutex_unlock(&tls->lock);
    if (!conn->ssl) {
        BIO_free(bio);
        return ERR_MEMORY;
    }
    BIO_set_data(bio, conn);
    BIO_set_init(bio, 1);
    SSL_set_bio(conn->ssl, bio, bio);
    SSL_set_accept_state(conn->ssl);
    return 0;
}

/* A broken record, or a peer that does not speak TLS. The alert is on the queue already. */
static void fail(struct conn *conn)
{
    ERR_clear_error();
    conn_enter(conn, CONN_LAST);
    SSL_set_quiet_shutdown(conn->ssl, 1);
    conn_touch(conn);
}

static bool shake(struct conn *conn)
{
    int r;

    if (conn->state != CONN_SHAKE)
        return true;
    r = SSL_do_handshake(conn->ssl);
    if (r == 1) {
        conn_enter(conn, CONN_IDLE);
        return true;
    }
    if (SSL_get_error(conn->ssl, r) != SSL_ERROR_WANT_READ)
        fail(conn);
    return false;
}

void tls_input(struct conn *conn, struct slice cipher)
{
    struct loop *loop = conn->loop;
    int n = 0, error;

    loop->cipher = cipher;
    conn_touch(conn);
    if (shake(conn)) {
        while (conn->state != CONN_GONE &&
               (n = SSL_read(conn->ssl, loop->plain, LOOP_READ_SIZE)) > 0) {
            conn_feed(conn, loop->plain, (size_t)n);
            sodium_memzero(loop->plain, (size_t)n);
        }
        error = conn->state == CONN_GONE ? SSL_ERROR_NONE : SSL_get_error(conn->ssl, n);
        if (error == SSL_ERROR_ZERO_RETURN)
            conn_eof(conn);
        else if (error != SSL_ERROR_NONE && error != SSL_ERROR_WANT_READ)
            fail(conn);
    }
    loop->cipher = SLICE_NONE;
}

void tls_send(struct conn *conn, struct out *out)
{
    struct slice parts[2] = {slice_of(out->bytes, out->len), out->tail};
    size_t i;

    for (i = 0; i < ARRAY_LEN(parts); i++) {
        if (parts[i].len == 0 || conn->state == CONN_GONE)
            continue;
        if (parts[i].len > INT32_MAX ||
            SSL_write(conn->ssl, parts[i].ptr, (int)parts[i].len) != (int)parts[i].len) {
            ERR_clear_error();
            conn_close(conn);
        }
    }
    out_free(out);
}

void tls_say_goodbye(struct conn *conn)
{
    SSL_shutdown(conn->ssl);
    ERR_clear_error();
}
