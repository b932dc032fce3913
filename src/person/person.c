#include "person/person.h"

#include "base/err.h"
#include "person/purpose.h"
#include "person/sql.h"
#include "store/journal.h"
#include "store/row.h"

enum { PAGE_MAX = 100 };

static struct row_owner owner_of(int64_t tenant, vault_slot slot)
{
    return (struct row_owner){.tenant = tenant, .person_slot = slot};
}

static int open_field(struct turn *turn, const struct sql_rows *rows, size_t column_at,
                      enum column column, const struct person *person, struct pii *ret)
{
    struct row_owner owner = owner_of(person->tenant, person->slot);

    return row_open(turn, column, &owner, person->id, sql_bytes(rows, 0, column_at), ret);
}

/* Fields that need a declared purpose stay empty without one, even if an old value were left. */
static int open_profile(struct turn *turn, const struct sql_rows *rows, struct person *person)
{
    const struct {
        enum person_field field;
        enum column column;
        struct pii *ret;
    } fields[] = {
        {FIELD_FIRST_NAME, COL_person_first_name, &person->first_name},
        {FIELD_LAST_NAME, COL_person_last_name, &person->last_name},
        {FIELD_PICTURE, COL_person_picture_url, &person->picture_url},
        {FIELD_LOCALE, COL_person_locale, &person->locale},
        {FIELD_GENDER, COL_person_gender, &person->gender},
        {FIELD_TIMEZONE, COL_person_timezone, &person->timezone},
    };
    unsigned mask;
    size_t i;
    int r = purpose_mask(turn, person->tenant, &mask);

    for (i = 0; r == 0 && i < ARRAY_LEN(fields); i++)
        if (mask & 1u << fields[i].field)
            r = open_field(turn, rows, 6 + i, fields[i].column, person, fields[i].ret);
    return r;
}

int person_load(struct turn *turn, int64_t tenant, int64_t id, struct person *ret)
{
    struct person person = {.id = id, .tenant = tenant};
    struct sql_rows *rows;
    int r = turn_ask(turn, &person_sql_load, SQL_ARGS(SQL_INT(id), SQL_INT(tenant)), &rows);

    if (r < 0)
        return r;
    if (sql_rows_count(rows) == 0)
        return ERR_NOT_FOUND;
    person.slot = (vault_slot)sql_int(rows, 0, 1);
    person.state = (enum person_state)sql_int(rows, 0, 2);
    person.created_at = sql_int(rows, 0, 3);
    person.seen_at = sql_int(rows, 0, 4);
    person.profile_at = sql_int(rows, 0, 5);
    r = open_profile(turn, rows, &person);
    if (r == 0)
        r = open_field(turn, rows, 12, COL_person_email, &person, &person.email);
    if (r == 0)
        r = open_field(turn, rows, 13, COL_person_phone, &person, &person.phone);
    if (r == 0)
        r = open_field(turn, rows, 14, COL_person_attributes, &person, &person.attributes);
    if (r == 0)
        *ret = person;
    return r;
}

struct pii person_name(struct turn *turn, const struct person *person)
{
    struct slice first = pii_reveal(person->first_name), last = pii_reveal(person->last_name);
    char *space;

    if (!first.len || !last.len)
        return first.len ? person->first_name : person->last_name;
    space = arena_alloc(turn->arena, first.len + last.len + 2);
    if (!space)
        return person->first_name;
    memcpy(space, first.ptr, first.len);
    space[first.len] = ' ';
    memcpy(space + first.len + 1, last.ptr, last.len);
    return pii_of(slice_of(space, first.len + last.len + 1));
}

/* seen_at of the cursor's person; from the start when there is none. */
static int cursor_time(struct turn *turn, int64_t tenant, int64_t cursor, int64_t *ret)
{
    if (cursor == 0) {
        *ret = INT64_MAX;
        return 0;
    }
    return turn_ask_int(turn, &person_sql_seen_at, SQL_ARGS(SQL_INT(cursor), SQL_INT(tenant)), 0,
                        ret);
}

int person_list(struct turn *turn, int64_t tenant, int64_t cursor, size_t limit,
                struct person_page *ret)
{
    struct person_page page = {0};
    struct sql_rows *rows;
    int64_t at;
    size_t i;
    int r = cursor_time(turn, tenant, cursor, &at);

