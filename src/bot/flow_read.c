#include "bot/flow_read.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/err.h"
#include "bot/expand.h"

enum { SENTENCE_MAX = 400, URL_MAX = 2000 };

void *flow_read_alloc(struct flow_reader *rd, size_t count, size_t size)
{
    void *memory = arena_array(rd->arena, count ? count : 1, size);

    if (!memory)
        rd->err = ERR_MEMORY;
    return memory;
}

static struct slice keep(struct flow_reader *rd, struct slice s)
{
    struct slice copy = arena_copy(rd->arena, s);

    if (!copy.ptr)
        rd->err = ERR_MEMORY;
    return copy;
}

void flow_read_problem(struct flow_reader *rd, enum flow_severity severity, struct slice field,
                       const char *format, ...)
{
    struct flow_problems *all = rd->problems;
    char sentence[SENTENCE_MAX];
    va_list args;
    int n;

    if (severity == FLOW_ERROR)
        all->errors++;
    else
        all->warnings++;
    if (all->n == FLOW_PROBLEMS_MAX)
        return;
    va_start(args, format);
    n = vsnprintf(sentence, sizeof(sentence), format, args);
    va_end(args);
    if (n < 0)
        n = 0;
    all->items[all->n++] = (struct flow_problem){
        .severity = severity,
        .node = rd->node,
        .field = field,
        .text = keep(rd, slice_of(sentence, n < SENTENCE_MAX ? (size_t)n : SENTENCE_MAX - 1)),
    };
}

struct slice flow_read_path(struct flow_reader *rd, struct flow_place place, const char *key)
{
    struct slice path = arena_printf(rd->arena, "%.*s%s", SLICE_ARG(place.path), key);

    if (!path.ptr)
        rd->err = ERR_MEMORY;
    return path;
}

struct flow_place flow_read_element(struct flow_reader *rd, struct flow_place place,
                                    const char *key, size_t i)
{
    json_t *element = json_array_get(json_object_get(place.object, key), i);
    struct slice path = arena_printf(rd->arena, "%.*s%s[%zu].", SLICE_ARG(place.path), key, i);

    if (!path.ptr)
        rd->err = ERR_MEMORY;
    if (element && !json_is_object(element))
        flow_read_problem(rd, FLOW_ERROR, slice_head(path, path.len - 1),
                          "This must be an object in braces.");
    return (struct flow_place){element, path};
}

size_t flow_read_count(struct flow_reader *rd, struct flow_place place, const char *key, size_t max)
{
    const json_t *list = json_object_get(place.object, key);
    size_t n = json_array_size(list);

    if (!list)
        return 0;
    if (!json_is_array(list))
        flow_read_problem(rd, FLOW_ERROR, flow_read_path(rd, place, key),
                          "This must be a list in square brackets.");
    if (n > max) {
        flow_read_problem(rd, FLOW_ERROR, flow_read_path(rd, place, key),
                          "There are %zu entries; at most %zu are allowed.", n, max);
        n = max;
    }
    return n;
}

void flow_read_known(struct flow_reader *rd, struct flow_place place, const char *const *names)
{
    void *at = json_object_iter((json_t *)place.object);

    for (; at; at = json_object_iter_next((json_t *)place.object, at)) {
        const char *key = json_object_iter_key(at);
        const char *const *name = names;

        while (*name && strcmp(*name, key) != 0)
            name++;
        if (!*name)
            flow_read_problem(rd, FLOW_ERROR, flow_read_path(rd, place, key),
                              "There is no such field here. Check the spelling or take it out.");
    }
}

static void must_be(struct flow_reader *rd, struct flow_place place, const char *key,
                    const char *what)
{
    flow_read_problem(rd, FLOW_ERROR, flow_read_path(rd, place, key), "This must be %s.", what);
}

