#include "bot/flow_read.h"

#include <assert.h>

#include "base/clock.h"
#include "bot/answer.h"
#include "bot/expand.h"

enum {
    TAG_MAX = 60,
    NOTE_MAX = 4000,
    ADDRESS_MAX = 254, /* RFC 5321 §4.5.3.1.3 */
    SUBJECT_MAX = 200,
    HEADER_NAME_MAX = 60,
    ANSWER_PATH_MAX = 200,
    BODY_MAX = 16384,
    WAIT_DAYS_MAX = 30,
};

static void read_next(struct flow_reader *rd, struct flow_place place, struct flow_node *node)
{
    node->next = flow_read_exit(rd, place, "next", FLOW_REQUIRED, false, true);
}

static struct slice read_attribute(struct flow_reader *rd, struct flow_place place, const char *key)
{
    struct slice name = flow_read_string(rd, place, key, FLOW_REQUIRED, EXPAND_NAME_MAX);

    if (name.len == 0)
        return name;
    if (expand_is_name(name) && !flow_name_reserved(name))
        return name;
    flow_read_problem(rd, FLOW_ERROR, flow_read_path(rd, place, key),
                      "An attribute's name is small letters, digits and _, and none of the names "
                      "of the profile.");
    return SLICE_NONE;
}

static void read_set(struct flow_reader *rd, struct flow_place place, struct flow_node *node)
{
    static const char *const FIELDS[] = {"id", "type",  "note", "attribute",
                                         "op", "value", "next", NULL};
    static const char *const OPS[] = {
        [FLOW_SET_VALUE] = "set",         [FLOW_SET_ADD] = "add",
        [FLOW_SET_SUBTRACT] = "subtract", [FLOW_SET_MULTIPLY] = "multiply",
        [FLOW_SET_CLEAR] = "clear",
    };
    static_assert(ARRAY_LEN(OPS) == FLOW_SET_OP_COUNT, "a name for every op");
    bool clear;

    flow_read_known(rd, place, FIELDS);
    node->set.attribute = read_attribute(rd, place, "attribute");
    node->set.op = flow_read_word(rd, place, "op", OPS, FLOW_SET_OP_COUNT, FLOW_SET_VALUE);
    clear = node->set.op == FLOW_SET_CLEAR;
    node->set.value =
        flow_read_template(rd, place, "value", clear ? FLOW_OPTIONAL : FLOW_REQUIRED, false);
    read_next(rd, place, node);
}

static void read_tag(struct flow_reader *rd, struct flow_place place, struct flow_node *node)
{
    static const char *const FIELDS[] = {"id", "type", "note", "tag", "next", NULL};

    flow_read_known(rd, place, FIELDS);
    node->tag = flow_read_string(rd, place, "tag", FLOW_REQUIRED, TAG_MAX);
    read_next(rd, place, node);
}

static void read_wait(struct flow_reader *rd, struct flow_place place, struct flow_node *node)
{
    static const char *const FIELDS[] = {"id",    "type", "note", "seconds",  "minutes",
                                         "hours", "days", "next", "on_reply", NULL};
    const int64_t most = WAIT_DAYS_MAX * DAY_MS;

    flow_read_known(rd, place, FIELDS);
    node->wait.ms = flow_read_int(rd, place, "seconds", 0, most / SECOND_MS, 0) * SECOND_MS +
                    flow_read_int(rd, place, "minutes", 0, most / MINUTE_MS, 0) * MINUTE_MS +
                    flow_read_int(rd, place, "hours", 0, most / HOUR_MS, 0) * HOUR_MS +
                    flow_read_int(rd, place, "days", 0, WAIT_DAYS_MAX, 0) * DAY_MS;
    if (node->wait.ms < SECOND_MS || node->wait.ms > most)
        flow_read_problem(rd, FLOW_ERROR, SLICE("seconds"),
                          "Wait from 1 second to %d days: give seconds, minutes, hours or days.",
                          WAIT_DAYS_MAX);
    node->next = flow_read_exit(rd, place, "next", FLOW_REQUIRED, false, false);
    node->wait.on_reply = flow_read_exit(rd, place, "on_reply", FLOW_OPTIONAL, true, false);
}

static void read_jump(struct flow_reader *rd, struct flow_place place, struct flow_node *node)
{
    static const char *const FIELDS[] = {"id", "type", "note", "to", NULL};

    flow_read_known(rd, place, FIELDS);
    node->next = flow_read_exit(rd, place, "to", FLOW_REQUIRED, false, true);
}

/* --- http ----------------------------------------------------------------------------------- */

