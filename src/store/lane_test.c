#include "store/lane.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/metrics.h"
#include "store/store_unit.h"

/* An item of these tests, and what became of it. */
struct piece {
    int64_t field;
    int fails;   /* the error it returns after it wrote; 0: none */
    int refuses; /* the error it returns before it writes */
    int runs;
    int effects;
    int dones;
    int result;
    struct unit_gate *gate;
};

#define TENANT 7

static void count_effect(struct store *store, void *arg)
{
    struct piece *piece = arg;

    ck_assert_int_eq(piece->dones, 0); /* effects come before the answer */
    piece->effects++;
}

static int piece_work(struct turn *turn, void *arg)
{
    struct piece *piece = arg;
    int r;

    piece->runs++;
    ck_assert_uint_eq(arena_used(turn->arena), 0);
    ck_assert_ptr_nonnull(arena_alloc(turn->arena, 100));
    if (piece->refuses)
        return piece->refuses;
    r = unit_put(turn, TENANT, piece->field);
    if (r == 0)
        r = turn_effect(turn, count_effect, piece);
    return r < 0 ? r : piece->fails;
}

static void piece_done(struct turn *turn, void *arg, int result)
{
    struct piece *piece = arg;

    ck_assert_ptr_nonnull(turn->arena);
    piece->result = result;
    piece->dones++;
    if (piece->gate)
        unit_gate_count(piece->gate);
}

static void queue_pieces(struct store *store, struct piece *pieces, int n, struct unit_gate *gate)
{
    int i;

    for (i = 0; i < n; i++) {
        pieces[i].field = i;
        pieces[i].gate = gate;
        ck_assert_ok(store_write(store, TENANT, piece_work, piece_done, &pieces[i]));
    }
}

/* Queues the pieces while the lane is held, and waits until they are answered. */
static void run_together(struct store *store, struct piece *pieces, int n)
{
    struct unit_gate gate = UNIT_GATE;
    struct unit_hold hold;

    unit_hold(store, TENANT, &hold);
    queue_pieces(store, pieces, n, &gate);
    unit_let_go(&hold);
    unit_gate_wait(&gate, n);
}

ENGINES_TEST(many_items_share_a_commit)
{
    struct store *store = unit_open(e);
    struct piece pieces[200] = {0};
    int64_t turns = metric_get(METRIC_TURNS);

    run_together(store, pieces, 200);
    ck_assert_int_lt(metric_get(METRIC_TURNS) - turns, 40);
    ck_assert_int_eq(unit_rows(store, TENANT), 200);
    ck_assert_int_eq(pieces[199].effects, 1);
    ck_assert_int_eq(metric_get(METRIC_LANE_QUEUE), 0);
    store_close(store);
}

ENGINES_TEST(an_item_that_fails_is_undone_alone)
{
    struct store *store = unit_open(e);
    struct piece pieces[5] = {0};
    int64_t reruns = metric_get(METRIC_TURN_RERUNS);
    int i;

    pieces[2].fails = ERR_WINDOW;
    run_together(store, pieces, 5);
    for (i = 0; i < 5; i++) {
        ck_assert_int_eq(pieces[i].result, i == 2 ? ERR_WINDOW : 0);
        ck_assert_int_eq(pieces[i].effects, i != 2);
        ck_assert_int_eq(pieces[i].dones, 1);
    }
    ck_assert_int_eq(pieces[0].runs, 2);
    ck_assert_int_ge(metric_get(METRIC_TURN_RERUNS), reruns + 1);
    ck_assert_int_eq(unit_rows(store, TENANT), 4);
    store_close(store);
}

ENGINES_TEST(a_refusal_is_an_answer)
{
    struct store *store = unit_open(e);
    struct piece pieces[3] = {0};
    int64_t reruns = metric_get(METRIC_TURN_RERUNS);

    pieces[1].refuses = ERR_FENCED;
    run_together(store, pieces, 3);
    ck_assert_int_eq(pieces[1].result, ERR_FENCED);
    ck_assert_int_eq(pieces[0].runs, 1);
    ck_assert_int_eq(metric_get(METRIC_TURN_RERUNS), reruns);
    ck_assert_int_eq(unit_rows(store, TENANT), 2);
    store_close(store);
}

ENGINES_TEST(a_collision_costs_only_its_item)
{
    struct store *store = unit_open(e);
    struct unit_gate gate = UNIT_GATE;
    struct piece pieces[4] = {0};
    struct unit_hold hold;

    unit_hold(store, TENANT, &hold);
    queue_pieces(store, pieces, 3, &gate);
    pieces[3] = (struct piece){.field = 1, .gate = &gate}; /* as pieces[1] */
    ck_assert_ok(store_write(store, TENANT, piece_work, piece_done, &pieces[3]));
    unit_let_go(&hold);
    unit_gate_wait(&gate, 4);
    ck_assert_int_eq(pieces[1].result, 0);
    ck_assert_int_eq(pieces[3].result, ERR_CONSTRAINT);
    ck_assert_int_eq(pieces[3].effects, 0);
    ck_assert_int_eq(unit_rows(store, TENANT), 3);
    store_close(store);
}

