/* row.h - sealed columns. Personal text enters a row by row_seal and leaves it by row_open: the
 * only two places where clear text and database meet. */
#ifndef STORE_ROW_H
#define STORE_ROW_H

#include "base/pii.h"
#include "store/schema.h"
#include "store/store.h"

/** Whose value it is: fills the slots of the record key. person_slot and class_slot may be 0. */
struct row_owner {
    int64_t tenant;
    vault_slot person_slot; /* of the person or the platform user; column `slot` */
    vault_slot class_slot;  /* column `klass` */
};

/** An argument that holds `plain` sealed for the column of row `id`; NULL for empty text. A failure
 *  sticks to the turn: the turn_put or turn_ask that gets this argument returns it. */
struct sql_arg row_seal(struct turn *turn, enum column column, const struct row_owner *owner,
                        int64_t id, struct pii plain);
/** Opens a value read from the column of row `id`, into the turn's arena; empty for NULL.
 *  ERR_FORGOTTEN, ERR_DAMAGED. */
int row_open(struct turn *turn, enum column column, const struct row_owner *owner, int64_t id,
             struct slice sealed, struct pii *ret) MUST_CHECK;

/** The slot of (tenant, class, month of `at`), issued on first use. */
int row_class_slot(struct turn *turn, int64_t tenant, enum retention class, int64_t at,
                   vault_slot *ret) MUST_CHECK;
/** The tenant's own slot, cached. ERR_NOT_FOUND. Tenant 0: the installation's own, issued on first
 * use in a WRITE turn. */
int row_tenant_slot(struct turn *turn, int64_t tenant, vault_slot *ret) MUST_CHECK;
/** Issues the slot of a tenant whose row this turn is about to add, so that the row can be sealed.
 */
int row_tenant_new(struct turn *turn, int64_t tenant, vault_slot *ret) MUST_CHECK;

#endif
