#include "store/schema.h"

#include <stdio.h>

#include "unit.h"

/* The rules that schema.def must keep, checked on the real tables and on wrong ones. */
struct schema {
    const struct table_info *tables;
    size_t table_count;
    const struct column_info *columns;
    size_t column_count;
};

static const struct schema real = {schema_tables, TABLE_COUNT, schema_columns, COLUMN_COUNT};

/* Plain text columns, each looked at by a person: words and numbers of ours or of a provider's
 * Page, never of somebody who writes. */
static const char *const plain_texts[] = {"installation.data_id", "channel.external"};

static bool is_allowed_text(const char *table, const char *column)
{
    char name[64];
    size_t i;

    snprintf(name, sizeof(name), "%s.%s", table, column);
    for (i = 0; i < ARRAY_LEN(plain_texts); i++)
        if (strcmp(plain_texts[i], name) == 0)
            return true;
    return false;
}

static bool has_required_int(const struct schema *s, const struct table_info *t, const char *name)
{
    int i;

    for (i = 0; i < t->columns; i++) {
        const struct column_info *c = &s->columns[(int)t->first + i];

        if (strcmp(c->name, name) == 0)
            return c->class == COLUMN_TRACE && c->type == SQL_T_INT && c->required;
    }
    return false;
}

static const char *fault_of_column(const struct schema *s, const struct table_info *t, int i)
{
    const struct column_info *c = &s->columns[(int)t->first + i];
    int j;

    if (c->table != (enum table)(t - s->tables))
        return "a column stands under another table's name";
    for (j = 0; j < i; j++)
        if (strcmp(s->columns[(int)t->first + j].name, c->name) == 0)
            return "a column's name is there twice";
    if (c->class == COLUMN_TRACE && c->type == SQL_T_TEXT && !is_allowed_text(t->name, c->name))
        return "a plain text column is not in the list";
    if (c->class == COLUMN_SEALED && c->subject == SUBJECT_PERSON &&
        !has_required_int(s, t, "slot"))
        return "a person's column without slot";
    if (c->class == COLUMN_SEALED && c->retention != RETAIN_NONE &&
        !has_required_int(s, t, "klass"))
        return "a retention class without klass";
    return NULL;
}

static const char *fault_of(const struct schema *s)
{
    size_t i, j, next = 0;
    const char *fault = NULL;
    int column;

    for (i = 0; i < s->table_count && !fault; i++) {
        const struct table_info *t = &s->tables[i];

        if ((size_t)t->first != next || t->columns < 1)
            return "the columns do not stand together";
        next += (size_t)t->columns;
        for (j = 0; j < i; j++)
            if (strcmp(s->tables[j].name, t->name) == 0)
                return "a table's name is there twice";
        for (column = 0; column < t->columns && !fault; column++)
            fault = fault_of_column(s, t, column);
    }
    return fault ? fault : next == s->column_count ? NULL : "a column belongs to no table";
}

START_TEST(the_schema_keeps_its_rules)
{
    const char *fault = fault_of(&real);

    ck_assert_msg(!fault, "%s", fault ? fault : "");
}
END_TEST

#define PLAIN_INT(c)                                                                               \
    {                                                                                              \
        .name = (c), .class = COLUMN_TRACE, .type = SQL_T_INT, .required = true                    \
    }
#define PLAIN_TEXT(c)                                                                              \
    {                                                                                              \
        .name = (c), .class = COLUMN_TRACE, .type = SQL_T_TEXT                                     \
    }
#define SEALED_FOR(c, whose, how_long)                                                             \
    {                                                                                              \
        .name = (c), .class = COLUMN_SEALED, .type = SQL_T_BLOB, .subject = (whose),               \
        .retention = (how_long)                                                                    \
    }

static const char *fault_of_one(const struct column_info *columns, size_t n)
{
    const struct table_info table = {"letter", "a sample", 0, (int)n};
    const struct schema schema = {&table, 1, columns, n};

    return fault_of(&schema);
}

START_TEST(a_schema_that_breaks_a_rule_is_refused)
{
    const struct column_info good[] = {PLAIN_INT("id"), PLAIN_INT("slot"), PLAIN_INT("klass"),
                                       SEALED_FOR("text", SUBJECT_PERSON, RETAIN_MESSAGES)};
    const struct column_info no_slot[] = {PLAIN_INT("klass"),
                                          SEALED_FOR("text", SUBJECT_PERSON, RETAIN_MESSAGES)};
    const struct column_info no_klass[] = {PLAIN_INT("slot"),
                                           SEALED_FOR("text", SUBJECT_PERSON, RETAIN_UPLOADS)};
    const struct column_info text_slot[] = {SEALED_FOR("slot", SUBJECT_PERSON, RETAIN_NONE)};
    const struct column_info twice[] = {PLAIN_INT("id"), PLAIN_INT("id")};
    const struct column_info text[] = {PLAIN_INT("id"), PLAIN_TEXT("nickname")};

    ck_assert_ptr_null(fault_of_one(good, ARRAY_LEN(good)));
    ck_assert_str_eq(fault_of_one(no_slot, 2), "a person's column without slot");
    ck_assert_str_eq(fault_of_one(text_slot, 1), "a person's column without slot");
    ck_assert_str_eq(fault_of_one(no_klass, 2), "a retention class without klass");
    ck_assert_str_eq(fault_of_one(twice, 2), "a column's name is there twice");
    ck_assert_str_eq(fault_of_one(text, 2), "a plain text column is not in the list");
}
END_TEST

