/* pii.h - personal text. Not a slice and not a pointer, so printf, log and metrics refuse it. */
#ifndef BASE_PII_H
#define BASE_PII_H

#include "base/slice.h"

struct pii {
    struct slice hidden;
};

/** Marks foreign text as personal, from the first moment it is known to be. */
static inline struct pii pii_of(struct slice s)
{
    return (struct pii){s};
}

/** The bytes, for the one who must send, match or seal them. Never hand them to a log. */
static inline struct slice pii_reveal(struct pii p)
{
    return p.hidden;
}

static inline bool pii_empty(struct pii p)
{
    return p.hidden.len == 0;
}

#endif
