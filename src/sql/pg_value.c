#include "sql/pg_value.h"

#include <endian.h>

#include "base/err.h"

/* Fixed numbers of the server's catalogue, src/include/catalog/pg_type.dat. */
enum {
    OID_BOOL = 16,
    OID_BYTEA = 17,
    OID_INT8 = 20,
    OID_INT2 = 21,
    OID_INT4 = 23,
    OID_TEXT = 25,
    OID_VARCHAR = 1043,
    OID_BYTEAS = 1001,
    OID_INT8S = 1016,
    OID_NUMERIC = 1700,
};

Oid pg_type_of(enum sql_type type)
{
    switch (type) {
    case SQL_T_NULL:
        return 0;
    case SQL_T_INT:
        return OID_INT8;
    case SQL_T_TEXT:
        return OID_TEXT;
    case SQL_T_BLOB:
        return OID_BYTEA;
    case SQL_T_INTS:
        return OID_INT8S;
    case SQL_T_BLOBS:
        return OID_BYTEAS;
    }
    return 0;
}

/* Arguments */

static int add_be32(struct buf *b, uint32_t number)
{
    uint32_t be = htobe32(number);

    return buf_add(b, slice_of(&be, sizeof(be)));
}

static int add_element(struct buf *b, const struct sql_arg *arg, size_t i)
{
    uint64_t be;
    struct slice bytes;
    int r;

    if (arg->type == SQL_T_INTS) {
        be = htobe64((uint64_t)arg->numbers[i]);
        bytes = slice_of(&be, sizeof(be));
    } else {
        bytes = arg->blobs[i];
    }
    if (bytes.len > SQL_VALUE_MAX)
        return ERR_LIMIT;
    r = add_be32(b, (uint32_t)bytes.len);
    return r < 0 ? r : buf_add(b, bytes);
}

/** array_recv's form: dimensions, flags, element type, then per dimension size and lower bound,
 * then the elements with their lengths. */
static int add_array(struct buf *b, const struct sql_arg *arg)
{
    uint32_t dimensions = arg->count > 0;
    size_t i;
    int r = add_be32(b, dimensions);

    if (r == 0)
        r = add_be32(b, 0);
    if (r == 0)
        r = add_be32(b, arg->type == SQL_T_INTS ? OID_INT8 : OID_BYTEA);
    if (r == 0 && dimensions)
        r = add_be32(b, (uint32_t)arg->count);
    if (r == 0 && dimensions)
        r = add_be32(b, 1);
    for (i = 0; r == 0 && i < arg->count; i++)
        r = add_element(b, arg, i);
    return r;
}

static int fill_one(struct pg_params *params, size_t i, const struct sql_arg *arg)
{
    int r = 0;

    params->formats[i] = 1;
    params->values[i] = NULL;
    params->lengths[i] = 0;
    switch (arg->type) {
    case SQL_T_NULL:
        break;
    case SQL_T_INT:
        params->numbers[i] = htobe64((uint64_t)arg->number);
        params->values[i] = (const char *)&params->numbers[i];
        params->lengths[i] = sizeof(params->numbers[i]);
        break;
    case SQL_T_TEXT:
    case SQL_T_BLOB:
        params->values[i] = arg->bytes.len ? arg->bytes.ptr : "";
        params->lengths[i] = (int)arg->bytes.len;
        break;
    case SQL_T_INTS:
    case SQL_T_BLOBS:
        params->array_begins[i] = params->arrays.len;
        r = arg->count > INT32_MAX ? ERR_LIMIT : add_array(&params->arrays, arg);
        params->lengths[i] = (int)(params->arrays.len - params->array_begins[i]);
        break;
    }
    return r;
}

int pg_params_fill(struct pg_params *params, const struct sql_arg *args, size_t n)
{
    size_t i;
    int r = 0;

    buf_clear(&params->arrays);
    for (i = 0; i < n && r == 0; i++)
        r = fill_one(params, i, &args[i]);
    /* Only now, as the buffer moves while it grows. */
    for (i = 0; i < n && r == 0; i++)
        if (args[i].type == SQL_T_INTS || args[i].type == SQL_T_BLOBS)
            params->values[i] = params->arrays.ptr + params->array_begins[i];
    return r;
}

/* Results */

static uint16_t be16_at(const char *ptr)
{
    uint16_t be;

    memcpy(&be, ptr, sizeof(be));
    return be16toh(be);
}

/** numeric_send's form: digits, weight, sign, scale, then digits of base 10,000. sum() of bigint
 * gives one; whole numbers that fit in an int64 pass. */
