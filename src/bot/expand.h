/* expand.h - {variables|defaults} in texts, addresses and JSON bodies.
 * "{first_name|there}" gives the value of first_name, or "there" when there is none. "{{" and "}}"
 * are a single brace. Braces around anything that is no name stay as they are. */
#ifndef BOT_EXPAND_H
#define BOT_EXPAND_H

#include "base/buf.h"
#include "base/pii.h"

enum { EXPAND_NAME_MAX = 40 };

/** a-z first, then a-z, 0-9 and _; at most 40 letters. */
bool expand_is_name(struct slice s);

enum expand_kind { EXPAND_LITERAL, EXPAND_VARIABLE };

struct expand_part {
    enum expand_kind kind;
    struct slice text;      /* the literal, or the variable's name */
    struct slice otherwise; /* the default; ptr NULL when none was written */
};

/** Takes the next part off the front of *rest. False at the end. Parts point into the text. */
bool expand_next(struct slice *rest, struct expand_part *ret);

/** The value of a variable; false when it has none. */
typedef bool expand_lookup(void *arg, struct slice name, struct pii *ret);

enum expand_mode {
    EXPAND_TEXT,   /* as it is */
    EXPAND_URL,    /* values are percent-encoded (RFC 3986 §2.3), the text around them is not */
    EXPAND_JSON,   /* the text is JSON; in its strings, values are escaped, keys stay as they are */
    EXPAND_HEADER, /* control characters in values become spaces */
};

/** Appends the text with its values to ret: personal from here on. ERR_LIMIT, ERR_MEMORY. */
int expand(struct slice text, enum expand_mode mode, expand_lookup *lookup, void *arg,
           struct buf *ret) MUST_CHECK;

#endif
