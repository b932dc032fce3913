#include "net/mail.h"

#include "base/err.h"
#include "unit.h"

static const struct mail_opts opts = {.smtp_url = "smtp://localhost", .from = "alerts@example.com"};

/* 2026-11-24 05:51:25 UTC */
static struct mail_message sample(void)
{
    return (struct mail_message){.to = pii_of(SLICE("ada@example.com")),
                                 .subject = SLICE("Somebody waits"),
                                 .text = SLICE("Please come.\nThank you."),
                                 .message_id = SLICE("job-1@example.com"),
                                 .date_ms = INT64_C(1795499485000)};
}

static const char *compose_with(const struct mail_opts *with, const struct mail_message *message)
{
    static char text[1 << 16];
    struct buf b = BUF_INIT(sizeof(text) - 1);

    ck_assert_int_eq(mail_compose(with, message, &b), 0);
    memcpy(text, b.ptr, b.len);
    text[b.len] = '\0';
    buf_done(&b);
    return text;
}

static const char *compose(const struct mail_message *message)
{
    return compose_with(&opts, message);
}

static int compose_error(const struct mail_message *message)
{
    struct buf b = BUF_INIT(2 << 20);
    int r = mail_compose(&opts, message, &b);

    ck_assert_uint_eq(b.len, 0);
    buf_done(&b);
    return r;
}

#define ck_assert_has(text, part)                                                                  \
    ck_assert_msg(strstr(text, part) != NULL, "no '%s' in %s", part, text)

START_TEST(a_plain_message_is_spelled_out)
{
    struct mail_message m = sample();

    ck_assert_str_eq(compose(&m), "Date: Tue, 24 Nov 2026 05:51:25 +0000\r\n"
                                  "From: <alerts@example.com>\r\n"
                                  "To: <ada@example.com>\r\n"
                                  "Message-ID: <job-1@example.com>\r\n"
                                  "Subject: Somebody waits\r\n"
                                  "MIME-Version: 1.0\r\n"
                                  "Content-Type: text/plain; charset=utf-8\r\n"
                                  "Content-Transfer-Encoding: quoted-printable\r\n"
                                  "\r\n"
                                  "Please come.\r\n"
                                  "Thank you.\r\n");
}
END_TEST

START_TEST(names_are_quoted_or_encoded)
{
    struct mail_message m = sample();
    struct mail_opts with = opts;

    with.from = "\"Lethe, Alerts\" <alerts@example.com>";
    m.to_name = pii_of(SLICE("Ada \"A\\B\" Example"));
    ck_assert_has(compose_with(&with, &m), "From: \"Lethe, Alerts\"\r\n <alerts@example.com>\r\n");
    ck_assert_has(compose_with(&with, &m),
                  "To: \"Ada \\\"A\\\\B\\\" Example\"\r\n <ada@example.com>\r\n");
    m.to_name = pii_of(SLICE("\303\204da Example"));
    ck_assert_has(compose(&m), "To: =?utf-8?B?w4RkYSBFeGFtcGxl?=\r\n <ada@example.com>\r\n");
}
END_TEST

START_TEST(long_subjects_fold_between_characters)
{
    struct mail_message m = sample();

    m.subject =
        SLICE("\303\204\303\204\303\204\303\204\303\204\303\204\303\204\303\204\303\204\303\204"
              "\303\204\303\204\303\204\303\204\303\204\303\204\303\204\303\204\303\204\303\204"
              "\303\204\303\204");
    ck_assert_has(
        compose(&m),
        "\r\nSubject: =?utf-8?B?w4TDhMOEw4TDhMOEw4TDhMOEw4TDhMOEw4TDhMOEw4TDhMOEw4Q=?=\r\n"
        " =?utf-8?B?w4TDhMOE?=\r\n");
    m.subject = SLICE("=?utf-8?B?WA==?=");
    ck_assert_has(compose(&m), "\r\nSubject: =?utf-8?B?PT91dGYtOD9CP1dBPT0/PQ==?=\r\n");
    m.subject = SLICE("");
    ck_assert_has(compose(&m), "\r\nSubject: \r\n");
}
END_TEST

START_TEST(quoted_printable_keeps_lines_short_and_blanks_whole)
{
    struct mail_message m = sample();

    m.text = SLICE("a=b \r\n.dot\t\rFrom \303\244\n"
                   "0123456789012345678901234567890123456789012345678901234567890123456789012345\n"
                   "01234567890123456789012345678901234567890123456789012345678901234567890123456");
    ck_assert_has(
        compose(&m),
        "\r\n\r\na=3Db=20\r\n.dot=09\r\nFrom =C3=A4\r\n"
        "0123456789012345678901234567890123456789012345678901234567890123456789012345\r\n"
        "012345678901234567890123456789012345678901234567890123456789012345678901234=\r\n56\r\n");
}
END_TEST

START_TEST(foreign_scripts_go_as_base64)
{
    struct mail_message m = sample();

    m.text = SLICE("\320\237\321\200\320\270\320\262\320\265\321\202\n");
    ck_assert_has(compose(&m), "Content-Transfer-Encoding: base64\r\n\r\n0J/RgNC40LLQtdGCDQo=\r\n");
}
END_TEST

