#include "store/seq.h"

#include <stdlib.h>
#include <uthash.h>

#include "base/err.h"
#include "store/turn.h"

struct seq_entry {
    int64_t tenant;
    int64_t seq;
    int64_t stored;             /* as the row in the database has it */
    int64_t before;             /* when `item` first touched it */
    const struct item *item;    /* the last to touch it */
    const struct item *read_by; /* the one that asked: undoing it gives up the row lock, too */
    UT_hash_handle hh;
};

static const struct sql_stmt stmt_hold = {"seq.hold", "SELECT seq FROM tenant WHERE id = $1{lock}"};
static const struct sql_stmt stmt_write = {"seq.write", "UPDATE tenant SET seq = $2 WHERE id = $1"};

static int entry_read(struct turn *turn, int64_t tenant, struct seq_entry **ret)
{
    struct item *item = item_of(turn);
    struct seq_entry *entry;
    int64_t seq;
    int r = turn_ask_int(turn, &stmt_hold, SQL_ARGS(SQL_INT(tenant)), -1, &seq);

    if (r < 0)
        return r;
    if (seq < 0)
        return ERR_NOT_FOUND;
    entry = calloc(1, sizeof(*entry));
    if (!entry)
        return ERR_MEMORY;
    entry->tenant = tenant;
    entry->seq = entry->stored = entry->before = seq;
    entry->item = entry->read_by = item;
    HASH_ADD(hh, item->log->seqs, tenant, sizeof(entry->tenant), entry);
    *ret = entry;
    return 0;
}

static int entry_of(struct turn *turn, int64_t tenant, struct seq_entry **ret)
{
    struct item *item = item_of(turn);
    struct seq_entry *entry;

    if (!item->log)
        return ERR_INTERNAL;
    HASH_FIND(hh, item->log->seqs, &tenant, sizeof(tenant), entry);
    if (!entry)
        return entry_read(turn, tenant, ret);
    if (entry->item != item) {
        entry->item = item;
        entry->before = entry->seq;
    }
    *ret = entry;
    return 0;
}

int seq_now(struct turn *turn, int64_t tenant, int64_t *ret)
{
    struct seq_entry *entry;
    int r = entry_of(turn, tenant, &entry);

    if (r == 0)
        *ret = entry->seq;
    return r;
}

int seq_next(struct turn *turn, int64_t tenant, int64_t *ret)
{
    struct seq_entry *entry;
    int r = entry_of(turn, tenant, &entry);

    if (r == 0)
        *ret = ++entry->seq;
    return r;
}

int seq_flush(struct seq_entry **log, struct sql *db)
{
    struct seq_entry *entry, *next;
    int r;

    HASH_ITER(hh, *log, entry, next) {
        if (entry->seq == entry->stored)
            continue;
        r = sql_put(db, &stmt_write, SQL_ARGS(SQL_INT(entry->tenant), SQL_INT(entry->seq)));
        if (r < 0)
            return r;
    }
    return 0;
}

void seq_undo(struct seq_entry **log, const struct item *item)
{
    struct seq_entry *entry, *next;

    HASH_ITER(hh, *log, entry, next) {
        if (entry->read_by == item) {
            HASH_DEL(*log, entry);
            free(entry);
        } else if (entry->item == item) {
            entry->seq = entry->before;
            entry->item = NULL;
        }
    }
}

void seq_clear(struct seq_entry **log)
{
    struct seq_entry *entry, *next;

    HASH_ITER(hh, *log, entry, next) {
        HASH_DEL(*log, entry);
        free(entry);
    }
}
