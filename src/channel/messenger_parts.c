/* messenger_parts.c - attachments and payloads as members of a message's body. */
#include "base/err.h"
#include "base/json_out.h"
#include "channel/messenger_event.h"

enum { PARTS_MAX = 128 * 1024, ATTACHMENTS_MAX = 30 };

/* Meta's words for what our clients know how to show; all others are a fallback with a link. */
static const struct {
    const char *theirs, *ours;
} types[] = {
    {"image", "image"}, {"audio", "audio"},   {"video", "video"},       {"file", "file"},
    {"reel", "video"},  {"ig_reel", "video"}, {"location", "location"}, {"sticker", "sticker"},
};

static const char *type_of(const json_t *attachment, const json_t *payload)
{
    struct slice theirs = json_str(attachment, "type");
    size_t i;

    if (json_object_get(payload, "sticker_id"))
        return "sticker";
    for (i = 0; i < ARRAY_LEN(types); i++)
        if (slice_eq(theirs, slice_cstr(types[i].theirs)))
            return types[i].ours;
    return "fallback";
}

static bool is_web_address(struct slice url)
{
    return slice_starts(url, SLICE("https://")) || slice_starts(url, SLICE("http://"));
}

static struct slice either(const json_t *first, const json_t *second, const char *key)
{
    struct slice value = json_str(first, key);

    return value.len ? value : json_str(second, key);
}

static void out_place(struct json_out *out, const json_t *coordinates)
{
    CLEANUP(json_cleanup) json_t *copy = json_deep_copy(coordinates);
    struct buf b = BUF_INIT(1024);

    if (copy && json_is_number(json_object_get(copy, "lat")) &&
        json_is_number(json_object_get(copy, "long")) && json_write(copy, &b) == 0)
        json_out_raw(out, "coordinates", buf_slice(&b));
    buf_done(&b);
}

static void out_attachment(struct json_out *out, const json_t *attachment)
{
    const json_t *payload = json_object_get(attachment, "payload"); /* may be null, or a string */
    struct slice url = either(payload, attachment, "url");
    struct slice name = either(payload, attachment, "title");

    json_out_object(out, NULL);
    json_out_str(out, "type", slice_cstr(type_of(attachment, payload)));
    if (is_web_address(url))
        json_out_str(out, "url", url);
    if (name.len)
        json_out_str(out, "name", name);
    out_place(out, json_object_get(payload, "coordinates"));
    json_out_close_object(out);
}

static void out_attachments(struct json_out *out, const json_t *message)
{
    const json_t *list = json_object_get(message, "attachments");
    bool unsupported = json_bool(message, "is_unsupported", false);
    size_t i;

    if (json_array_size(list) == 0 && !unsupported)
        return;
    json_out_array(out, "attachments");
    for (i = 0; i < json_array_size(list) && i < ATTACHMENTS_MAX; i++)
        out_attachment(out, json_array_get(list, i));
    if (i == 0) {
        json_out_object(out, NULL);
        json_out_str(out, "type", SLICE("fallback"));
        json_out_close_object(out);
    }
    json_out_close_array(out);
}

int messenger_parts(struct arena *arena, const json_t *message, struct slice payload,
                    struct slice *ret)
{
    struct buf b = BUF_INIT(PARTS_MAX);
    struct json_out out;
    int r;

    json_out_init(&out, &b);
    json_out_object(&out, NULL);
    if (payload.len)
        json_out_str(&out, "payload", payload);
    out_attachments(&out, message);
    json_out_close_object(&out);
    r = json_out_end(&out);
    *ret = SLICE_NONE;
    if (r == 0 && b.len > 2)
        *ret = arena_copy(arena, buf_slice(&b));
    if (r == 0 && b.len > 2 && !ret->ptr)
        r = ERR_MEMORY;
    buf_done(&b);
    return r == ERR_LIMIT ? 0 : r; /* parts beyond all measure are left out, the text is kept */
}
