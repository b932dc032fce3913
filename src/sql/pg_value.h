/* pg_value.h - private to this room: arguments and results in PostgreSQL's binary forms. */
#ifndef SQL_PG_VALUE_H
#define SQL_PG_VALUE_H

#include <libpq-fe.h>

#include "base/buf.h"
#include "sql/sql_driver.h"

/** The arrays that libpq takes, filled from sql_args. */
struct pg_params {
    const char *values[SQL_PARAMS_MAX];
    int lengths[SQL_PARAMS_MAX];
    int formats[SQL_PARAMS_MAX];
    uint64_t numbers[SQL_PARAMS_MAX];    /* big-endian, where values point to */
    size_t array_begins[SQL_PARAMS_MAX]; /* in `arrays` */
    struct buf arrays;
};

/** The type's number in pg_type; 0 for NULL: the server infers it. */
Oid pg_type_of(enum sql_type type);
/** values point into args and params until the next call. ERR_LIMIT, ERR_MEMORY. */
int pg_params_fill(struct pg_params *params, const struct sql_arg *args, size_t n) MUST_CHECK;
/** Copies a result into rows. ERR_INTERNAL: a column of a type that sql.h does not know. */
int pg_rows_of(const PGresult *result, struct sql_rows **ret) MUST_CHECK;
/** The error for an SQLSTATE (PostgreSQL 15, appendix A); NULL: the connection failed. */
int pg_error_of(const char *sqlstate);

#endif
