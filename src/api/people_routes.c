/* people_routes.c - who wrote: the list, one person, corrections; search; what agents began to
 * write.
 */
#include "api/find.h"
#include "api/render.h"
#include "api/routes.h"
#include "base/err.h"
#include "net/mail.h"
#include "person/purpose.h"
#include "talk/draft.h"
#include "talk/search.h"

enum { BODY_MAX = 64 * 1024, PAGE_DEFAULT = 50, PAGE_MAX = 100, ATTRIBUTES_MAX = 16 * 1024 };

/* People without a query: a page from the table. */

static int page_of_people(struct turn *turn, struct call *call)
{
    struct slice cursor = http_query_param(call->http, "cursor"), next = SLICE_NONE;
    struct person_page page;
    char text[ID_TEXT_SIZE];
    int64_t limit, after = 0;
    size_t i;
    int r = call_query_int(call, "limit", 1, PAGE_MAX, PAGE_DEFAULT, &limit);

    if (r == 0 && cursor.len && id_parse(ID_PERSON, cursor, &after) < 0)
        r = call_fail(call, ERR_INVALID, "\"cursor\" must be the \"next\" of an earlier page.");
    if (r == 0)
        r = person_list(turn, call->caller.tenant, after, (size_t)limit, &page);
    if (r < 0)
        return r;
    render_list_open(&call->out);
    for (i = 0; r == 0 && i < page.n; i++)
        r = render_person(turn, &call->out, NULL, call->caller.tenant, &page.people[i], false);
    if (page.next)
        next = id_text(ID_PERSON, page.next, text);
    render_list_close(&call->out, next, page.total);
    return r;
}

/* With one: everybody is opened, last seen first. */

static int person_holds(struct turn *turn, struct find *find, const struct person *person,
                        bool *ret)
{
    const struct pii texts[] = {person_name(turn, person), person->email, person->phone};
    struct person_identity *identities;
    size_t i, n;
    int r = 0;

    *ret = false;
    for (i = 0; r == 0 && !*ret && i < ARRAY_LEN(texts); i++)
        r = find_in(find, texts[i], ret);
    if (r < 0 || *ret)
        return r;
    r = person_identities(turn, person->tenant, person->id, &identities, &n);
    for (i = 0; r == 0 && !*ret && i < n; i++)
        r = find_in(find, identities[i].external, ret);
    return r;
}

static int look_at_people(struct turn *turn, struct find *find, int64_t tenant)
{
    struct person_page page;
    bool holds;
    size_t i;
    int r = person_list(turn, tenant, find->cursor, PAGE_MAX, &page);

    for (i = 0; r == 0 && i < page.n && find->n < find->limit; i++) {
        r = person_holds(turn, find, &page.people[i], &holds);
        if (r == 0 && holds)
            find->found[find->n++] = page.people[i].id;
        find->cursor = page.people[i].id;
        find->rows++;
    }
    if (r == 0)
        find->ended = i == page.n && page.next == 0;
    return r;
}

static int out_found_people(struct turn *turn, struct call *call, const struct find *find)
{
    struct slice next = SLICE_NONE;
    char text[ID_TEXT_SIZE];
    struct person person;
    size_t i;
    int r = 0;

    render_list_open(&call->out);
    for (i = 0; r == 0 && i < find->n; i++) {
        r = person_load(turn, call->caller.tenant, find->found[i], &person);
        if (r == 0)
            r = render_person(turn, &call->out, NULL, call->caller.tenant, &person, false);
        if (r == ERR_NOT_FOUND)
            r = 0; /* erased between two steps */
    }
    if (!find->ended)
        next = id_text(ID_PERSON, find->cursor, text);
    render_list_close(&call->out, next, (int64_t)find->n);
    return r;
}

static int search_people(struct turn *turn, struct call *call)
{
    struct find *find = call->data;
    int r = find_step(find);

    while (r == 0 && find_goes_on(find))
        r = look_at_people(turn, find, call->caller.tenant);
    find_step_end(find);
    if (r < 0)
        return r;
    if (!find_again(find))
        return out_found_people(turn, call, find);
    call->then = search_people;
    call->then_lane = LANE_READ;
    return 0;
}

static int people(struct turn *turn, struct call *call)
{
    struct find *find;
    int r;

    if (slice_trim(http_query_param(call->http, "q")).len == 0)
        return page_of_people(turn, call);
    r = find_open(call, ID_PERSON, &find);
    if (r < 0)
        return r;
    call->data = find;
    return search_people(turn, call);
}

/* One person */

