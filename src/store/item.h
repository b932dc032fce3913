/* item.h - one piece of work on its way through a lane or a pool. Inside store only. */
#ifndef STORE_ITEM_H
#define STORE_ITEM_H

#include "store/store.h"

enum { ITEM_ARENA_MAX = 16 * 1024 * 1024, ITEM_POOL = 32 };

struct effect;
struct held_rows;
struct turn_log;

struct item {
    struct item *next;
    store_work *work;
    store_done *done;
    void *arg;
    bool frees; /* may use up the ballast */

    /* Of the run, cleared by item_reset: */
    int result;
    int engine_err; /* the first error of the database in this run */
    bool wrote;
    bool turn_failed; /* `result` is the whole turn's, not of this item's making */
    struct effect *effects;
    struct effect **effects_end;
    struct held_rows *rows;

    struct turn_log *log; /* WRITE: what the items of a turn share; NULL in READ and SLOW */
    struct turn turn;
};

/** Arenas of one thread, kept for the next items while small. */
struct arena_pool {
    struct arena *arenas[ITEM_POOL];
    int n;
};

/** NULL when out of memory. */
struct item *item_new(store_work *work, store_done *done, void *arg);
void item_free(struct item *item);
/** Gives the item an arena and its turn. ERR_MEMORY. */
int item_equip(struct item *item, struct arena_pool *pool, const struct turn *turn) MUST_CHECK;
/** Runs the handler; its outcome stands in item->result. */
void item_run(struct item *item);
/** Back to before the run: rows, effects and arena emptied. */
void item_reset(struct item *item);
/** Drops the effects, if any: the item failed. */
void item_drop_effects(struct item *item);
void item_effects(struct item *item);
/** Tells `done`, gives back the arena and frees the item. */
void item_finish(struct item *item, struct arena_pool *pool);
void arena_pool_done(struct arena_pool *pool);

static inline struct item *item_of(struct turn *turn)
{
    return CONTAINER_OF(turn, struct item, turn);
}

#endif