static bool is_header_name(struct slice s)
{
    static const char *const OURS[] = {"Host", "Content-Length", "Transfer-Encoding", "Connection"};
    size_t i;

    for (i = 0; i < s.len; i++)
        if (!((s.ptr[i] | 32) >= 'a' && (s.ptr[i] | 32) <= 'z') && s.ptr[i] != '-' &&
            !(s.ptr[i] >= '0' && s.ptr[i] <= '9'))
            return false;
    for (i = 0; i < ARRAY_LEN(OURS); i++)
        if (slice_eq_nocase(s, slice_cstr(OURS[i])))
            return false;
    return s.len > 0 && s.len <= HEADER_NAME_MAX;
}

static void read_headers(struct flow_reader *rd, struct flow_place place, struct flow_http *http)
{
    json_t *object = json_object_get(place.object, "headers");
    size_t n = json_object_size(object), i = 0;
    struct flow_place at = {object, SLICE("headers.")};
    struct flow_pair *pairs;
    void *member;

    if (object && (!json_is_object(object) || n > FLOW_LIST_MAX)) {
        flow_read_problem(rd, FLOW_ERROR, SLICE("headers"),
                          "This must be an object of at most %d headers.", FLOW_LIST_MAX);
        return;
    }
    pairs = flow_read_alloc(rd, n, sizeof(*pairs));
    for (member = json_object_iter(object); pairs && member;
         member = json_object_iter_next(object, member), i++) {
        const char *name = json_object_iter_key(member);

        pairs[i].name = arena_copy(rd->arena, slice_cstr(name));
        pairs[i].value = flow_read_template(rd, at, name, FLOW_REQUIRED, true);
        if (!is_header_name(slice_cstr(name)))
            flow_read_problem(rd, FLOW_ERROR, flow_read_path(rd, at, name),
                              "A flow can't set this header.");
    }
    http->headers = pairs;
    http->n_headers = i;
}

static void read_answer_map(struct flow_reader *rd, struct flow_place place, struct flow_http *http)
{
    static const char *const FIELDS[] = {"path", "attribute", NULL};
    size_t i, n = flow_read_count(rd, place, "save", FLOW_LIST_MAX);
    struct flow_pair *pairs = flow_read_alloc(rd, n, sizeof(*pairs));

    for (i = 0; pairs && i < n; i++) {
        struct flow_place at = flow_read_element(rd, place, "save", i);

        flow_read_known(rd, at, FIELDS);
        pairs[i].name = flow_read_string(rd, at, "path", FLOW_REQUIRED, ANSWER_PATH_MAX);
        pairs[i].value = read_attribute(rd, at, "attribute");
    }
    http->save = pairs;
    http->n_save = pairs ? n : 0;
}

/* The body is kept as compact JSON text; its strings are templates. */
static void read_body(struct flow_reader *rd, struct flow_place place, struct flow_http *http)
{
    const json_t *value = json_object_get(place.object, "body");
    struct buf text = BUF_INIT(BODY_MAX);

    if (!value)
        return;
    if (json_write(value, &text) < 0) {
        flow_read_problem(rd, FLOW_ERROR, SLICE("body"), "The body is longer than %d bytes.",
                          BODY_MAX);
    } else {
        http->body = arena_copy(rd->arena, buf_slice(&text));
        flow_read_remember(rd, SLICE("body"), http->body, true);
    }
    buf_done(&text);
}

static void read_http(struct flow_reader *rd, struct flow_place place, struct flow_node *node)
{
    static const char *const FIELDS[] = {"id",   "type", "note", "method", "url", "headers",
                                         "body", "save", "next", "failed", NULL};
    static const char *const METHODS[] = {
        [FLOW_GET] = "GET",     [FLOW_POST] = "POST",     [FLOW_PUT] = "PUT",
        [FLOW_PATCH] = "PATCH", [FLOW_DELETE] = "DELETE",
    };
    static_assert(ARRAY_LEN(METHODS) == FLOW_METHOD_COUNT, "a name for every method");
    struct flow_http *http = &node->http;

    flow_read_known(rd, place, FIELDS);
    http->method = flow_read_word(rd, place, "method", METHODS, FLOW_METHOD_COUNT, FLOW_GET);
    http->url = flow_read_url(rd, place, "url", FLOW_REQUIRED, true);
    read_headers(rd, place, http);
    read_body(rd, place, http);
    if (http->method == FLOW_GET && http->body.len)
        flow_read_problem(rd, FLOW_ERROR, SLICE("body"),
                          "A GET carries no body. Use POST, or take the body out.");
    read_answer_map(rd, place, http);
    node->next = flow_read_exit(rd, place, "next", FLOW_REQUIRED, false, false);
    http->failed = flow_read_exit(rd, place, "failed", FLOW_REQUIRED, false, false);
}

/* --- mail, help, close ---------------------------------------------------------------------- */

