#include "privacy/export.h"

#include "base/err.h"
#include "person/person.h"
#include "privacy/subject.h"
#include "store/row.h"

/* Where a table keeps what row_open needs; -1: it has no such column. */
struct places {
    int id, slot, klass;
};

static struct places places_of(enum table table)
{
    const struct table_info *info = &schema_tables[table];
    struct places places = {-1, -1, -1};
    int i;

    for (i = 0; i < info->columns; i++) {
        const char *name = schema_columns[(int)info->first + i].name;

        if (strcmp(name, "id") == 0)
            places.id = i;
        else if (strcmp(name, "slot") == 0)
            places.slot = i;
        else if (strcmp(name, "klass") == 0)
            places.klass = i;
    }
    return places;
}

static int64_t value_at(const struct sql_rows *rows, size_t row, int column)
{
    return column < 0 ? 0 : sql_int(rows, row, (size_t)column);
}

static int out_sealed(struct turn *turn, struct json_out *out, enum column column,
                      const struct row_owner *owner, int64_t id, struct slice sealed)
{
    struct pii plain;
    int r = row_open(turn, column, owner, id, sealed, &plain);

    if (r == ERR_FORGOTTEN)
        return 0; /* its retention ended: it is held no more */
    if (r < 0)
        return r;
    if (!pii_empty(plain))
        json_out_pii(out, schema_columns[column].exported, plain);
    return 0;
}

static int out_row(struct turn *turn, struct json_out *out, const struct subject_table *table,
                   const struct sql_rows *rows, size_t row, int64_t tenant)
{
    const struct table_info *info = &schema_tables[table->table];
    struct places places = places_of(table->table);
    const struct row_owner owner = {
        .tenant = tenant,
        .person_slot = (vault_slot)value_at(rows, row, places.slot),
        .class_slot = (vault_slot)value_at(rows, row, places.klass),
    };
    int64_t id = value_at(rows, row, places.id);
    int i, r = 0;

    json_out_object(out, NULL);
    for (i = 0; r == 0 && i < info->columns; i++) {
        enum column column = (enum column)((int)info->first + i);
        const struct column_info *about = &schema_columns[column];

        if (about->class == COLUMN_SEALED && about->exported[0])
            r = out_sealed(turn, out, column, &owner, id, sql_bytes(rows, row, (size_t)i));
        else if (about->class == COLUMN_TRACE && about->type == SQL_T_INT && i != places.slot &&
                 i != places.klass && !sql_is_null(rows, row, (size_t)i))
            json_out_int(out, about->name, sql_int(rows, row, (size_t)i));
    }
    json_out_close_object(out);
    return r;
}

static int out_table(struct turn *turn, struct json_out *out, const struct subject_table *table,
                     int64_t person, int64_t tenant)
{
    struct sql_rows *rows;
    size_t i;
    int r;

    if (!table->export.text)
        return 0;
    r = subject_ask(turn, table, &table->export, person, tenant, &rows);
    if (r < 0)
        return r;
    json_out_array(out, schema_tables[table->table].name);
    for (i = 0; r == 0 && i < sql_rows_count(rows); i++)
        r = out_row(turn, out, table, rows, i, tenant);
    json_out_close_array(out);
    return r;
}

int export_person(struct turn *turn, int64_t tenant, int64_t id, struct json_out *out)
{
    const struct subject_table *tables;
    struct person person;
    char text[ID_TEXT_SIZE];
    size_t i, n;
    int r = person_load(turn, tenant, id, &person);

    if (r < 0)
        return r;
    json_out_object(out, NULL);
    json_out_int(out, "lethe_export", 1);
    json_out_str(out, "person", id_text(ID_PERSON, id, text));
    json_out_int(out, "made_at", turn->now);
    json_out_object(out, "data");
    tables = subject_tables(&n);
    for (i = 0; r == 0 && i < n; i++)
        r = out_table(turn, out, &tables[i], id, tenant);
    json_out_close_object(out);
    json_out_close_object(out);
    return r;
}
