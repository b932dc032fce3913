/* lane_bench - how many small WRITE items a second a lane commits with 1, 32 and 512 waiting.
 * Usage: lane_bench FOLDER (made; on the disk to be measured). SQLite. An item asks for one row by
 * its key, adds a row with a 200-byte blob and updates one. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/metrics.h"
#include "store/store.h"

static const struct sql_stmt stmt_ask = {"bench.ask", "SELECT seq FROM tenant WHERE id = $1"};
static const struct sql_stmt stmt_add = {
    "bench.add", "INSERT INTO job (id, tenant, kind, state, due_at, attempts, slot, reason,"
                 " created_at, payload) VALUES ($1, 1, 1, 2, 0, 0, 0, 0, 0, $2)"};
static const struct sql_stmt stmt_update = {"bench.update",
                                            "UPDATE tenant SET seq = seq + 1 WHERE id = $1"};
static const struct sql_stmt stmt_tenant = {
    "bench.tenant", "INSERT INTO tenant (id, slot, state, created_at, seq) VALUES (1, 1, 0, 0, 0)"};

struct bench {
    struct store *store;
    pthread_mutex_t lock;
    pthread_cond_t ended;
    int left; /* to be queued yet */
    int open; /* queued and not answered */
    int failed;
};

static int tenant_work(struct turn *turn, void *arg)
{
    return turn_put(turn, &stmt_tenant, SQL_NO_ARGS);
}

static int item_work(struct turn *turn, void *arg)
{
    static const char blob[200];
    int64_t seq;
    int r = turn_ask_int(turn, &stmt_ask, SQL_ARGS(SQL_INT(1)), 0, &seq);

    if (r == 0)
        r = turn_put(turn, &stmt_add,
                     SQL_ARGS(SQL_INT(turn_id(turn)), SQL_BLOB(slice_of(blob, sizeof(blob)))));
    return r < 0 ? r : turn_put(turn, &stmt_update, SQL_ARGS(SQL_INT(1)));
}

static void item_done(struct turn *turn, void *arg, int result);

static void queue_one(struct bench *bench)
{
    if (store_write(bench->store, 1, item_work, item_done, bench) < 0)
        abort();
}

static void item_done(struct turn *turn, void *arg, int result)
{
    struct bench *bench = arg;
    bool more;

    pthread_mutex_lock(&bench->lock);
    bench->failed += result < 0;
    more = bench->left > 0;
    if (more)
        bench->left--;
    else if (--bench->open == 0)
        pthread_cond_signal(&bench->ended);
    pthread_mutex_unlock(&bench->lock);
    if (more)
        queue_one(bench);
}

static double cpu_s(void)
{
    struct rusage use;

    getrusage(RUSAGE_SELF, &use);
    return (double)(use.ru_utime.tv_sec + use.ru_stime.tv_sec) +
           (double)(use.ru_utime.tv_usec + use.ru_stime.tv_usec) / 1e6;
}

static void run(struct store *store, int waiting, int items)
{
    struct bench bench = {.store = store, .left = items - waiting, .open = waiting};
    int64_t turns = metric_get(METRIC_TURNS), start = clock_mono_us();
    double cpu = cpu_s(), wall;
    int i;

    pthread_mutex_init(&bench.lock, NULL);
    pthread_cond_init(&bench.ended, NULL);
    for (i = 0; i < waiting; i++)
        queue_one(&bench);
    pthread_mutex_lock(&bench.lock);
    while (bench.open > 0)
        pthread_cond_wait(&bench.ended, &bench.lock);
    pthread_mutex_unlock(&bench.lock);
    wall = (double)(clock_mono_us() - start) / 1e6;
    turns = metric_get(METRIC_TURNS) - turns;
    printf("%3d waiting: %7.0f items/s, %6.0f turns/s, %6.1f us wall and %5.1f us CPU an item%s\n",
           waiting, items / wall, (double)turns / wall, wall * 1e6 / items,
           (cpu_s() - cpu) * 1e6 / items, bench.failed ? ", some FAILED" : "");
}

static void print_memory(const char *when)
{
    FILE *file = fopen("/proc/self/statm", "r");
    long size, resident = 0, shared = 0;

    if (file && fscanf(file, "%ld %ld %ld", &size, &resident, &shared) == 3)
        printf("%s: %.1f MiB resident, %.1f of them its own\n", when, (double)resident / 256,
               (double)(resident - shared) / 256);
    if (file)
        fclose(file);
}

int main(int argc, char **argv)
{
    char data[512], vault[512];
    struct store *store;
    int r;

    if (argc != 2)
        return 2;
    mkdir(argv[1], 0700);
    snprintf(data, sizeof(data), "%s/data", argv[1]);
    snprintf(vault, sizeof(vault), "%s/vault", argv[1]);
    r = store_open(&(struct store_opts){.engine = SQL_SQLITE, .data_dir = data, .vault_dir = vault},
                   &store);
    if (r < 0) {
        fprintf(stderr, "%s\n", err_text(r));
        return 1;
    }
    (void)!store_write_wait(store, 1, tenant_work, NULL); /* it is there from the run before */
    print_memory("idle");
    run(store, 1, 2000);
    run(store, 32, 20000);
    run(store, 512, 100000);
    print_memory("after");
    store_close(store);
    return 0;
}
