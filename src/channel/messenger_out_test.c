#include "channel/messenger_out.h"

#include "base/clock.h"
#include "base/err.h"
#include "base/json.h"
#include "channel/messenger_check.h"
#include "channel/messenger_compose.h"
#include "unit.h"

static struct send_result judge(const struct fetch_answer *answer, int attempts)
{
    struct send_result result;
    void *keep;

    messenger_out_judge(answer, attempts, &keep, &result);
    if (!pii_empty(result.external))
        ck_assert_slice(pii_reveal(result.external), "m_7");
    json_decref(keep);
    return result;
}

START_TEST(each_error_of_meta_has_its_consequence)
{
    const struct {
        int status, code, subcode;
        enum send_outcome outcome;
        enum send_reason reason;
        enum channel_reason broken;
    } rows[] = {
        {400, 1200, 0, SENT_AGAIN, SEND_FINE, CHANNEL_FINE},
        {500, 2, 0, SENT_AGAIN, SEND_FINE, CHANNEL_FINE},
        {400, 4, 0, SENT_AGAIN, SEND_FINE, CHANNEL_FINE},
        {400, 613, 0, SENT_AGAIN, SEND_FINE, CHANNEL_FINE},
        {400, 4, 2018022, SENT_AGAIN, SEND_FINE, CHANNEL_FINE},
        {400, 4, 2018354, SENT_REFUSED, SEND_TOO_OFTEN, CHANNEL_FINE},
        {400, 9, 2018352, SENT_REFUSED, SEND_TOO_OFTEN, CHANNEL_FINE},
        {401, 190, 463, SENT_REFUSED, SEND_TOKEN_DEAD, CHANNEL_TOKEN_DEAD},
        {400, 10, 2018278, SENT_REFUSED, SEND_WINDOW_CLOSED, CHANNEL_FINE},
        {400, 10, 2018065, SENT_REFUSED, SEND_WINDOW_CLOSED, CHANNEL_FINE},
        {400, 10, 2018108, SENT_REFUSED, SEND_UNREACHABLE, CHANNEL_FINE},
        {400, 551, 1545041, SENT_REFUSED, SEND_UNREACHABLE, CHANNEL_FINE},
        {400, 230, 0, SENT_REFUSED, SEND_UNREACHABLE, CHANNEL_FINE},
        {400, 10, 0, SENT_REFUSED, SEND_PERMISSION, CHANNEL_PERMISSION_MISSING},
        {400, 200, 0, SENT_REFUSED, SEND_PERMISSION, CHANNEL_PERMISSION_MISSING},
        {400, 100, 0, SENT_REFUSED, SEND_BAD_REQUEST, CHANNEL_FINE},
        {400, 100, 2018001, SENT_REFUSED, SEND_UNREACHABLE, CHANNEL_FINE},
        {400, 100, 2018109, SENT_REFUSED, SEND_BAD_REQUEST, CHANNEL_FINE},
        {400, 100, 2018034, SENT_REFUSED, SEND_BAD_REQUEST, CHANNEL_FINE},
        {400, 368, 0, SENT_REFUSED, SEND_BLOCKED, CHANNEL_BLOCKED},
        {400, 2022, 0, SENT_REFUSED, SEND_BLOCKED, CHANNEL_BLOCKED},
        {400, 99999, 0, SENT_AGAIN, SEND_FINE, CHANNEL_FINE},
    };
    char body[200];
    size_t i;

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct send_result result;

        snprintf(body, sizeof(body),
                 "{\"error\":{\"message\":\"x\",\"code\":%d,\"error_subcode\":%d}}", rows[i].code,
                 rows[i].subcode);
        result = judge(&(struct fetch_answer){.sent = true,
                                              .status = rows[i].status,
                                              .body = slice_cstr(body)},
                       0);
        ck_assert_msg(result.outcome == rows[i].outcome && result.reason == rows[i].reason &&
                          result.broken == rows[i].broken,
                      "%d/%d: %d %d %d", rows[i].code, rows[i].subcode, result.outcome,
                      result.reason, result.broken);
    }
}
END_TEST

