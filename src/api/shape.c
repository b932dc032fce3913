#include "api/shape.h"

#include <stdio.h>

#include "base/err.h"
#include "base/id.h"
#include "base/utf8.h"

enum { TEXT_DEFAULT_MAX = 10000, LIST_DEFAULT_MAX = 1000 };

/* One member of a shape, taken apart. */
struct member {
    struct slice name;
    struct slice type;
    bool optional;
    bool nullable;
    int64_t max; /* -1: none given */
};

static bool next_member(struct slice *rest, struct member *ret)
{
    struct slice word;
    ptrdiff_t colon, limit;

    do {
        if (!slice_cut(rest, ' ', &word))
            return false;
    } while (word.len == 0);
    *ret = (struct member){.max = -1};
    limit = slice_find(word, '<');
    if (limit > 0) {
        if (slice_int64(slice_from(word, (size_t)limit + 2), &ret->max) < 0)
            return false;
        word = slice_head(word, (size_t)limit);
    }
    colon = slice_find(word, ':');
    if (colon <= 0)
        return false;
    ret->name = slice_head(word, (size_t)colon);
    ret->type = slice_from(word, (size_t)colon + 1);
    if (slice_ends(ret->name, SLICE("?"))) {
        ret->optional = true;
        ret->name.len--;
    }
    if (slice_ends(ret->type, SLICE("~"))) {
        ret->nullable = true;
        ret->type.len--;
    }
    return true;
}

static bool is_word_list(struct slice type)
{
    return slice_find(type, '|') > 0;
}

static bool is_one_of(struct slice words, struct slice value)
{
    struct slice word;

    while (slice_cut(&words, '|', &word))
        if (slice_eq(word, value))
            return true;
    return false;
}

static enum id_kind kind_of(struct slice type)
{
    static const struct {
        const char *name;
        enum id_kind kind;
    } kinds[] = {
        {"id.user", ID_USER}, {"id.person", ID_PERSON},   {"id.channel", ID_CHANNEL},
        {"id.site", ID_SITE}, {"id.message", ID_MESSAGE}, {"id.conversation", ID_CONVERSATION},
        {"id.file", ID_FILE}, {"id.flow", ID_FLOW},       {"id.version", ID_FLOW_VERSION},
    };
    size_t i;

    for (i = 0; i < ARRAY_LEN(kinds); i++)
        if (slice_eq(type, slice_cstr(kinds[i].name)))
            return kinds[i].kind;
    return ID_KIND_COUNT;
}

static bool texts_fit(const json_t *value, int64_t max)
{
    size_t i;

    if (!json_is_array(value) ||
        json_array_size(value) > (size_t)(max < 0 ? LIST_DEFAULT_MAX : max))
        return false;
    for (i = 0; i < json_array_size(value); i++)
        if (!json_is_string(json_array_get(value, i)))
            return false;
    return true;
}

static const char *check_text(const struct member *member, struct slice text)
{
    int64_t max = member->max < 0 ? TEXT_DEFAULT_MAX : member->max;

    return utf8_count(text) > (size_t)max ? "is too long" : NULL;
}

static const char *check_list(const struct member *member, const json_t *value)
{
    size_t max = member->max < 0 ? LIST_DEFAULT_MAX : (size_t)member->max;

    if (!json_is_array(value))
        return "must be a list";
    return json_array_size(value) > max ? "is too long" : NULL;
}

/* What is wrong with a value; NULL: nothing. */
static const char *check_value(const struct member *member, const json_t *value)
{
    struct slice type = member->type;
    int64_t number, id;

    if (json_is_null(value))
        return member->nullable ? NULL : "must not be null";
    if (slice_eq(type, SLICE("any")))
        return NULL;
    if (slice_eq(type, SLICE("bool")))
        return json_is_boolean(value) ? NULL : "must be true or false";
    if (slice_eq(type, SLICE("object")))
        return json_is_object(value) ? NULL : "must be an object";
    if (slice_eq(type, SLICE("list")))
        return check_list(member, value);
    if (slice_eq(type, SLICE("texts")))
        return texts_fit(value, member->max) ? NULL : "must be a list of texts";
    if (slice_eq(type, SLICE("int"))) {
        if (!json_is_integer(value))
            return "must be a whole number";
        number = json_integer_value(value);
        return member->max >= 0 && (number < 0 || number > member->max) ? "is out of range" : NULL;
    }
    if (!json_is_string(value))
        return "must be text";
    if (is_word_list(type))
        return is_one_of(type, slice_of(json_string_value(value), json_string_length(value)))
                   ? NULL
                   : "is not one of the words allowed here";
    if (kind_of(type) != ID_KIND_COUNT)
        return id_parse(kind_of(type),
                        slice_of(json_string_value(value), json_string_length(value)), &id) == 0
                   ? NULL
                   : "is no such id";
    return check_text(member, slice_of(json_string_value(value), json_string_length(value)));
}