static bool missing(struct flow_reader *rd, struct flow_place place, const char *key,
                    enum flow_need need)
{
    if (json_object_get(place.object, key))
        return false;
    if (need == FLOW_REQUIRED)
        flow_read_problem(rd, FLOW_ERROR, flow_read_path(rd, place, key),
                          "This is missing. Fill it in.");
    return true;
}

struct slice flow_read_string(struct flow_reader *rd, struct flow_place place, const char *key,
                              enum flow_need need, size_t max)
{
    struct slice s = json_str(place.object, key);

    if (missing(rd, place, key, need))
        return SLICE_NONE;
    if (!s.ptr || (need == FLOW_REQUIRED && s.len == 0)) {
        must_be(rd, place, key, "a text in quotation marks");
        return SLICE_NONE;
    }
    if (s.len > max) {
        flow_read_problem(rd, FLOW_ERROR, flow_read_path(rd, place, key),
                          "This is %zu bytes long; at most %zu are allowed. Shorten it.", s.len,
                          max);
        return SLICE_NONE;
    }
    return keep(rd, s);
}

static void remember(struct flow_reader *rd, struct flow_use use)
{
    struct flow_use *kept = flow_read_alloc(rd, 1, sizeof(*kept));

    if (!kept)
        return;
    *kept = use;
    kept->node = rd->node;
    if (rd->last_use)
        rd->last_use->next = kept;
    else
        rd->uses = kept;
    rd->last_use = kept;
}

void flow_read_remember(struct flow_reader *rd, struct slice field, struct slice text, bool leaves)
{
    remember(rd, (struct flow_use){.field = field, .text = text, .leaves = leaves});
}

struct slice flow_read_template(struct flow_reader *rd, struct flow_place place, const char *key,
                                enum flow_need need, bool leaves)
{
    struct slice s = flow_read_string(rd, place, key, need, FLOW_TEXT_MAX);

    if (s.len)
        flow_read_remember(rd, flow_read_path(rd, place, key), s, leaves);
    return s;
}

/* --- wordings ------------------------------------------------------------------------------- */

struct wordings {
    struct flow_wording items[FLOW_PHRASES_MAX];
    size_t n;
};

static bool is_language(const char *key)
{
    size_t i, n = strlen(key);

    for (i = 0; i < n; i++)
        if (!((key[i] >= 'a' && key[i] <= 'z') || (i >= 2 && key[i] == '-')))
            return false;
    return n >= 2 && n <= 12;
}

static void add_wording(struct flow_reader *rd, struct slice field, struct wordings *all,
                        struct slice lang, const json_t *value)
{
    struct slice s = slice_of(json_string_value(value), json_string_length(value));

    if (!json_is_string(value) || s.len == 0)
        flow_read_problem(rd, FLOW_ERROR, field, "This must be a text in quotation marks.");
    else if (s.len > FLOW_TEXT_MAX)
        flow_read_problem(rd, FLOW_ERROR, field,
                          "This is %zu bytes long; at most %d are allowed. Shorten it.", s.len,
                          FLOW_TEXT_MAX);
    else if (all->n == FLOW_PHRASES_MAX)
        flow_read_problem(rd, FLOW_ERROR, field, "There are more than %d wordings.",
                          FLOW_PHRASES_MAX);
    else
        all->items[all->n++] = (struct flow_wording){lang, keep(rd, s)};
}

static void add_wordings(struct flow_reader *rd, struct slice field, struct wordings *all,
                         struct slice lang, const json_t *value)
{
    size_t i;

    if (!json_is_array(value)) {
        add_wording(rd, field, all, lang, value);
        return;
    }
    if (json_array_size(value) == 0)
        flow_read_problem(rd, FLOW_ERROR, field, "This list is empty. Write at least one text.");
    for (i = 0; i < json_array_size(value); i++)
        add_wording(rd, field, all, lang, json_array_get(value, i));
}

static void collect(struct flow_reader *rd, struct slice field, const json_t *value,
                    struct wordings *all)
{
    void *at;

