/* body.c - a message's content as one JSON object: {"text":…, other members}. */
#include "base/err.h"
#include "base/json.h"
#include "base/json_out.h"
#include "talk/mask.h"
#include "talk/message.h"

enum { BODY_MAX = 256 * 1024 };

/* What stands between the braces of a JSON object; empty for none. */
static struct slice inside(struct slice object)
{
    object = slice_trim(object);
    if (object.len < 2 || object.ptr[0] != '{' || object.ptr[object.len - 1] != '}')
        return SLICE_NONE;
    return slice_trim(slice_of(object.ptr + 1, object.len - 2));
}

/* {"key":value, members}: without the first when `value` is empty. */
static int join(struct turn *turn, const char *key, struct slice value, struct slice members,
                struct slice *ret)
{
    struct buf b = BUF_INIT(BODY_MAX);
    struct json_out out;
    struct slice object;
    int r;

    json_out_init(&out, &b);
    json_out_object(&out, NULL);
    if (value.len)
        json_out_str(&out, key, value);
    r = out.err;
    if (r == 0 && members.len && value.len)
        r = buf_add_char(&b, ',');
    if (r == 0)
        r = buf_add(&b, members);
    json_out_close_object(&out);
    if (r == 0)
        r = json_out_end(&out);
    object = r == 0 ? arena_copy(turn->arena, buf_slice(&b)) : SLICE_NONE;
    buf_done(&b);
    if (r == 0 && !object.ptr)
        r = ERR_MEMORY;
    if (r == 0)
        *ret = object;
    return r;
}

int message_parts_add(struct turn *turn, struct slice parts, const char *key, struct slice value,
                      struct slice *ret)
{
    return join(turn, key, value, inside(parts), ret);
}

int message_body(struct turn *turn, struct pii text, struct slice parts, struct pii *ret)
{
    struct slice clean = arena_copy(turn->arena, pii_reveal(text)), body;
    int r;

    if (!clean.ptr)
        return ERR_MEMORY;
    mask_cards((char *)clean.ptr, clean.len);
    r = join(turn, "text", clean, inside(parts), &body);
    if (r == 0)
        *ret = pii_of(body);
    return r;
}

int message_text(struct turn *turn, struct pii body, struct pii *ret)
{
    CLEANUP(json_cleanup) json_t *object = NULL;
    struct slice text;
    int r;

    *ret = pii_of(SLICE_NONE);
    if (pii_empty(body))
        return 0;
    r = json_read(pii_reveal(body), &object);
    if (r < 0)
        return r == ERR_MEMORY ? r : ERR_DAMAGED;
    text = arena_copy(turn->arena, json_str(object, "text"));
    if (!text.ptr)
        return ERR_MEMORY;
    *ret = pii_of(text);
    return 0;
}
