#include "base/json_out.h"

#include "base/err.h"
#include "base/utf8.h"

void json_out_init(struct json_out *out, struct buf *buf)
{
    *out = (struct json_out){.buf = buf};
}

static void put(struct json_out *out, struct slice s)
{
    if (out->err == 0)
        out->err = buf_add(out->buf, s);
}

static void put_escape(struct json_out *out, unsigned char c)
{
    static const char digits[] = "0123456789abcdef";
    char text[6] = {'\\', 'u', '0', '0', digits[c >> 4], digits[c & 15]};

    switch (c) {
    case '"':
        put(out, SLICE("\\\""));
        break;
    case '\\':
        put(out, SLICE("\\\\"));
        break;
    case '\n':
        put(out, SLICE("\\n"));
        break;
    default:
        put(out, slice_of(text, sizeof(text)));
        break;
    }
}

/* '<' is escaped too, so that JSON can stand inside a page. */
static bool needs_escape(int32_t code)
{
    return code < 0x20 || code == '"' || code == '\\' || code == '<' || code == 0x7f;
}

static void put_string(struct json_out *out, struct slice s)
{
    struct slice rest = s;
    const char *run = s.ptr;

    put(out, SLICE("\""));
    while (rest.len) {
        const char *at = rest.ptr;
        int32_t code = utf8_next(&rest);

        if (code >= 0 && !needs_escape(code))
            continue;
        put(out, slice_of(run, (size_t)(at - run)));
        if (code < 0)
            put(out, SLICE("\xef\xbf\xbd"));
        else
            put_escape(out, (unsigned char)code);
        run = rest.ptr;
    }
    if (s.len)
        put(out, slice_of(run, (size_t)(s.ptr + s.len - run)));
    put(out, SLICE("\""));
}

static void begin(struct json_out *out, const char *key)
{
    if (out->comma)
        put(out, SLICE(","));
    out->comma = true;
    if (key) {
        put_string(out, slice_cstr(key));
        put(out, SLICE(":"));
    }
}

static void open_with(struct json_out *out, const char *key, struct slice bracket)
{
    begin(out, key);
    put(out, bracket);
    out->comma = false;
    out->depth++;
}

static void close_with(struct json_out *out, struct slice bracket)
{
    put(out, bracket);
    out->comma = true;
    out->depth--;
}

void json_out_object(struct json_out *out, const char *key)
{
    open_with(out, key, SLICE("{"));
}

void json_out_array(struct json_out *out, const char *key)
{
    open_with(out, key, SLICE("["));
}

void json_out_close_object(struct json_out *out)
{
    close_with(out, SLICE("}"));
}

void json_out_close_array(struct json_out *out)
{
    close_with(out, SLICE("]"));
}

void json_out_str(struct json_out *out, const char *key, struct slice s)
{
    begin(out, key);
    put_string(out, s);
}

void json_out_pii(struct json_out *out, const char *key, struct pii p)
{
    json_out_str(out, key, pii_reveal(p));
}

void json_out_int(struct json_out *out, const char *key, int64_t value)
{
    begin(out, key);
    if (out->err == 0)
        out->err = buf_addf(out->buf, "%lld", (long long)value);
}

void json_out_bool(struct json_out *out, const char *key, bool value)
{
    begin(out, key);
    put(out, value ? SLICE("true") : SLICE("false"));
}

void json_out_null(struct json_out *out, const char *key)
{
    begin(out, key);
    put(out, SLICE("null"));
}

void json_out_raw(struct json_out *out, const char *key, struct slice json)
{
    begin(out, key);
    put(out, json.len ? json : SLICE("null"));
}

int json_out_end(struct json_out *out)
{
    if (out->err == 0 && out->depth != 0)
        return ERR_INTERNAL;
    return out->err;
}
