/* An eponymous virtual table (sqlite.org/vtab.html) fed by sqlite3_bind_pointer: a set of any size
 * is one parameter, needs no temporary table, and "x IN (...)" over it uses x's index. */
#include "sql/sqlite_each.h"

#include <stdlib.h>

#define POINTER_TYPE "lethe-array"

enum { COLUMN_VALUE, COLUMN_SOURCE };

struct cursor {
    sqlite3_vtab_cursor base;
    const struct sql_arg *array; /* NULL: no rows */
    size_t at;
};

static int each_connect(sqlite3 *handle, void *declaration, int argc, const char *const *argv,
                        sqlite3_vtab **ret, char **error)
{
    sqlite3_vtab *table;
    int rc = sqlite3_declare_vtab(handle, declaration);

    if (rc != SQLITE_OK)
        return rc;
    table = calloc(1, sizeof(*table));
    if (!table)
        return SQLITE_NOMEM;
    sqlite3_vtab_config(handle, SQLITE_VTAB_DIRECTONLY);
    *ret = table;
    return SQLITE_OK;
}

static int each_disconnect(sqlite3_vtab *table)
{
    free(table);
    return SQLITE_OK;
}

static int each_best_index(sqlite3_vtab *table, sqlite3_index_info *info)
{
    int i;

    for (i = 0; i < info->nConstraint; i++) {
        if (info->aConstraint[i].iColumn != COLUMN_SOURCE ||
            info->aConstraint[i].op != SQLITE_INDEX_CONSTRAINT_EQ)
            continue;
        if (!info->aConstraint[i].usable)
            return SQLITE_CONSTRAINT;
        info->aConstraintUsage[i].argvIndex = 1;
        info->aConstraintUsage[i].omit = 1;
        info->estimatedCost = 100;
        info->estimatedRows = 100;
        return SQLITE_OK;
    }
    return SQLITE_CONSTRAINT;
}

static int each_open(sqlite3_vtab *table, sqlite3_vtab_cursor **ret)
{
    struct cursor *cursor = calloc(1, sizeof(*cursor));

    if (!cursor)
        return SQLITE_NOMEM;
    *ret = &cursor->base;
    return SQLITE_OK;
}

static int each_close(sqlite3_vtab_cursor *base)
{
    free(base);
    return SQLITE_OK;
}

static int each_filter(sqlite3_vtab_cursor *base, int plan, const char *name, int argc,
                       sqlite3_value **argv)
{
    struct cursor *cursor = (struct cursor *)base;

    cursor->array = sqlite3_value_pointer(argv[0], POINTER_TYPE);
    cursor->at = 0;
    return SQLITE_OK;
}

static int each_next(sqlite3_vtab_cursor *base)
{
    ((struct cursor *)base)->at++;
    return SQLITE_OK;
}

static int each_eof(sqlite3_vtab_cursor *base)
{
    const struct cursor *cursor = (struct cursor *)base;

    return !cursor->array || cursor->at >= cursor->array->count;
}

static int each_column(sqlite3_vtab_cursor *base, sqlite3_context *context, int column)
{
    const struct cursor *cursor = (struct cursor *)base;
    const struct sql_arg *array = cursor->array;

    if (column != COLUMN_VALUE)
        return SQLITE_OK;
    if (array->type == SQL_T_INTS) {
        sqlite3_result_int64(context, array->numbers[cursor->at]);
    } else {
        struct slice blob = array->blobs[cursor->at];

        sqlite3_result_blob64(context, blob.len ? blob.ptr : "", blob.len, SQLITE_STATIC);
    }
    return SQLITE_OK;
}

static int each_rowid(sqlite3_vtab_cursor *base, sqlite3_int64 *ret)
{
    *ret = (sqlite3_int64)((struct cursor *)base)->at;
    return SQLITE_OK;
}

/* Without xCreate it can't be named in CREATE VIRTUAL TABLE: it exists as a function only. */
static const sqlite3_module each_module = {
    .xConnect = each_connect,
    .xBestIndex = each_best_index,
    .xDisconnect = each_disconnect,
    .xOpen = each_open,
    .xClose = each_close,
    .xFilter = each_filter,
    .xNext = each_next,
    .xEof = each_eof,
    .xColumn = each_column,
    .xRowid = each_rowid,
};

static char declare_int[] = "CREATE TABLE x (value INTEGER, source HIDDEN)";
static char declare_blob[] = "CREATE TABLE x (value BLOB, source HIDDEN)";

int sqlite_each_register(sqlite3 *handle)
{
    int rc = sqlite3_create_module(handle, "each_int", &each_module, declare_int);

    return rc != SQLITE_OK ? rc
                           : sqlite3_create_module(handle, "each_blob", &each_module, declare_blob);
}

int sqlite_each_bind(sqlite3_stmt *stmt, int index, const struct sql_arg *arg)
{
    return sqlite3_bind_pointer(stmt, index, (void *)arg, POINTER_TYPE, NULL);
}
