#include "net/fetch.h"

#include <unistd.h>

#include "base/err.h"
#include "net/fetch_test_outcome.h"
#include "net/test_cert.h"
#include "unit.h"

/* Answers each request in turn; ends when its stdin does. */
static const char server[] =
    "/usr/bin/python3 -c '\n"
    "import http.server, os, ssl, sys, threading\n"
    "class Handler(http.server.BaseHTTPRequestHandler):\n"
    "    def do_GET(self):\n"
    "        self.send_response(302 if self.path == \"/down\" else 200)\n"
    "        self.send_header(\"Location\", \"http://localhost:1/\")\n"
    "        self.send_header(\"Content-Length\", \"6\")\n"
    "        self.end_headers()\n"
    "        self.wfile.write(b\"secret\")\n"
    "    def log_message(self, *args): pass\n"
    "context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)\n"
    "context.load_cert_chain(\"" TEST_CERT "\", \"" TEST_KEY "\")\n"
    "server = http.server.ThreadingHTTPServer((\"127.0.0.1\", 0), Handler)\n"
    "server.socket = context.wrap_socket(server.socket, server_side=True)\n"
    "print(server.server_address[1], file=open(\"port\", \"w\"), flush=True)\n"
    "os.rename(\"port\", \"port.ready\")\n"
    "threading.Thread(target=server.serve_forever, daemon=True).start()\n"
    "sys.stdin.read()' 2>/dev/null";

static FILE *held;
static int port;

static void server_start(void)
{
    FILE *file;

    test_cert_make();
    held = popen(server, "w");
    ck_assert_ptr_nonnull(held);
    while (!(file = fopen("port.ready", "r")))
        usleep(1000);
    ck_assert_int_eq(fscanf(file, "%d", &port), 1);
    fclose(file);
    unlink("port.ready");
}

static void server_stop(void)
{
    pclose(held);
    test_cert_remove();
}

static struct outcome get(const char *host, const char *path, const char *ca_file)
{
    struct outcome out;
    struct fetch *fetch;
    char url[64];

    outcome_init(&out);
    snprintf(url, sizeof(url), "https://%s:%d%s", host, port, path);
    ck_assert_int_eq(fetch_start(&(struct fetch_opts){.ca_file = ca_file}, &fetch), 0);
    ck_assert_int_eq(
        fetch_send(fetch,
                   &(struct fetch_request){
                       .method = "GET", .url = url, .follow_redirects = true, .trusted = true},
                   outcome_done, &out),
        0);
    outcome_await(&out);
    fetch_stop(fetch);
    return out;
}

START_TEST(only_a_certificate_that_somebody_vouches_for_is_trusted)
{
    struct outcome out;

    server_start();
    ck_assert_int_eq(get("localhost", "/", TEST_CERT).status, 200);
    out = get("localhost", "/", NULL);
    ck_assert_int_eq(out.err, ERR_UNAVAILABLE);
    ck_assert(!out.sent);
    out = get("127.0.0.1", "/", TEST_CERT); /* the certificate is another name's */
    ck_assert_int_eq(out.err, ERR_UNAVAILABLE);
    ck_assert(!out.sent);
    server_stop();
}
END_TEST

START_TEST(a_redirect_never_leads_out_of_tls)
{
    server_start();
    ck_assert_int_eq(get("localhost", "/down", TEST_CERT).err, ERR_PROTOCOL);
    server_stop();
}
END_TEST

UNIT_MAIN("net/fetch_tls", only_a_certificate_that_somebody_vouches_for_is_trusted,
          a_redirect_never_leads_out_of_tls)