static int complain(char *space, size_t size, struct slice name, const char *problem)
{
    snprintf(space, size, "\"%.*s\" %s.", SLICE_ARG(slice_head(name, 60)), problem);
    return ERR_INVALID;
}

static bool is_member(const char *shape, struct slice name)
{
    struct slice rest = slice_cstr(shape);
    struct member member;

    while (next_member(&rest, &member))
        if (slice_eq(member.name, name))
            return true;
    return false;
}

int shape_check(const char *shape, const json_t *object, char *space, size_t space_size)
{
    struct slice rest = slice_cstr(shape);
    struct member member;
    const char *key;
    json_t *value;

    while (next_member(&rest, &member)) {
        const json_t *got = json_object_getn(object, member.name.ptr, member.name.len);
        const char *problem = got               ? check_value(&member, got)
                              : member.optional ? NULL
                                                : "is missing";

        if (problem)
            return complain(space, space_size, member.name, problem);
    }
    json_object_foreach((json_t *)object, key, value) {
        if (!is_member(shape, slice_cstr(key)))
            return complain(space, space_size, slice_cstr(key), "is not known here");
    }
    return 0;
}

static void out_type(struct json_out *out, const char *type, bool nullable)
{
    if (!nullable) {
        json_out_str(out, "type", slice_cstr(type));
        return;
    }
    json_out_array(out, "type");
    json_out_str(out, NULL, slice_cstr(type));
    json_out_str(out, NULL, SLICE("null"));
    json_out_close_array(out);
}

static void schema_of_words(struct json_out *out, const struct member *member)
{
    struct slice words = member->type, word;

    out_type(out, "string", member->nullable);
    json_out_array(out, "enum");
    while (slice_cut(&words, '|', &word))
        json_out_str(out, NULL, word);
    if (member->nullable)
        json_out_null(out, NULL);
    json_out_close_array(out);
}

static void schema_of_name(struct json_out *out, struct slice name)
{
    char ref[80];

    snprintf(ref, sizeof(ref), "#/components/schemas/%.*s", SLICE_ARG(name));
    json_out_str(out, "$ref", slice_cstr(ref));
}

static void schema_of_texts(struct json_out *out, const struct member *member)
{
    out_type(out, "array", member->nullable);
    json_out_object(out, "items");
    json_out_str(out, "type", SLICE("string"));
    json_out_close_object(out);
    if (member->max >= 0)
        json_out_int(out, "maxItems", member->max);
}

static void schema_of_names(struct json_out *out, const struct member *member)
{
    out_type(out, "array", member->nullable);
    json_out_object(out, "items");
    schema_of_name(out, slice_head(member->type, member->type.len - 2));
    json_out_close_object(out);
}

static bool schema_of_plain(struct json_out *out, const struct member *member)
{
    static const struct {
        const char *type, *schema, *limit;
    } plain[] = {{"text", "string", "maxLength"},
                 {"int", "integer", "maximum"},
                 {"bool", "boolean", NULL},
                 {"object", "object", NULL},
                 {"list", "array", "maxItems"}};
    size_t i;

    for (i = 0; i < ARRAY_LEN(plain); i++) {
        if (!slice_eq(member->type, slice_cstr(plain[i].type)))
            continue;
        out_type(out, plain[i].schema, member->nullable);
        if (member->max >= 0 && plain[i].limit)
            json_out_int(out, plain[i].limit, member->max);
        return true;
    }
    return false;
}

static void schema_of_type(struct json_out *out, const struct member *member)
{
    struct slice type = member->type;

    if (schema_of_plain(out, member))
        return;
    if (is_word_list(type))
        schema_of_words(out, member);
    else if (slice_eq(type, SLICE("texts")))
        schema_of_texts(out, member);
    else if (slice_ends(type, SLICE("[]")))
        schema_of_names(out, member);
    else if (slice_starts(type, SLICE("id.")))
        out_type(out, "string", member->nullable);
    else if (!slice_eq(type, SLICE("any")))
        schema_of_name(out, type);
}

void shape_schema(struct json_out *out, const char *key, const char *shape)
{
    struct slice rest = slice_cstr(shape);
    struct member member;
    char name[80];

    json_out_object(out, key);
    if (!strchr(shape, ':')) {
        schema_of_name(out, slice_cstr(shape));
        json_out_close_object(out);
        return;
    }
    json_out_str(out, "type", SLICE("object"));
    json_out_object(out, "properties");
    while (next_member(&rest, &member)) {
        snprintf(name, sizeof(name), "%.*s", SLICE_ARG(member.name));
        json_out_object(out, name);
        schema_of_type(out, &member);
        json_out_close_object(out);
    }
    json_out_close_object(out);
    json_out_array(out, "required");
    rest = slice_cstr(shape);
    while (next_member(&rest, &member))
        if (!member.optional)
            json_out_str(out, NULL, member.name);
    json_out_close_array(out);
    json_out_close_object(out);
}
