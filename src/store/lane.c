#include "store/lane.h"

#include <stdatomic.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/metrics.h"
#include "store/ballast.h"
#include "store/inside.h"
#include "store/keeper.h"
#include "store/thread.h"

#define TURN_US_MAX   10000
#define CONFLICT_RUNS 5

/* How a turn is run: at first freely; with a savepoint around each item once one failed. */
enum mode { MODE_FREE, MODE_CAREFUL };

enum outcome {
    OUTCOME_COMMITTED,
    OUTCOME_FAILED,   /* rolled back for good */
    OUTCOME_CAREFUL,  /* rolled back: run again with savepoints */
    OUTCOME_CONFLICT, /* rolled back: run again as it was */
};

/* Errors after which nothing can be saved of the transaction. */
static bool ends_turn(int err)
{
    return err == ERR_FULL || err == ERR_UNAVAILABLE || err == ERR_CONFLICT || err == ERR_IO;
}

static int savepoint(struct lane *lane, enum mode mode)
{
    return mode == MODE_CAREFUL ? sql_savepoint(lane->conn.db) : 0;
}

/* An item's rows are taken back, and what others might have learnt of it. */
static int undo(struct lane *lane, struct item *item)
{
    item_drop_effects(item);
    turn_log_undo(&lane->log, item);
    return sql_savepoint_undo(lane->conn.db);
}

/* Closes the savepoint of an item. A change that was only queued fails here at the latest. */
static int settle(struct lane *lane, struct item *item)
{
    int r = 0;

    if (item->engine_err == 0 && (item->result >= 0 || !item->wrote)) {
        r = sql_savepoint_release(lane->conn.db);
        if (r == 0 || ends_turn(r))
            return r;
        item->result = r;
    }
    return undo(lane, item);
}

/* Not of the item's own making: whoever queued it may queue it again. */
static void refuse(struct item *item, int err)
{
    item->result = err;
    item->turn_failed = true;
    item_drop_effects(item);
}

/* Runs one item in the open transaction. Returns an error that ends the turn. */
static int step(struct lane *lane, struct item *item, enum mode mode, bool *ret_failed)
{
    int r = savepoint(lane, mode);

    if (r < 0)
        return r;
    if (atomic_load(&lane->store->full) && !item->frees)
        refuse(item, ERR_FULL);
    else
        item_run(item);
    *ret_failed = item->engine_err < 0 || (item->result < 0 && item->wrote);
    if (ends_turn(item->engine_err))
        return item->engine_err;
    return mode == MODE_CAREFUL ? settle(lane, item) : 0;
}

static int equip(struct lane *lane, struct item *item, int64_t now)
{
    struct turn turn = {.store = lane->store,
                        .db = lane->conn.db,
                        .vault = lane->store->vault,
                        .now = now,
                        .write = true};

    item_reset(item);
    item->log = &lane->log;
    return item_equip(item, &lane->pool, &turn);
}

/* Runs items until the time is up. *ret_n of them were run; *ret_failed: the last one failed in a
 * way that spoils the turn. */
static int run_items(struct lane *lane, enum mode mode, int64_t now, size_t *ret_n,
                     bool *ret_failed)
{
    int64_t until = clock_mono_us() + TURN_US_MAX;
    struct item *item;
    bool failed = false;
    size_t n = 0;
    int r = 0;

    for (item = lane->ready; item && n < TURN_ITEMS_MAX && r == 0; item = item->next) {
        if (n > 0 && clock_mono_us() >= until)
            break;
        n++;
        r = equip(lane, item, now);
        if (r == 0)
            r = step(lane, item, mode, &failed);
        if (failed && mode == MODE_FREE)
            break;
    }
    *ret_n = n;
    *ret_failed = failed && mode == MODE_FREE;
    return r;
}

static int commit(struct lane *lane)
{
    struct store *store = lane->store;
    int64_t start = clock_mono_us();
    int r = turn_log_flush(&lane->log, lane->conn.db);

    if (r == 0 && store->probe)
        r = store->probe(store->probe_arg);
    if (r < 0)
        conn_rollback(&lane->conn);
    else
        r = sql_commit(lane->conn.db);
    metric_add(METRIC_COMMIT_US, clock_mono_us() - start);
    return r;
}

/* One attempt at a turn. *ret_err is what all its *ret_n items get, 0: each its own result. */
static enum outcome attempt(struct lane *lane, enum mode mode, int64_t now, size_t *ret_n,
                            int *ret_err)
{
    bool failed = false;
    int r;

    *ret_n = TURN_ITEMS_MAX;
    r = conn_begin(&lane->conn, true);
    if (r == 0) {
        r = run_items(lane, mode, now, ret_n, &failed);
        if (r == 0 && !failed)
            r = commit(lane);
        else
            conn_rollback(&lane->conn);
    }
    *ret_err = r;
    if (r == 0 && !failed)
        return OUTCOME_COMMITTED;
    turn_log_clear(&lane->log);
    if (r == ERR_CONFLICT)
        return OUTCOME_CONFLICT;
    if (r == 0 && *ret_n == 1) /* it was alone: rolling back undid just it */
        return OUTCOME_FAILED;
    return mode == MODE_FREE && !ends_turn(r) ? OUTCOME_CAREFUL : OUTCOME_FAILED;
}