static int load_person(struct turn *turn, struct call *call, struct person *ret)
{
    int64_t id;
    int r = call_id(call, 0, ID_PERSON, &id);

    if (r == 0)
        r = person_load(turn, call->caller.tenant, id, ret);
    return r == 0 && ret->state == PERSON_ERASING ? ERR_FORGOTTEN : r;
}

static int show_person(struct turn *turn, struct call *call)
{
    struct person person;
    int r = load_person(turn, call, &person);

    return r < 0 ? r : render_person(turn, &call->out, NULL, call->caller.tenant, &person, true);
}

/* A field without a declared purpose is not kept, whoever types it. */
static int check_purposes(struct turn *turn, struct call *call)
{
    unsigned mask;
    int r = purpose_mask(turn, call->caller.tenant, &mask);

    if (r < 0)
        return r;
    if ((json_str(call->body, "first_name").len && !(mask & 1u << FIELD_FIRST_NAME)) ||
        (json_str(call->body, "last_name").len && !(mask & 1u << FIELD_LAST_NAME)))
        return call_fail(call, ERR_INVALID,
                         "No purpose is declared for this field. Declare one in Settings, under "
                         "Privacy, first.");
    return 0;
}

static int read_attributes(struct turn *turn, struct call *call, struct pii *ret)
{
    const json_t *attributes = json_object_get(call->body, "attributes");
    struct buf text = BUF_INIT(ATTRIBUTES_MAX);
    struct slice copy = SLICE_NONE;
    const char *name;
    json_t *value;
    int r = 0;

    json_object_foreach((json_t *)attributes, name, value) {
        if (!json_is_string(value))
            r = call_fail(call, ERR_INVALID, "\"attributes\" holds texts.");
    }
    if (r == 0)
        r = json_write(attributes, &text);
    if (r == 0)
        copy = arena_copy(turn->arena, buf_slice(&text));
    buf_done(&text);
    *ret = pii_of(json_object_size(attributes) ? copy : SLICE_NONE);
    return r == 0 && !copy.ptr ? ERR_MEMORY : r;
}

static const struct pii *member(const struct call *call, const char *name, struct pii *space)
{
    *space = pii_of(slice_trim(json_str(call->body, name)));
    return call_has(call, name) ? space : NULL;
}

static int change_person(struct turn *turn, struct call *call)
{
    struct pii first, last, email, phone, attributes;
    struct person_change change = {
        .first_name = member(call, "first_name", &first),
        .last_name = member(call, "last_name", &last),
        .email = member(call, "email", &email),
        .phone = member(call, "phone", &phone),
    };
    struct person person;
    int r = load_person(turn, call, &person);

    if (r == 0)
        r = check_purposes(turn, call);
    if (r == 0 && !pii_empty(email) && !mail_address_ok(pii_reveal(email)))
        r = call_fail(call, ERR_INVALID, "\"email\" must be an address like ada@example.com.");
    if (r == 0 && call_has(call, "attributes")) {
        r = read_attributes(turn, call, &attributes);
        change.attributes = &attributes;
    }
    if (r == 0)
        r = person_change(turn, call->caller.tenant, person.id, &change);
    return r < 0 ? r : show_person(turn, call);
}

/* Search in what was said */

static int look_at_messages(struct turn *turn, struct find *find, int64_t tenant)
{
    struct message m;
    struct pii text;
    int64_t *ids;
    size_t i, n;
    bool holds;
    int r = search_newest(turn, tenant, find->cursor, FIND_ROWS, &ids, &n);

    for (i = 0; r == 0 && i < n && find_goes_on(find); i++) {
        r = message_load(turn, tenant, ids[i], &m);
        if (r == 0)
            r = message_text(turn, m.body, &text);
        if (r == 0)
            r = find_in(find, text, &holds);
        if (r == 0 && holds)
            find->found[find->n++] = ids[i];
        if (r == ERR_FORGOTTEN || r == ERR_NOT_FOUND)
            r = 0; /* its retention ended, or its person goes at this moment */
        find->cursor = ids[i];
        find->rows++;
    }
    if (r == 0)
        find->ended = i == n && n < FIND_ROWS;
    return r;
}

static int out_hit(struct turn *turn, struct call *call, int64_t id)
{
    struct conversation c;
    struct message m;
    int r = message_load(turn, call->caller.tenant, id, &m);

    if (r == 0)
        r = conversation_load(turn, call->caller.tenant, m.conversation, &c);
    if (r < 0)
        return r == ERR_NOT_FOUND || r == ERR_FORGOTTEN ? 0 : r;
    json_out_object(&call->out, NULL);
    r = render_conversation(turn, &call->out, "conversation", &c);
    if (r == 0)
        r = render_message(turn, &call->out, "message", &m, FOR_DESK);
    json_out_close_object(&call->out);
    return r;
}

