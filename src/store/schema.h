/* schema.h - the schema table as data. See schema.def. */
#ifndef STORE_SCHEMA_H
#define STORE_SCHEMA_H

#include "base/buf.h"
#include "sql/sql.h"

enum table {
#define TABLE(t, what) TABLE_##t,
#define PLAIN(t, c, type, null)
#define LOOKUP(t, c)
#define SEALED(t, c, purpose, subject, retention, exported)
#define KEY(t, columns)
#define UNIQUE(t, name, columns)
#define INDEX(t, name, columns)
#define LATE(t, name, columns, condition)
#include "store/schema.def"
    TABLE_COUNT
};

#undef TABLE
#undef PLAIN
#undef LOOKUP
#undef SEALED
#define TABLE(t, what)
#define PLAIN(t, c, type, null)                             COL_##t##_##c,
#define LOOKUP(t, c)                                        COL_##t##_##c,
#define SEALED(t, c, purpose, subject, retention, exported) COL_##t##_##c,

/** One number per column of all tables: names the column in row_seal and row_open. */
enum column {
#include "store/schema.def"
    COLUMN_COUNT
};

#undef TABLE
#undef PLAIN
#undef LOOKUP
#undef SEALED
#undef KEY
#undef UNIQUE
#undef INDEX
#undef LATE

/* Numbers that enter keys or rows: never change or reuse one. */
enum purpose {
    PURPOSE_NONE = 0,
    PURPOSE_ACCOUNT = 1,
    PURPOSE_LOGIN = 2,
    PURPOSE_SECRETS = 3,
    PURPOSE_IDENTITY = 4,
    PURPOSE_PROFILE = 5,
    PURPOSE_CONTACT = 6,
    PURPOSE_ATTRIBUTES = 7,
    PURPOSE_CONVERSATION = 8,
    PURPOSE_WEBSITE = 9,
    PURPOSE_FLOW = 10,
    PURPOSE_FILES = 11,
    PURPOSE_DELIVERY = 12,
};

/* Purposes of keyed hashes (vault_hash). */
enum hash_purpose { HASH_LOOKUP = 101, HASH_DEDUP = 102, HASH_TOMBSTONE = 103, HASH_BUCKET = 104 };

enum subject { SUBJECT_NONE, SUBJECT_PERSON, SUBJECT_STAFF, SUBJECT_FIRM };

/** Retention classes with a slot per month. NONE: lives as long as its person or tenant. */
enum retention { RETAIN_NONE = 0, RETAIN_MESSAGES = 1, RETAIN_UPLOADS = 2 };

enum column_class { COLUMN_TRACE, COLUMN_LOOKUP, COLUMN_SEALED };

struct column_info {
    enum table table;
    const char *name;
    enum column_class class;
    enum sql_type type; /* SQL_T_INT, SQL_T_TEXT, SQL_T_BLOB */
    bool required;
    enum purpose purpose;
    enum subject subject;
    enum retention retention;
    const char *exported; /* "": never leaves (password, secrets) */
};

struct table_info {
    const char *name;
    const char *what;
    enum column first; /* its columns stand together */
    int columns;
};

extern const struct table_info schema_tables[TABLE_COUNT];
extern const struct column_info schema_columns[COLUMN_COUNT];

/** A stable number for the AAD: depends on the names alone, not on the order in schema.def. */
int32_t schema_table_number(enum table table);
int32_t schema_column_number(enum column column);

/** CREATE statements for all tables and indexes, with the tokens of sql_script. */
int schema_ddl(struct buf *ret) MUST_CHECK;

/** Brings the database to this binary's schema, one transaction a step; creates it when empty.
 *  ERR_VERSION: written by a newer binary. */
int schema_migrate(struct sql *db) MUST_CHECK;

#endif
