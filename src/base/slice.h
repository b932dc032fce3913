/* slice.h - a borrowed run of bytes. It never owns, and is never NUL-terminated by promise. */
#ifndef BASE_SLICE_H
#define BASE_SLICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/attr.h"

struct slice {
    const char *ptr;
    size_t len;
};

#define SLICE(literal) ((struct slice){"" literal, sizeof(literal) - 1})
#define SLICE_NONE     ((struct slice){NULL, 0})
/** For printf: printf("%.*s", SLICE_ARG(s)). Not for personal data: that is struct pii. */
#define SLICE_ARG(s) (int)(s).len, (s).ptr

static inline struct slice slice_of(const void *ptr, size_t len)
{
    return (struct slice){ptr, len};
}

/** The bytes of a C string; NULL gives SLICE_NONE. */
static inline struct slice slice_cstr(const char *s)
{
    return (struct slice){s, s ? strlen(s) : 0};
}

static inline bool slice_eq(struct slice a, struct slice b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

/** ASCII letters compare equal in either case. */
bool slice_eq_nocase(struct slice a, struct slice b);
bool slice_starts(struct slice s, struct slice prefix);
bool slice_ends(struct slice s, struct slice suffix);
/** Offset of the first `c`, or -1. */
ptrdiff_t slice_find(struct slice s, char c);
/** Bytes from `from` (clamped) to the end. */
struct slice slice_from(struct slice s, size_t from);
struct slice slice_head(struct slice s, size_t len);
/** Without ASCII white space at both ends. */
struct slice slice_trim(struct slice s);
/** Takes what stands before `sep` off the front of *rest. False when nothing is left.
 *  "a,,b" gives "a", "", "b". */
bool slice_cut(struct slice *rest, char sep, struct slice *ret_part);
/** A whole decimal int64 with optional '-'; ERR_SYNTAX on anything else, ERR_LIMIT on overflow. */
int slice_int64(struct slice s, int64_t *ret) MUST_CHECK;
/** Compares in a time that depends on the length alone. */
bool slice_eq_secret(struct slice a, struct slice b);

#endif
