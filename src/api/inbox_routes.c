/* inbox_routes.c - conversations and messages for the desk. */
#include "api/render.h"
#include "api/route.h"
#include "api/routes.h"
#include "base/err.h"
#include "store/journal.h"
#include "talk/file.h"
#include "talk/outbox.h"
#include "talk/say.h"

enum { BODY_MAX = 64 * 1024, PAGE_DEFAULT = 50, PAGE_MAX = 100 };

/* A cursor is "TIME.ID" of the last row. */
static int read_cursor(struct call *call, struct inbox_query *query)
{
    struct slice text = http_query_param(call->http, "cursor"), at;

    if (!text.len)
        return 0;
    if (!slice_cut(&text, '.', &at) || slice_int64(at, &query->cursor_at) < 0 ||
        slice_int64(text, &query->cursor_id) < 0)
        return call_fail(call, ERR_INVALID, "\"cursor\" must be the \"next\" of an earlier page.");
    return 0;
}

static int read_query(struct call *call, struct inbox_query *ret)
{
    struct slice view = http_query_param(call->http, "view");
    struct slice person = http_query_param(call->http, "person");
    struct inbox_query query = {
        .tenant = call->caller.tenant, .view = INBOX_ALL, .user = call->caller.user};
    int64_t limit;
    int r = call_query_int(call, "limit", 1, PAGE_MAX, PAGE_DEFAULT, &limit);

    if (r == 0)
        r = read_cursor(call, &query);
    if (r < 0)
        return r;
    if (view.len && !inbox_view_of(view, &query.view))
        return call_fail(call, ERR_INVALID,
                         "\"view\" must be mine, unassigned, all, help or closed.");
    if (person.len && id_parse(ID_PERSON, person, &query.person) < 0)
        return ERR_NOT_FOUND;
    query.limit = (size_t)limit;
    *ret = query;
    return 0;
}

static int list(struct turn *turn, struct call *call)
{
    struct inbox_query query;
    struct inbox_page page;
    struct slice next = SLICE_NONE;
    size_t i;
    int r = read_query(call, &query);

    if (r == 0)
        r = inbox_list(turn, &query, &page);
    if (r < 0)
        return r;
    render_list_open(&call->out);
    for (i = 0; r == 0 && i < page.n; i++)
        r = render_conversation(turn, &call->out, NULL, &page.items[i]);
    if (page.next_id)
        next = arena_printf(turn->arena, "%lld.%lld", (long long)page.next_at,
                            (long long)page.next_id);
    render_list_close(&call->out, next, page.total);
    return r;
}

static int counts(struct turn *turn, struct call *call)
{
    struct inbox_counts n;
    int r = inbox_count(turn, call->caller.tenant, call->caller.user, &n);

    if (r < 0)
        return r;
    json_out_object(&call->out, NULL);
    json_out_int(&call->out, "mine", n.mine);
    json_out_int(&call->out, "unassigned", n.unassigned);
    json_out_int(&call->out, "all", n.all);
    json_out_int(&call->out, "help", n.help);
    json_out_int(&call->out, "closed", n.closed);
    json_out_int(&call->out, "unread", n.unread);
    json_out_close_object(&call->out);
    return 0;
}

static int load(struct turn *turn, struct call *call, struct conversation *ret)
{
    int64_t id;
    int r = call_id(call, 0, ID_CONVERSATION, &id);

    return r < 0 ? r : conversation_load(turn, call->caller.tenant, id, ret);
}

static int show(struct turn *turn, struct call *call)
{
    struct conversation c;
    int r = load(turn, call, &c);

    return r < 0 ? r : render_conversation(turn, &call->out, NULL, &c);
}

static int change_assignee(struct turn *turn, struct call *call, struct conversation *c)
{
    struct user user;
    int64_t id = 0;
    int r;

    if (slice_eq(json_str(call->body, "assignee"), SLICE("me"))) {
        id = call->caller.user;
    } else {
        r = call_body_id(call, "assignee", ID_USER, &id);
        if (r == 0 && id)
            r = user_load(turn, call->caller.tenant, id, &user);
        if (r < 0)
            return call_fail(call, ERR_INVALID, "\"assignee\" is nobody of your team.");
    }
    return conversation_assign(turn, c, id, call->caller.user);
}