    if (!json_is_object(value)) {
        add_wordings(rd, field, all, SLICE_NONE, value);
        return;
    }
    for (at = json_object_iter((json_t *)value); at;
         at = json_object_iter_next((json_t *)value, at)) {
        const char *lang = json_object_iter_key(at);

        if (!is_language(lang))
            flow_read_problem(rd, FLOW_ERROR, field,
                              "\"%.20s\" is no language. Write it like \"en\" or \"pt-br\".", lang);
        else
            add_wordings(rd, field, all, keep(rd, slice_cstr(lang)), json_object_iter_value(at));
    }
}

struct flow_text flow_read_phrases(struct flow_reader *rd, struct flow_place place, const char *key,
                                   enum flow_need need)
{
    struct wordings all = {.n = 0};
    struct flow_wording *kept;

    if (missing(rd, place, key, need))
        return (struct flow_text){0};
    collect(rd, flow_read_path(rd, place, key), json_object_get(place.object, key), &all);
    kept = flow_read_alloc(rd, all.n, sizeof(*kept));
    if (!kept)
        return (struct flow_text){0};
    memcpy(kept, all.items, all.n * sizeof(*kept));
    return (struct flow_text){kept, all.n};
}

struct flow_text flow_read_text(struct flow_reader *rd, struct flow_place place, const char *key,
                                enum flow_need need)
{
    struct flow_text *text = flow_read_alloc(rd, 1, sizeof(*text));
    size_t i;

    if (!text)
        return (struct flow_text){0};
    *text = flow_read_phrases(rd, place, key, need);
    for (i = 0; i < text->n; i++)
        remember(rd, (struct flow_use){.field = flow_read_path(rd, place, key),
                                       .lang = text->wordings[i].lang,
                                       .text = text->wordings[i].text,
                                       .whole = text});
    return *text;
}

void flow_read_forms(struct flow_reader *rd, struct flow_text text, struct flow_text also,
                     const struct text_form **ret, size_t *ret_n)
{
    struct text_form *forms = flow_read_alloc(rd, text.n + also.n, sizeof(*forms));
    size_t i;

    if (!forms)
        return;
    for (i = 0; i < text.n + also.n; i++) {
        struct slice s = i < text.n ? text.wordings[i].text : also.wordings[i - text.n].text;

        if (text_form(s, rd->arena, &forms[i]) < 0)
            rd->err = ERR_MEMORY;
    }
    *ret = forms;
    *ret_n = text.n + also.n;
}

/* --- plain values --------------------------------------------------------------------------- */

int64_t flow_read_int(struct flow_reader *rd, struct flow_place place, const char *key,
                      int64_t least, int64_t most, int64_t otherwise)
{
    const json_t *value = json_object_get(place.object, key);
    int64_t n = json_integer_value(value);

    if (!value)
        return otherwise;
    if (json_is_integer(value) && n >= least && n <= most)
        return n;
    flow_read_problem(rd, FLOW_ERROR, flow_read_path(rd, place, key),
                      "This must be a whole number from %lld to %lld.", (long long)least,
                      (long long)most);
    return otherwise;
}

bool flow_read_bool(struct flow_reader *rd, struct flow_place place, const char *key,
                    bool otherwise)
{
    const json_t *value = json_object_get(place.object, key);

    if (!value)
        return otherwise;
    if (!json_is_boolean(value))
        must_be(rd, place, key, "true or false");
    return json_is_true(value);
}

