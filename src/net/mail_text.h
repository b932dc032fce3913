/* mail_text.h - text as mail wants it: encoded words, quoted-printable, base64. Inside net only.
 * All of them return 0, ERR_LIMIT or ERR_MEMORY, and expect valid UTF-8. */
#ifndef NET_MAIL_TEXT_H
#define NET_MAIL_TEXT_H

#include "base/buf.h"

/** True for printable ASCII and blanks only: what may stand in a header as it is. */
bool mail_text_is_plain(struct slice text);
/** True when a header may carry it, encoded or not: UTF-8 without control characters. */
bool mail_text_is_field(struct slice text);
/** Encoded words (RFC 2047) on folded lines of at most 76; `column` characters stand already on the
 *  first one. */
int mail_text_words(struct buf *out, struct slice text, size_t column) MUST_CHECK;
/** Every kind of line end becomes CRLF, and the last line gets one. */
int mail_text_lines(struct buf *out, struct slice text) MUST_CHECK;
/** True when quoted-printable is the shorter form of it. */
bool mail_text_suits_quoted(struct slice text);
/** RFC 2045 §6.7. `text` has CRLF lines. */
int mail_text_quoted(struct buf *out, struct slice text) MUST_CHECK;
/** RFC 2045 §6.8, lines of 76. */
int mail_text_base64(struct buf *out, struct slice text) MUST_CHECK;

#endif
