#include "bot/run_inside.h"

#include "base/clock.h"
#include "base/err.h"
#include "bot/value.h"

enum { LANG_MAX = 12 };

/* Milliseconds since 1970 on the firm's clock. */
static int64_t local_ms(const struct run *run)
{
    int64_t ms = run->now + run->facts->utc_offset_min * MINUTE_MS;

    return ms < 0 ? 0 : ms;
}

int64_t run_today(const struct run *run)
{
    return local_ms(run) / DAY_MS;
}

static struct slice weekday(const struct run *run)
{
    static const char *const DAYS[] = {"thu", "fri", "sat", "sun", "mon", "tue", "wed"};

    return slice_cstr(DAYS[run_today(run) % 7]); /* 1970-01-01 was a Thursday */
}

static struct slice time_of_day(struct run *run)
{
    int64_t minute = local_ms(run) % DAY_MS / MINUTE_MS;

    return arena_printf(run->arena, "%02d:%02d", (int)(minute / 60), (int)(minute % 60));
}

static struct slice date(struct run *run)
{
    char space[VALUE_DAY_SIZE];

    return arena_copy(run->arena, value_day_text(run_today(run), space));
}

static bool find_fact(const struct bot_fact *facts, size_t n, struct slice name, struct pii *ret)
{
    size_t i;

    for (i = 0; i < n; i++) {
        if (slice_eq(facts[i].name, name) && !pii_empty(facts[i].value)) {
            *ret = facts[i].value;
            return true;
        }
    }
    return false;
}

/* What the moment, not the person, gives. */
static bool moment(struct run *run, struct slice name, struct slice *ret)
{
    if (slice_eq(name, SLICE("language")))
        *ret = run->language;
    else if (slice_eq(name, SLICE("locale")))
        *ret = run->locale;
    else if (slice_eq(name, SLICE("tenant")))
        *ret = run->facts->tenant;
    else if (slice_eq(name, SLICE("channel")))
        *ret = run->facts->channel;
    else if (slice_eq(name, SLICE("agents")))
        *ret = arena_printf(run->arena, "%d", run->facts->agents);
    else if (slice_eq(name, SLICE("date")))
        *ret = date(run);
    else if (slice_eq(name, SLICE("time")))
        *ret = time_of_day(run);
    else if (slice_eq(name, SLICE("weekday")))
        *ret = weekday(run);
    else
        return false;
    return true;
}

bool run_value(void *arg, struct slice name, struct pii *ret)
{
    struct run *run = arg;
    const struct bot_facts *facts = run->facts;
    const struct run_change *change;
    const struct flow_field *field;
    struct slice given;

    for (change = run->changes; change; change = change->next) {
        if (change->is_tag || !slice_eq(change->name, name))
            continue;
        *ret = change->value;
        if (!pii_empty(*ret))
            return true;
        break;
    }
    if (moment(run, name, &given)) {
        *ret = pii_of(given);
        return given.len > 0;
    }
    if (slice_eq(name, SLICE("message"))) {
        *ret = run->event->kind == BOT_TEXT ? run->event->text : pii_of(SLICE_NONE);
        return !pii_empty(*ret);
    }
    if (!change && (find_fact(facts->profile, facts->n_profile, name, ret) ||
                    find_fact(facts->attributes, facts->n_attributes, name, ret)))
        return true;
    field = flow_field_by_name(run->flow, name);
    *ret = pii_of(field ? field->otherwise : SLICE_NONE);
    return !pii_empty(*ret);
}

/* At most `max` bytes, never half a code point. */
static struct slice cut(struct slice s, size_t max)
{
    if (s.len <= max)
        return s;
    while (max > 0 && ((unsigned char)s.ptr[max] & 0xC0) == 0x80)
        max--;
    return slice_head(s, max);
}

struct pii run_expand(struct run *run, struct slice text, enum expand_mode mode, size_t max)
{
    /* room for one value beyond the limit, so that a long one is cut and not left out */
    struct buf out = BUF_INIT(max + FLOW_TEXT_MAX * 2);
    struct slice copy;
    int r = expand(text, mode, run_value, run, &out);

    if (mode != EXPAND_TEXT && (r < 0 || out.len > max))
        buf_clear(&out);
    copy = arena_copy(run->arena, cut(buf_slice(&out), max));
    buf_done(&out);
    if (!copy.ptr)
        run->err = ERR_MEMORY;
    return pii_of(copy);
}

/* --- wordings ------------------------------------------------------------------------------- */

/* splitmix64: small, and the same everywhere. */
static uint64_t draw(struct run *run)
{
    uint64_t z = (run->seed += UINT64_C(0x9E3779B97F4A7C15));

    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return z ^ (z >> 31);
}

/* One of the wordings in exactly this language. */
static bool in_language(struct run *run, struct flow_text text, struct slice lang,
                        struct slice *ret)
{
    size_t i, n = 0, chosen;

    for (i = 0; i < text.n; i++)
        n += slice_eq(text.wordings[i].lang, lang);
    if (n == 0)
        return false;
    chosen = n > 1 ? (size_t)(draw(run) % n) : 0;
    for (i = 0; i < text.n; i++)
        if (slice_eq(text.wordings[i].lang, lang) && chosen-- == 0)
            *ret = text.wordings[i].text;
    return true;
}

struct slice run_wording(struct run *run, struct flow_text text)
{
    ptrdiff_t dash = slice_find(run->language, '-');
    struct slice primary = dash < 0 ? run->language : slice_head(run->language, (size_t)dash);
    struct slice ret = SLICE_NONE;

    if (text.n == 0 || in_language(run, text, run->language, &ret) ||
        in_language(run, text, primary, &ret) || in_language(run, text, SLICE_NONE, &ret) ||
        in_language(run, text, run->flow->language, &ret))
        return ret;
    return text.wordings[0].text;
}

/* --- changes -------------------------------------------------------------------------------- */

static void remember(struct run *run, bool is_tag, struct slice name, struct pii value)
{
    struct run_change *change = run_alloc(run, 1, sizeof(*change));

    if (!change)
        return;
    *change = (struct run_change){run->changes, is_tag, name, value};
    run->changes = change;
}

void run_save(struct run *run, struct slice node, struct slice name, struct pii value)
{
    enum bot_output_kind kind = flow_name_contact(name) ? BOT_SET_CONTACT : BOT_SET_ATTRIBUTE;
    struct bot_output *output = run_output(run, kind, node);

    value = pii_of(cut(pii_reveal(value), FLOW_VALUE_MAX));
    if (output)
        output->set = (struct bot_set){name, value};
    remember(run, false, name, value);
}

void run_tag(struct run *run, struct slice node, struct slice tag, bool on)
{
    struct bot_output *output = run_output(run, on ? BOT_TAG : BOT_UNTAG, node);

    if (output)
        output->tag = pii_of(tag);
    remember(run, true, tag, pii_of(on ? tag : SLICE_NONE));
}

bool run_has_tag(const struct run *run, struct slice tag)
{
    const struct run_change *change;
    size_t i;

    for (change = run->changes; change; change = change->next)
        if (change->is_tag && slice_eq_nocase(change->name, tag))
            return !pii_empty(change->value);
    for (i = 0; i < run->facts->n_tags; i++)
        if (slice_eq_nocase(pii_reveal(run->facts->tags[i]), tag))
            return true;
    return false;
}