    if (r < 0)
        return r;
    limit = limit == 0 || limit > PAGE_MAX ? PAGE_MAX : limit;
    r = turn_ask(turn, &person_sql_page,
                 SQL_ARGS(SQL_INT(tenant), SQL_INT(at), SQL_INT(cursor), SQL_INT((int64_t)limit)),
                 &rows);
    if (r < 0)
        return r;
    page.n = sql_rows_count(rows);
    page.people = arena_array(turn->arena, page.n + 1, sizeof(*page.people));
    if (!page.people)
        return ERR_MEMORY;
    for (i = 0; r == 0 && i < page.n; i++)
        r = person_load(turn, tenant, sql_int(rows, i, 0), &page.people[i]);
    if (r == 0)
        r = turn_ask_int(turn, &person_sql_count, SQL_ARGS(SQL_INT(tenant)), 0, &page.total);
    if (r < 0)
        return r;
    page.next = page.n == limit ? page.people[page.n - 1].id : 0;
    *ret = page;
    return 0;
}

int person_seen(struct turn *turn, int64_t tenant, int64_t person, int64_t at)
{
    return turn_put(turn, &person_sql_seen,
                    SQL_ARGS(SQL_INT(at), SQL_INT(person), SQL_INT(tenant)));
}

static int tell(struct turn *turn, int64_t tenant, int64_t person)
{
    return journal_add(
        turn, &(struct journal_event){.tenant = tenant, .kind = JOURNAL_PERSON, .object = person});
}

int person_set_profile(struct turn *turn, int64_t tenant, int64_t id,
                       const struct person_profile *profile)
{
    const struct pii values[] = {
        [FIELD_FIRST_NAME] = profile->first_name, [FIELD_LAST_NAME] = profile->last_name,
        [FIELD_PICTURE] = profile->picture_url,   [FIELD_LOCALE] = profile->locale,
        [FIELD_GENDER] = profile->gender,         [FIELD_TIMEZONE] = profile->timezone,
    };
    static const enum column columns[] = {
        [FIELD_FIRST_NAME] = COL_person_first_name, [FIELD_LAST_NAME] = COL_person_last_name,
        [FIELD_PICTURE] = COL_person_picture_url,   [FIELD_LOCALE] = COL_person_locale,
        [FIELD_GENDER] = COL_person_gender,         [FIELD_TIMEZONE] = COL_person_timezone,
    };
    struct sql_arg args[9] = {SQL_INT(turn->now)};
    struct row_owner owner;
    struct person person;
    enum person_field field;
    unsigned mask;
    int r = person_load(turn, tenant, id, &person);

    if (r == 0)
        r = purpose_mask(turn, tenant, &mask);
    if (r < 0)
        return r;
    owner = owner_of(tenant, person.slot);
    for (field = FIELD_FIRST_NAME; field < FIELD_END; field++)
        args[field] = mask & 1u << field ? row_seal(turn, columns[field], &owner, id, values[field])
                                         : SQL_NULL;
    args[7] = SQL_INT(id);
    args[8] = SQL_INT(tenant);
    r = turn_put(turn, &person_sql_set_profile, args, ARRAY_LEN(args));
    return r < 0 ? r : tell(turn, tenant, id);
}

int person_change(struct turn *turn, int64_t tenant, int64_t id, const struct person_change *change)
{
    enum { ATTRIBUTES_MAX = 16 * 1024 };
    struct row_owner owner;
    struct person now;
    int r = person_load(turn, tenant, id, &now);

    if (r < 0)
        return r;
    if (change->attributes && pii_reveal(*change->attributes).len > ATTRIBUTES_MAX)
        return ERR_LIMIT;
    owner = owner_of(tenant, now.slot);
#define NEW(field) (change->field ? *change->field : now.field)
    r = turn_put(turn, &person_sql_set_contact,
                 SQL_ARGS(row_seal(turn, COL_person_first_name, &owner, id, NEW(first_name)),
                          row_seal(turn, COL_person_last_name, &owner, id, NEW(last_name)),
                          row_seal(turn, COL_person_email, &owner, id, NEW(email)),
                          row_seal(turn, COL_person_phone, &owner, id, NEW(phone)),
                          row_seal(turn, COL_person_attributes, &owner, id, NEW(attributes)),
                          SQL_INT(id), SQL_INT(tenant)));
#undef NEW
    return r < 0 ? r : tell(turn, tenant, id);
}
