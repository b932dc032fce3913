/* open.h - what is read from the database before the lanes start. Inside store only. */
#ifndef STORE_OPEN_H
#define STORE_OPEN_H

#include "sql/sql.h"
#include "vault/vault.h"

enum { DATA_ID_SIZE = 33 };

struct open_facts {
    char data_id[DATA_ID_SIZE]; /* of the installation, made at the first start */
    vault_slot highest_slot;    /* named in any row */
    int64_t highest_id;
};

/** Migrates and reads the facts, over a connection of its own. */
int open_read_facts(const struct sql_opts *opts, int64_t now, struct open_facts *ret) MUST_CHECK;

#endif
