#include "talk/mask.h"

enum { DIGITS_MIN = 13, DIGITS_MAX = 19, DIGITS_SHOWN = 4 };

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool luhn_holds(const char *digits, size_t n)
{
    unsigned sum = 0;
    size_t i;

    for (i = 0; i < n; i++) {
        unsigned d = (unsigned)(digits[n - 1 - i] - '0');

        if (i % 2 == 1)
            d = d > 4 ? 2 * d - 9 : 2 * d;
        sum += d;
    }
    return sum % 10 == 0;
}

/* Collects digits from `from` on, stepping over single separators. Returns the end of the run. */
static size_t digits_from(const char *text, size_t len, size_t from, char ret[DIGITS_MAX + 1],
                          size_t *ret_n)
{
    size_t i = from, n = 0;

    while (i < len) {
        if (is_digit(text[i])) {
            if (n <= DIGITS_MAX)
                ret[n < DIGITS_MAX ? n : DIGITS_MAX] = text[i];
            n++;
        } else if ((text[i] != ' ' && text[i] != '-') || i + 1 >= len || !is_digit(text[i + 1])) {
            break;
        }
        i++;
    }
    *ret_n = n;
    return i;
}

static void hide(char *text, size_t from, size_t to)
{
    size_t left = 0, i;

    for (i = from; i < to; i++)
        left += is_digit(text[i]);
    for (i = from; i < to && left > DIGITS_SHOWN; i++) {
        if (!is_digit(text[i]))
            continue;
        text[i] = '*';
        left--;
    }
}

size_t mask_cards(char *text, size_t len)
{
    char digits[DIGITS_MAX + 1];
    size_t i = 0, masked = 0, n, end;

    while (i < len) {
        if (!is_digit(text[i])) {
            i++;
            continue;
        }
        end = digits_from(text, len, i, digits, &n);
        if (n >= DIGITS_MIN && n <= DIGITS_MAX && luhn_holds(digits, n)) {
            hide(text, i, end);
            masked++;
        }
        i = end;
    }
    return masked;
}
