#include "bot/answer.h"

#include "base/err.h"
#include "base/utf8.h"
#include "bot/value.h"

enum {
    ADDRESS_MAX = 254, /* RFC 5321 §4.5.3.1.3 */
    LOCAL_MAX = 64,    /* §4.5.3.1.1 */
    LABEL_MAX = 63,    /* RFC 1035 §2.3.4 */
    DIGITS_MIN = 6,
    DIGITS_MAX = 15, /* E.164 */
};

static bool in_set(char c, const char *set)
{
    return c && strchr(set, c) != NULL;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_utf8_byte(char c)
{
    return (unsigned char)c >= 0x80;
}

/* --- e-mail --------------------------------------------------------------------------------- */

static bool local_part(struct slice s)
{
    size_t i;

    if (s.len == 0 || s.len > LOCAL_MAX || s.ptr[0] == '.' || s.ptr[s.len - 1] == '.')
        return false;
    for (i = 0; i < s.len; i++) {
        char c = s.ptr[i];

        if (c == '.' && s.ptr[i - 1] == '.')
            return false;
        if (!is_letter(c) && !is_digit(c) && !is_utf8_byte(c) && !in_set(c, ".!#$%&'*+/=?^_`{|}~-"))
            return false;
    }
    return true;
}

static bool label(struct slice s)
{
    size_t i;

    if (s.len == 0 || s.len > LABEL_MAX || s.ptr[0] == '-' || s.ptr[s.len - 1] == '-')
        return false;
    for (i = 0; i < s.len; i++)
        if (!is_letter(s.ptr[i]) && !is_digit(s.ptr[i]) && !is_utf8_byte(s.ptr[i]) &&
            s.ptr[i] != '-')
            return false;
    return true;
}

static bool domain(struct slice s)
{
    struct slice part = SLICE_NONE;
    size_t labels = 0;

    if (s.len && s.ptr[s.len - 1] == '.')
        return false;
    while (slice_cut(&s, '.', &part)) {
        if (!label(part))
            return false;
        labels++;
    }
    return labels >= 2 && !is_digit(part.ptr[0]);
}

static struct slice bare_address(struct slice word)
{
    while (word.len && in_set(word.ptr[0], "<(\"'["))
        word = slice_from(word, 1);
    if (slice_eq_nocase(slice_head(word, 7), SLICE("mailto:")))
        word = slice_from(word, 7);
    while (word.len && in_set(word.ptr[word.len - 1], ".,;:!?>)\"']"))
        word = slice_head(word, word.len - 1);
    return word;
}

static bool next_word(struct slice *rest, struct slice *ret)
{
    size_t n = 0;

    *rest = slice_trim(*rest);
    while (n < rest->len && !in_set(rest->ptr[n], " \t\r\n"))
        n++;
    *ret = slice_head(*rest, n);
    *rest = slice_from(*rest, n);
    return n > 0;
}

int answer_email(struct slice text, struct arena *arena, struct slice *ret)
{
    struct slice rest = text, word, found = SLICE_NONE, copy;
    ptrdiff_t at;
    size_t i;

    while (next_word(&rest, &word)) {
        if (slice_find(word, '@') < 0)
            continue;
        if (found.ptr)
            return ERR_INVALID;
        found = bare_address(word);
    }
    at = slice_find(found, '@');
    if (at < 0 || found.len > ADDRESS_MAX || !local_part(slice_head(found, (size_t)at)) ||
        !domain(slice_from(found, (size_t)at + 1)) || !utf8_valid(found))
        return ERR_INVALID;
    copy = arena_copy(arena, found);
    if (!copy.ptr)
        return ERR_MEMORY;
    for (i = (size_t)at; i < copy.len; i++)
        if (copy.ptr[i] >= 'A' && copy.ptr[i] <= 'Z')
            ((char *)copy.ptr)[i] |= 0x20;
    *ret = copy;
    return 0;
}

/* --- telephone ------------------------------------------------------------------------------ */

/* The digits of the text; false when something stands there that no number has. */
static bool phone_digits(struct slice s, char digits[DIGITS_MAX + 3], size_t *ret_n)
{
    size_t i, n = 0;

    for (i = 0; i < s.len; i++) {
        if (in_set(s.ptr[i], " -./()\t"))
            continue;
        if (!is_digit(s.ptr[i]) || n == DIGITS_MAX + 2)
            return false;
        digits[n++] = s.ptr[i];
    }
    *ret_n = n;
    return true;
}

int answer_phone(struct slice text, struct slice country, struct arena *arena, struct slice *ret)
{
    char digits[DIGITS_MAX + 3];
    struct slice s = slice_trim(text), number, result;
    bool plus = s.len && s.ptr[0] == '+';
    size_t n;

    if (!phone_digits(slice_from(s, plus), digits, &n))
        return ERR_INVALID;
    number = slice_of(digits, n);
    if (!plus && slice_starts(number, SLICE("00"))) {
        number = slice_from(number, 2);
        plus = true;
    }
    if (!plus && country.len && slice_starts(number, SLICE("0")))
        number = slice_from(number, 1);
    if (number.len + (plus || !country.len ? 0 : country.len - 1) > DIGITS_MAX ||
        number.len < DIGITS_MIN || (plus && number.ptr[0] == '0'))
        return ERR_INVALID;
    result = arena_printf(arena, "%.*s%.*s", plus ? 1 : (int)country.len, plus ? "+" : country.ptr,
                          SLICE_ARG(number));
    if (!result.ptr)
        return ERR_MEMORY;
    *ret = result;
    return 0;
}

/* --- number --------------------------------------------------------------------------------- */

/* Languages that write 1,234.5; the others write 1.234,5. */
static bool point_language(struct slice language)
{
    static const char *const POINT[] = {"en", "zh", "ja", "ko", "th", "he", "ar", "hi", "ms"};
    size_t i;

    for (i = 0; i < ARRAY_LEN(POINT); i++)
        if (slice_eq_nocase(slice_head(language, 2), slice_cstr(POINT[i])))
            return true;
    return language.len == 0;
}

/* True when every `separator` is followed by exactly three digits: it groups thousands. */
static bool groups(struct slice s, char separator)
{
    size_t i, run = 0, seen = 0;

    for (i = 0; i < s.len; i++) {
        if (s.ptr[i] == separator) {
            if (seen ? run != 3 : run == 0 || run > 3)
                return false;
            seen++;
            run = 0;
        } else if (is_digit(s.ptr[i])) {
            run++;
        } else {
            break;
        }
    }
    return seen > 0 && run == 3;
}

static char point_of(struct slice s, struct slice language)
{
    char point = point_language(language) ? '.' : ',', other = point == '.' ? ',' : '.';
    bool has_point = slice_find(s, point) >= 0;

    /* "12.5" in German can only be a fraction; "1.234" is a thousand there */
    if (!has_point && slice_find(s, other) >= 0 && !groups(s, other))
        return other;
    return point;
}

int answer_number(struct slice text, struct slice language, int64_t *ret_millionths)
{
    struct slice s = slice_trim(text), body;
    char plain[VALUE_NUMBER_SIZE * 2], point;
    size_t i, n = 0;
    bool fraction = false;

    if (s.len && s.ptr[0] == '+')
        s = slice_from(s, 1);
    body = slice_starts(s, SLICE("-")) ? slice_from(s, 1) : s;
    point = point_of(body, language);
    if (body.len < s.len)
        plain[n++] = '-';
    for (i = 0; i < body.len; i++) {
        char c = body.ptr[i];

        if (c == point && fraction)
            return ERR_INVALID;
        fraction = fraction || c == point;
        if (!is_digit(c) && !in_set(c, ".,' "))
            return ERR_INVALID;
        if (!is_digit(c) && c != point && (fraction || !groups(body, c)))
            return ERR_INVALID;
        if ((is_digit(c) || c == point) && n < sizeof(plain))
            plain[n++] = c == point ? '.' : c;
    }
    if (n == sizeof(plain) || value_number(slice_of(plain, n), ret_millionths) < 0)
        return ERR_INVALID;
    return 0;
}

/* --- date ----------------------------------------------------------------------------------- */

static bool month_first(struct slice locale)
{
    return slice_eq_nocase(locale, SLICE("en_US")) || slice_eq_nocase(locale, SLICE("en-US"));
}

int answer_date(struct slice text, struct slice locale, int64_t *ret_day)
{
    struct slice s = slice_trim(text), part;
    int64_t parts[3];
    int n = 0;
    char mark;
    size_t i = 0;

    if (value_day_iso(s, ret_day) == 0)
        return 0;
    while (i < s.len && is_digit(s.ptr[i]))
        i++;
    mark = i < s.len ? s.ptr[i] : 0;
    if (mark != '.' && mark != '/')
        return ERR_INVALID;
    while (slice_cut(&s, mark, &part)) {
        part = slice_trim(part);
        if (n == 3 || part.len == 0 || part.len > 4 || !is_digit(part.ptr[0]) ||
            slice_int64(part, &parts[n]) < 0)
            return ERR_INVALID;
        n++;
    }
    if (n != 3 || parts[2] < 1000)
        return ERR_INVALID;
    if (mark == '/' && month_first(locale))
        return value_day((int)parts[2], (int)parts[0], (int)parts[1], ret_day);
    return value_day((int)parts[2], (int)parts[1], (int)parts[0], ret_day);
}

/* --- choice --------------------------------------------------------------------------------- */

static int choice_score(const struct text_form *text, const struct flow_choice *choice)
{
    int best = TEXT_NO_MATCH;
    size_t i;

    for (i = 0; i < choice->n_forms; i++) {
        int score = text_match(text, &choice->forms[i], true);

        best = score > best ? score : best;
    }
    return best;
}

static const struct flow_choice *choice_by_number(const struct text_form *text,
                                                  const struct flow_choices *choices)
{
    size_t i, number = 0;

    for (i = 0; i < text->n; i++) {
        if (text->codes[i] < '0' || text->codes[i] > '9' || number > FLOW_LIST_MAX)
            return NULL;
        number = number * 10 + (size_t)(text->codes[i] - '0');
    }
    return number >= 1 && number <= choices->n ? &choices->items[number - 1] : NULL;
}

const struct flow_choice *answer_choice(const struct text_form *text,
                                        const struct flow_choices *choices)
{
    const struct flow_choice *found = NULL;
    int best = TEXT_NO_MATCH;
    size_t i;

    for (i = 0; i < choices->n; i++) {
        int score = choice_score(text, &choices->items[i]);

        if (score > best) {
            best = score;
            found = &choices->items[i];
        } else if (score == best) {
            found = NULL;
        }
    }
    return best == TEXT_NO_MATCH ? choice_by_number(text, choices) : found;
}

/* --- any ------------------------------------------------------------------------------------ */

static bool bounded(const struct flow_ask *ask, int64_t value, int64_t today)
{
    int64_t least = ask->min.today ? today : ask->min.value;
    int64_t most = ask->max.today ? today : ask->max.value;

    return (!ask->min.set || value >= least) && (!ask->max.set || value <= most);
}

static bool only_these(struct slice s, enum flow_only only)
{
    size_t i;

    for (i = 0; only != FLOW_ONLY_ANY && i < s.len; i++)
        if (!is_digit(s.ptr[i]) && (only == FLOW_ONLY_DIGITS || !is_letter(s.ptr[i])))
            return false;
    return true;
}

static int read_text(const struct flow_ask *ask, struct slice text, struct arena *arena,
                     struct slice *ret)
{
    struct slice s = slice_trim(text);

    if (s.len == 0 || s.len > FLOW_VALUE_MAX || !only_these(s, ask->only) ||
        !bounded(ask, (int64_t)utf8_count(s), 0))
        return ERR_INVALID;
    *ret = arena_copy(arena, s);
    return ret->ptr ? 0 : ERR_MEMORY;
}

static int read_number(const struct flow_ask *ask, struct slice text, struct slice locale,
                       struct arena *arena, struct slice *ret)
{
    char space[VALUE_NUMBER_SIZE];
    int64_t number;

    if (answer_number(text, locale, &number) < 0 || !bounded(ask, number, 0) ||
        (ask->whole && number % VALUE_ONE != 0))
        return ERR_INVALID;
    *ret = arena_copy(arena, value_number_text(number, space));
    return ret->ptr ? 0 : ERR_MEMORY;
}

static int read_date(const struct flow_ask *ask, struct slice text, struct slice locale,
                     int64_t today, struct arena *arena, struct slice *ret)
{
    char space[VALUE_DAY_SIZE];
    int64_t day;

    if (answer_date(text, locale, &day) < 0 || !bounded(ask, day, today))
        return ERR_INVALID;
    *ret = arena_copy(arena, value_day_text(day, space));
    return ret->ptr ? 0 : ERR_MEMORY;
}

static int read_choice(const struct flow_ask *ask, struct slice text, struct arena *arena,
                       struct slice *ret, const struct flow_choice **ret_choice)
{
    struct text_form form;
    int r = text_form(text, arena, &form);

    if (r < 0)
        return r;
    *ret_choice = answer_choice(&form, &ask->choices);
    if (!*ret_choice)
        return ERR_INVALID;
    *ret = (*ret_choice)->value;
    return 0;
}

/* Digits of other scripts, full-width ones too, as 0 to 9; anything else stays. */
static struct slice plain_digits(struct slice text, struct arena *arena)
{
    struct text_form form;
    char *plain;
    size_t i;

    for (i = 0; i < text.len && !is_utf8_byte(text.ptr[i]); i++)
        ;
    if (i == text.len || text.len > 200 || text_form(text, arena, &form) < 0)
        return text;
    plain = arena_alloc(arena, form.n + 1);
    if (!plain)
        return text;
    for (i = 0; i < form.n; i++) {
        if (form.codes[i] >= 0x80)
            return text;
        plain[i] = (char)form.codes[i];
    }
    return slice_of(plain, form.n);
}

int answer_read(const struct flow_ask *ask, struct slice text, struct slice locale, int64_t today,
                struct arena *arena, struct slice *ret, const struct flow_choice **ret_choice)
{
    *ret_choice = NULL;
    switch (ask->input) {
    case FLOW_INPUT_TEXT:
        return read_text(ask, text, arena, ret);
    case FLOW_INPUT_EMAIL:
        return answer_email(text, arena, ret);
    case FLOW_INPUT_PHONE:
        return answer_phone(plain_digits(text, arena), ask->country, arena, ret);
    case FLOW_INPUT_NUMBER:
        return read_number(ask, plain_digits(text, arena), locale, arena, ret);
    case FLOW_INPUT_DATE:
        return read_date(ask, text, locale, today, arena, ret);
    case FLOW_INPUT_CHOICE:
        return read_choice(ask, text, arena, ret, ret_choice);
    case FLOW_INPUT_FILE:
    case FLOW_INPUT_COUNT:
        break;
    }
    return ERR_INVALID;
}
