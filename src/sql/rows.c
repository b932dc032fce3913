/* The answer of a statement: a table of cells and one run of bytes. Both begin inside the one
 * allocation that most answers need, and move out when they outgrow it. */
#include "sql/sql_driver.h"

#include <sodium.h>
#include <stdlib.h>

#include "base/err.h"

enum { INLINE_CELLS = 32, INLINE_BYTES = 704 };

struct cell {
    int64_t number; /* the value, or where its bytes begin */
    uint32_t len;
    uint32_t type; /* SQL_T_NULL, SQL_T_INT, SQL_T_BLOB (text as well) */
};

struct sql_rows {
    size_t columns;
    size_t count, cell_cap; /* of cells */
    size_t used, byte_cap;
    struct cell *cells;
    char *bytes;
    struct cell inline_cells[INLINE_CELLS];
    char inline_bytes[INLINE_BYTES];
};

struct sql_rows *sql_rows_new(int columns)
{
    struct sql_rows *rows = malloc(sizeof(*rows));

    if (!rows)
        return NULL;
    rows->columns = (size_t)columns;
    rows->count = rows->used = 0;
    rows->cells = rows->inline_cells;
    rows->cell_cap = INLINE_CELLS;
    rows->bytes = rows->inline_bytes;
    rows->byte_cap = INLINE_BYTES;
    return rows;
}

struct sql_rows *sql_rows_free(struct sql_rows *rows)
{
    if (!rows)
        return NULL;
    sodium_memzero(rows->bytes, rows->used);
    if (rows->cells != rows->inline_cells)
        free(rows->cells);
    if (rows->bytes != rows->inline_bytes)
        free(rows->bytes);
    free(rows);
    return NULL;
}

static size_t size_in_all(const struct sql_rows *rows)
{
    return rows->count * sizeof(struct cell) + rows->used;
}

static int grow_cells(struct sql_rows *rows)
{
    size_t cap = rows->cell_cap * 4;
    struct cell *cells = malloc(cap * sizeof(*cells));

    if (!cells)
        return ERR_MEMORY;
    memcpy(cells, rows->cells, rows->count * sizeof(*cells));
    if (rows->cells != rows->inline_cells)
        free(rows->cells);
    rows->cells = cells;
    rows->cell_cap = cap;
    return 0;
}

static int grow_bytes(struct sql_rows *rows, size_t need)
{
    size_t cap = rows->byte_cap * 4 > need ? rows->byte_cap * 4 : need;
    char *bytes = malloc(cap);

    if (!bytes)
        return ERR_MEMORY;
    memcpy(bytes, rows->bytes, rows->used);
    sodium_memzero(rows->bytes, rows->used);
    if (rows->bytes != rows->inline_bytes)
        free(rows->bytes);
    rows->bytes = bytes;
    rows->byte_cap = cap;
    return 0;
}

static int add(struct sql_rows *rows, struct cell cell)
{
    int r = rows->count < rows->cell_cap ? 0 : grow_cells(rows);

    if (r < 0)
        return r;
    if (size_in_all(rows) + sizeof(cell) > SQL_VALUE_MAX)
        return ERR_LIMIT;
    rows->cells[rows->count++] = cell;
    return 0;
}

int sql_rows_add_null(struct sql_rows *rows)
{
    return add(rows, (struct cell){.type = SQL_T_NULL});
}

int sql_rows_add_int(struct sql_rows *rows, int64_t number)
{
    return add(rows, (struct cell){.type = SQL_T_INT, .number = number});
}

int sql_rows_add_bytes(struct sql_rows *rows, struct slice bytes)
{
    size_t at = rows->used;
    int r;

    if (bytes.len > SQL_VALUE_MAX - sizeof(struct cell) ||
        size_in_all(rows) + bytes.len + sizeof(struct cell) > SQL_VALUE_MAX)
        return ERR_LIMIT;
    r = bytes.len <= rows->byte_cap - at ? 0 : grow_bytes(rows, at + bytes.len);
    if (r < 0)
        return r;
    if (bytes.len)
        memcpy(rows->bytes + at, bytes.ptr, bytes.len);
    rows->used += bytes.len;
    return add(
        rows, (struct cell){.type = SQL_T_BLOB, .number = (int64_t)at, .len = (uint32_t)bytes.len});
}

size_t sql_rows_count(const struct sql_rows *rows)
{
    return rows->columns ? rows->count / rows->columns : 0;
}

/** The cell, or NULL outside of the table. */
static const struct cell *cell_at(const struct sql_rows *rows, size_t row, size_t column)
{
    if (column >= rows->columns || row >= sql_rows_count(rows))
        return NULL;
    return &rows->cells[row * rows->columns + column];
}

bool sql_is_null(const struct sql_rows *rows, size_t row, size_t column)
{
    const struct cell *cell = cell_at(rows, row, column);

    return !cell || cell->type == SQL_T_NULL;
}

int64_t sql_int(const struct sql_rows *rows, size_t row, size_t column)
{
    const struct cell *cell = cell_at(rows, row, column);

    return cell && cell->type == SQL_T_INT ? cell->number : 0;
}

struct slice sql_bytes(const struct sql_rows *rows, size_t row, size_t column)
{
    const struct cell *cell = cell_at(rows, row, column);

    if (!cell || cell->type != SQL_T_BLOB)
        return SLICE_NONE;
    return slice_of(rows->bytes + cell->number, cell->len);
}
