#include "store/store.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/lane.h"
#include "store/store_unit.h"

static void path_in(const struct engines *e, const char *name, char ret[200])
{
    snprintf(ret, 200, "%s/data/%s", e->dir, name);
}

ENGINES_TEST(the_folder_is_private_and_locked)
{
    struct store *store = unit_open(e), *second = NULL;
    struct stat st;
    char path[200];

    path_in(e, "", path);
    ck_assert_int_eq(stat(path, &st), 0);
    ck_assert_int_eq(st.st_mode & 0777, 0700);
    path_in(e, "files", path);
    ck_assert_int_eq(stat(path, &st), 0);
    path[strlen(path) - strlen("/files")] = '\0';
    ck_assert_err(store_open(&(struct store_opts){.engine = e->engine,
                                                  .data_dir = path,
                                                  .pg_target = e->target,
                                                  .vault_dir = path},
                             &second),
                  ERR_LOCKED);
    store_close(store);
    store_close(NULL);
}

static int take_id(struct turn *turn, void *arg)
{
    static const struct sql_stmt put = {
        "test.hook",
        "INSERT INTO hook_log (id, tenant, at, source, kind, outcome, size, latency_us)"
        " VALUES ($1, 1, 0, 0, 0, 0, 0, 0)"};
    int64_t *id = arg;

    *id = turn_id(turn);
    return turn_put(turn, &put, SQL_ARGS(SQL_INT(*id)));
}

ENGINES_TEST(ids_stay_above_those_stored)
{
    struct store *store = unit_open(e);
    int64_t first = 0, second = 0;

    ck_assert_ok(store_write_wait(store, 0, take_id, &first));
    store_close(store);
    atomic_fetch_sub(&unit_now, 10 * DAY_MS); /* the clock went back */
    store = unit_open(e);
    ck_assert_ok(store_write_wait(store, 0, take_id, &second));
    ck_assert_int_gt(second, first);
    store_close(store);
}

static int take_slot(struct turn *turn, void *arg)
{
    return row_class_slot(turn, 1, RETAIN_MESSAGES, turn->now, arg);
}

ENGINES_TEST(slots_stay_above_those_stored)
{
    struct store *store = unit_open(e);
    vault_slot first = 0, again = 0, next = 0;

    ck_assert_ok(store_write_wait(store, 0, take_slot, &first));
    store_close(store);
    store = unit_open(e);
    ck_assert_ok(store_write_wait(store, 0, take_slot, &again));
    ck_assert_uint_eq(again, first);
    ck_assert_ok(vault_issue(store_vault(store), &next));
    ck_assert_uint_gt(next, first);
    store_close(store);
}

static int take_random(struct turn *turn, void *arg)
{
    turn_random(turn, arg, 16);
    return 0;
}

ENGINES_TEST(a_seed_repeats_randomness)
{
    char data[160], vault[160];
    struct store_opts opts = {.engine = e->engine,
                              .data_dir = data,
                              .pg_target = e->target,
                              .vault_dir = vault,
                              .seed = 42};
    unsigned char runs[2][32];
    struct store *store;
    int i;

    snprintf(data, sizeof(data), "%s/data", e->dir);
    snprintf(vault, sizeof(vault), "%s/vault", e->dir);
    for (i = 0; i < 2; i++) {
        ck_assert_ok(store_open(&opts, &store));
        ck_assert_ok(store_write_wait(store, 0, take_random, runs[i]));
        ck_assert_ok(store_write_wait(store, 0, take_random, runs[i] + 16));
        store_close(store);
    }
    ck_assert_mem_eq(runs[0], runs[1], 32);
    ck_assert_mem_ne(runs[0], runs[0] + 16, 16);
}

/* Full disks */

static int put_one(struct turn *turn, void *arg)
{
    const int64_t *field = arg;

    return unit_put(turn, 1, *field);
}

struct ended {
    struct unit_gate gate;
    int result;
};

struct freeing {
    int64_t field;
    struct ended *ended;
};

static int put_freeing(struct turn *turn, void *arg)
{
    const struct freeing *freeing = arg;

    return unit_put(turn, 1, freeing->field);
}

static void freeing_done(struct turn *turn, void *arg, int result)
{
    struct freeing *freeing = arg;

    freeing->ended->result = result;
    unit_gate_count(&freeing->ended->gate);
}

