/* migrate.h - private to this room: how a database gets from its version to this binary's. */
#ifndef STORE_MIGRATE_H
#define STORE_MIGRATE_H

#include "sql/sql.h"

/** Brings a database of version `to - 1` to version `to`. Forward only; once released, never
 * changed. */
struct migrate_step {
    int to;
    int (*run)(struct sql *db);
};

struct migrate_plan {
    int newest;
    int (*create)(struct sql *db); /* makes an empty database at the newest version, in one go */
    const struct migrate_step *steps;
    size_t count;
};

/** One transaction per step, the version in the same: after a crash it goes on where it was.
 *  ERR_VERSION; the errors of sql.h. */
int migrate_run(struct sql *db, const struct migrate_plan *plan) MUST_CHECK;

#endif
