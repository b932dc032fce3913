#include "api/page.h"

#include <stdio.h>

#include "api/web_files.h"
#include "base/err.h"

enum { PAGE_MAX_BYTES = 512 * 1024 };

int page_escape(struct buf *b, struct slice text)
{
    static const char special[] = "&<>\"'";
    static const char *const escapes[] = {"&amp;", "&lt;", "&gt;", "&quot;", "&#39;"};
    size_t i, run = 0;
    int r = 0;

    for (i = 0; r == 0 && i < text.len; i++) {
        const char *at = memchr(special, text.ptr[i], sizeof(special) - 1);

        if (!at)
            continue;
        r = buf_add(b, slice_of(text.ptr + run, i - run));
        if (r == 0)
            r = buf_add(b, slice_cstr(escapes[at - special]));
        run = i + 1;
    }
    return r < 0 ? r : buf_add(b, slice_from(text, run));
}

/* In JSON a "<" stands only within strings, where its escape means the same. */
static int add_json(struct buf *b, struct slice json)
{
    struct slice part;
    bool first = true;
    int r = 0;

    while (r == 0 && slice_cut(&json, '<', &part)) {
        if (!first)
            r = buf_add(b, SLICE("\\u003c"));
        if (r == 0)
            r = buf_add(b, part);
        first = false;
    }
    return r;
}

static int add_value(struct buf *b, const struct page_value *value)
{
    switch (value->kind) {
    case PAGE_TEXT:
        return page_escape(b, value->value);
    case PAGE_HTML:
        return buf_add(b, value->value);
    case PAGE_JSON:
        return add_json(b, value->value);
    }
    return ERR_INTERNAL;
}

static const struct page_value *value_of(struct slice name, const struct page_value *values,
                                         size_t n)
{
    size_t i;

    for (i = 0; i < n; i++)
        if (slice_eq(name, slice_cstr(values[i].name)))
            return &values[i];
    return NULL;
}

static ptrdiff_t find_pair(struct slice s, char c)
{
    size_t i;

    for (i = 0; i + 1 < s.len; i++)
        if (s.ptr[i] == c && s.ptr[i + 1] == c)
            return (ptrdiff_t)i;
    return -1;
}

static int fill(struct buf *b, struct slice template, const struct page_value *values, size_t n)
{
    int r = 0;

    while (r == 0) {
        ptrdiff_t open = find_pair(template, '{'), close;
        const struct page_value *value;

        if (open < 0)
            return buf_add(b, template);
        r = buf_add(b, slice_head(template, (size_t)open));
        template = slice_from(template, (size_t)open + 2);
        close = find_pair(template, '}');
        value = close < 0 ? NULL : value_of(slice_head(template, (size_t)close), values, n);
        if (r < 0 || !value)
            return r < 0 ? r : ERR_INTERNAL;
        r = add_value(b, value);
        template = slice_from(template, (size_t)close + 2);
    }
    return r;
}

static const struct web_file *template_of(const char *name, struct slice lang)
{
    const struct web_file *file;
    char path[80];

    snprintf(path, sizeof(path), "%s.%.*s.html", name, SLICE_ARG(slice_head(lang, 8)));
    file = web_file_find(slice_cstr(path));
    if (file)
        return file;
    snprintf(path, sizeof(path), "%s.html", name);
    return web_file_find(slice_cstr(path));
}

int page_answer(struct call *call, const char *name, struct slice lang,
                const struct page_value *values, size_t n, const char *csp)
{
    const struct web_file *file = template_of(name, lang);
    struct buf b = BUF_INIT(PAGE_MAX_BYTES);
    struct slice page;
    int r;

    if (!file)
        return ERR_INTERNAL;
    r = fill(&b, file->raw.body, values, n);
    page = r == 0 ? arena_copy(call->arena, buf_slice(&b)) : SLICE_NONE;
    buf_done(&b);
    if (r == 0 && !page.ptr)
        r = ERR_MEMORY;
    if (r < 0)
        return r;
    call->answer.type = "text/html; charset=utf-8";
    call->answer.body = page;
    call->answer.csp = csp;
    return 0;
}

int page_public(struct call *call, struct slice lang, struct slice title, struct slice body_html)
{
    const struct page_value values[] = {{"title", title, PAGE_TEXT},
                                        {"body", body_html, PAGE_HTML}};

    return page_answer(call, "page", lang, values, ARRAY_LEN(values), PAGE_CSP_PUBLIC);
}

static bool we_speak(struct slice lang)
{
    char path[32];

    if (slice_eq(lang, SLICE("en")))
        return true;
    snprintf(path, sizeof(path), "page.%.*s.html", SLICE_ARG(slice_head(lang, 8)));
    return web_file_find(slice_cstr(path)) != NULL;
}

struct slice page_language(const struct call *call)
{
    struct slice rest = http_header(call->http, "accept-language"), part, tag;

    while (slice_cut(&rest, ',', &part)) {
        part = slice_trim(part);
        if (!slice_cut(&part, ';', &tag) || !slice_cut(&tag, '-', &part))
            continue;
        if (we_speak(part))
            return part;
    }
    return SLICE("en");
}
