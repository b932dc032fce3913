/* file_routes.c - files in and out. A file comes in on three lanes: its ids and keys are made
 * (WRITE), its bytes are sealed and made durable (SLOW), then its row is added (WRITE). */
#include <stdio.h>

#include "api/app.h"
#include "api/routes.h"
#include "api/widget.h"
#include "base/codec.h"
#include "base/err.h"
#include "talk/file.h"

enum { NAME_MAX_BYTES = 2048 };

#define CSP_FILE "default-src 'none'; sandbox"

#define TOO_LARGE "The file is too large: at most 10 MB can be sent."

/* Between the steps. */
struct transfer {
    struct visit visit; /* a visitor's: a WRITE step may run twice and needs it again */
    struct file file;
    struct blob blob;
};

static struct transfer *new_transfer(struct call *call)
{
    return arena_alloc(call->arena, sizeof(struct transfer));
}

/* In */

/* %41 → "A". What is malformed stays as it is; the name is cleaned anyway. */
static struct slice percent_decoded(struct arena *arena, struct slice text)
{
    char *out = arena_alloc(arena, text.len + 1);
    size_t i, n = 0;

    if (!out)
        return SLICE_NONE;
    for (i = 0; i < text.len; i++) {
        if (text.ptr[i] == '%' &&
            hex_decode(slice_head(slice_from(text, i + 1), 2), out + n, 1) == 0)
            i += 2;
        else
            out[n] = text.ptr[i];
        n++;
    }
    return slice_of(out, n);
}

static int take_name(struct call *call, struct file *file)
{
    struct slice given = http_header(call->http, "x-file-name");
    struct slice name;

    if (given.len > NAME_MAX_BYTES)
        return call_fail(call, ERR_INVALID, "The file's name is too long.");
    name = percent_decoded(call->arena, given);
    if (!name.ptr)
        return ERR_MEMORY;
    name = file_clean_name(call->arena, name);
    file->name = pii_of(name);
    return name.ptr ? 0 : ERR_MEMORY;
}

static int check_size(struct call *call)
{
    size_t size = http_body(call->http).len;

    if (size == 0)
        return call_fail(call, ERR_INVALID, "The file is empty.");
    return size > FILE_SIZE_MAX ? call_fail(call, ERR_LIMIT, TOO_LARGE) : 0;
}

static int remove_bytes(struct turn *turn, struct call *call)
{
    const struct transfer *transfer = call->data;
    int r = blob_remove(turn->store, transfer->file.id);

    return r < 0 ? r : ERR_FORGOTTEN;
}

static int add_row(struct turn *turn, struct call *call)
{
    const struct transfer *transfer = call->data;
    const struct file *file = &transfer->file;
    int r = file_add(turn, file);

    if (r == ERR_FORGOTTEN) { /* erased meanwhile: nothing of theirs stays */
        call->then = remove_bytes;
        call->then_lane = LANE_SLOW;
        return 0;
    }
    if (r < 0)
        return r;
    json_out_object(&call->out, NULL);
    call_out_id(&call->out, "id", ID_FILE, file->id);
    json_out_str(&call->out, "type", slice_cstr(file_mime(file->type)));
    json_out_pii(&call->out, "name", file->name);
    json_out_int(&call->out, "size", file->size);
    json_out_close_object(&call->out);
    return 0;
}

static int seal_bytes(struct turn *turn, struct call *call)
{
    struct transfer *transfer = call->data;
    struct pii bytes = pii_of(http_body(call->http));

    transfer->file.type = file_type_of(bytes);
    transfer->file.size = (int64_t)pii_reveal(bytes).len;
    call->then = add_row;
    call->then_lane = LANE_WRITE;
    return blob_write(turn, &transfer->blob, bytes);
}

/* The file of a person, in their conversation if there is one yet. */
static int begin_file(struct turn *turn, struct call *call, int64_t person, vault_slot slot,
                      int64_t conversation)
{
    struct transfer *transfer = call->data;
    int r = file_begin(turn, call->caller.tenant, person, slot, &transfer->file);

    if (r == ERR_RATE)
        return call_fail(call, r, "That were many files today. Send more tomorrow.");
    if (r == 0)
        r = file_blob(turn, &transfer->file, &transfer->blob);
    if (r == 0)
        r = take_name(call, &transfer->file);
    transfer->file.conversation = conversation;
    call->then = seal_bytes;
    call->then_lane = LANE_SLOW;
    return r;
}

/* A stranger's first file makes a person, as their first word would. */
static int begin_visitors(struct turn *turn, struct call *call)
{
    const struct visit *visit = &((const struct transfer *)call->data)->visit;
    struct person_ref person;
    int r = person_resolve(turn, call->caller.tenant, visit->site, visit->external, turn->now, true,
                           &person);

    if (r < 0)
        return r;
    if (person.state == PERSON_DEACTIVATED || person.state == PERSON_ERASING)
        return ERR_DENIED;
    return begin_file(turn, call, person.id, person.slot, 0);
}

