#include "store/pool.h"

#include "base/err.h"
#include "store/inside.h"
#include "store/thread.h"

static void run_reading(struct conn *conn, struct item *item)
{
    int r = conn_begin(conn, false);

    if (r < 0) {
        item->result = r;
        return;
    }
    item->turn.db = conn->db;
    item_run(item);
    conn_rollback(conn);
}

static void run(struct pool *pool, struct conn *conn, struct arena_pool *arenas, struct item *item)
{
    struct turn turn = {
        .store = pool->store, .vault = pool->store->vault, .now = store_now(pool->store)};
    int r = item_equip(item, arenas, &turn);

    if (r < 0)
        item->result = r;
    else if (pool->connects)
        run_reading(conn, item);
    else
        item_run(item);
    item_effects(item);
    item_finish(item, arenas);
}

static void *pool_main(void *arg)
{
    struct pool *pool = arg;
    struct conn conn = {.opts = pool->opts};
    struct arena_pool arenas = {.n = 0};
    struct item *item;

    while ((item = queue_take(&pool->queue, 1, true)) != NULL)
        run(pool, &conn, &arenas, item);
    conn_drop(&conn);
    arena_pool_done(&arenas);
    return NULL;
}

int pool_start(struct pool *pool, struct store *store, const char *name, int threads,
               const struct sql_opts *opts, size_t queue_max)
{
    int r = 0;

    *pool = (struct pool){.store = store, .connects = opts != NULL, .started = true};
    if (opts)
        pool->opts = *opts;
    queue_init(&pool->queue, queue_max, false);
    while (pool->n < threads && pool->n < POOL_THREADS_MAX && r == 0) {
        r = thread_start(&pool->threads[pool->n], name, pool_main, pool);
        if (r == 0)
            pool->n++;
    }
    return r;
}

void pool_stop(struct pool *pool)
{
    if (!pool->started)
        return;
    queue_close(&pool->queue);
    while (pool->n > 0)
        pthread_join(pool->threads[--pool->n], NULL);
}

void pool_done(struct pool *pool)
{
    if (pool->started)
        queue_done(&pool->queue);
    pool->started = false;
}
