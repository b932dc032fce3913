#include "bot/run_inside.h"

#include "base/err.h"
#include "base/json.h"

enum { URL_BYTES_MAX = 4000, BODY_BYTES_MAX = 65536, HEADER_BYTES_MAX = 4000 };

static const char *const METHODS[] = {
    [FLOW_GET] = "GET",     [FLOW_POST] = "POST",     [FLOW_PUT] = "PUT",
    [FLOW_PATCH] = "PATCH", [FLOW_DELETE] = "DELETE",
};

static const struct bot_header *headers(struct run *run, const struct flow_http *http)
{
    struct bot_header *all = run_alloc(run, http->n_headers, sizeof(*all));
    size_t i;

    for (i = 0; all && i < http->n_headers; i++) {
        all[i].name = http->headers[i].name;
        all[i].value = run_expand(run, http->headers[i].value, EXPAND_HEADER, HEADER_BYTES_MAX);
    }
    return all;
}

bool run_http_call(struct run *run, const struct flow_node *node)
{
    const struct flow_http *http = &node->http;
    struct pii url = run_expand(run, http->url, EXPAND_URL, URL_BYTES_MAX);
    struct pii body = run_expand(run, http->body, EXPAND_JSON, BODY_BYTES_MAX);
    struct bot_output *output;

    if (pii_empty(url) || (http->body.len && pii_empty(body)))
        return false;
    output = run_output(run, BOT_HTTP, node->id);
    if (!output)
        return false;
    run->state.call = run_number(run);
    output->http = (struct bot_http){
        .id = run->state.call,
        .method = METHODS[http->method],
        .url = url,
        .headers = headers(run, http),
        .n_headers = http->n_headers,
        .body = body,
    };
    return true;
}

/* "order.items.0.name" within the answer; NULL when there is no such thing. */
static const json_t *walk(const json_t *value, struct slice path)
{
    char key[256];
    struct slice part;
    int64_t index;

    while (value && slice_cut(&path, '.', &part)) {
        if (json_is_array(value)) {
            if (slice_int64(part, &index) < 0 || index < 0)
                return NULL;
            value = json_array_get(value, (size_t)index);
            continue;
        }
        if (part.len >= sizeof(key))
            return NULL;
        memcpy(key, part.ptr, part.len);
        key[part.len] = '\0';
        value = json_object_get(value, key);
    }
    return value;
}

/* Strings as they are; numbers, true and false as JSON writes them; the rest is no value. */
static struct pii text_of(struct run *run, const json_t *value)
{
    struct buf text = BUF_INIT(FLOW_VALUE_MAX);
    struct slice copy = SLICE_NONE;

    if (json_is_string(value))
        copy =
            arena_copy(run->arena, slice_of(json_string_value(value), json_string_length(value)));
    else if ((json_is_number(value) || json_is_boolean(value)) && json_write(value, &text) == 0)
        copy = arena_copy(run->arena, buf_slice(&text));
    buf_done(&text);
    return pii_of(copy);
}

int run_http_answer(struct run *run, const struct flow_node *node)
{
    const struct flow_http *http = &node->http;
    const struct bot_event *event = run->event;
    struct slice body = pii_reveal(event->body);
    CLEANUP(json_cleanup) json_t *json = NULL;
    bool ok = event->status >= 200 && event->status <= 299;
    size_t i;

    if (ok && http->n_save)
        ok = body.len <= BOT_ANSWER_MAX && json_read(body, &json) == 0;
    for (i = 0; ok && i < http->n_save; i++)
        run_save(run, node->id, http->save[i].value, text_of(run, walk(json, http->save[i].name)));
    run_step(run, node->id, flow_type_name(node->type), ok ? BOT_HTTP_OK : BOT_HTTP_FAILED);
    return ok ? node->next : http->failed;
}
