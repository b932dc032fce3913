/* subject.h - where a person's data lies: read off the schema table, so that a new column needs no
 * second list. A table belongs to a person by its column `person` (the table person by its id). */
#ifndef PRIVACY_SUBJECT_H
#define PRIVACY_SUBJECT_H

#include "store/schema.h"
#include "store/store.h"

/** What is done with a table's rows of a person. */
struct subject_table {
    enum table table;
    bool sealed;            /* has sealed columns: key `slot` */
    struct sql_stmt slots;  /* SELECT DISTINCT slot …; text NULL: none */
    struct sql_stmt count;  /* SELECT count(*) … */
    struct sql_stmt export; /* SELECT every column …; text NULL: nothing of it is exported */
    struct sql_stmt erase;  /* DELETE … */
};

/** The tables in the order in which they are erased, `person` last. Made once, on first use. Each
 *  statement takes (person, tenant) where the table has a tenant, else (person). */
const struct subject_table *subject_tables(size_t *ret_n);
/** Runs one of a table's statements. */
int subject_ask(struct turn *turn, const struct subject_table *table, const struct sql_stmt *stmt,
                int64_t person, int64_t tenant, struct sql_rows **ret) MUST_CHECK;
int subject_put(struct turn *turn, const struct subject_table *table, const struct sql_stmt *stmt,
                int64_t person, int64_t tenant) MUST_CHECK;

#endif
