#include "privacy/subject.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/err.h"

enum { TEXT_MAX = 1024 };

/* Filled once from the schema, read only afterwards. */
static struct subject_table tables[TABLE_COUNT];
static size_t table_count;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static bool has_column(enum table table, const char *name)
{
    const struct table_info *info = &schema_tables[table];
    int i;

    for (i = 0; i < info->columns; i++)
        if (strcmp(schema_columns[(int)info->first + i].name, name) == 0)
            return true;
    return false;
}

static bool has_class(enum table table, enum column_class class)
{
    const struct table_info *info = &schema_tables[table];
    int i;

    for (i = 0; i < info->columns; i++)
        if (schema_columns[(int)info->first + i].class == class)
            return true;
    return false;
}

static bool is_exported(enum table table)
{
    const struct table_info *info = &schema_tables[table];
    int i;

    for (i = 0; i < info->columns; i++) {
        const char *exported = schema_columns[(int)info->first + i].exported;

        if (exported && exported[0])
            return true;
    }
    return false;
}

/* The erasure's own record and the list of who got data outlive the person: numbers without a name.
 */
static bool outlives(enum table table)
{
    return table == TABLE_erasure || table == TABLE_recipient;
}

static bool is_of_a_person(enum table table)
{
    return (table == TABLE_person || has_column(table, "person")) && !outlives(table);
}

static const char *where(enum table table)
{
    if (table == TABLE_person)
        return "id = $1 AND tenant = $2";
    return has_column(table, "tenant") ? "person = $1 AND tenant = $2" : "person = $1";
}

/* "VERB FROM table WHERE it is the person's" */
static struct sql_stmt stmt_of(enum table table, const char *verb, const char *columns,
                               const char *order)
{
    char *text = malloc(TEXT_MAX);

    if (!text)
        abort(); /* at start, before anything was promised */
    snprintf(text, TEXT_MAX, "%s %s FROM %s WHERE %s%s", verb, columns, schema_tables[table].name,
             where(table), order);
    return (struct sql_stmt){schema_tables[table].name, text};
}

static void list_columns(enum table table, char *ret, size_t size)
{
    const struct table_info *info = &schema_tables[table];
    size_t n = 0;
    int i;

    for (i = 0; i < info->columns && n < size; i++)
        n += (size_t)snprintf(ret + n, size - n, "%s%s", i ? ", " : "",
                              schema_columns[(int)info->first + i].name);
}

static void add(enum table table)
{
    struct subject_table *entry = &tables[table_count++];
    char columns[TEXT_MAX / 2];

    entry->table = table;
    entry->sealed = has_class(table, COLUMN_SEALED);
    if (has_column(table, "slot"))
        entry->slots = stmt_of(table, "SELECT DISTINCT", "slot", "");
    entry->count = stmt_of(table, "SELECT", "count(*)", "");
    entry->erase = stmt_of(table, "DELETE", "", "");
    list_columns(table, columns, sizeof(columns));
    if (is_exported(table))
        entry->export = stmt_of(table, "SELECT", columns, " ORDER BY 1");
}

static void fill(void)
{
    int table;

    for (table = 0; table < TABLE_COUNT; table++)
        if (is_of_a_person((enum table)table) && table != TABLE_person)
            add((enum table)table);
    add(TABLE_person);
}

const struct subject_table *subject_tables(size_t *ret_n)
{
    pthread_once(&once, fill);
    *ret_n = table_count;
    return tables;
}

static size_t arg_count(const struct subject_table *table)
{
    return table->table == TABLE_person || has_column(table->table, "tenant") ? 2 : 1;
}

int subject_ask(struct turn *turn, const struct subject_table *table, const struct sql_stmt *stmt,
                int64_t person, int64_t tenant, struct sql_rows **ret)
{
    const struct sql_arg args[] = {SQL_INT(person), SQL_INT(tenant)};

    return turn_ask(turn, stmt, args, arg_count(table), ret);
}

int subject_put(struct turn *turn, const struct subject_table *table, const struct sql_stmt *stmt,
                int64_t person, int64_t tenant)
{
    const struct sql_arg args[] = {SQL_INT(person), SQL_INT(tenant)};

    return turn_put(turn, stmt, args, arg_count(table));
}
