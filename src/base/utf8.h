/* utf8.h - text is UTF-8, checked at the border. */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include "base/slice.h"

/** Well-formed per RFC 3629: no overlong form, no surrogate, nothing above U+10FFFF. */
bool utf8_valid(struct slice s);
/** Reads one code point off the front of *s. Returns it, or -1 for a malformed byte (one byte is
 *  taken), or -2 at the end. */
int32_t utf8_next(struct slice *s);
/** Code points in well-formed text. */
size_t utf8_count(struct slice s);
/** The longest prefix of at most `chars` code points. */
struct slice utf8_head(struct slice s, size_t chars);
/** Writes one code point; returns the number of bytes (1..4). */
size_t utf8_put(int32_t code, char ret[4]);

#endif
