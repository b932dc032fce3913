#include "store/schema.h"

#include "base/err.h"

/* A table's columns stand between its TABLE and its KEY. FIRST_t is the number of the first one and
 * END_t the number behind the last one; _STAY steps back, so that the markers take no number. */
enum {
#define TABLE(t, what)                                    FIRST_##t, FIRST_##t##_STAY = FIRST_##t - 1,
#define PLAIN(t, c, type, null)                           NUMBER_##t##_##c,
#define LOOKUP(t, c)                                      NUMBER_##t##_##c,
#define SEALED(t, c, purpose, subject, retention, export) NUMBER_##t##_##c,
#define KEY(t, columns)                                   END_##t, END_##t##_STAY = END_##t - 1,
#define UNIQUE(t, name, columns)
#define INDEX(t, name, columns)
#define LATE(t, name, columns, condition)
#include "store/schema.def"
};

#undef TABLE
#undef PLAIN
#undef LOOKUP
#undef SEALED
#undef KEY
#define TABLE(t, what)                                                                             \
    [TABLE_##t] = {#t, what, (enum column)FIRST_##t, (int)END_##t - (int)FIRST_##t},
#define PLAIN(t, c, type, null)
#define LOOKUP(t, c)
#define SEALED(t, c, purpose, subject, retention, exported)
#define KEY(t, columns)

const struct table_info schema_tables[TABLE_COUNT] = {
#include "store/schema.def"
};

#define REQUIRED true
#define OPTIONAL false

#undef TABLE
#undef PLAIN
#undef LOOKUP
#undef SEALED
#define TABLE(t, what)
#define PLAIN(t, c, ctype, null)                                                                   \
    [COL_##t##_##c] = {.table = TABLE_##t,                                                         \
                       .name = #c,                                                                 \
                       .class = COLUMN_TRACE,                                                      \
                       .type = SQL_T_##ctype,                                                      \
                       .required = null,                                                           \
                       .exported = ""},
#define LOOKUP(t, c)                                                                               \
    [COL_##t##_##c] = {.table = TABLE_##t,                                                         \
                       .name = #c,                                                                 \
                       .class = COLUMN_LOOKUP,                                                     \
                       .type = SQL_T_BLOB,                                                         \
                       .exported = ""},
#define SEALED(t, c, why, whose, how_long, export_name)                                            \
    [COL_##t##_##c] = {.table = TABLE_##t,                                                         \
                       .name = #c,                                                                 \
                       .class = COLUMN_SEALED,                                                     \
                       .type = SQL_T_BLOB,                                                         \
                       .purpose = PURPOSE_##why,                                                   \
                       .subject = SUBJECT_##whose,                                                 \
                       .retention = RETAIN_##how_long,                                             \
                       .exported = export_name},

const struct column_info schema_columns[COLUMN_COUNT] = {
#include "store/schema.def"
};

/* What stands behind the columns of a table. */
enum rule_kind { RULE_KEY, RULE_UNIQUE, RULE_INDEX };

struct rule {
    enum table table;
    enum rule_kind kind;
    const char *name;
    const char *columns;
    const char *condition; /* of a partial index, or NULL */
};

#undef PLAIN
#undef LOOKUP
#undef SEALED
#undef KEY
#undef UNIQUE
#undef INDEX
#undef LATE
#define PLAIN(t, c, type, null)
#define LOOKUP(t, c)
#define SEALED(t, c, purpose, subject, retention, exported)
#define KEY(t, columns)                   {TABLE_##t, RULE_KEY, "", columns, NULL},
#define UNIQUE(t, name, columns)          {TABLE_##t, RULE_UNIQUE, #name, columns, NULL},
#define INDEX(t, name, columns)           {TABLE_##t, RULE_INDEX, #name, columns, NULL},
#define LATE(t, name, columns, condition) {TABLE_##t, RULE_INDEX, #name, columns, condition},

/* In the order of the tables, the key first. */
static const struct rule rules[] = {
#include "store/schema.def"
};

/** FNV-1a (draft-eastlake-fnv), 32 bits folded to 31, so that it fits a positive int32. Never 0. */
static int32_t number_of(const char *table, const char *column)
{
    const char *parts[] = {table, ".", column};
    uint32_t hash = 2166136261u;
    size_t i;
    const char *c;

    for (i = 0; i < ARRAY_LEN(parts); i++)
        for (c = parts[i]; *c; c++)
            hash = (hash ^ (unsigned char)*c) * 16777619u;
    hash = (hash >> 31) ^ (hash & 0x7fffffffu);
    return hash ? (int32_t)hash : 1;
}

int32_t schema_table_number(enum table table)
{
    return number_of(schema_tables[table].name, "");
}

int32_t schema_column_number(enum column column)
{
    const struct column_info *info = &schema_columns[column];

    return number_of(schema_tables[info->table].name, info->name);
}

static const char *type_token(enum sql_type type)
{
    return type == SQL_T_INT ? "{int}" : type == SQL_T_TEXT ? "{text}" : "{blob}";
}

static int add_columns(const struct table_info *table, struct buf *ret)
{
    int i, r = 0;

    for (i = 0; i < table->columns && r == 0; i++) {
        const struct column_info *c = &schema_columns[(int)table->first + i];

        r = buf_addf(ret, "  %s %s%s,\n", c->name, type_token(c->type),
                     c->required ? " NOT NULL" : "");
    }
    return r;
}

/** One INT column: SQLite's own row number, so the rows lie in its tree anyway. Any other key gets
 * a table without row numbers: one tree instead of two. */
static bool key_is_row_number(const struct table_info *table, const char *columns)
{
    int i;

    for (i = 0; i < table->columns; i++) {
        const struct column_info *c = &schema_columns[(int)table->first + i];

        if (strcmp(c->name, columns) == 0)
            return c->type == SQL_T_INT;
    }
    return false;
}

static int add_table(const struct table_info *table, const char *key, struct buf *ret)
{
    int r = buf_addf(ret, "CREATE TABLE %s (\n", table->name);

    if (r == 0)
        r = add_columns(table, ret);
    if (r < 0)
        return r;
    return buf_addf(ret, "  PRIMARY KEY (%s)\n)%s;\n", key,
                    key_is_row_number(table, key) ? "{strict}" : "{strict_rowless}");
}

static int add_rule(const struct rule *rule, struct buf *ret)
{
    const struct table_info *table = &schema_tables[rule->table];

    if (rule->kind == RULE_KEY)
        return add_table(table, rule->columns, ret);
    return buf_addf(ret, "CREATE %sINDEX %s ON %s (%s)%s%s;\n",
                    rule->kind == RULE_UNIQUE ? "UNIQUE " : "", rule->name, table->name,
                    rule->columns, rule->condition ? " WHERE " : "",
                    rule->condition ? rule->condition : "");
}

int schema_ddl(struct buf *ret)
{
    size_t i;
    int r = 0;

    for (i = 0; i < ARRAY_LEN(rules) && r == 0; i++)
        r = add_rule(&rules[i], ret);
    return r;
}