static void read_mail(struct flow_reader *rd, struct flow_place place, struct flow_node *node)
{
    static const char *const FIELDS[] = {"id",      "type", "note", "to",
                                         "subject", "text", "next", NULL};
    struct slice subject, address;

    flow_read_known(rd, place, FIELDS);
    address = flow_read_string(rd, place, "to", FLOW_REQUIRED, ADDRESS_MAX);
    if (address.len && answer_email(address, rd->arena, &node->mail.to) < 0)
        flow_read_problem(rd, FLOW_ERROR, SLICE("to"),
                          "This must be one fixed e-mail address of the firm.");
    subject = flow_read_string(rd, place, "subject", FLOW_REQUIRED, SUBJECT_MAX);
    if (slice_find(subject, '{') >= 0 || slice_find(subject, '\n') >= 0)
        flow_read_problem(rd, FLOW_ERROR, SLICE("subject"),
                          "A subject is read by many servers: it can't hold variables or line "
                          "breaks. Put them into the text.");
    node->mail.subject = subject;
    node->mail.text = flow_read_template(rd, place, "text", FLOW_REQUIRED, true);
    read_next(rd, place, node);
}

static void read_farewell(struct flow_reader *rd, struct flow_place place, struct flow_node *node)
{
    static const char *const FIELDS[] = {"id", "type", "note", "text", NULL};

    flow_read_known(rd, place, FIELDS);
    node->farewell = flow_read_text(rd, place, "text", FLOW_OPTIONAL);
    node->next = FLOW_NO_EXIT;
}

static void read_help(struct flow_reader *rd, struct flow_place place, struct flow_node *node)
{
    static const char *const FIELDS[] = {"id", "type", "note", "text", "next", NULL};

    flow_read_known(rd, place, FIELDS);
    node->farewell = flow_read_text(rd, place, "text", FLOW_OPTIONAL);
    node->next = flow_read_exit(rd, place, "next", FLOW_OPTIONAL, false, true);
}

typedef void read_node(struct flow_reader *rd, struct flow_place place, struct flow_node *node);

static const struct {
    const char *name;
    read_node *read;
} TYPES[] = {
    [FLOW_TYPE_SAY] = {"say", flow_say_read},
    [FLOW_TYPE_ASK] = {"ask", flow_ask_read},
    [FLOW_TYPE_CONDITION] = {"condition", flow_condition_read},
    [FLOW_TYPE_SET] = {"set", read_set},
    [FLOW_TYPE_TAG] = {"tag", read_tag},
    [FLOW_TYPE_UNTAG] = {"untag", read_tag},
    [FLOW_TYPE_WAIT] = {"wait", read_wait},
    [FLOW_TYPE_JUMP] = {"jump", read_jump},
    [FLOW_TYPE_HTTP] = {"http", read_http},
    [FLOW_TYPE_MAIL] = {"mail", read_mail},
    [FLOW_TYPE_HELP] = {"help", read_help},
    [FLOW_TYPE_CLOSE] = {"close", read_farewell},
};
static_assert(ARRAY_LEN(TYPES) == FLOW_TYPE_COUNT, "a reader for every type");

const char *flow_type_name(enum flow_type type)
{
    return TYPES[type].name;
}

static void keep_exits(struct flow_reader *rd, struct flow_node *node)
{
    struct flow_exit *exits = flow_read_alloc(rd, rd->n_exits, sizeof(*exits));

    if (!exits)
        return;
    memcpy(exits, rd->exits, rd->n_exits * sizeof(*exits));
    node->exits = exits;
    node->n_exits = rd->n_exits;
}

void flow_node_read(struct flow_reader *rd, struct flow_place place, struct flow_node *ret)
{
    const char *names[FLOW_TYPE_COUNT];
    int i, type;

    for (i = 0; i < FLOW_TYPE_COUNT; i++)
        names[i] = TYPES[i].name;
    ret->counter = -1;
    ret->next = FLOW_NO_EXIT;
    rd->n_exits = 0;
    rd->node = ret->id = flow_read_string(rd, place, "id", FLOW_REQUIRED, FLOW_ID_MAX);
    place.path = SLICE("");
    if (ret->id.len && (!flow_read_is_id(ret->id) || slice_eq(ret->id, SLICE("end"))))
        flow_read_problem(rd, FLOW_ERROR, SLICE("id"),
                          "A node's id is letters, digits, - and _, and not \"end\".");
    flow_read_string(rd, place, "note", FLOW_OPTIONAL, NOTE_MAX);
    if (!json_object_get(place.object, "type")) {
        flow_read_problem(rd, FLOW_ERROR, SLICE("type"),
                          "This is missing. Say what the node does.");
        return;
    }
    type = flow_read_word(rd, place, "type", names, FLOW_TYPE_COUNT, -1);
    if (type < 0)
        return;
    ret->type = (enum flow_type)type;
    TYPES[type].read(rd, place, ret);
    keep_exits(rd, ret);
}
