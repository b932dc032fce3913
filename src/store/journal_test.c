#include "store/journal.h"

#include "store/store_unit.h"

#define TENANT 21

struct told {
    int64_t seqs[3000];
    int n;
};

static void tell(void *arg, const struct journal_event *event)
{
    struct told *told = arg;

    ck_assert_int_eq(event->tenant, TENANT);
    ck_assert_int_eq(event->at, atomic_load(&unit_now));
    told->seqs[told->n++] = event->seq;
}

static int add_two(struct turn *turn, void *arg)
{
    const int64_t *object = arg;
    int r = journal_add(turn, &(struct journal_event){.tenant = TENANT,
                                                      .kind = JOURNAL_MESSAGE,
                                                      .conversation = 5,
                                                      .cseq = 2,
                                                      .object = *object});

    if (r == 0)
        r = journal_add(
            turn, &(struct journal_event){.tenant = TENANT, .kind = JOURNAL_SETTINGS, .actor = 9});
    return r;
}

static int add_and_fail(struct turn *turn, void *arg)
{
    int r = add_two(turn, arg);

    return r < 0 ? r : ERR_WINDOW;
}

static struct store *open_with_listener(const struct engines *e, struct told *told)
{
    struct store *store = unit_open(e);

    unit_tenant(store, TENANT);
    journal_listen(store, tell, told);
    return store;
}

static void add_events(struct store *store, int pairs)
{
    int64_t object = 77;
    int i;

    for (i = 0; i < pairs; i++)
        ck_assert_ok(store_write_wait(store, TENANT, add_two, &object));
}

/* What journal_since answers. */
struct since {
    int64_t after;
    size_t max;
    size_t n;
    struct journal_event first;
    struct journal_event last;
};

static int ask_since(struct turn *turn, void *arg)
{
    struct since *since = arg;
    struct journal_event *events;
    int r = journal_since(turn, TENANT, since->after, since->max, &events, &since->n);

    if (r == 0 && since->n > 0) {
        since->first = events[0];
        since->last = events[since->n - 1];
    }
    return r;
}

ENGINES_TEST(events_are_numbered_and_told_in_order)
{
    struct told told = {.n = 0};
    struct store *store = open_with_listener(e, &told);
    struct since since = {.after = 0, .max = 100};

    add_events(store, 3);
    ck_assert_int_eq(told.n, 6);
    ck_assert_int_eq(told.seqs[0], 1);
    ck_assert_int_eq(told.seqs[5], 6);
    ck_assert_ok(store_read_wait(store, ask_since, &since));
    ck_assert_uint_eq(since.n, 6);
    ck_assert_int_eq(since.first.seq, 1);
    ck_assert_int_eq(since.first.kind, JOURNAL_MESSAGE);
    ck_assert_int_eq(since.first.conversation, 5);
    ck_assert_int_eq(since.first.cseq, 2);
    ck_assert_int_eq(since.first.object, 77);
    ck_assert_int_eq(since.last.seq, 6);
    ck_assert_int_eq(since.last.actor, 9);
    store_close(store);
}

ENGINES_TEST(an_undone_item_leaves_no_gap)
{
    struct told told = {.n = 0};
    struct store *store = open_with_listener(e, &told);
    struct since since = {.after = 0, .max = 100};
    struct unit_hold hold;
    int64_t object = 1;

    unit_hold(store, TENANT, &hold);
    ck_assert_ok(store_write(store, TENANT, add_and_fail, NULL, &object));
    ck_assert_ok(store_write(store, TENANT, add_two, NULL, &object));
    ck_assert_ok(store_write(store, TENANT, add_and_fail, NULL, &object));
    unit_let_go(&hold);
    ck_assert_ok(store_write_wait(store, TENANT, add_two, &object));
    ck_assert_int_eq(told.n, 4);
    ck_assert_ok(store_read_wait(store, ask_since, &since));
    ck_assert_uint_eq(since.n, 4);
    ck_assert_int_eq(since.first.seq, 1);
    ck_assert_int_eq(since.last.seq, 4);
    store_close(store);
    store = unit_open(e);
    add_events(store, 1);
    ck_assert_ok(store_read_wait(store, ask_since, &since));
    ck_assert_int_eq(since.last.seq, 6);
    store_close(store);
}

ENGINES_TEST(a_socket_resumes_or_is_told_to_reset)
{
    struct told told = {.n = 0};
    struct store *store = open_with_listener(e, &told);
    struct since since = {.after = 4, .max = 1};

    add_events(store, 3);
    ck_assert_ok(store_read_wait(store, ask_since, &since));
    ck_assert_uint_eq(since.n, 1);
    ck_assert_int_eq(since.first.seq, 5);
    since = (struct since){.after = 6, .max = 10};
    ck_assert_ok(store_read_wait(store, ask_since, &since));
    ck_assert_uint_eq(since.n, 0);
    since.after = 7;
    ck_assert_err(store_read_wait(store, ask_since, &since), ERR_NOT_FOUND);
    since.after = -1;
    ck_assert_err(store_read_wait(store, ask_since, &since), ERR_NOT_FOUND);
    store_close(store);
}

static int purge(struct turn *turn, void *arg)
{
    bool *more = arg;

    return journal_purge(turn, TENANT, turn->now - JOURNAL_KEEP_MS, 4, more);
}

ENGINES_TEST(old_rows_go_and_then_it_is_a_reset)
{
    struct told told = {.n = 0};
    struct store *store = open_with_listener(e, &told);
    struct since since = {.after = 0, .max = 10};
    bool more = false;

    add_events(store, 3);
    atomic_fetch_add(&unit_now, JOURNAL_KEEP_MS + 1);
    add_events(store, 1);
    ck_assert_ok(store_write_wait(store, TENANT, purge, &more));
    ck_assert(more);
    ck_assert_ok(store_write_wait(store, TENANT, purge, &more));
    ck_assert(!more);
    ck_assert_err(store_read_wait(store, ask_since, &since), ERR_NOT_FOUND);
    since.after = 6;
    ck_assert_ok(store_read_wait(store, ask_since, &since));
    ck_assert_uint_eq(since.n, 2);
    ck_assert_int_eq(since.first.seq, 7);
    store_close(store);
}

static int add_for_nobody(struct turn *turn, void *arg)
{
    const int64_t *tenant = arg;

    return journal_add(turn, &(struct journal_event){.tenant = *tenant, .kind = JOURNAL_PERSON});
}

ENGINES_TEST(every_event_has_a_tenant)
{
    struct store *store = unit_open(e);
    int64_t none = 0, unknown = 404;

    ck_assert_err(store_write_wait(store, 0, add_for_nobody, &none), ERR_INVALID);
    ck_assert_err(store_write_wait(store, 0, add_for_nobody, &unknown), ERR_NOT_FOUND);
    store_close(store);
}

ENGINES_MAIN("store/journal", events_are_numbered_and_told_in_order, an_undone_item_leaves_no_gap,
             a_socket_resumes_or_is_told_to_reset, old_rows_go_and_then_it_is_a_reset,
             every_event_has_a_tenant)