static int swallow_work(struct turn *turn, void *arg)
{
    (void)!unit_put(turn, TENANT, 1);
    (void)!unit_put(turn, TENANT, 1);
    return 0;
}

ENGINES_TEST(an_engine_error_cannot_be_swallowed)
{
    struct store *store = unit_open(e);

    ck_assert_err(store_write_wait(store, TENANT, swallow_work, NULL), ERR_CONSTRAINT);
    ck_assert_int_eq(unit_rows(store, TENANT), 0);
    store_close(store);
}

static int read_and_write(struct turn *turn, void *arg)
{
    return unit_put(turn, TENANT, 1);
}

ENGINES_TEST(readers_do_not_write)
{
    struct store *store = unit_open(e);

    ck_assert_err(store_read_wait(store, read_and_write, NULL), ERR_INTERNAL);
    ck_assert_err(store_slow_wait(store, read_and_write, NULL), ERR_INTERNAL);
    store_close(store);
}

ENGINES_TEST(a_full_queue_refuses)
{
    struct store *store = unit_open_with(e, 4);
    struct unit_gate gate = UNIT_GATE;
    struct piece pieces[5] = {0};
    struct unit_hold hold;

    unit_hold(store, TENANT, &hold);
    queue_pieces(store, pieces, 4, &gate);
    ck_assert_err(store_write(store, TENANT, piece_work, piece_done, &pieces[4]), ERR_BUSY);
    unit_let_go(&hold);
    unit_gate_wait(&gate, 4);
    ck_assert_int_eq(pieces[4].runs, 0);
    ck_assert_int_eq(pieces[4].dones, 0);
    store_close(store);
}

ENGINES_TEST(closing_runs_what_waits)
{
    struct store *store = unit_open(e);
    struct piece pieces[50] = {0};
    struct unit_gate gate = UNIT_GATE;
    struct unit_hold hold;

    unit_hold(store, TENANT, &hold);
    queue_pieces(store, pieces, 50, &gate);
    unit_let_go(&hold);
    store_close(store);
    ck_assert_int_eq(gate.n, 50);
    store = unit_open(e);
    ck_assert_int_eq(unit_rows(store, TENANT), 50);
    store_close(store);
}

static int nothing(struct turn *turn, void *arg)
{
    return 0;
}

static void *close_main(void *arg)
{
    store_close(arg);
    return NULL;
}

ENGINES_TEST(a_store_that_closes_takes_nothing_more)
{
    struct store *store = unit_open(e);
    struct unit_hold hold;
    pthread_t thread;
    int r;

    unit_hold(store, TENANT, &hold); /* the store can't be gone before this ends */
    ck_assert_int_eq(pthread_create(&thread, NULL, close_main, store), 0);
    do
        r = store_write(store, TENANT, nothing, NULL, NULL);
    while (r == 0 || r == ERR_BUSY);
    ck_assert_int_eq(r, ERR_CANCELED);
    unit_let_go(&hold);
    pthread_join(thread, NULL);
}

struct crowd {
    struct store *store;
    int64_t first;
    int failed;
};

static int crowd_work(struct turn *turn, void *arg)
{
    const int64_t *field = arg;

    return unit_put(turn, TENANT, *field);
}

static void *crowd_main(void *arg)
{
    struct crowd *crowd = arg;
    int64_t i, field;

    for (i = 0; i < 1000; i++) {
        field = crowd->first + i;
        if (store_write_wait(crowd->store, TENANT, crowd_work, &field) < 0)
            crowd->failed++;
    }
    return NULL;
}

ENGINES_TEST(eight_threads_write_at_once)
{
    struct store *store = unit_open(e);
    struct crowd crowds[8];
    pthread_t threads[8];
    int i;

    for (i = 0; i < 8; i++) {
        crowds[i] = (struct crowd){store, i * 1000, 0};
        ck_assert_int_eq(pthread_create(&threads[i], NULL, crowd_main, &crowds[i]), 0);
    }
    for (i = 0; i < 8; i++) {
        pthread_join(threads[i], NULL);
        ck_assert_int_eq(crowds[i].failed, 0);
    }
    ck_assert_int_eq(unit_rows(store, TENANT), 8000);
    store_close(store);
}

/* A database that goes away */

static void end_connections(const struct engines *e)
{
    static const struct sql_stmt end = {
        "test.end", "SELECT count(CASE WHEN pg_terminate_backend(pid) THEN 1 END)"
                    " FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
                    " AND datname = current_database()"};
    struct sql *db = engines_open(e);
    int64_t n;

    ck_assert_ok(sql_ask_int(db, &end, SQL_NO_ARGS, 0, &n));
    ck_assert_int_gt(n, 0);
    sql_close(db);
}