static int int_of_numeric(struct slice value, int64_t *ret)
{
    size_t digits, i;
    int weight;
    int64_t number = 0;

    if (value.len < 8)
        return ERR_INTERNAL;
    digits = be16_at(value.ptr);
    weight = (int16_t)be16_at(value.ptr + 2);
    if (value.len != 8 + 2 * digits || (digits && (int)digits > weight + 1) || weight > 4)
        return ERR_INTERNAL;
    for (i = 0; digits && i < (size_t)weight + 1; i++) {
        int digit = i < digits ? be16_at(value.ptr + 8 + 2 * i) : 0;

        if (__builtin_mul_overflow(number, 10000, &number) ||
            __builtin_sub_overflow(number, digit, &number))
            return ERR_INTERNAL;
    }
    /* Counted below zero, where int64 reaches one further. Signs: 0 is +, 0x4000 is -. */
    switch (be16_at(value.ptr + 4)) {
    case 0:
        if (number == INT64_MIN)
            return ERR_INTERNAL;
        *ret = -number;
        return 0;
    case 0x4000:
        *ret = number;
        return 0;
    }
    return ERR_INTERNAL;
}

static int int_of(Oid type, struct slice value, int64_t *ret)
{
    uint64_t be64;
    uint32_t be32;

    if (type == OID_NUMERIC)
        return int_of_numeric(value, ret);
    switch (value.len) {
    case 1:
        *ret = (unsigned char)value.ptr[0];
        return 0;
    case 2:
        *ret = (int16_t)be16_at(value.ptr);
        return 0;
    case 4:
        memcpy(&be32, value.ptr, sizeof(be32));
        *ret = (int32_t)be32toh(be32);
        return 0;
    case 8:
        memcpy(&be64, value.ptr, sizeof(be64));
        *ret = (int64_t)be64toh(be64);
        return 0;
    }
    return ERR_INTERNAL;
}

static int add_cell(const PGresult *result, int row, int column, struct sql_rows *rows)
{
    Oid type = PQftype(result, column);
    struct slice value =
        slice_of(PQgetvalue(result, row, column), (size_t)PQgetlength(result, row, column));
    int64_t number;
    int r;

    if (PQgetisnull(result, row, column))
        return sql_rows_add_null(rows);
    switch (type) {
    case OID_TEXT:
    case OID_VARCHAR:
    case OID_BYTEA:
        return sql_rows_add_bytes(rows, value);
    case OID_BOOL:
    case OID_INT2:
    case OID_INT4:
    case OID_INT8:
    case OID_NUMERIC:
        r = int_of(type, value, &number);
        return r < 0 ? r : sql_rows_add_int(rows, number);
    }
    return ERR_INTERNAL;
}

int pg_rows_of(const PGresult *result, struct sql_rows **ret)
{
    int row, column, n = PQntuples(result), columns = PQnfields(result), r = 0;
    struct sql_rows *rows = sql_rows_new(columns);

    if (!rows)
        return ERR_MEMORY;
    for (row = 0; row < n && r == 0; row++)
        for (column = 0; column < columns && r == 0; column++)
            r = add_cell(result, row, column, rows);
    if (r < 0)
        sql_rows_free(rows);
    else
        *ret = rows;
    return r;
}

/* Errors */

struct state_error {
    const char *prefix; /* of the SQLSTATE; the first that fits counts */
    int err;
};

static const struct state_error state_errors[] = {
    {"23", ERR_CONSTRAINT},     {"40", ERR_CONFLICT}, /* serialisation failure, deadlock */
    {"55P03", ERR_CONFLICT},                          /* lock not available */
    {"53100", ERR_FULL},                              /* disk full */
    {"53200", ERR_MEMORY},                            /* out of memory */
    {"53", ERR_UNAVAILABLE},                          /* too many connections and the like */
    {"54", ERR_LIMIT},                                /* program limit exceeded */
    {"58030", ERR_IO},                                /* I/O error */
    {"XX001", ERR_DAMAGED},                           /* data corrupted */
    {"XX002", ERR_DAMAGED},                           /* index corrupted */
    {"08P01", ERR_INTERNAL},                          /* protocol violation: ours */
    {"08", ERR_UNAVAILABLE},                          /* connection */
    {"25P03", ERR_UNAVAILABLE}, /* idle in a transaction for too long: the session ended */
    {"57", ERR_UNAVAILABLE},    /* shut down, canceled, starting up */
};

int pg_error_of(const char *sqlstate)
{
    size_t i;

    if (!sqlstate)
        return ERR_UNAVAILABLE;
    for (i = 0; i < ARRAY_LEN(state_errors); i++)
        if (strncmp(sqlstate, state_errors[i].prefix, strlen(state_errors[i].prefix)) == 0)
            return state_errors[i].err;
    return ERR_INTERNAL;
}
