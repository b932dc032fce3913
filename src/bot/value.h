/* value.h - numbers and days as the bot keeps them: exact, and always written in one form. */
#ifndef BOT_VALUE_H
#define BOT_VALUE_H

#include "base/slice.h"

/** Numbers are int64 millionths: exact for money and measures, the same on every machine. */
#define VALUE_ONE INT64_C(1000000)

enum { VALUE_NUMBER_SIZE = 24, VALUE_DAY_SIZE = 11 };

/** "-12.5": digits, at most one point, at most 6 digits behind it. ERR_SYNTAX, ERR_LIMIT. */
int value_number(struct slice s, int64_t *ret) MUST_CHECK;
/** The shortest decimal form and a NUL; returns ret as a slice. */
struct slice value_number_text(int64_t millionths, char ret[VALUE_NUMBER_SIZE]);
/** ERR_LIMIT when the result does not fit. */
int value_multiply(int64_t a, int64_t b, int64_t *ret) MUST_CHECK;

/** Days since 1970-01-01 of a day in the Gregorian calendar, years 1 to 9999. ERR_INVALID when
 * there is no such day. */
int value_day(int year, int month, int day, int64_t *ret) MUST_CHECK;
/** "2026-11-24". ERR_SYNTAX, ERR_INVALID. */
int value_day_iso(struct slice s, int64_t *ret) MUST_CHECK;
struct slice value_day_text(int64_t day, char ret[VALUE_DAY_SIZE]);

#endif