static struct item *detach(struct lane *lane, size_t n)
{
    struct item *list = lane->ready, **end = &list;

    while (n-- > 0 && *end)
        end = &(*end)->next;
    lane->ready = *end;
    *end = NULL;
    return list;
}

/* An item that never ran still has an arena when it is answered. */
static void give_result(struct lane *lane, struct item *item, int err)
{
    if (!item->turn.arena)
        (void)equip(lane, item, store_now(lane->store));
    refuse(item, err);
}

/* Releases the effects of the turn, then answers its items. err: what all of them get, if not 0. */
static void answer(struct lane *lane, size_t n, int err)
{
    struct item *list = detach(lane, n), *item, *next;

    for (item = list; item; item = item->next) {
        if (err < 0)
            give_result(lane, item, err);
        item_effects(item);
    }
    for (item = list; item; item = next) {
        next = item->next;
        item_finish(item, &lane->pool);
        metric_add(METRIC_TURN_ITEMS, 1);
    }
}

static bool frees_any(const struct lane *lane, size_t n)
{
    const struct item *item;

    for (item = lane->ready; item && n > 0; item = item->next, n--)
        if (item->frees)
            return true;
    return false;
}

/* Runs a turn until it is decided. *ret_n items belong to it, and get *ret_err if that is not 0. */
static enum outcome decide(struct lane *lane, size_t *ret_n, int *ret_err)
{
    int64_t now = store_now(lane->store);
    enum mode mode = MODE_FREE;
    enum outcome outcome;
    int runs = 0;

    for (;;) {
        outcome = attempt(lane, mode, now, ret_n, ret_err);
        if (outcome == OUTCOME_CAREFUL)
            mode = MODE_CAREFUL;
        else if (outcome == OUTCOME_FAILED && *ret_err == ERR_FULL && frees_any(lane, *ret_n) &&
                 ballast_release(lane->store))
            mode = MODE_FREE; /* those that free nothing are refused this time */
        else if (outcome != OUTCOME_CONFLICT || ++runs == CONFLICT_RUNS)
            return outcome;
        metric_add(METRIC_TURN_RERUNS, 1);
    }
}

static void turn(struct lane *lane)
{
    int64_t start = clock_mono_us();
    enum outcome outcome;
    size_t n;
    int err;

    keeper_turn_begins(lane->store);
    outcome = decide(lane, &n, &err);
    keeper_turn_ended(lane->store);
    if (outcome == OUTCOME_COMMITTED) {
        turn_log_publish(&lane->log, lane->store);
        metric_add(METRIC_TURNS, 1);
        keeper_wrote(lane->store);
    }
    metric_add(METRIC_TURN_US, clock_mono_us() - start);
    answer(lane, n, err);
}

/* Fills up `ready`; waits only when there is nothing. False: closed and all done. */
static bool take(struct lane *lane)
{
    struct item **end = &lane->ready;
    size_t n = 0;

    for (; *end; end = &(*end)->next)
        n++;
    if (n < TURN_ITEMS_MAX)
        *end = queue_take(&lane->queue, TURN_ITEMS_MAX - n, n == 0);
    return lane->ready != NULL;
}

static void *lane_main(void *arg)
{
    struct lane *lane = arg;

    while (take(lane))
        turn(lane);
    conn_drop(&lane->conn);
    arena_pool_done(&lane->pool);
    return NULL;
}

int lane_start(struct lane *lane, struct store *store, const struct sql_opts *opts,
               size_t queue_max)
{
    int r;

    *lane = (struct lane){.store = store, .conn = {.opts = *opts}};
    queue_init(&lane->queue, queue_max, true);
    r = thread_start(&lane->thread, "lethe-write", lane_main, lane);
    if (r < 0) {
        queue_done(&lane->queue);
        return r;
    }
    lane->started = true;
    return 0;
}

void lane_stop(struct lane *lane)
{
    if (!lane->started)
        return;
    queue_close(&lane->queue);
    pthread_join(lane->thread, NULL);
}

void lane_done(struct lane *lane)
{
    if (lane->started)
        queue_done(&lane->queue);
    lane->started = false;
}

void lane_probe(struct store *store, lane_commit_probe *fn, void *arg)
{
    store->probe_arg = arg;
    store->probe = fn;
}