START_TEST(only_metas_own_body_proves_a_refusal)
{
    const struct {
        struct fetch_answer answer;
        enum send_outcome outcome;
    } rows[] = {
        {{.sent = true,
          .status = 200,
          .body = SLICE("{\"recipient_id\":\"1\",\"message_id\":\"m_7\"}")},
         SENT_ACCEPTED},
        {{.sent = true, .status = 200, .body = SLICE("{\"message_id\":\"m_7\"}")}, SENT_ACCEPTED},
        {{.sent = true, .status = 200, .body = SLICE("<html>")}, SENT_UNSURE},
        {{.sent = true, .status = 200, .body = SLICE("{}")}, SENT_UNSURE},
        {{.sent = true, .status = 500}, SENT_UNSURE},
        {{.sent = true, .status = 502, .body = SLICE("<html>")}, SENT_UNSURE},
        {{.sent = true, .status = 400, .body = SLICE("{\"error\":\"text\"}")}, SENT_UNSURE},
        {{.sent = true, .err = ERR_TIMEOUT}, SENT_UNSURE},
        {{.sent = true, .err = ERR_CLOSED}, SENT_UNSURE},
        {{.sent = false, .err = ERR_UNAVAILABLE}, SENT_NOT_SENT},
        {{.sent = false, .err = ERR_TIMEOUT}, SENT_NOT_SENT},
        {{.sent = false, .err = ERR_CANCELED}, SENT_NOT_SENT},
    };
    size_t i;

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        ck_assert_msg(judge(&rows[i].answer, 0).outcome == rows[i].outcome, "row %zu", i);
}
END_TEST

START_TEST(rate_limits_back_off_as_long_as_meta_says)
{
    struct fetch_answer answer = {
        .sent = true, .status = 400, .body = SLICE("{\"error\":{\"code\":613}}")};

    ck_assert_int_eq(judge(&answer, 0).retry_ms, MINUTE_MS);
    ck_assert_int_eq(judge(&answer, 1).retry_ms, 2 * MINUTE_MS);
    ck_assert_int_eq(judge(&answer, 20).retry_ms, HOUR_MS);
    answer.headers = SLICE("X-Business-Use-Case-Usage: "
                           "{\"101\":[{\"estimated_time_to_regain_access\":25}]}\r\n");
    ck_assert_int_eq(judge(&answer, 0).retry_ms, 25 * MINUTE_MS);
}
END_TEST

#define LETTER(message)                                                                            \
    "{\"recipient\":{\"id\":\"2001\"},\"messaging_type\":\"RESPONSE\",\"message\":{" message       \
    ",\"metadata\":\"msg_1\"}}"

static int compose(const char *body, struct buf *ret)
{
    return messenger_compose(&(struct messenger_letter){.to = pii_of(SLICE("2001")),
                                                        .body = pii_of(slice_cstr(body)),
                                                        .messaging_type = "RESPONSE",
                                                        .metadata = "msg_1"},
                             ret);
}