START_TEST(two_tables_of_one_name_are_refused)
{
    const struct column_info columns[] = {PLAIN_INT("id"), PLAIN_INT("id")};
    const struct table_info tables[] = {{"letter", "", 0, 1}, {"letter", "", 1, 1}};
    const struct schema schema = {tables, 2, columns, 2};

    ck_assert_str_eq(fault_of(&schema), "a table's name is there twice");
}
END_TEST

START_TEST(tables_and_columns_are_found_by_their_numbers)
{
    const struct column_info *body = &schema_columns[COL_message_body];

    ck_assert_str_eq(schema_tables[TABLE_message].name, "message");
    ck_assert_int_eq(schema_tables[TABLE_message].first, COL_message_id);
    ck_assert_str_eq(body->name, "body");
    ck_assert_int_eq(body->table, TABLE_message);
    ck_assert_int_eq(body->class, COLUMN_SEALED);
    ck_assert_int_eq(body->purpose, PURPOSE_CONVERSATION);
    ck_assert_int_eq(body->subject, SUBJECT_PERSON);
    ck_assert_int_eq(body->retention, RETAIN_MESSAGES);
    ck_assert_str_eq(body->exported, "body");
    ck_assert_int_eq(schema_columns[COL_message_dedup].class, COLUMN_LOOKUP);
    ck_assert(schema_columns[COL_message_kind].required);
    ck_assert(!schema_columns[COL_message_edited_at].required);
}
END_TEST

/* These enter what is sealed: another number would make stored rows unreadable. */
START_TEST(stored_numbers_stay_what_they_are)
{
    ck_assert_int_eq(schema_table_number(TABLE_message), 1929631231);
    ck_assert_int_eq(schema_column_number(COL_message_body), 2043567378);
}
END_TEST

static int compare(const void *a, const void *b)
{
    return *(const int32_t *)a < *(const int32_t *)b ? -1
                                                     : *(const int32_t *)a > *(const int32_t *)b;
}

START_TEST(no_two_numbers_collide)
{
    static int32_t numbers[TABLE_COUNT + COLUMN_COUNT];
    size_t n = 0;
    int i;

    for (i = 0; i < TABLE_COUNT; i++)
        numbers[n++] = schema_table_number((enum table)i);
    for (i = 0; i < COLUMN_COUNT; i++)
        numbers[n++] = schema_column_number((enum column)i);
    qsort(numbers, n, sizeof(numbers[0]), compare);
    ck_assert_int_gt(numbers[0], 0);
    for (i = 1; i < (int)n; i++)
        ck_assert_int_ne(numbers[i - 1], numbers[i]);
}
END_TEST

START_TEST(the_ddl_says_what_the_table_says)
{
    struct buf ddl = BUF_INIT(1 << 20);

    ck_assert_int_eq(schema_ddl(&ddl), 0);
    ck_assert_int_eq(buf_add_char(&ddl, '\0'), 0);
    ck_assert_ptr_nonnull(strstr(ddl.ptr, "CREATE TABLE installation (\n"
                                          "  id {int} NOT NULL,\n"
                                          "  data_id {text} NOT NULL,\n"
                                          "  created_at {int} NOT NULL,\n"
                                          "  claimed_at {int},\n"
                                          "  PRIMARY KEY (id)\n"
                                          "){strict};\n"));
    ck_assert_ptr_nonnull(strstr(ddl.ptr, "  hash {blob},\n"
                                          "  day {int} NOT NULL,\n"
                                          "  erased_at {int} NOT NULL,\n"
                                          "  PRIMARY KEY (tenant, hash)\n"
                                          "){strict_rowless};\n"));
    ck_assert_ptr_nonnull(strstr(ddl.ptr, "CREATE UNIQUE INDEX message_dedup ON message"
                                          " (person, dedup);\n"));
    ck_assert_ptr_nonnull(strstr(ddl.ptr, "CREATE INDEX conversation_help ON conversation"
                                          " (tenant, help_wanted_at)"
                                          " WHERE help_wanted_at IS NOT NULL;\n"));
    buf_done(&ddl);
}
END_TEST

UNIT_MAIN("store/schema", the_schema_keeps_its_rules, a_schema_that_breaks_a_rule_is_refused,
          two_tables_of_one_name_are_refused, tables_and_columns_are_found_by_their_numbers,
          stored_numbers_stay_what_they_are, no_two_numbers_collide,
          the_ddl_says_what_the_table_says)
