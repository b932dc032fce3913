#include "net/mail.h"

#include <fcntl.h>
#include <spawn.h>
#include <unistd.h>

#include "base/err.h"
#include "base/json.h"
#include "net/fetch_test_outcome.h"
#include "net/test_cert.h"
#include "unit.h"

/* A real SMTP server (aiosmtpd) that takes orders: see tests/fake/smtp_server.py. */

static FILE *orders, *reports;
static char url[64];

static json_t *next_report(void)
{
    char line[1 << 16];
    json_t *report = NULL;

    ck_assert_ptr_nonnull(fgets(line, sizeof(line), reports));
    ck_assert_int_eq(json_read(slice_cstr(line), &report), 0);
    return report;
}

static void server_start(const char *const *more)
{
    const char *argv[16] = {"/usr/bin/python3", SOURCE_ROOT "/tests/fake/smtp_server.py"};
    posix_spawn_file_actions_t actions;
    int in[2], out[2], n = 2;
    json_t *report;
    pid_t pid;

    while (more && *more)
        argv[n++] = *more++;
    ck_assert_int_eq(pipe2(in, O_CLOEXEC), 0);
    ck_assert_int_eq(pipe2(out, O_CLOEXEC), 0);
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, in[0], 0);
    posix_spawn_file_actions_adddup2(&actions, out[1], 1);
    ck_assert_int_eq(posix_spawn(&pid, argv[0], &actions, NULL, (char **)argv, environ), 0);
    posix_spawn_file_actions_destroy(&actions);
    close(in[0]);
    close(out[1]);
    orders = fdopen(in[1], "w"); /* the server ends when this is closed: with the test's process */
    reports = fdopen(out[0], "r");
    report = next_report();
    snprintf(url, sizeof(url), "smtp://127.0.0.1:%d",
             (int)json_integer_value(json_object_get(report, "port")));
    json_decref(report);
}

static void order(const char *text)
{
    json_t *report;

    fprintf(orders, "%s\n", text);
    fflush(orders);
    for (;;) {
        bool done;

        report = next_report();
        done = json_object_get(report, "ok") != NULL;
        json_decref(report);
        if (done)
            return;
    }
}

/* The next mail that the server took. */
static json_t *next_mail(void)
{
    for (;;) {
        json_t *report = next_report(), *mail = json_incref(json_object_get(report, "mail"));

        json_decref(report);
        if (mail)
            return mail;
    }
}

static const char *field(const json_t *mail, const char *name)
{
    return json_string_value(json_object_get(mail, name));
}

static struct fetch *fetch_new(const char *ca_file)
{
    struct fetch *fetch;

    ck_assert_int_eq(fetch_start(&(struct fetch_opts){.ca_file = ca_file}, &fetch), 0);
    return fetch;
}

static struct mail_opts opts_here(void)
{
    return (struct mail_opts){
        .smtp_url = url, .from = "Lethe <alerts@example.com>", .timeout_ms = 5000};
}

static struct mail_message sample(void)
{
    return (struct mail_message){.to = pii_of(SLICE("ada@example.com")),
                                 .subject = SLICE("Somebody waits"),
                                 .text = SLICE(".dot first\n.\nFrom here\n"),
                                 .message_id = SLICE("job-1@example.com"),
                                 .date_ms = INT64_C(1795499485000)};
}

static void send_by(struct fetch *fetch, const struct mail_opts *opts, struct outcome *out)
{
    struct mail_message m = sample();

    outcome_init(out);
    ck_assert_int_eq(mail_send(fetch, opts, &m, outcome_done, out), 0);
}

/* One mail by a fetch of its own. */
static struct outcome deliver(const struct mail_opts *opts, const char *ca_file)
{
    struct fetch *fetch = fetch_new(ca_file);
    struct outcome out;

    send_by(fetch, opts, &out);
    outcome_await(&out);
    fetch_stop(fetch);
    return out;
}