static int change_floor(struct turn *turn, struct call *call, struct conversation *c)
{
    bool agent = slice_eq(json_str(call->body, "floor"), SLICE("agent"));
    int r = conversation_give_floor(turn, c, agent ? FLOOR_AGENT : FLOOR_NOBODY,
                                    agent ? call->caller.user : 0);

    if (r < 0)
        return r;
    if (!agent)
        c->help_wanted_at = 0; /* the bot may answer what comes next */
    return message_append_event(turn, c, agent ? "floor_agent" : "floor_bot", 0, call->caller.user);
}

static int change(struct turn *turn, struct call *call)
{
    struct conversation c;
    int r = load(turn, call, &c);

    if (r == 0 && call_has(call, "assignee"))
        r = change_assignee(turn, call, &c);
    if (r == 0 && call_has(call, "floor"))
        r = change_floor(turn, call, &c);
    if (r == 0 && call_has(call, "help"))
        r = conversation_help_done(turn, &c, call->caller.user);
    if (r == 0 && call_has(call, "status"))
        r = conversation_set_status(turn, &c,
                                    slice_eq(json_str(call->body, "status"), SLICE("closed"))
                                        ? CONVERSATION_CLOSED
                                        : CONVERSATION_OPEN,
                                    call->caller.user);
    return r < 0 ? r : render_conversation(turn, &call->out, NULL, &c);
}

static int messages(struct turn *turn, struct call *call)
{
    struct slice before_text = http_query_param(call->http, "before");
    struct conversation c;
    struct message *page;
    int64_t limit, before = 0, total;
    char next[ID_TEXT_SIZE];
    size_t i, n;
    int r = load(turn, call, &c);

    if (r == 0)
        r = call_query_int(call, "limit", 1, PAGE_MAX, PAGE_DEFAULT, &limit);
    if (r == 0 && before_text.len)
        r = id_parse(ID_MESSAGE, before_text, &before) < 0 ? ERR_INVALID : 0;
    if (r == 0)
        r = message_page(turn, c.tenant, c.id, before, (size_t)limit, &page, &n);
    if (r == 0)
        r = message_count(turn, c.tenant, c.id, &total);
    if (r < 0)
        return r;
    render_list_open(&call->out);
    for (i = 0; r == 0 && i < n; i++)
        r = render_message(turn, &call->out, NULL, &page[i], FOR_DESK);
    render_list_close(
        &call->out, n == (size_t)limit ? id_text(ID_MESSAGE, page[0].id, next) : SLICE_NONE, total);
    return r;
}

/* {"attachments":[…]} with the file of a reply, as the draft's parts. */
static int say_parts(struct turn *turn, const struct file *file, struct slice *ret)
{
    struct buf b = BUF_INIT(4 * 1024);
    struct json_out out;
    int r;

    json_out_init(&out, &b);
    json_out_object(&out, NULL);
    json_out_array(&out, "attachments");
    file_out(&out, file);
    json_out_close_array(&out);
    json_out_close_object(&out);
    r = json_out_end(&out);
    *ret = r == 0 ? arena_copy(turn->arena, buf_slice(&b)) : SLICE_NONE;
    buf_done(&b);
    return r == 0 && !ret->ptr ? ERR_MEMORY : r;
}

static int add_file(struct turn *turn, struct call *call, const struct conversation *c, bool note,
                    struct talk_draft *draft)
{
    struct file file;
    int64_t id;
    int r = call_body_id(call, "file", ID_FILE, &id);

    if (r < 0 || !id)
        return r;
    if (!note && c->channel_kind != CHANNEL_WEB)
        return call_fail(call, ERR_INVALID,
                         "This channel takes no files from here. Send a link instead.");
    r = file_for(turn, c->tenant, c->person, id, &file);
    if (r == ERR_NOT_FOUND)
        return call_fail(call, ERR_INVALID, "\"file\" is no file of this conversation.");
    if (r == 0)
        r = file_sent(turn, &file, c->id);
    return r < 0 ? r : say_parts(turn, &file, &draft->parts);
}