START_TEST(html_comes_as_the_better_alternative)
{
    struct mail_message m = sample();

    m.text = SLICE("hi");
    m.html = SLICE("<p>hi</p>");
    ck_assert_has(
        compose(&m),
        "Content-Type: multipart/alternative;\r\n boundary=\"=_lethe_alternative\"\r\n\r\n"
        "--=_lethe_alternative\r\n"
        "Content-Type: text/plain; charset=utf-8\r\n"
        "Content-Transfer-Encoding: quoted-printable\r\n\r\nhi\r\n"
        "--=_lethe_alternative\r\n"
        "Content-Type: text/html; charset=utf-8\r\n"
        "Content-Transfer-Encoding: quoted-printable\r\n\r\n<p>hi</p>\r\n"
        "--=_lethe_alternative--\r\n");
}
END_TEST

START_TEST(alerts_and_mailings_are_marked)
{
    struct mail_message m = sample();

    m.auto_submitted = true;
    m.list_id = SLICE("news.example.com");
    m.list_unsubscribe = SLICE("https://example.com/unsubscribe/x");
    ck_assert_has(compose(&m), "\r\nAuto-Submitted: auto-generated\r\n"
                               "List-Id: <news.example.com>\r\n"
                               "List-Unsubscribe: <https://example.com/unsubscribe/x>\r\n"
                               "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n");
    m.list_unsubscribe = SLICE("http://example.com/x");
    ck_assert_int_eq(compose_error(&m), ERR_INVALID);
}
END_TEST

START_TEST(no_header_can_be_smuggled_in)
{
    static const struct slice evil[] = {SLICE("x\r\nBcc: b@example.com"), SLICE("x\ny@example.com"),
                                        SLICE("x\ry@example.com"), SLICE("x\0y@example.com"),
                                        SLICE("x\177y@example.com")};
    size_t i;

    for (i = 0; i < ARRAY_LEN(evil); i++) {
        struct mail_message m = sample();

        m.subject = evil[i];
        ck_assert_int_eq(compose_error(&m), ERR_INVALID);
        m = sample();
        m.to = pii_of(evil[i]);
        ck_assert_int_eq(compose_error(&m), ERR_INVALID);
        m = sample();
        m.to_name = pii_of(evil[i]);
        ck_assert_int_eq(compose_error(&m), ERR_INVALID);
        m = sample();
        m.message_id = evil[i];
        ck_assert_int_eq(compose_error(&m), ERR_INVALID);
        m = sample();
        m.list_id = evil[i];
        ck_assert_int_eq(compose_error(&m), ERR_INVALID);
    }
}
END_TEST

START_TEST(odd_text_and_odd_numbers_are_refused)
{
    static char large[1 << 20];
    struct mail_message m = sample();

    m.text = SLICE("\303");
    ck_assert_int_eq(compose_error(&m), ERR_INVALID);
    m.text = SLICE("a\0b");
    ck_assert_int_eq(compose_error(&m), ERR_INVALID);
    m = sample();
    m.subject = SLICE("\377");
    ck_assert_int_eq(compose_error(&m), ERR_INVALID);
    m = sample();
    m.date_ms = INT64_MAX;
    ck_assert_int_eq(compose_error(&m), ERR_INVALID);
    m = sample();
    memset(large, 'x', sizeof(large));
    m.text = slice_of(large, sizeof(large));
    ck_assert_int_eq(compose_error(&m), ERR_LIMIT);
}
END_TEST

START_TEST(addresses)
{
    static const char *const good[] = {
        "a@b",
        "ada@example.com",
        "ada.b+tag@mail.example.co.uk",
        "o'neil_{x}@xn--bcher-kva.example",
        "1234567890123456789012345678901234567890123456789012345678901234@example.com",
    };
    static const char *const bad[] = {
        "",
        "@",
        "a@",
        "@b",
        "a",
        "a@b@c",
        "a b@c",
        ".a@b",
        "a.@b",
        "a..b@c",
        "a@.b",
        "a@b.",
        "a@b..c",
        "a@-b",
        "a@b-",
        "a@b_c",
        "<a@b>",
        "a@b>",
        "a@[1.2.3.4]",
        "\"a b\"@c",
        "a@b,c@d",
        "a@b\n",
        "\303\244@b",
        "a@b\303\244.example",
        "12345678901234567890123456789012345678901234567890123456789012345@example.com",
        "a@1234567890123456789012345678901234567890123456789012345678901234.example",
    };
    char longest[256];
    size_t i;

    for (i = 0; i < ARRAY_LEN(good); i++)
        ck_assert_msg(mail_address_ok(slice_cstr(good[i])), "%s", good[i]);
    for (i = 0; i < ARRAY_LEN(bad); i++)
        ck_assert_msg(!mail_address_ok(slice_cstr(bad[i])), "%s", bad[i]);
    for (i = 0; i < sizeof(longest); i++)
        longest[i] = i % 10 == 1 ? '.' : 'x';
    longest[3] = '@';
    longest[253] = 'x';
    ck_assert(mail_address_ok(slice_of(longest, 254)));
    ck_assert(!mail_address_ok(slice_of(longest, 255)));
    ck_assert(!mail_address_ok(SLICE("a\0@b")));
}
END_TEST

UNIT_MAIN("net/mail_compose", a_plain_message_is_spelled_out, names_are_quoted_or_encoded,
          long_subjects_fold_between_characters,
          quoted_printable_keeps_lines_short_and_blanks_whole, foreign_scripts_go_as_base64,
          html_comes_as_the_better_alternative, alerts_and_mailings_are_marked,
          no_header_can_be_smuggled_in, odd_text_and_odd_numbers_are_refused, addresses)