START_TEST(a_mail_arrives_as_composed)
{
    struct mail_message m = sample();
    struct buf composed = BUF_INIT(4096);
    struct mail_opts opts;
    struct outcome out;
    json_t *mail;

    server_start(NULL);
    opts = opts_here();
    out = deliver(&opts, NULL);
    ck_assert_int_eq(out.err, 0);
    ck_assert_int_eq(out.status, 250);
    ck_assert(out.sent);
    mail = next_mail();
    ck_assert_str_eq(field(mail, "from"), "alerts@example.com");
    ck_assert_str_eq(json_string_value(json_array_get(json_object_get(mail, "to"), 0)),
                     "ada@example.com");
    ck_assert_int_eq(mail_compose(&opts, &m, &composed), 0);
    ck_assert_int_eq(buf_add_char(&composed, '\0'), 0);
    ck_assert_str_eq(field(mail, "raw"), composed.ptr);
    buf_done(&composed);
    json_decref(mail);
}
END_TEST

START_TEST(each_refusal_has_its_meaning)
{
    static const struct {
        const char *order;
        int err, status;
        bool sent;
    } cases[] = {
        {"{\"at\":\"connect\",\"answer\":\"421 4.3.2 busy\"}", ERR_BUSY, 421, false},
        {"{\"at\":\"connect\",\"answer\":\"554 5.3.2 closed\"}", ERR_UNAVAILABLE, 554, false},
        {"{\"at\":\"mail\",\"answer\":\"451 4.3.0 later\"}", ERR_BUSY, 451, false},
        {"{\"at\":\"mail\",\"answer\":\"530 5.7.0 sign in first\"}", ERR_AUTH, 530, false},
        {"{\"at\":\"mail\",\"answer\":\"550 5.1.8 no\"}", ERR_REFUSED, 550, false},
        {"{\"at\":\"rcpt\",\"answer\":\"450 4.2.1 full\"}", ERR_BUSY, 450, false},
        {"{\"at\":\"rcpt\",\"answer\":\"550 5.1.1 unknown\"}", ERR_REFUSED, 550, false},
        {"{\"at\":\"data\",\"answer\":\"451 4.3.0 later\"}", ERR_BUSY, 451, false},
        {"{\"at\":\"data\",\"answer\":\"554 5.6.0 no\"}", ERR_REFUSED, 554, false},
        {"{\"at\":\"end\",\"answer\":\"452 4.3.1 full\"}", ERR_BUSY, 452, true},
        {"{\"at\":\"end\",\"answer\":\"552 5.3.4 too big\"}", ERR_REFUSED, 552, true},
        {"{\"at\":\"mail\",\"drop\":true}", ERR_UNAVAILABLE, -1, false},
        {"{\"at\":\"end\",\"drop\":true}", ERR_CLOSED, -1, true},
    };
    struct mail_opts opts;
    size_t i;

    server_start(NULL);
    opts = opts_here();
    for (i = 0; i < ARRAY_LEN(cases); i++) {
        struct outcome out;

        order(cases[i].order);
        out = deliver(&opts, NULL);
        ck_assert_msg(out.err == cases[i].err, "%s: %s (%d)", cases[i].order, err_code(out.err),
                      out.status);
        if (cases[i].status > 0)
            ck_assert_int_eq(out.status, cases[i].status);
        ck_assert_msg(out.sent == cases[i].sent, "%s: sent %d", cases[i].order, out.sent);
    }
    ck_assert_int_eq(deliver(&opts, NULL).err, 0);
}
END_TEST

START_TEST(a_silent_server_times_out_and_holds_up_no_stop)
{
    struct fetch *fetch;
    struct mail_opts opts;
    struct outcome out;

    server_start(NULL);
    opts = opts_here();
    opts.timeout_ms = 300;
    order("{\"at\":\"rcpt\",\"delay\":60,\"times\":2}");
    out = deliver(&opts, NULL);
    ck_assert_int_eq(out.err, ERR_TIMEOUT);
    ck_assert(!out.sent);
    opts.timeout_ms = 60000;
    fetch = fetch_new(NULL);
    send_by(fetch, &opts, &out);
    fetch_stop(fetch);
    outcome_await(&out);
    ck_assert_int_eq(out.err, ERR_CANCELED);
}
END_TEST