static int post_widget_file(struct turn *turn, struct call *call)
{
    struct transfer *transfer = new_transfer(call);
    int r = transfer ? check_size(call) : ERR_MEMORY;

    if (r == 0)
        r = widget_enter(turn, call, true, begin_visitors, LANE_WRITE);
    if (r < 0)
        return r;
    transfer->visit = *(const struct visit *)call->data;
    call->data = transfer;
    return 0;
}

static int post_file(struct turn *turn, struct call *call)
{
    struct slice text = http_query_param(call->http, "conversation");
    struct conversation c;
    int64_t id;
    int r = check_size(call);

    if (r < 0)
        return r;
    if (id_parse(ID_CONVERSATION, text, &id) < 0)
        return call_fail(call, ERR_INVALID, "Name the conversation: ?conversation=cnv_…");
    call->data = new_transfer(call);
    if (!call->data)
        return ERR_MEMORY;
    r = conversation_load(turn, call->caller.tenant, id, &c);
    return r < 0 ? r : begin_file(turn, call, c.person, c.slot, c.id);
}

/* Out */

/* filename* as RFC 8187 §3.2 has it: everything but plain letters and digits is percent-encoded. */
static const char *disposition(struct call *call, const struct file *file)
{
    struct slice name = pii_reveal(file->name);
    char *encoded = arena_alloc(call->arena, name.len * 3 + 1);
    size_t i, n = 0;

    if (!encoded)
        return NULL;
    for (i = 0; i < name.len; i++) {
        unsigned char c = (unsigned char)name.ptr[i];
        bool plain = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
                     c == '.' || c == '-' || c == '_';

        if (plain)
            encoded[n++] = (char)c;
        else
            n += (size_t)snprintf(encoded + n, 4, "%%%02X", c);
    }
    return arena_printf(call->arena, "%s; filename*=UTF-8''%.*s",
                        file_is_image(file->type) ? "inline" : "attachment", (int)n, encoded)
        .ptr;
}

static int open_bytes(struct turn *turn, struct call *call)
{
    const struct transfer *transfer = call->data;
    struct pii bytes;
    int r = blob_read(turn, &transfer->blob, (size_t)transfer->file.size, &bytes);

    if (r < 0)
        return r;
    call->answer = (struct http_answer){
        .type = file_mime(transfer->file.type),
        .body = pii_reveal(bytes), /* in the turn's arena, which outlives the answer's making */
        .csp = CSP_FILE,
        .disposition = disposition(call, &transfer->file),
    };
    return call->answer.disposition ? 0 : ERR_MEMORY;
}

static int give_file(struct turn *turn, struct call *call, const struct file *file)
{
    struct transfer *transfer = new_transfer(call);
    struct slice name = arena_copy(call->arena, pii_reveal(file->name));

    if (!transfer || !name.ptr)
        return ERR_MEMORY;
    transfer->file = *file;
    transfer->file.name = pii_of(name);
    call->data = transfer;
    call->then = open_bytes;
    call->then_lane = LANE_SLOW;
    return file_blob(turn, file, &transfer->blob);
}

static int get_file(struct turn *turn, struct call *call)
{
    struct file file;
    int64_t id;
    int r = call_id(call, 0, ID_FILE, &id);

    if (r == 0)
        r = file_load(turn, call->caller.tenant, id, &file);
    return r < 0 ? r : give_file(turn, call, &file);
}

static int give_visitors(struct turn *turn, struct call *call)
{
    const struct visit *visit = call->data;
    struct person_ref person;
    struct file file;
    int64_t id;
    int r = call_id(call, 1, ID_FILE, &id);

    if (r == 0)
        r = person_resolve(turn, call->caller.tenant, visit->site, visit->external, turn->now,
                           false, &person);
    if (r == 0)
        r = file_for(turn, call->caller.tenant, person.id, id, &file);
    return r < 0 ? r : give_file(turn, call, &file);
}

static int get_widget_file(struct turn *turn, struct call *call)
{
    return widget_enter(turn, call, true, give_visitors, LANE_READ);
}

const struct route file_routes[] = {
    {HTTP_POST_, "/api/v1/widget/{site}/files", LANE_READ, ACCESS_PUBLIC, 0, post_widget_file,
     .body_max = FILE_SIZE_MAX, .raw = true, .gives = "id:id.file type:text name:text size:int",
     .summary = "Takes a visitor's file; a message sends it"},
    {HTTP_GET_, "/api/v1/widget/{site}/files/{id}", LANE_READ, ACCESS_PUBLIC, 0, get_widget_file,
     .summary = "Gives a file of the visitor's own conversation"},
    {HTTP_POST_, "/api/v1/files", LANE_WRITE, ACCESS_AGENT, SCOPE_TALK, post_file,
     .body_max = FILE_SIZE_MAX, .raw = true, .query = "conversation:id.conversation",
     .gives = "id:id.file type:text name:text size:int",
     .summary = "Takes a file for a conversation; a message sends it"},
    {HTTP_GET_, "/api/v1/files/{id}", LANE_READ, ACCESS_AGENT, SCOPE_READ, get_file,
     .summary = "Gives a file"},
};
const size_t file_routes_count = ARRAY_LEN(file_routes);
