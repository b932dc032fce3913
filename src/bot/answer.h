/* answer.h - is this an answer to that question? Turns what a person wrote into what is kept. */
#ifndef BOT_ANSWER_H
#define BOT_ANSWER_H

#include "base/arena.h"
#include "bot/flow_doc.h"

/** One mail address (addr-spec of RFC 5322, dot-atom form, UTF-8 allowed as in RFC 6531) anywhere
 * in the text; "<...>", "mailto:" and a closing full stop are taken off, the domain gets small
 * letters. ERR_INVALID when there is none, or more than one. */
int answer_email(struct slice text, struct arena *arena, struct slice *ret) MUST_CHECK;

/** A telephone number: 6 to 15 digits (E.164), with spaces and ( ) - . / between them. "+49 30 ..."
 *  and "0049 30 ..." give "+4930..."; without it, `country` ("+49") replaces a leading 0, or, if it
 * is empty, the digits stay as they are. ERR_INVALID. */
int answer_phone(struct slice text, struct slice country, struct arena *arena,
                 struct slice *ret) MUST_CHECK;

/** A number as it is written in `language`: "1.234,5" in German is "1,234.5" in English.
 * ERR_INVALID. */
int answer_number(struct slice text, struct slice language, int64_t *ret_millionths) MUST_CHECK;

/** A day: 2026-11-24, 24.11.2026, 24/11/2026; 11/24/2026 when `locale` is American. ERR_INVALID. */
int answer_date(struct slice text, struct slice locale, int64_t *ret_day) MUST_CHECK;

/** The choice that the text means: its title or another word for it, slips forgiven, or its number.
 *  NULL when none, or two equally well. */
const struct flow_choice *answer_choice(const struct text_form *text,
                                        const struct flow_choices *choices);

/** Checks a written answer to any question but one for a file.
 *  today     the day in the firm's time zone, days since 1970
 *  ret       the value to keep, in the arena
 *  ret_choice  the choice, or NULL
 *  ERR_INVALID it does not answer the question; ERR_MEMORY. */
int answer_read(const struct flow_ask *ask, struct slice text, struct slice locale, int64_t today,
                struct arena *arena, struct slice *ret,
                const struct flow_choice **ret_choice) MUST_CHECK;

#endif
