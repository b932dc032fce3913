#include "person/purpose.h"

#include "base/err.h"
#include "base/utf8.h"
#include "person/sql.h"
#include "store/journal.h"
#include "store/row.h"

enum { TEXT_CHARS_MAX = 500 };

struct field_info {
    const char *name;
    const char *ready;
    const struct sql_stmt *forget;
};

static const struct field_info infos[FIELD_END] = {
    [FIELD_FIRST_NAME] = {"first_name", "Show who writes in Live Chat",
                          &person_sql_forget_first_name},
    [FIELD_LAST_NAME] = {"last_name", "Show who writes in Live Chat", &person_sql_forget_last_name},
    [FIELD_PICTURE] = {"picture", "Show who writes in Live Chat", &person_sql_forget_picture},
    [FIELD_LOCALE] = {"locale", "Answer in their language", &person_sql_forget_locale},
    [FIELD_GENDER] = {"gender", "Address them correctly in languages that need it",
                      &person_sql_forget_gender},
    [FIELD_TIMEZONE] = {"timezone", "Send at their local time", &person_sql_forget_timezone},
};

const char *purpose_field_name(enum person_field field)
{
    return infos[field].name;
}

const char *purpose_ready(enum person_field field)
{
    return infos[field].ready;
}

enum person_field purpose_field_of(struct slice name)
{
    enum person_field field;

    for (field = FIELD_FIRST_NAME; field < FIELD_END; field++)
        if (slice_eq(name, slice_cstr(infos[field].name)))
            return field;
    return FIELD_END;
}

int purpose_load(struct turn *turn, int64_t tenant, struct purpose_entry ret[FIELD_END])
{
    const struct row_owner owner = {.tenant = tenant};
    struct sql_rows *rows;
    struct pii text;
    size_t i;
    int r = turn_ask(turn, &person_sql_purposes, SQL_ARGS(SQL_INT(tenant)), &rows);

    if (r < 0)
        return r;
    memset(ret, 0, FIELD_END * sizeof(*ret));
    for (i = 0; i < sql_rows_count(rows); i++) {
        int64_t field = sql_int(rows, i, 0);

        if (field <= 0 || field >= FIELD_END)
            return ERR_DAMAGED;
        r = row_open(turn, COL_purpose_text, &owner, field, sql_bytes(rows, i, 2), &text);
        if (r < 0)
            return r;
        ret[field] = (struct purpose_entry){true, sql_int(rows, i, 1), pii_reveal(text)};
    }
    return 0;
}

int purpose_mask(struct turn *turn, int64_t tenant, unsigned *ret)
{
    struct sql_rows *rows;
    unsigned mask = 0;
    size_t i;
    int r = turn_ask(turn, &person_sql_purposes, SQL_ARGS(SQL_INT(tenant)), &rows);

    if (r < 0)
        return r;
    for (i = 0; i < sql_rows_count(rows); i++)
        mask |= 1u << (sql_int(rows, i, 0) & 31);
    *ret = mask;
    return 0;
}

int purpose_set(struct turn *turn, int64_t tenant, enum person_field field, struct slice text)
{
    const struct row_owner owner = {.tenant = tenant};
    int r;

    if (field <= 0 || field >= FIELD_END)
        return ERR_INVALID;
    text = slice_trim(text);
    if (utf8_count(text) > TEXT_CHARS_MAX)
        return ERR_LIMIT;
    r = turn_put(turn, &person_sql_purpose_drop, SQL_ARGS(SQL_INT(tenant), SQL_INT(field)));
    if (r < 0)
        return r;
    if (text.len)
        r = turn_put(turn, &person_sql_purpose_add,
                     SQL_ARGS(SQL_INT(tenant), SQL_INT(field), SQL_INT(turn->now),
                              row_seal(turn, COL_purpose_text, &owner, field, pii_of(text))));
    else
        r = turn_put(turn, infos[field].forget, SQL_ARGS(SQL_INT(tenant)));
    if (r < 0)
        return r;
    return journal_add(turn, &(struct journal_event){.tenant = tenant, .kind = JOURNAL_SETTINGS});
}