static int say(struct turn *turn, struct call *call)
{
    struct talk_draft draft = {
        .text = call_body_pii(call, "text"),
        .client_id = json_str(call->body, "client_id"),
    };
    bool note = slice_eq(json_str(call->body, "kind"), SLICE("note"));
    struct conversation c;
    struct message m;
    int r = load(turn, call, &c);

    if (r == 0)
        r = add_file(turn, call, &c, note, &draft);
    if (r < 0)
        return r;
    r = note ? talk_note(turn, &c, call->caller.user, &draft, &m)
             : talk_reply(turn, &c, call->caller.user, &draft, &m);
    if (r == ERR_WINDOW)
        return call_fail(call, r,
                         "The channel allows a reply only for 24 hours after the person's "
                         "last message. They have to write first.");
    if (r == ERR_INVALID)
        return call_fail(call, r, "The message is empty.");
    return r < 0 ? r : render_message(turn, &call->out, NULL, &m, FOR_DESK);
}

static int read_mark(struct turn *turn, struct call *call)
{
    struct conversation c;
    int64_t message;
    int r = load(turn, call, &c);

    if (r == 0)
        r = call_body_id(call, "message", ID_MESSAGE, &message);
    return r < 0 ? r : conversation_agent_read(turn, &c, message, call->caller.user);
}

static int retry(struct turn *turn, struct call *call)
{
    struct conversation c;
    struct message m;
    int64_t id;
    int r = call_id(call, 0, ID_MESSAGE, &id);

    if (r == 0)
        r = message_load(turn, call->caller.tenant, id, &m);
    if (r == 0)
        r = conversation_load(turn, call->caller.tenant, m.conversation, &c);
    if (r == 0)
        r = outbox_retry(turn, &c, &m);
    if (r == ERR_CONFLICT)
        return call_fail(call, r, "This message is not one that failed.");
    return r < 0 ? r : render_message(turn, &call->out, NULL, &m, FOR_DESK);
}

const struct route inbox_routes[] = {
    {HTTP_GET_, "/api/v1/conversations", LANE_READ, ACCESS_AGENT, SCOPE_READ, list,
     .query =
         "view?:mine|unassigned|all|help|closed person?:id.person limit?:int<=100 cursor?:text",
     .gives = "items:Conversation[] next:text~ total:int", .summary = "Lists conversations"},
    {HTTP_GET_, "/api/v1/conversations/counts", LANE_READ, ACCESS_AGENT, SCOPE_READ, counts,
     .gives = "mine:int unassigned:int all:int help:int closed:int unread:int",
     .summary = "Counts conversations per view"},
    {HTTP_GET_, "/api/v1/conversations/{id}", LANE_READ, ACCESS_AGENT, SCOPE_READ, show,
     .gives = "Conversation", .summary = "Shows a conversation"},
    {HTTP_PATCH_, "/api/v1/conversations/{id}", LANE_WRITE, ACCESS_AGENT, SCOPE_TALK, change,
     .body_max = BODY_MAX,
     .takes = "status?:open|closed assignee?:text~ floor?:agent|bot help?:bool",
     .gives = "Conversation", .summary = "Assigns, closes, reopens, takes or hands back the floor"},
    {HTTP_GET_, "/api/v1/conversations/{id}/messages", LANE_READ, ACCESS_AGENT, SCOPE_READ,
     messages, .query = "before?:id.message limit?:int<=100",
     .gives = "items:Message[] next:text~ total:int", .summary = "Lists messages, oldest first"},
    {HTTP_POST_, "/api/v1/conversations/{id}/messages", LANE_WRITE, ACCESS_AGENT, SCOPE_TALK, say,
     .body_max = BODY_MAX,
     .takes = "client_id?:text<=64 kind?:message|note text?:text<=10000 file?:id.file",
     .gives = "Message", .summary = "Replies to the person, or adds a note"},
    {HTTP_POST_, "/api/v1/conversations/{id}/read", LANE_WRITE, ACCESS_AGENT, SCOPE_TALK, read_mark,
     .body_max = BODY_MAX, .takes = "message:id.message", .summary = "Marks messages as read"},
    {HTTP_POST_, "/api/v1/messages/{id}/retry", LANE_WRITE, ACCESS_AGENT, SCOPE_TALK, retry,
     .body_max = BODY_MAX, .takes = "", .gives = "Message",
     .summary = "Sends a message again that was refused or not confirmed"},
};
const size_t inbox_routes_count = ARRAY_LEN(inbox_routes);
