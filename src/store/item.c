#include "store/item.h"

#include <stdlib.h>

#include "base/err.h"
#include "store/turn.h"

/* An arena that grew beyond this is not kept: an idle server stays small. */
#define KEEP_MAX (16u * 1024)

struct item *item_new(store_work *work, store_done *done, void *arg)
{
    struct item *item = calloc(1, sizeof(*item));

    if (!item)
        return NULL;
    item->work = work;
    item->done = done;
    item->arg = arg;
    item->effects_end = &item->effects;
    return item;
}

void item_free(struct item *item)
{
    free(item);
}

int item_equip(struct item *item, struct arena_pool *pool, const struct turn *turn)
{
    struct arena *arena = item->turn.arena;

    if (!arena)
        arena = pool->n > 0 ? pool->arenas[--pool->n] : arena_new(ITEM_ARENA_MAX);
    item->turn = *turn;
    item->turn.arena = arena;
    return arena ? 0 : ERR_MEMORY;
}

void item_run(struct item *item)
{
    item->result = item->work(&item->turn, item->arg);
    if (item->engine_err < 0)
        item->result = item->engine_err;
    if (item->result < 0)
        item_drop_effects(item);
}

static void drop_rows(struct item *item)
{
    struct held_rows *held;

    for (held = item->rows; held; held = held->next)
        held->rows = sql_rows_free(held->rows);
    item->rows = NULL;
}

void item_drop_effects(struct item *item)
{
    item->effects = NULL;
    item->effects_end = &item->effects;
}

void item_reset(struct item *item)
{
    drop_rows(item);
    item_drop_effects(item);
    if (item->turn.arena)
        arena_reset(item->turn.arena);
    item->engine_err = 0;
    item->wrote = false;
    item->turn_failed = false;
    item->result = 0;
}

void item_effects(struct item *item)
{
    const struct effect *effect;

    for (effect = item->effects; effect; effect = effect->next)
        effect->fn(item->turn.store, effect->arg);
}

static void give_back(struct arena_pool *pool, struct arena *arena)
{
    if (!arena)
        return;
    if (pool->n == ITEM_POOL || arena_used(arena) > KEEP_MAX) {
        arena_free(arena);
        return;
    }
    arena_reset(arena);
    pool->arenas[pool->n++] = arena;
}

void item_finish(struct item *item, struct arena_pool *pool)
{
    item->turn.db = NULL;
    if (item->done)
        item->done(&item->turn, item->arg, item->result);
    drop_rows(item);
    give_back(pool, item->turn.arena);
    item_free(item);
}

void arena_pool_done(struct arena_pool *pool)
{
    while (pool->n > 0)
        arena_free(pool->arenas[--pool->n]);
}
