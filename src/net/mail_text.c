#include "net/mail_text.h"

#include <sodium.h>

#include "base/err.h"
#include "base/utf8.h"

enum {
    WIDTH = 76,       /* RFC 2045 §6.7, RFC 2047 §2 */
    WORD_FRAME = 12,  /* "=?utf-8?B?" and "?=" */
    BASE64_LINE = 57, /* bytes that make 76 characters */
};

bool mail_text_is_plain(struct slice text)
{
    size_t i;

    for (i = 0; i < text.len; i++)
        if (text.ptr[i] < 0x20 || text.ptr[i] > 0x7e)
            return false;
    return true;
}

bool mail_text_is_field(struct slice text)
{
    size_t i;

    for (i = 0; i < text.len; i++)
        if ((unsigned char)text.ptr[i] < 0x20 || text.ptr[i] == 0x7f)
            return false;
    return utf8_valid(text);
}

/* The longest start of `text` that fits and ends between two characters. At least one character. */
static size_t whole_chars(struct slice text, size_t max)
{
    size_t len = text.len < max ? text.len : max;

    while (len < text.len && len > 0 && ((unsigned char)text.ptr[len] & 0xc0) == 0x80)
        len--;
    return len;
}

static int add_base64(struct buf *out, struct slice bytes)
{
    char text[WIDTH + 1];
    int r;

    sodium_bin2base64(text, sizeof(text), (const unsigned char *)bytes.ptr, bytes.len,
                      sodium_base64_VARIANT_ORIGINAL);
    r = buf_add(out, slice_cstr(text));
    sodium_memzero(text, sizeof(text));
    return r;
}

static int add_word(struct buf *out, struct slice part)
{
    int r = buf_add(out, SLICE("=?utf-8?B?"));

    if (r == 0)
        r = add_base64(out, part);
    if (r == 0)
        r = buf_add(out, SLICE("?="));
    return r;
}

int mail_text_words(struct buf *out, struct slice text, size_t column)
{
    int r = 0;

    while (r == 0 && text.len) {
        size_t room = column + WORD_FRAME < WIDTH ? WIDTH - WORD_FRAME - column : 0;
        size_t take = whole_chars(text, room / 4 * 3);

        if (take) {
            r = add_word(out, slice_head(text, take));
            text = slice_from(text, take);
        }
        if (r == 0 && text.len)
            r = buf_add(out, SLICE("\r\n "));
        column = 1;
    }
    return r;
}

int mail_text_lines(struct buf *out, struct slice text)
{
    size_t i, start = 0;
    int r = 0;

    for (i = 0; r == 0 && i <= text.len; i++) {
        if (i < text.len && text.ptr[i] != '\r' && text.ptr[i] != '\n')
            continue;
        if (i == text.len && start == i)
            break;
        r = buf_add(out, slice_of(text.ptr + start, i - start));
        if (r == 0)
            r = buf_add(out, SLICE("\r\n"));
        if (i + 1 < text.len && text.ptr[i] == '\r' && text.ptr[i + 1] == '\n')
            i++;
        start = i + 1;
    }
    return r;
}

static bool is_literal(char c)
{
    return (c >= 33 && c <= 126 && c != '=') || c == ' ' || c == '\t';
}

bool mail_text_suits_quoted(struct slice text)
{
    size_t i, escaped = 0;

    for (i = 0; i < text.len; i++)
        escaped += !is_literal(text.ptr[i]) && text.ptr[i] != '\r' && text.ptr[i] != '\n';
    return escaped <= text.len / 6; /* two more bytes for each, against a third more for all */
}

static int quote_line(struct buf *out, struct slice line)
{
    size_t i, column = 0;
    int r = 0;

    for (i = 0; r == 0 && i < line.len; i++) {
        char c = line.ptr[i];
        bool last = i + 1 == line.len;
        bool literal = is_literal(c) && !(last && (c == ' ' || c == '\t'));
        size_t width = literal ? 1 : 3;

        if (column + width + !last > WIDTH) { /* the soft break itself takes one */
            r = buf_add(out, SLICE("=\r\n"));
            column = 0;
        }
        if (r == 0)
            r = literal ? buf_add_char(out, c) : buf_addf(out, "=%02X", (unsigned char)c);
        column += width;
    }
    return r == 0 ? buf_add(out, SLICE("\r\n")) : r;
}

int mail_text_quoted(struct buf *out, struct slice text)
{
    struct slice line;
    int r = 0;

    while (r == 0 && text.len && slice_cut(&text, '\n', &line))
        r = quote_line(out, slice_ends(line, SLICE("\r")) ? slice_head(line, line.len - 1) : line);
    return r;
}

int mail_text_base64(struct buf *out, struct slice text)
{
    int r = 0;

    while (r == 0 && text.len) {
        r = add_base64(out, slice_head(text, BASE64_LINE));
        if (r == 0)
            r = buf_add(out, SLICE("\r\n"));
        text = slice_from(text, BASE64_LINE);
    }
    return r;
}
