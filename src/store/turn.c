#include "store/turn.h"

#include <sodium.h>
#include <stdatomic.h>

#include "base/err.h"
#include "base/rand.h"
#include "store/inside.h"
#include "store/seq.h"

int64_t turn_id(struct turn *turn)
{
    return id_next(&turn->store->ids, turn->now);
}

void turn_random(struct turn *turn, void *ret, size_t n)
{
    struct store *store = turn->store;
    unsigned char seed[randombytes_SEEDBYTES] = {0};
    uint64_t numbers[2];

    if (!store->opts.seed) {
        rand_bytes(ret, n);
        return;
    }
    numbers[0] = store->opts.seed;
    numbers[1] = atomic_fetch_add(&store->randoms, 1);
    memcpy(seed, numbers, sizeof(numbers));
    randombytes_buf_deterministic(ret, n, seed);
}

int turn_effect(struct turn *turn, turn_effect_fn *fn, void *arg)
{
    struct item *item = item_of(turn);
    struct effect *effect = arena_alloc(turn->arena, sizeof(*effect));

    if (!effect)
        return ERR_MEMORY;
    effect->fn = fn;
    effect->arg = arg;
    *item->effects_end = effect;
    item->effects_end = &effect->next;
    return 0;
}

/* A row_seal that failed leaves its error in the argument. */
static int sealed_err(const struct sql_arg *args, size_t n)
{
    size_t i;

    for (i = 0; i < n; i++)
        if (args[i].type == SQL_T_NULL && args[i].number < 0)
            return (int)args[i].number;
    return 0;
}

static int engine(struct item *item, int r)
{
    if (r < 0 && item->engine_err == 0)
        item->engine_err = r;
    return r;
}

/* An INSERT ... RETURNING is asked, yet it writes. */
static bool only_reads(const struct sql_stmt *stmt)
{
    const char *text = stmt->text + strspn(stmt->text, " \n\t(");

    return strncmp(text, "SELECT", 6) == 0;
}

int turn_ask(struct turn *turn, const struct sql_stmt *stmt, const struct sql_arg *args, size_t n,
             struct sql_rows **ret)
{
    struct item *item = item_of(turn);
    struct held_rows *held;
    struct sql_rows *rows;
    int r = sealed_err(args, n);

    if (r < 0)
        return r;
    if (!turn->db)
        return ERR_INTERNAL;
    held = arena_alloc(turn->arena, sizeof(*held));
    if (!held)
        return ERR_MEMORY;
    if (!only_reads(stmt)) {
        if (!turn->write)
            return ERR_INTERNAL;
        item->wrote = true;
    }
    r = engine(item, sql_ask(turn->db, stmt, args, n, &rows));
    if (r < 0)
        return r;
    held->rows = rows;
    held->next = item->rows;
    item->rows = held;
    *ret = rows;
    return 0;
}

int turn_put(struct turn *turn, const struct sql_stmt *stmt, const struct sql_arg *args, size_t n)
{
    struct item *item = item_of(turn);
    int r = sealed_err(args, n);

    if (r < 0)
        return r;
    if (!turn->db || !turn->write)
        return ERR_INTERNAL;
    item->wrote = true;
    return engine(item, sql_put(turn->db, stmt, args, n));
}

int turn_ask_int(struct turn *turn, const struct sql_stmt *stmt, const struct sql_arg *args,
                 size_t n, int64_t otherwise, int64_t *ret)
{
    struct sql_rows *rows;
    int r = turn_ask(turn, stmt, args, n, &rows);

    if (r < 0)
        return r;
    *ret = sql_rows_count(rows) == 0 || sql_is_null(rows, 0, 0) ? otherwise : sql_int(rows, 0, 0);
    return 0;
}

int turn_log_flush(struct turn_log *log, struct sql *db)
{
    return seq_flush(&log->seqs, db);
}

void turn_log_publish(struct turn_log *log, struct store *store)
{
    slots_publish(&store->slots, &log->slots);
    seq_clear(&log->seqs);
}

void turn_log_undo(struct turn_log *log, const struct item *item)
{
    slots_undo(&log->slots, item);
    seq_undo(&log->seqs, item);
}

void turn_log_clear(struct turn_log *log)
{
    slots_clear(&log->slots);
    seq_clear(&log->seqs);
}
