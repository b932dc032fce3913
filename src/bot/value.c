#include "bot/value.h"

#include <stdio.h>

#include "base/err.h"

enum { FRACTION_DIGITS = 6 };

static int add_digit(int64_t *sum, char c)
{
    if (__builtin_mul_overflow(*sum, INT64_C(10), sum) ||
        __builtin_add_overflow(*sum, (int64_t)(c - '0'), sum))
        return ERR_LIMIT;
    return 0;
}

int value_number(struct slice s, int64_t *ret)
{
    bool negative = s.len && s.ptr[0] == '-';
    int64_t sum = 0;
    int digits = 0, fraction = -1;
    size_t i;

    for (i = negative; i < s.len; i++) {
        char c = s.ptr[i];

        if (c == '.' && fraction < 0 && digits) {
            fraction = 0;
            continue;
        }
        if (c < '0' || c > '9')
            return ERR_SYNTAX;
        digits++;
        if (fraction >= 0 && ++fraction > FRACTION_DIGITS)
            return ERR_LIMIT;
        if (add_digit(&sum, c) < 0)
            return ERR_LIMIT;
    }
    if (digits == 0 || fraction == 0)
        return ERR_SYNTAX;
    for (fraction = fraction < 0 ? 0 : fraction; fraction < FRACTION_DIGITS; fraction++)
        if (add_digit(&sum, '0') < 0)
            return ERR_LIMIT;
    *ret = negative ? -sum : sum;
    return 0;
}

struct slice value_number_text(int64_t millionths, char ret[VALUE_NUMBER_SIZE])
{
    uint64_t size = millionths < 0 ? 0 - (uint64_t)millionths : (uint64_t)millionths;
    uint64_t whole = size / VALUE_ONE, fraction = size % VALUE_ONE;
    int n = snprintf(ret, VALUE_NUMBER_SIZE, "%s%llu.%06llu", millionths < 0 ? "-" : "",
                     (unsigned long long)whole, (unsigned long long)fraction);

    while (n > 1 && ret[n - 1] == '0')
        n--;
    if (ret[n - 1] == '.')
        n--;
    ret[n] = '\0';
    return slice_of(ret, (size_t)n);
}

int value_multiply(int64_t a, int64_t b, int64_t *ret)
{
    __int128 product = (__int128)a * b / VALUE_ONE;

    if (product > INT64_MAX || product < INT64_MIN)
        return ERR_LIMIT;
    *ret = (int64_t)product;
    return 0;
}

/* Days from civil date, with years that begin in March so that leap days come last. */
static int64_t days_before(int year, int month, int day)
{
    int64_t y = month <= 2 ? year - 1 : year;
    int64_t era = y / 400, year_of_era = y - era * 400;
    int64_t month_from_march = (month + 9) % 12;
    int64_t day_of_year = (153 * month_from_march + 2) / 5 + day - 1;

    return era * 146097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year -
           719468;
}

int value_day(int year, int month, int day, int64_t *ret)
{
    static const int LENGTHS[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

    if (year < 1 || year > 9999 || month < 1 || month > 12 || day < 1)
        return ERR_INVALID;
    if (day > LENGTHS[month - 1] + (month == 2 && leap))
        return ERR_INVALID;
    *ret = days_before(year, month, day);
    return 0;
}

static bool digits_at(struct slice s, size_t at, size_t n, int *ret)
{
    int64_t value;

    if (s.ptr[at] == '-' || slice_int64(slice_of(s.ptr + at, n), &value) < 0)
        return false;
    *ret = (int)value;
    return true;
}

int value_day_iso(struct slice s, int64_t *ret)
{
    int year, month, day;

    if (s.len != 10 || s.ptr[4] != '-' || s.ptr[7] != '-' || !digits_at(s, 0, 4, &year) ||
        !digits_at(s, 5, 2, &month) || !digits_at(s, 8, 2, &day))
        return ERR_SYNTAX;
    return value_day(year, month, day, ret);
}

struct slice value_day_text(int64_t day, char ret[VALUE_DAY_SIZE])
{
    int64_t z = day + 719468, era = z / 146097, day_of_era = z - era * 146097;
    int64_t year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t from_march = (5 * day_of_year + 2) / 153;
    unsigned month = (unsigned)(from_march < 10 ? from_march + 3 : from_march - 9);
    unsigned year = (unsigned)(year_of_era + era * 400 + (month <= 2));
    unsigned of_month = (unsigned)(day_of_year - (153 * from_march + 2) / 5 + 1);

    snprintf(ret, VALUE_DAY_SIZE, "%04u-%02u-%02u", year % 10000, month % 100, of_month % 100);
    return slice_of(ret, VALUE_DAY_SIZE - 1);
}