ENGINES_TEST(the_ballast_lets_erasure_through)
{
    struct store *store = unit_open(e);
    struct ended ended = {UNIT_GATE, -1};
    struct freeing freeing = {10, &ended};
    char path[200];
    int64_t field = 1;

    if (e->engine != SQL_SQLITE) { /* there the disk is the server's */
        store_close(store);
        return;
    }
    path_in(e, "ballast", path);
    lane_probe(store, unit_full_while_file, path);
    ck_assert_err(store_write_wait(store, 1, put_one, &field), ERR_FULL);
    ck_assert_int_eq(access(path, F_OK), 0);
    ck_assert_ok(store_write_freeing(store, 1, put_freeing, freeing_done, &freeing));
    unit_gate_wait(&ended.gate, 1);
    ck_assert_int_eq(ended.result, 0);
    ck_assert_int_eq(unit_rows(store, 1), 1);
    /* The keeper makes the ballast again, and then all is as before. */
    lane_probe(store, NULL, NULL);
    field = 2;
    while (store_write_wait(store, 1, put_one, &field) == ERR_FULL)
        ;
    ck_assert_int_eq(access(path, F_OK), 0);
    ck_assert_int_eq(unit_rows(store, 1), 2);
    store_close(store);
}

static int limit_pages(struct turn *turn, void *arg)
{
    return sql_script(turn->db, arg);
}

static int put_much(struct turn *turn, void *arg)
{
    int64_t i;
    int r = 0;

    for (i = 0; i < 20000 && r == 0; i++)
        r = unit_put(turn, 2, i);
    return r;
}

ENGINES_TEST(a_full_disk_stores_nothing_and_heals)
{
    struct store *store = unit_open(e);
    int64_t field = 1;

    if (e->engine == SQL_SQLITE) {
        ck_assert_ok(store_write_wait(store, 0, limit_pages, "PRAGMA max_page_count = 1"));
        ck_assert_err(store_write_wait(store, 2, put_much, NULL), ERR_FULL);
        ck_assert_int_eq(unit_rows(store, 2), 0);
        ck_assert_ok(store_write_wait(store, 0, limit_pages, "PRAGMA max_page_count = 100000"));
        ck_assert_ok(store_write_wait(store, 2, put_one, &field));
        ck_assert_ok(store_write_wait(store, 2, put_much, NULL));
    }
    store_close(store);
}

/* Checkpoints */

static off_t size_of(const char *path)
{
    struct stat st;

    return stat(path, &st) == 0 ? st.st_size : -1;
}

ENGINES_TEST(a_checkpoint_empties_the_log)
{
    struct store *store = unit_open(e);
    char path[200];
    int64_t field = 1;

    path_in(e, "lethe.db-wal", path);
    ck_assert_ok(store_write_wait(store, 1, put_one, &field));
    if (e->engine == SQL_SQLITE)
        ck_assert_int_gt(size_of(path), 0);
    ck_assert_ok(store_checkpoint(store));
    if (e->engine == SQL_SQLITE)
        ck_assert_int_eq(size_of(path), 0);
    ck_assert_int_eq(unit_rows(store, 1), 1);
    store_close(store);
}

/* Items that queue themselves again, so that the lane never waits. */
struct load {
    struct store *store;
    _Atomic int64_t field;
    _Atomic bool end;
    struct unit_gate ended;
};

static int load_work(struct turn *turn, void *arg)
{
    struct load *load = arg;

    return unit_put(turn, 3, atomic_fetch_add(&load->field, 1));
}

static void load_done(struct turn *turn, void *arg, int result)
{
    struct load *load = arg;

    ck_assert_ok(result);
    if (atomic_load(&load->end))
        unit_gate_count(&load->ended);
    else
        ck_assert_ok(store_write(load->store, 3, load_work, load_done, load));
}

ENGINES_TEST(a_checkpoint_finds_its_place_under_load)
{
    struct load load = {.store = unit_open(e), .ended = UNIT_GATE};
    int i;

    for (i = 0; i < 64; i++)
        ck_assert_ok(store_write(load.store, 3, load_work, load_done, &load));
    for (i = 0; i < 5; i++)
        ck_assert_ok(store_checkpoint(load.store));
    atomic_store(&load.end, true);
    unit_gate_wait(&load.ended, 64);
    store_close(load.store);
}

ENGINES_MAIN("store/store", the_folder_is_private_and_locked, ids_stay_above_those_stored,
             slots_stay_above_those_stored, a_seed_repeats_randomness,
             the_ballast_lets_erasure_through, a_full_disk_stores_nothing_and_heals,
             a_checkpoint_empties_the_log, a_checkpoint_finds_its_place_under_load)
