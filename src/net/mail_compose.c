#include "net/mail_compose.h"

#include <stdio.h>
#include <time.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/utf8.h"
#include "net/mail.h"
#include "net/mail_text.h"

enum {
    MESSAGE_MAX = 1 << 20,
    LINES_MAX = 2 << 20, /* a text of line feeds alone doubles */
    FIELD_MAX = 900,     /* of values that can't be folded; a line holds 998 (RFC 5322 §2.1.1) */
    ADDRESS_MAX = 254,   /* RFC 5321 §4.5.3.1.3 less the angle brackets */
    LOCAL_MAX = 64,      /* RFC 5321 §4.5.3.1.1 */
    LABEL_MAX = 63,      /* RFC 1035 §2.3.4 */
};

/* "=_" can't occur in quoted-printable nor in base64 (RFC 2045 §6.7), so it never occurs in a part.
 */
#define BOUNDARY "=_lethe_alternative"

static bool is_alnum(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

static bool is_atext(char c)
{
    return is_alnum(c) || (c != '\0' && strchr("!#$%&'*+-/=?^_`{|}~", c)); /* RFC 5322 §3.2.3 */
}

static bool is_dot_atom(struct slice s)
{
    size_t i;

    for (i = 0; i < s.len; i++) {
        bool edge = i == 0 || i + 1 == s.len || s.ptr[i - 1] == '.';

        if (s.ptr[i] == '.' ? edge : !is_atext(s.ptr[i]))
            return false;
    }
    return s.len > 0;
}

static bool is_label(struct slice s)
{
    size_t i;

    for (i = 0; i < s.len; i++)
        if (!is_alnum(s.ptr[i]) && (s.ptr[i] != '-' || i == 0 || i + 1 == s.len))
            return false;
    return s.len > 0 && s.len <= LABEL_MAX;
}

static bool is_domain(struct slice s)
{
    struct slice label;

    if (s.len == 0 || s.ptr[s.len - 1] == '.')
        return false;
    while (slice_cut(&s, '.', &label))
        if (!is_label(label))
            return false;
    return true;
}

bool mail_address_ok(struct slice address)
{
    ptrdiff_t at = slice_find(address, '@');

    return address.len <= ADDRESS_MAX && at > 0 && at <= LOCAL_MAX &&
           is_dot_atom(slice_head(address, (size_t)at)) &&
           is_domain(slice_from(address, (size_t)at + 1));
}

static struct slice unquoted(struct slice name)
{
    if (name.len >= 2 && name.ptr[0] == '"' && name.ptr[name.len - 1] == '"')
        return slice_of(name.ptr + 1, name.len - 2);
    return name;
}

int mail_split_from(struct slice from, struct slice *ret_name, struct slice *ret_address)
{
    struct slice all = slice_trim(from), name = SLICE_NONE, address = all;
    const char *open = all.len ? memrchr(all.ptr, '<', all.len) : NULL;

    if (open && slice_ends(all, SLICE(">"))) {
        size_t at = (size_t)(open - all.ptr);

        name = unquoted(slice_trim(slice_head(all, at)));
        address = slice_of(open + 1, all.len - at - 2);
    }
    if (!mail_address_ok(address) || !mail_text_is_field(name))
        return ERR_INVALID;
    *ret_name = name;
    *ret_address = address;
    return 0;
}

static int add_line(struct buf *out, const char *name, struct slice value)
{
    int r = buf_add(out, slice_cstr(name));

    if (r == 0)
        r = buf_add(out, value);
    if (r == 0)
        r = buf_add(out, SLICE("\r\n"));
    return r;
}

static int add_subject(struct buf *out, struct slice subject)
{
    static const struct slice name = {"Subject: ", 9};
    const char *mark = subject.len ? memmem(subject.ptr, subject.len, "=?", 2) : NULL;
    int r;

    if (!mail_text_is_field(subject))
        return ERR_INVALID;
    if (mail_text_is_plain(subject) && !mark && name.len + subject.len <= 78)
        return add_line(out, name.ptr, subject);
    r = buf_add(out, name);
    if (r == 0)
        r = mail_text_words(out, subject, name.len);
    return r == 0 ? buf_add(out, SLICE("\r\n")) : r;
}

/* A display name as quoted string, which takes every printable character (RFC 5322 §3.2.4). */
static int add_quoted(struct buf *out, struct slice name)
{
    size_t i;
    int r = buf_add_char(out, '"');

    for (i = 0; r == 0 && i < name.len; i++) {
        if (name.ptr[i] == '"' || name.ptr[i] == '\\')
            r = buf_add_char(out, '\\');
        if (r == 0)
            r = buf_add_char(out, name.ptr[i]);
    }
    return r == 0 ? buf_add_char(out, '"') : r;
}

/* field is "From: " or "To: ". */
static int add_mailbox(struct buf *out, const char *field, struct slice name, struct slice address)
{
    bool plain = mail_text_is_plain(name) && name.len <= 60;
    int r = buf_add(out, slice_cstr(field));

    if (r == 0 && name.len)
        r = plain ? add_quoted(out, name) : mail_text_words(out, name, strlen(field));
    if (r == 0 && name.len)
        r = buf_add(out, SLICE("\r\n "));
    if (r == 0)
        r = buf_add_char(out, '<');
    if (r == 0)
        r = buf_add(out, address);
    return r == 0 ? buf_add(out, SLICE(">\r\n")) : r;
}

static int add_date(struct buf *out, int64_t ms)
{
    static const char days[7][4] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static const char months[12][4] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                       "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    time_t seconds = (time_t)(ms / SECOND_MS);
    struct tm tm;

    if (ms < 0 || !gmtime_r(&seconds, &tm) || tm.tm_year > 9999 - 1900)
        return ERR_INVALID;
    return buf_addf(out, "Date: %s, %02d %s %d %02d:%02d:%02d +0000\r\n", days[tm.tm_wday],
                    tm.tm_mday, months[tm.tm_mon], tm.tm_year + 1900, tm.tm_hour, tm.tm_min,
                    tm.tm_sec);
}

/* What stands between angle brackets: visible ASCII, no blank and no bracket. */
static bool is_bracketable(struct slice s)
{
    size_t i;

    for (i = 0; i < s.len; i++)
        if (s.ptr[i] <= 0x20 || s.ptr[i] > 0x7e || s.ptr[i] == '<' || s.ptr[i] == '>')
            return false;
    return s.len > 0 && s.len <= FIELD_MAX;
}

static int add_bracketed(struct buf *out, const char *field, struct slice value)
{
    int r;

    if (!is_bracketable(value))
        return ERR_INVALID;
    r = buf_add(out, slice_cstr(field));
    if (r == 0)
        r = buf_add_char(out, '<');
    if (r == 0)
        r = buf_add(out, value);
    return r == 0 ? buf_add(out, SLICE(">\r\n")) : r;
}

static int add_message_id(struct buf *out, struct slice id)
{
    ptrdiff_t at = slice_find(id, '@');

    if (at <= 0 || (size_t)at + 1 == id.len || slice_find(slice_from(id, (size_t)at + 1), '@') >= 0)
        return ERR_INVALID;
    return add_bracketed(out, "Message-ID: ", id);
}

static int add_list_headers(struct buf *out, const struct mail_message *m)
{
    int r = 0;

    if (m->list_id.len)
        r = add_bracketed(out, "List-Id: ", m->list_id);
    if (r < 0 || m->list_unsubscribe.len == 0)
        return r;
    if (!slice_starts(m->list_unsubscribe, SLICE("https://")) ||
        slice_find(m->list_unsubscribe, ',') >= 0)
        return ERR_INVALID;
    r = add_bracketed(out, "List-Unsubscribe: ", m->list_unsubscribe);
    return r == 0 ? buf_add(out, SLICE("List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"))
                  : r;
}

static int add_headers(struct buf *out, const struct mail_opts *opts, const struct mail_message *m)
{
    struct slice from_name, from;
    int r = mail_split_from(slice_cstr(opts->from), &from_name, &from);

    if (r < 0)
        return r;
    if (!mail_address_ok(pii_reveal(m->to)) || !mail_text_is_field(pii_reveal(m->to_name)))
        return ERR_INVALID;
    r = add_date(out, m->date_ms);
    if (r == 0)
        r = add_mailbox(out, "From: ", from_name, from);
    if (r == 0)
        r = add_mailbox(out, "To: ", pii_reveal(m->to_name), pii_reveal(m->to));
    if (r == 0)
        r = add_message_id(out, m->message_id);
    if (r == 0)
        r = add_subject(out, m->subject);
    if (r == 0 && m->auto_submitted)
        r = buf_add(out, SLICE("Auto-Submitted: auto-generated\r\n"));
    if (r == 0)
        r = add_list_headers(out, m);
    return r == 0 ? buf_add(out, SLICE("MIME-Version: 1.0\r\n")) : r;
}

static int add_encoded(struct buf *out, const char *type, struct slice lines)
{
    bool quoted = mail_text_suits_quoted(lines);
    int r = buf_addf(out,
                     "Content-Type: text/%s; charset=utf-8\r\n"
                     "Content-Transfer-Encoding: %s\r\n\r\n",
                     type, quoted ? "quoted-printable" : "base64");

    if (r < 0)
        return r;
    return quoted ? mail_text_quoted(out, lines) : mail_text_base64(out, lines);
}

/* type is "plain" or "html". */
static int add_part(struct buf *out, const char *type, struct slice text)
{
    struct buf lines = BUF_INIT(LINES_MAX);
    int r;

    if (!utf8_valid(text) || slice_find(text, '\0') >= 0)
        return ERR_INVALID;
    r = mail_text_lines(&lines, text);
    if (r == 0)
        r = add_encoded(out, type, buf_slice(&lines));
    buf_done(&lines);
    return r;
}

static int add_alternatives(struct buf *out, const struct mail_message *m)
{
    int r = buf_add(out, SLICE("Content-Type: multipart/alternative;\r\n boundary=\"" BOUNDARY
                               "\"\r\n\r\n--" BOUNDARY "\r\n"));

    if (r == 0)
        r = add_part(out, "plain", m->text);
    if (r == 0)
        r = buf_add(out, SLICE("--" BOUNDARY "\r\n"));
    if (r == 0)
        r = add_part(out, "html", m->html);
    return r == 0 ? buf_add(out, SLICE("--" BOUNDARY "--\r\n")) : r;
}

int mail_compose(const struct mail_opts *opts, const struct mail_message *message, struct buf *ret)
{
    struct buf out = BUF_INIT(MESSAGE_MAX);
    int r = add_headers(&out, opts, message);

    if (r == 0)
        r = message->html.len ? add_alternatives(&out, message)
                              : add_part(&out, "plain", message->text);
    if (r == 0)
        r = buf_add(ret, buf_slice(&out));
    buf_done(&out);
    return r;
}