START_TEST(bodies_become_letters)
{
    const struct {
        const char *body, *want;
    } rows[] = {
        {"{\"text\":\"hi\"}", LETTER("\"text\":\"hi\"")},
        {"{\"text\":\"hi\",\"quick_replies\":[{\"title\":\"Yes\",\"payload\":\"Y\"},{\"title\":"
         "\"No\"}]}",
         LETTER("\"text\":\"hi\",\"quick_replies\":[{\"content_type\":\"text\",\"title\":\"Yes\","
                "\"payload\":\"Y\"},{\"content_type\":\"text\",\"title\":\"No\",\"payload\":\"No\"}"
                "]")},
        {"{\"text\":\"hi\",\"buttons\":[{\"title\":\"Go\",\"url\":\"https://example.com/\"},"
         "{\"title\":\"Menu\",\"payload\":\"M\"}]}",
         LETTER("\"attachment\":{\"type\":\"template\",\"payload\":{\"template_type\":\"button\","
                "\"text\":\"hi\",\"buttons\":[{\"type\":\"web_url\",\"title\":\"Go\",\"url\":"
                "\"https://example.com/\"},{\"type\":\"postback\",\"title\":\"Menu\",\"payload\":"
                "\"M\"}]}}")},
        {"{\"cards\":[{\"title\":\"A\",\"subtitle\":\"b\",\"image\":\"https://example.com/a.png\"},"
         "{\"title\":\"B\"}]}",
         LETTER("\"attachment\":{\"type\":\"template\",\"payload\":{\"template_type\":\"generic\","
                "\"elements\":[{\"title\":\"A\",\"subtitle\":\"b\",\"image_url\":"
                "\"https://example.com/a.png\"},{\"title\":\"B\",\"subtitle\":\"\xC2\xA0\"}]}}")},
        {"{\"attachments\":[{\"type\":\"image\",\"url\":\"https://example.com/a.png\"}]}",
         LETTER("\"attachment\":{\"type\":\"image\",\"payload\":{\"url\":"
                "\"https://example.com/a.png\"}}")},
        {"{\"text\":\"see\",\"attachments\":[{\"type\":\"file\",\"name\":\"plan\",\"url\":"
         "\"https://example.com/p.pdf\"}]}",
         LETTER("\"text\":\"see\\nplan: https://example.com/p.pdf\"")},
        {"{\"text\":\"pick\",\"buttons\":[{\"title\":\"1\",\"payload\":\"a\"},{\"title\":\"2\","
         "\"payload\":\"b\"},{\"title\":\"3\",\"url\":\"https://example.com/\"},{\"title\":\"4\","
         "\"payload\":\"d\"}]}",
         LETTER("\"text\":\"pick\\n3: https://example.com/\",\"quick_replies\":[{\"content_type\":"
                "\"text\",\"title\":\"1\",\"payload\":\"a\"},{\"content_type\":\"text\",\"title\":"
                "\"2\",\"payload\":\"b\"},{\"content_type\":\"text\",\"title\":\"4\",\"payload\":"
                "\"d\"}]")},
    };
    size_t i;

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct buf b = BUF_INIT(100 * 1024);

        ck_assert_int_eq(compose(rows[i].body, &b), 0);
        ck_assert_msg(slice_eq(buf_slice(&b), slice_cstr(rows[i].want)), "'%.*s' is not '%s'",
                      SLICE_ARG(buf_slice(&b)), rows[i].want);
        buf_done(&b);
    }
}
END_TEST

START_TEST(what_has_no_form_in_messenger_is_refused_here)
{
    struct buf b = BUF_INIT(100 * 1024);

    ck_assert_int_eq(compose("{}", &b), ERR_INVALID);
    ck_assert_int_eq(
        compose("{\"attachments\":[{\"type\":\"file\",\"url\":\"/api/v1/files/x\"}]}", &b),
        ERR_INVALID);
    ck_assert_int_eq(compose("no JSON", &b), ERR_DAMAGED);
    buf_done(&b);
}
END_TEST

START_TEST(reports_have_a_reason)
{
    const struct {
        struct messenger_report report;
        enum channel_reason reason;
    } rows[] = {
        {{.was_subscribed = true, .subscribed = true}, CHANNEL_FINE},
        {{.subscribed = true}, CHANNEL_FINE},
        {{.subscribed = false}, CHANNEL_UNSUBSCRIBED},
        {{.err = ERR_REFUSED, .code = 190}, CHANNEL_TOKEN_DEAD},
        {{.err = ERR_REFUSED, .code = 10}, CHANNEL_PERMISSION_MISSING},
        {{.err = ERR_REFUSED, .code = 200}, CHANNEL_PERMISSION_MISSING},
        {{.err = ERR_REFUSED, .code = 2}, CHANNEL_UNREACHABLE},
        {{.err = ERR_TIMEOUT}, CHANNEL_UNREACHABLE},
    };
    size_t i;

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        ck_assert_int_eq(messenger_report_reason(&rows[i].report), rows[i].reason);
}
END_TEST

UNIT_MAIN("channel/messenger_out", each_error_of_meta_has_its_consequence,
          only_metas_own_body_proves_a_refusal, rate_limits_back_off_as_long_as_meta_says,
          bodies_become_letters, what_has_no_form_in_messenger_is_refused_here,
          reports_have_a_reason)
