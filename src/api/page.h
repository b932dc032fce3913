/* page.h - within api: pages made from the embedded templates. */
#ifndef API_PAGE_H
#define API_PAGE_H

#include "api/call.h"

enum page_kind {
    PAGE_TEXT, /* is HTML-escaped */
    PAGE_HTML, /* was made safe already */
    PAGE_JSON, /* for a script element: "<" is written \\u003c */
};

struct page_value {
    const char *name; /* "title" fills {{title}} */
    struct slice value;
    enum page_kind kind;
};

/** Fills the template "NAME.LANG.html", or "NAME.html" where there is no such language, and makes
 * it the call's answer. `csp` as in http_answer. ERR_INTERNAL a placeholder has no value. */
int page_answer(struct call *call, const char *name, struct slice lang,
                const struct page_value *values, size_t n, const char *csp) MUST_CHECK;
/** A public page without script: title (text) and body (HTML). */
int page_public(struct call *call, struct slice lang, struct slice title,
                struct slice body_html) MUST_CHECK;
/** Appends text with & < > " ' escaped. */
int page_escape(struct buf *b, struct slice text) MUST_CHECK;
/** The first language of Accept-Language that our pages speak; "en" otherwise. */
struct slice page_language(const struct call *call);

#define PAGE_CSP_PUBLIC                                                                            \
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none';"   \
    " frame-ancestors 'none'"

#endif