START_TEST(nobody_listening_is_unavailable)
{
    struct mail_opts opts = opts_here();
    struct outcome out;

    opts.smtp_url = "smtp://127.0.0.1:1";
    out = deliver(&opts, NULL);
    ck_assert_int_eq(out.err, ERR_UNAVAILABLE);
    ck_assert_int_eq(out.status, 0);
    ck_assert(!out.sent);
}
END_TEST

static const char *url_by_name(void)
{
    static char named[64];

    snprintf(named, sizeof(named), "smtp://localhost%s", strrchr(url, ':'));
    return named;
}

START_TEST(tls_and_a_password_are_used_and_checked)
{
    const char *const more[] = {"--cert", TEST_CERT, "--key",      TEST_KEY,      "--require-tls",
                                "--user", "mailer",  "--password", "s3cret word", NULL};
    struct mail_opts opts;
    struct outcome out;
    json_t *mail;

    test_cert_make();
    server_start(more);
    opts = opts_here();
    opts.smtp_url = url_by_name();
    opts.require_tls = true;
    opts.user = "mailer";
    opts.password = "s3cret word";
    out = deliver(&opts, TEST_CERT);
    ck_assert_int_eq(out.err, 0);
    mail = next_mail();
    ck_assert(json_is_true(json_object_get(mail, "tls")));
    ck_assert_str_eq(field(mail, "user"), "mailer");
    json_decref(mail);

    ck_assert_int_eq(deliver(&opts, NULL).err,
                     ERR_UNAVAILABLE); /* a certificate nobody vouches for */
    opts.password = "wrong";
    out = deliver(&opts, TEST_CERT);
    ck_assert_int_eq(out.err, ERR_AUTH);
    ck_assert_int_eq(out.status, 535);
    test_cert_remove();
}
END_TEST

START_TEST(no_tls_no_mail_where_it_is_required)
{
    struct mail_opts opts;
    struct outcome out;

    server_start(NULL);
    opts = opts_here();
    opts.require_tls = true;
    out = deliver(&opts, NULL);
    ck_assert_int_eq(out.err, ERR_UNAVAILABLE);
    ck_assert(!out.sent);
}
END_TEST

enum { MANY = 40 };

START_TEST(many_mails_go_out_in_turn)
{
    static struct outcome out[MANY];
    struct fetch *fetch;
    struct mail_opts opts;
    int i;

    server_start(NULL);
    opts = opts_here();
    fetch = fetch_new(NULL);
    for (i = 0; i < MANY; i++)
        send_by(fetch, &opts, &out[i]);
    for (i = 0; i < MANY; i++) {
        outcome_await(&out[i]);
        ck_assert_int_eq(out[i].err, 0);
        json_decref(next_mail());
    }
    fetch_stop(fetch);
}
END_TEST

START_TEST(what_can_not_be_sent_is_refused_at_once)
{
    struct fetch *fetch = fetch_new(NULL);
    struct mail_opts opts = opts_here();
    struct mail_message m = sample();

    opts.smtp_url = "smtp://127.0.0.1:1";
    m.to = pii_of(SLICE("ada@example.com>\r\nRCPT TO:<b@example.com"));
    ck_assert_int_eq(mail_send(fetch, &opts, &m, outcome_done, NULL), ERR_INVALID);
    m = sample();
    opts.smtp_url = "http://127.0.0.1:1";
    ck_assert_int_eq(mail_send(fetch, &opts, &m, outcome_done, NULL), ERR_SYNTAX);
    opts.smtp_url = "smtp://127.0.0.1:1";
    opts.from = "Lethe";
    ck_assert_int_eq(mail_send(fetch, &opts, &m, outcome_done, NULL), ERR_INVALID);
    fetch_stop(fetch);
}
END_TEST

UNIT_MAIN("net/mail", a_mail_arrives_as_composed, each_refusal_has_its_meaning,
          a_silent_server_times_out_and_holds_up_no_stop, nobody_listening_is_unavailable,
          tls_and_a_password_are_used_and_checked, no_tls_no_mail_where_it_is_required,
          many_mails_go_out_in_turn, what_can_not_be_sent_is_refused_at_once)