static int out_hits(struct turn *turn, struct call *call, const struct find *find)
{
    struct slice next = SLICE_NONE;
    char text[ID_TEXT_SIZE];
    size_t i;
    int r = 0;

    render_list_open(&call->out);
    for (i = 0; r == 0 && i < find->n; i++)
        r = out_hit(turn, call, find->found[i]);
    if (!find->ended)
        next = id_text(ID_MESSAGE, find->cursor, text);
    render_list_close(&call->out, next, (int64_t)find->n);
    return r;
}

static int search_messages(struct turn *turn, struct call *call)
{
    struct find *find = call->data;
    int r = find_step(find);

    if (r == 0)
        r = look_at_messages(turn, find, call->caller.tenant);
    find_step_end(find);
    if (r < 0)
        return r;
    if (!find_again(find))
        return out_hits(turn, call, find);
    call->then = search_messages;
    call->then_lane = LANE_READ;
    return 0;
}

static int search(struct turn *turn, struct call *call)
{
    struct find *find;
    int r = find_open(call, ID_MESSAGE, &find);

    if (r < 0)
        return r;
    call->data = find;
    if (find->needle.n)
        return search_messages(turn, call);
    find->ended = true;
    return out_hits(turn, call, find);
}

/* Drafts: each user's own */

static int load_conversation(struct turn *turn, struct call *call, struct conversation *ret)
{
    int64_t id;
    int r = call_id(call, 0, ID_CONVERSATION, &id);

    return r < 0 ? r : conversation_load(turn, call->caller.tenant, id, ret);
}

static int out_drafts(struct turn *turn, struct call *call, const struct conversation *c)
{
    struct pii message, note;
    int r = draft_load(turn, c, call->caller.user, DRAFT_MESSAGE, &message);

    if (r == 0)
        r = draft_load(turn, c, call->caller.user, DRAFT_NOTE, &note);
    if (r < 0)
        return r;
    json_out_object(&call->out, NULL);
    json_out_pii(&call->out, "message", message);
    json_out_pii(&call->out, "note", note);
    json_out_close_object(&call->out);
    return 0;
}

static int drafts(struct turn *turn, struct call *call)
{
    struct conversation c;
    int r = load_conversation(turn, call, &c);

    return r < 0 ? r : out_drafts(turn, call, &c);
}

static int save_draft(struct turn *turn, struct call *call)
{
    bool note = slice_eq(json_str(call->body, "mode"), SLICE("note"));
    struct conversation c;
    int r = load_conversation(turn, call, &c);

    if (r == 0)
        r = draft_save(turn, &c, call->caller.user, note ? DRAFT_NOTE : DRAFT_MESSAGE,
                       call_body_pii(call, "text"));
    return r < 0 ? r : out_drafts(turn, call, &c);
}

#define DRAFT "/api/v1/conversations/{id}/draft"
const struct route people_routes[] = {
    {HTTP_GET_, "/api/v1/people", LANE_READ, ACCESS_AGENT, SCOPE_READ, people,
     .query = "q?:text<=200 limit?:int<=100 cursor?:text",
     .gives = "items:Person[] next:text~ total:int",
     .summary = "Lists people, last seen first; q looks in names, addresses, numbers and ids"},
    {HTTP_GET_, "/api/v1/people/{id}", LANE_READ, ACCESS_AGENT, SCOPE_READ, show_person,
     .gives = "Person", .summary = "Shows a person with identities and conversations"},
    {HTTP_PATCH_, "/api/v1/people/{id}", LANE_WRITE, ACCESS_AGENT, SCOPE_PEOPLE, change_person,
     .body_max = BODY_MAX,
     .takes = "first_name?:text<=100 last_name?:text<=100 email?:text<=254 phone?:text<=40"
              " attributes?:object",
     .gives = "Person", .summary = "Corrects what is known of a person"},
    {HTTP_GET_, "/api/v1/search", LANE_READ, ACCESS_AGENT, SCOPE_READ, search,
     .query = "q:text<=200 limit?:int<=100 cursor?:text",
     .gives = "items:list next:text~ total:int",
     .summary = "Looks through messages and notes, newest first"},
    {HTTP_GET_, DRAFT, LANE_READ, ACCESS_AGENT, 0, drafts, .gives = "message:text note:text",
     .summary = "What this user began to write"},
    {HTTP_PUT_, DRAFT, LANE_WRITE, ACCESS_AGENT, 0, save_draft, .body_max = BODY_MAX,
     .takes = "mode:message|note text:text<=10000", .gives = "message:text note:text",
     .summary = "Keeps what this user began to write"},
};
const size_t people_routes_count = ARRAY_LEN(people_routes);