int flow_read_word(struct flow_reader *rd, struct flow_place place, const char *key,
                   const char *const *names, int count, int otherwise)
{
    struct slice s = json_str(place.object, key);
    char list[SENTENCE_MAX / 2] = "";
    size_t used = 0;
    int i;

    if (!json_object_get(place.object, key))
        return otherwise;
    for (i = 0; i < count; i++) {
        int n;

        if (slice_eq(s, slice_cstr(names[i])))
            return i;
        n = snprintf(list + used, sizeof(list) - used, "%s%s", i ? ", " : "", names[i]);
        if (n > 0 && used + (size_t)n < sizeof(list))
            used += (size_t)n;
    }
    flow_read_problem(rd, FLOW_ERROR, flow_read_path(rd, place, key), "This must be one of: %s.",
                      list);
    return otherwise;
}

static bool fixed_host(struct slice url)
{
    struct slice rest = slice_starts(url, SLICE("https://"))  ? slice_from(url, 8)
                        : slice_starts(url, SLICE("http://")) ? slice_from(url, 7)
                                                              : SLICE_NONE;
    size_t i;

    for (i = 0; i < rest.len && rest.ptr[i] != '/' && rest.ptr[i] != '?'; i++)
        if (rest.ptr[i] == '{' || rest.ptr[i] == '@' || rest.ptr[i] == '\\')
            return false;
    return i > 0;
}

/* Outside of its variables, whose values are encoded when they are filled in. */
static bool has_space(struct slice url)
{
    struct expand_part part;
    size_t i;

    while (expand_next(&url, &part))
        for (i = 0; part.kind == EXPAND_LITERAL && i < part.text.len; i++)
            if ((unsigned char)part.text.ptr[i] <= ' ' || part.text.ptr[i] == 0x7f)
                return true;
    return false;
}

struct slice flow_read_url(struct flow_reader *rd, struct flow_place place, const char *key,
                           enum flow_need need, bool leaves)
{
    struct slice url = flow_read_template(rd, place, key, need, leaves);

    if (url.len == 0)
        return url;
    if (!fixed_host(url) || url.len > URL_MAX) {
        must_be(rd, place, key,
                "an address with a fixed host, like https://www.example.com/page, "
                "of at most 2,000 letters");
        return SLICE_NONE;
    }
    if (has_space(url)) {
        flow_read_problem(rd, FLOW_ERROR, flow_read_path(rd, place, key),
                          "An address can't hold spaces. Write %%20 for a space.");
        return SLICE_NONE;
    }
    return url;
}

/* --- exits ---------------------------------------------------------------------------------- */

bool flow_read_is_id(struct slice s)
{
    size_t i;

    for (i = 0; i < s.len; i++) {
        char c = s.ptr[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');

        if (!letter && (i == 0 || (c != '-' && c != '_')))
            return false;
    }
    return s.len > 0 && s.len <= FLOW_ID_MAX;
}

struct flow_exit flow_read_target(struct flow_reader *rd, struct flow_place place, const char *key,
                                  enum flow_need need)
{
    struct flow_exit exit = {.node = FLOW_NOWHERE};

    if (!json_object_get(place.object, key)) {
        if (need == FLOW_REQUIRED)
            flow_read_problem(rd, FLOW_ERROR, flow_read_path(rd, place, key),
                              "This exit is missing. Name the node that comes next, or \"end\".");
        return exit;
    }
    exit.field = flow_read_path(rd, place, key);
    exit.to = flow_read_string(rd, place, key, FLOW_REQUIRED, FLOW_ID_MAX);
    return exit;
}

int flow_read_exit(struct flow_reader *rd, struct flow_place place, const char *key,
                   enum flow_need need, bool by_input, bool sure)
{
    struct flow_exit exit = flow_read_target(rd, place, key, need);

    if (exit.to.len == 0)
        return FLOW_NO_EXIT;
    if (rd->n_exits == FLOW_EXITS_MAX) {
        flow_read_problem(rd, FLOW_ERROR, exit.field, "This node has more than %d exits.",
                          FLOW_EXITS_MAX);
        return FLOW_NO_EXIT;
    }
    exit.by_input = by_input;
    exit.sure = sure;
    rd->exits[rd->n_exits] = exit;
    return (int)rd->n_exits++;
}