ENGINES_TEST(lanes_and_readers_come_back_by_themselves)
{
    struct store *store = unit_open(e);
    struct unit_count count = {.tenant = TENANT};
    int64_t field = 1;

    if (e->engine == SQL_POSTGRES) {
        ck_assert_ok(store_write_wait(store, TENANT, crowd_work, &field));
        ck_assert_int_eq(unit_rows(store, TENANT), 1);
        end_connections(e);
        field = 2;
        while (store_write_wait(store, TENANT, crowd_work, &field) == ERR_UNAVAILABLE)
            ;
        while (store_read_wait(store, unit_count_work, &count) == ERR_UNAVAILABLE)
            ;
        ck_assert_int_eq(count.n, 2);
    }
    store_close(store);
}

/* Failing commits */

struct failing {
    int err;
    int times;
};

static int fail_commit(void *arg)
{
    struct failing *failing = arg;

    return failing->times-- > 0 ? failing->err : 0;
}

ENGINES_TEST(a_failed_commit_fails_all_and_releases_nothing)
{
    struct store *store = unit_open(e);
    struct piece pieces[3] = {0};
    struct failing failing = {ERR_IO, 1000};

    lane_probe(store, fail_commit, &failing);
    run_together(store, pieces, 3);
    lane_probe(store, NULL, NULL);
    ck_assert_int_eq(pieces[0].result, ERR_IO);
    ck_assert_int_eq(pieces[2].result, ERR_IO);
    ck_assert_int_eq(pieces[0].effects + pieces[1].effects + pieces[2].effects, 0);
    ck_assert_int_eq(unit_rows(store, TENANT), 0);
    store_close(store);
}

ENGINES_TEST(a_conflict_runs_the_turn_again)
{
    struct store *store = unit_open(e);
    struct failing failing = {ERR_CONFLICT, 2};
    struct piece piece = {.field = 1};
    struct unit_gate gate = UNIT_GATE;

    lane_probe(store, fail_commit, &failing);
    piece.gate = &gate;
    ck_assert_ok(store_write(store, TENANT, piece_work, piece_done, &piece));
    unit_gate_wait(&gate, 1);
    ck_assert_int_eq(piece.result, 0);
    ck_assert_int_eq(piece.runs, 3);
    ck_assert_int_eq(piece.effects, 1);
    failing = (struct failing){ERR_CONFLICT, 1000};
    piece = (struct piece){.field = 2, .gate = &gate};
    ck_assert_ok(store_write(store, TENANT, piece_work, piece_done, &piece));
    unit_gate_wait(&gate, 2);
    ck_assert_int_eq(piece.result, ERR_CONFLICT);
    lane_probe(store, NULL, NULL);
    ck_assert_int_eq(unit_rows(store, TENANT), 1);
    store_close(store);
}

/* Killed processes */

static void say(struct store *store, void *arg)
{
    int *fd = arg;

    ck_assert_int_eq(write(*fd, "x", 1), 1);
    raise(SIGKILL);
}

static int write_and_say(struct turn *turn, void *arg)
{
    int r = unit_put(turn, TENANT, 1);

    return r < 0 ? r : turn_effect(turn, say, arg);
}

static int write_and_die(struct turn *turn, void *arg)
{
    int r = unit_put(turn, TENANT, 1);

    raise(SIGKILL);
    return r;
}

/* Runs the work in a process that dies in it; returns how many bytes it said. */
static ssize_t die_in(const struct engines *e, store_work *work)
{
    char byte;
    int fds[2];
    ssize_t n;
    pid_t child;

    ck_assert_int_eq(pipe(fds), 0);
    child = fork();
    if (child == 0) {
        struct store *store = unit_open(e);

        close(fds[0]);
        (void)!store_write_wait(store, TENANT, work, &fds[1]);
        _exit(0);
    }
    close(fds[1]);
    n = read(fds[0], &byte, 1);
    waitpid(child, NULL, 0);
    close(fds[0]);
    return n;
}

ENGINES_TEST(what_was_said_is_stored)
{
    struct store *store;

    ck_assert_int_eq(die_in(e, write_and_say), 1);
    store = unit_open(e);
    ck_assert_int_eq(unit_rows(store, TENANT), 1);
    store_close(store);
}

ENGINES_TEST(what_was_not_committed_is_not_said)
{
    struct store *store;

    ck_assert_int_eq(die_in(e, write_and_die), 0);
    store = unit_open(e);
    ck_assert_int_eq(unit_rows(store, TENANT), 0);
    store_close(store);
}

ENGINES_MAIN("store/lane", many_items_share_a_commit, an_item_that_fails_is_undone_alone,
             a_refusal_is_an_answer, a_collision_costs_only_its_item,
             an_engine_error_cannot_be_swallowed, readers_do_not_write, a_full_queue_refuses,
             closing_runs_what_waits, a_store_that_closes_takes_nothing_more,
             lanes_and_readers_come_back_by_themselves, eight_threads_write_at_once,
             a_failed_commit_fails_all_and_releases_nothing, a_conflict_runs_the_turn_again,
             what_was_said_is_stored, what_was_not_committed_is_not_said)
