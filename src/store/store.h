/* store.h - the database with its lanes. One turn = one transaction = one sync.
 *
 * A handler is a function of a turn. It changes rows and adds effects, nothing else: it never
 * begins or commits, never sends, never takes time or randomness from the system. A WRITE handler
 * may run twice (its turn was rolled back): it must not keep anything from the first run. */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include "base/arena.h"
#include "base/id.h"
#include "sql/sql.h"
#include "vault/vault.h"

struct store;

struct store_opts {
    enum sql_engine engine;
    const char *data_dir;  /* holds lethe.db, files/, lock, admin.sock, ballast */
    const char *pg_target; /* PostgreSQL: connection string */
    const char *vault_dir;
    int readers;      /* 0: 2 */
    int writers;      /* PostgreSQL: 0: 4. SQLite: always 1 */
    size_t queue_max; /* items that may wait for a lane; 0: 4,096 */
    int node;         /* 0..1023 */
    /** For tests: the clock of all turns; NULL: the wall clock. */
    int64_t (*now)(void *arg);
    void *now_arg;
    /** For tests: not 0 makes turn_random repeat itself from run to run. */
    uint64_t seed;
};

/** Takes the locks, opens the vault, migrates, starts the lanes.
 *  ERR_LOCKED, ERR_VERSION, ERR_UNAVAILABLE, ERR_DAMAGED, ERR_FULL, ERR_IO; ERR_CONFLICT the vault
 * is another installation's; ERR_NOT_FOUND no folder to make data_dir in, or no vault although the
 *  database names slots. */
int store_open(const struct store_opts *opts, struct store **ret) MUST_CHECK;
/** Runs what waits, then stops the lanes, checkpoints and closes. Takes NULL, returns NULL. */
struct store *store_close(struct store *store);

struct vault *store_vault(struct store *store);
const char *store_data_dir(const struct store *store);
int64_t store_now(struct store *store);

/** What a handler works with. Valid until the handler returns; the arena and what lies in it until
 *  the item's `done` returned. In `done` and in SLOW work db is NULL.
 *
 *  A handler that returns an error before it wrote has answered, and nothing happens. After it
 * wrote, an error undoes the item alone. An error of the database itself can't be swallowed: the
 * item's result is that error even if the handler returns 0. */
struct turn {
    struct store *store;
    struct sql *db;
    struct vault *vault;
    struct arena *arena; /* 16 MiB per item */
    int64_t now;         /* ms UTC; the same for the whole turn */
    bool write;
};

typedef int store_work(struct turn *turn, void *arg);
/** Called once, after the commit (or with the error), on the lane's thread: it must not block. */
typedef void store_done(struct turn *turn, void *arg, int result);

/** Queues a WRITE item. `tenant` chooses the lane (0: none yet). `done` may be NULL.
 *  ERR_BUSY the queue is full, ERR_CANCELED closing: then neither function is called. */
int store_write(struct store *store, int64_t tenant, store_work *work, store_done *done,
                void *arg) MUST_CHECK;
/** As store_write, for items that free space or must not wait for it (erasure): when the disk is
 * full, the ballast file is given up for them; until it could be made again, only they are run. */
int store_write_freeing(struct store *store, int64_t tenant, store_work *work, store_done *done,
                        void *arg) MUST_CHECK;
/** Queues a READ item: a fresh snapshot, read-only. */
int store_read(struct store *store, store_work *work, store_done *done, void *arg) MUST_CHECK;
/** Queues slow work without a transaction (turn->db is NULL) on the bounded pool. */
int store_slow(struct store *store, store_work *work, store_done *done, void *arg) MUST_CHECK;
/** The same, waiting for the result: for the command line, start-up and tests; never on a lane. */
int store_write_wait(struct store *store, int64_t tenant, store_work *work, void *arg) MUST_CHECK;
int store_write_freeing_wait(struct store *store, int64_t tenant, store_work *work,
                             void *arg) MUST_CHECK;
int store_read_wait(struct store *store, store_work *work, void *arg) MUST_CHECK;
int store_slow_wait(struct store *store, store_work *work, void *arg) MUST_CHECK;
/** Moves the write-ahead log into the database and empties it, and waits for that: text deleted
 *  before the call is then gone from both. Not on a lane or a reader; a SLOW item may. PostgreSQL:
 * 0 at once. */
int store_checkpoint(struct store *store) MUST_CHECK;

/* Inside a turn */

int64_t turn_id(struct turn *turn);
void turn_random(struct turn *turn, void *ret, size_t n);
/** Runs fn(arg) after the commit, in order, on the lane's thread; dropped if the item fails. arg
 * lies in the turn's arena or outlives it. */
typedef void turn_effect_fn(struct store *store, void *arg);
int turn_effect(struct turn *turn, turn_effect_fn *fn, void *arg) MUST_CHECK;

/** sql_ask, sql_put and sql_ask_int on the turn's connection. If a row_seal among the arguments
 *  failed, they return its error and run nothing. Rows are freed with the item. */
int turn_ask(struct turn *turn, const struct sql_stmt *stmt, const struct sql_arg *args, size_t n,
             struct sql_rows **ret) MUST_CHECK;
int turn_put(struct turn *turn, const struct sql_stmt *stmt, const struct sql_arg *args,
             size_t n) MUST_CHECK;
int turn_ask_int(struct turn *turn, const struct sql_stmt *stmt, const struct sql_arg *args,
                 size_t n, int64_t otherwise, int64_t *ret) MUST_CHECK;

#endif
