#include "vault/vault.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>

#include "base/err.h"
#include "vault/test_dir.h"

enum { THREADS = 4, ROUNDS = 1000, SHARED = 64 };

static const struct vault_place place = {
    .tenant = 7, .table = 3, .column = 2, .row = 99, .purpose = 5};

/* A person whom one thread forgets while the others read. */
struct shared {
    struct vault_owner owner;
    char sealed[5 + VAULT_OVERHEAD];
    atomic_bool gone; /* vault_forget has returned */
};

struct hall {
    struct vault *vault;
    struct vault_owner house;
    struct shared people[SHARED];
    atomic_int readings; /* that succeeded */
};

static int seal(struct hall *h, const struct vault_owner *owner, struct buf *ret)
{
    return vault_seal(h->vault, owner, &place, pii_of(SLICE("hello")), ret);
}

static int open_it(struct hall *h, const struct vault_owner *owner, struct slice sealed)
{
    struct buf plain = BUF_INIT(100);
    int r = vault_open_sealed(h->vault, owner, &place, sealed, &plain);

    if (r == 0 && !slice_eq(buf_slice(&plain), SLICE("hello")))
        r = ERR_INTERNAL;
    buf_done(&plain);
    return r;
}

/* One person's life; anything but the expected answers is ERR_INTERNAL. */
static int live_and_be_forgotten(struct hall *h)
{
    struct vault_owner owner = h->house;
    struct buf sealed = BUF_INIT(100);
    int r = vault_issue(h->vault, &owner.person);

    if (r == 0)
        r = seal(h, &owner, &sealed);
    if (r == 0)
        r = open_it(h, &owner, buf_slice(&sealed));
    if (r == 0)
        r = vault_forget(h->vault, &owner.person, 1);
    if (r == 0 && open_it(h, &owner, buf_slice(&sealed)) != ERR_FORGOTTEN)
        r = ERR_INTERNAL;
    if (r == 0 && vault_state_of(h->vault, owner.person) != VAULT_FORGOTTEN)
        r = ERR_INTERNAL;
    buf_done(&sealed);
    return r;
}

static int read_shared(struct hall *h, struct shared *p)
{
    bool gone = atomic_load(&p->gone);
    int r = open_it(h, &p->owner, slice_of(p->sealed, sizeof(p->sealed)));

    if (r == 0 && !gone) {
        atomic_fetch_add(&h->readings, 1);
        return 0;
    }
    return r == ERR_FORGOTTEN ? 0 : ERR_INTERNAL;
}

static void *worker(void *arg)
{
    struct hall *h = arg;
    int i, r = 0;

    for (i = 0; r == 0 && i < ROUNDS; i++) {
        if (i % 20 == 0)
            r = live_and_be_forgotten(h);
        if (r == 0)
            r = read_shared(h, &h->people[i % SHARED]);
        if (r == 0 && i % 50 == 25)
            r = vault_redraw(h->vault);
    }
    return r == 0 ? NULL : h;
}

static void *forgetter(void *arg)
{
    struct hall *h = arg;
    int i, r = 0;

    while (atomic_load(&h->readings) == 0)
        sched_yield(); /* somebody must be in the middle of it */
    for (i = 0; r == 0 && i < SHARED; i += 2) {
        r = vault_forget(
            h->vault, (vault_slot[]){h->people[i].owner.person, h->people[i + 1].owner.person}, 2);
        atomic_store(&h->people[i].gone, true);
        atomic_store(&h->people[i + 1].gone, true);
    }
    return r == 0 ? NULL : h;
}

static void fill(struct hall *h)
{
    int i;

    ck_assert_int_eq(vault_issue(h->vault, &h->house.tenant), 0);
    ck_assert_int_eq(vault_issue(h->vault, &h->house.klass), 0);
    for (i = 0; i < SHARED; i++) {
        struct buf sealed = BUF_INIT(100);

        h->people[i].owner = h->house;
        ck_assert_int_eq(vault_issue(h->vault, &h->people[i].owner.person), 0);
        ck_assert_int_eq(seal(h, &h->people[i].owner, &sealed), 0);
        memcpy(h->people[i].sealed, sealed.ptr, sizeof(h->people[i].sealed));
        buf_done(&sealed);
    }
}

/* With a cache for 8 keys nearly every use reads a page, while others write the same page. */
static void hammer(size_t cache_keys)
{
    TEST_DIR(dir);
    struct vault_opts opts = {.dir = dir, .data_id = "house", .cache_keys = cache_keys};
    pthread_t threads[THREADS + 1];
    struct hall h = {0};
    int i;

    ck_assert_int_eq(vault_open(&opts, &h.vault), 0);
    fill(&h);
    for (i = 0; i <= THREADS; i++)
        ck_assert_int_eq(pthread_create(&threads[i], NULL, i < THREADS ? worker : forgetter, &h),
                         0);
    for (i = 0; i <= THREADS; i++) {
        void *failed = &h;

        ck_assert_int_eq(pthread_join(threads[i], &failed), 0);
        ck_assert_ptr_null(failed);
    }
    ck_assert_int_gt(atomic_load(&h.readings), 0);
    vault_close(h.vault);
}

START_TEST(forgets_under_the_hands_of_readers)
{
    hammer(1000);
}
END_TEST

START_TEST(forgets_under_the_hands_of_readers_from_disk)
{
    hammer(1);
}
END_TEST

UNIT_MAIN_TIMEOUT("vault/vault_threads", 120, forgets_under_the_hands_of_readers,
                  forgets_under_the_hands_of_readers_from_disk)
