#include "vault/vault.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/err.h"
#include "unit.h"
#include "vault/test_dir.h"

static const struct vault_place place = {
    .tenant = 7, .table = 3, .column = 2, .row = 99, .purpose = 5};

static struct vault *open_at(const char *dir)
{
    struct vault *v = NULL;

    ck_assert_int_eq(vault_open(&(struct vault_opts){.dir = dir, .data_id = "house"}, &v), 0);
    return v;
}

static vault_slot issue(struct vault *v)
{
    vault_slot slot = 0;

    ck_assert_int_eq(vault_issue(v, &slot), 0);
    return slot;
}

static struct vault_owner owner_new(struct vault *v)
{
    return (struct vault_owner){.tenant = issue(v), .person = issue(v), .klass = issue(v)};
}

static int open_text(struct vault *v, const struct vault_owner *owner, const struct vault_place *at,
                     struct buf *sealed)
{
    struct buf plain = BUF_INIT(1000);
    int r = vault_open_sealed(v, owner, at, buf_slice(sealed), &plain);

    if (r == 0)
        ck_assert_slice(buf_slice(&plain), "hello Ada");
    else
        ck_assert_uint_eq(plain.len, 0);
    buf_done(&plain);
    return r;
}

static struct buf seal_text(struct vault *v, const struct vault_owner *owner)
{
    struct buf sealed = BUF_INIT(1000);

    ck_assert_int_eq(vault_seal(v, owner, &place, pii_of(SLICE("hello Ada")), &sealed), 0);
    ck_assert_uint_eq(sealed.len, 9 + VAULT_OVERHEAD);
    return sealed;
}

START_TEST(seals_and_opens_also_after_a_restart)
{
    TEST_DIR(dir);
    struct vault *v = open_at(dir);
    struct vault_owner owner = owner_new(v);
    struct buf sealed = seal_text(v, &owner);

    ck_assert_int_eq(open_text(v, &owner, &place, &sealed), 0);
    vault_close(v);
    v = open_at(dir);
    ck_assert_int_eq(open_text(v, &owner, &place, &sealed), 0);
    vault_close(v);
    buf_done(&sealed);
}
END_TEST

START_TEST(opens_nothing_that_was_moved)
{
    TEST_DIR(dir);
    struct vault *v = open_at(dir);
    struct vault_owner owner = owner_new(v), other;
    struct buf sealed = seal_text(v, &owner);
    struct vault_place at;

#define MOVED(field)                                                                               \
    at = place;                                                                                    \
    at.field++;                                                                                    \
    ck_assert_int_eq(open_text(v, &owner, &at, &sealed), ERR_DAMAGED)
    MOVED(tenant);
    MOVED(table);
    MOVED(column);
    MOVED(row);
    MOVED(purpose);
#undef MOVED
#define OTHER(field, slot)                                                                         \
    other = owner;                                                                                 \
    other.field = slot;                                                                            \
    ck_assert_int_eq(open_text(v, &other, &place, &sealed), ERR_DAMAGED)
    OTHER(tenant, issue(v));
    OTHER(person, issue(v));
    OTHER(person, 0);
    OTHER(klass, issue(v));
    OTHER(klass, 0);
#undef OTHER
    sealed.ptr[sealed.len - 1] ^= 1;
    ck_assert_int_eq(open_text(v, &owner, &place, &sealed), ERR_DAMAGED);
    vault_close(v);
    buf_done(&sealed);
}
END_TEST

START_TEST(tells_never_issued_from_forgotten)
{
    TEST_DIR(dir);
    struct vault *v = open_at(dir);
    struct vault_owner owner = owner_new(v), other = owner;
    struct buf sealed = seal_text(v, &owner);

    other.person = owner.klass + 1;
    ck_assert_int_eq(vault_state_of(v, other.person), VAULT_FREE);
    ck_assert_int_eq(vault_state_of(v, 0), VAULT_FREE);
    ck_assert_int_eq(vault_state_of(v, UINT64_MAX), VAULT_FREE);
    ck_assert_int_eq(open_text(v, &other, &place, &sealed), ERR_NOT_FOUND);
    other.tenant = 0;
    ck_assert_int_eq(open_text(v, &other, &place, &sealed), ERR_NOT_FOUND);
    ck_assert_int_eq(vault_forget(v, &other.person, 1), ERR_NOT_FOUND);

    ck_assert_int_eq(vault_state_of(v, owner.person), VAULT_ISSUED);
    ck_assert_int_eq(vault_forget(v, &owner.person, 1), 0);
    ck_assert_int_eq(vault_state_of(v, owner.person), VAULT_FORGOTTEN);
    ck_assert_int_eq(open_text(v, &owner, &place, &sealed), ERR_FORGOTTEN);
    ck_assert_int_eq(vault_forget(v, &owner.person, 1), 0);
    vault_close(v);
    v = open_at(dir);
    ck_assert_int_eq(vault_state_of(v, owner.person), VAULT_FORGOTTEN);
    ck_assert_int_eq(vault_state_of(v, owner.tenant), VAULT_ISSUED);
    ck_assert_int_eq(open_text(v, &owner, &place, &sealed), ERR_FORGOTTEN);
    vault_close(v);
    buf_done(&sealed);
}
END_TEST

START_TEST(dies_with_any_one_of_its_slots)
{
    TEST_DIR(dir);
    struct vault *v = open_at(dir);
    int i;

    for (i = 0; i < 3; i++) {
        struct vault_owner owner = owner_new(v);
        vault_slot slots[3] = {owner.tenant, owner.person, owner.klass};
        struct buf sealed = seal_text(v, &owner);

        ck_assert_int_eq(vault_forget(v, (vault_slot[]){0, slots[i], slots[i]}, 3), 0);
        ck_assert_int_eq(open_text(v, &owner, &place, &sealed), ERR_FORGOTTEN);
        ck_assert_int_eq(vault_seal(v, &owner, &place, pii_of(SLICE("x")), &sealed), ERR_FORGOTTEN);
        buf_done(&sealed);
    }
    vault_close(v);
}
END_TEST

START_TEST(seals_for_a_tenant_alone)
{
    TEST_DIR(dir);
    struct vault *v = open_at(dir);
    struct vault_owner owner = {.tenant = issue(v)};
    struct buf sealed = seal_text(v, &owner), none = BUF_INIT(1000);

    ck_assert_int_eq(open_text(v, &owner, &place, &sealed), 0);
    buf_clear(&sealed);
    ck_assert_int_eq(vault_seal(v, &owner, &place, pii_of(SLICE_NONE), &sealed), 0);
    ck_assert_uint_eq(sealed.len, VAULT_OVERHEAD);
    ck_assert_int_eq(vault_open_sealed(v, &owner, &place, buf_slice(&sealed), &none), 0);
    ck_assert_uint_eq(none.len, 0);
    sealed.limit = sealed.len;
    ck_assert_int_eq(vault_seal(v, &owner, &place, pii_of(SLICE("x")), &sealed), ERR_LIMIT);
    vault_close(v);
    buf_done(&sealed);
    buf_done(&none);
}
END_TEST

START_TEST(hashes_by_slot_and_purpose)
{
    TEST_DIR(dir);
    struct vault *v = open_at(dir);
    vault_slot slot = issue(v), other = issue(v);
    struct pii input = pii_of(SLICE("ada@example.com"));
    unsigned char a[VAULT_HASH_SIZE], b[VAULT_HASH_SIZE];

    ck_assert_int_eq(vault_hash(v, slot, 1, input, a), 0);
    ck_assert_int_eq(vault_hash(v, slot, 1, input, b), 0);
    ck_assert_mem_eq(a, b, sizeof(a));
    ck_assert_int_eq(vault_hash(v, slot, 2, input, b), 0);
    ck_assert_mem_ne(a, b, sizeof(a));
    ck_assert_int_eq(vault_hash(v, other, 1, input, b), 0);
    ck_assert_mem_ne(a, b, sizeof(a));
    ck_assert_int_eq(vault_hash(v, slot, 1, pii_of(SLICE("ada@example.org")), b), 0);
    ck_assert_mem_ne(a, b, sizeof(a));
    ck_assert_int_eq(vault_hash(v, other + 1, 1, input, b), ERR_NOT_FOUND);
    ck_assert_int_eq(vault_forget(v, &slot, 1), 0);
    ck_assert_int_eq(vault_hash(v, slot, 1, input, b), ERR_FORGOTTEN);
    vault_close(v);
}
END_TEST

START_TEST(never_issues_a_number_twice_over_restarts)
{
    TEST_DIR(dir);
    vault_slot last = 0;
    int run, i;

    for (run = 0; run < 5; run++) {
        struct vault *v = open_at(dir);

        for (i = 0; i < 250; i++) {
            vault_slot slot = issue(v);

            ck_assert_uint_gt(slot, last);
            last = slot;
        }
        vault_close(v);
    }
    ck_assert_uint_le(last, 5 * 300); /* a restart burns less than a hundred at this pace */
}
END_TEST

/* A child writes each number with what it sealed under it into a pipe until it is killed. */
struct told {
    vault_slot slot;
    char sealed[9 + VAULT_OVERHEAD];
};

/* No assertion here: Check's channel is the parent's, and a kill in the middle would tear it. */
static void issue_until_killed(const char *dir, int fd)
{
    struct vault *v = NULL;
    int r = vault_open(&(struct vault_opts){.dir = dir, .data_id = "house"}, &v);

    while (r == 0) {
        struct told told = {.slot = 0};
        struct buf sealed = BUF_INIT(1000);

        r = vault_issue(v, &told.slot);
        if (r == 0)
            r = vault_seal(v, &(struct vault_owner){.tenant = told.slot}, &place,
                           pii_of(SLICE("hello Ada")), &sealed);
        if (r == 0) {
            memcpy(told.sealed, sealed.ptr, sizeof(told.sealed));
            if (write(fd, &told, sizeof(told)) != sizeof(told))
                r = ERR_IO;
        }
        buf_done(&sealed);
    }
    _exit(1);
}

static vault_slot check_told(struct vault *v, int fd, vault_slot last, int *count)
{
    struct told told;

    while (read(fd, &told, sizeof(told)) == sizeof(told)) {
        struct vault_owner owner = {.tenant = told.slot};
        struct buf sealed = {.ptr = told.sealed, .len = sizeof(told.sealed)};

        ck_assert_uint_gt(told.slot, last);
        last = told.slot;
        ck_assert_int_eq(open_text(v, &owner, &place, &sealed), 0);
        (*count)++;
    }
    return last;
}

START_TEST(keeps_every_number_over_fifty_kills)
{
    TEST_DIR(dir);
    vault_slot last = 0;
    int run, count = 0;

    for (run = 0; run < 50; run++) {
        struct vault *v;
        struct told first;
        int fds[2];
        pid_t child;

        ck_assert_int_eq(pipe(fds), 0);
        child = fork();
        ck_assert_int_ge(child, 0);
        if (child == 0)
            issue_until_killed(dir, fds[1]);
        close(fds[1]);
        ck_assert_int_eq(read(fds[0], &first, sizeof(first)), sizeof(first));
        usleep(
            (useconds_t)(run * 60)); /* another moment each time: the point is where it strikes */
        ck_assert_int_eq(kill(child, SIGKILL), 0);
        ck_assert_int_eq(waitpid(child, NULL, 0), child);
        ck_assert_uint_gt(first.slot, last);
        v = open_at(dir);
        last = check_told(v, fds[0], first.slot, &count);
        vault_close(v);
        close(fds[0]);
    }
    ck_assert_int_gt(count, 50);
}
END_TEST

START_TEST(starts_above_what_the_database_names)
{
    TEST_DIR(dir);
    struct vault_opts opts = {.dir = dir, .data_id = "house", .mark_at_least = 12345};
    struct vault *v = NULL;
    vault_slot slot, hole = 12000;

    ck_assert_int_eq(vault_open(&opts, &v), ERR_NOT_FOUND); /* the database's keys are elsewhere */
    v = open_at(dir);
    issue(v);
    vault_close(v);
    ck_assert_int_eq(vault_open(&opts, &v), 0);
    ck_assert_int_eq(vault_state_of(v, hole), VAULT_FREE);
    slot = issue(v);
    ck_assert_uint_gt(slot, 12345);
    ck_assert_uint_le(slot, 12400);
    ck_assert_int_eq(vault_state_of(v, hole), VAULT_FREE);
    ck_assert_int_eq(vault_forget(v, &hole, 1), 0);
    ck_assert_int_eq(vault_state_of(v, hole), VAULT_FORGOTTEN);
    vault_close(v);
}
END_TEST

START_TEST(is_one_installations_and_one_processes)
{
    TEST_DIR(dir);
    struct vault *v = open_at(dir), *second = NULL;
    struct vault_opts other = {.dir = dir, .data_id = "other house"};

    ck_assert_int_eq(vault_open(&(struct vault_opts){.dir = dir, .data_id = "house"}, &second),
                     ERR_LOCKED);
    vault_close(v);
    ck_assert_int_eq(vault_open(&other, &second), ERR_CONFLICT);
    vault_close(open_at(dir));
}
END_TEST

START_TEST(redraws_what_lies_ready)
{
    TEST_DIR(dir);
    struct vault *v = open_at(dir);
    struct vault_owner owner = owner_new(v);
    struct buf sealed = seal_text(v, &owner), later;
    struct vault_owner joined;

    ck_assert_int_eq(vault_redraw(v), 0);
    joined = owner_new(v);
    later = seal_text(v, &joined);
    ck_assert_int_eq(open_text(v, &owner, &place, &sealed), 0);
    vault_close(v);
    v = open_at(dir); /* the disk says the same as the memory did */
    ck_assert_int_eq(open_text(v, &owner, &place, &sealed), 0);
    ck_assert_int_eq(open_text(v, &joined, &place, &later), 0);
    ck_assert_int_eq(vault_redraw(v), 0);
    vault_close(v);
    buf_done(&sealed);
    buf_done(&later);
}
END_TEST

START_TEST(works_with_a_cache_that_is_far_too_small)
{
    TEST_DIR(dir);
    struct vault_opts opts = {.dir = dir, .data_id = "house", .cache_keys = 1};
    struct vault_owner owners[100];
    struct buf sealed[100];
    struct vault *v = NULL;
    int i;

    ck_assert_int_eq(vault_open(&opts, &v), 0);
    for (i = 0; i < 100; i++) {
        owners[i] = owner_new(v);
        sealed[i] = seal_text(v, &owners[i]);
    }
    for (i = 0; i < 100; i++) {
        ck_assert_int_eq(open_text(v, &owners[i], &place, &sealed[i]), 0);
        buf_done(&sealed[i]);
    }
    vault_close(v);
}
END_TEST

START_TEST(says_how_it_stands)
{
    TEST_DIR(dir);
    struct vault_opts opts = {.dir = dir, .data_id = "house", .data_dir = dir};
    struct vault_status status;
    struct vault *v = NULL;
    vault_slot slot;

    ck_assert_int_eq(vault_open(&opts, &v), 0);
    slot = issue(v);
    ck_assert_int_eq(vault_forget(v, &slot, 1), 0);
    ck_assert_int_eq(vault_status(v, &status), 0);
    ck_assert_uint_eq(status.mark, 100);
    ck_assert_uint_eq(status.issued, 0);
    ck_assert_uint_eq(status.forgotten, 1);
    ck_assert_uint_eq(status.damaged, 0);
    ck_assert_int_eq(status.files, 2);
    ck_assert(status.same_volume);
    vault_close(v);
}
END_TEST

static void damage_first_page(const char *dir, const char *name)
{
    char path[100];
    int fd;

    snprintf(path, sizeof(path), "%s/%s", dir, name);
    fd = open(path, O_WRONLY);
    ck_assert_int_eq(pwrite(fd, "noise", 5, 4096 + 2000), 5);
    ck_assert_int_eq(fsync(fd), 0);
    close(fd);
}

START_TEST(tells_damage_by_state_and_keeps_the_rest)
{
    TEST_DIR(dir);
    struct vault_opts opts = {.dir = dir, .data_id = "house", .cache_keys = 1};
    struct vault_owner near = {0}, far = {0};
    struct vault_status status;
    struct vault *v = NULL;
    struct buf sealed, distant;

    ck_assert_int_eq(vault_open(&opts, &v), 0);
    near.tenant = issue(v);
    while (far.tenant < 100)
        far.tenant = issue(v);
    vault_close(v);
    v = NULL;
    ck_assert_int_eq(vault_open(&opts, &v), 0); /* with nothing in its cache */
    distant = seal_text(v, &far);
    damage_first_page(dir, "keys.a");
    sealed = seal_text(v, &near);
    while (far.tenant < 1000)
        far.tenant = issue(v); /* until the cache has no room for the first */
    damage_first_page(dir, "keys.b");
    ck_assert_int_eq(open_text(v, &near, &place, &sealed), ERR_DAMAGED);
    ck_assert_int_eq(vault_state_of(v, near.tenant), VAULT_DAMAGED);
    far.tenant = 100;
    ck_assert_int_eq(open_text(v, &far, &place, &distant), 0);
    ck_assert_int_eq(vault_status(v, &status), 0);
    ck_assert_uint_eq(status.damaged, 99);
    ck_assert_int_eq(vault_forget(v, &near.tenant, 1), 0);
    ck_assert_int_eq(vault_state_of(v, near.tenant), VAULT_FORGOTTEN);
    vault_close(v);
    buf_done(&sealed);
    buf_done(&distant);
}
END_TEST

START_TEST(keeps_named_secrets)
{
    TEST_DIR(dir);
    struct vault *v = open_at(dir);
    unsigned char a[32], b[32];

    ck_assert_int_eq(vault_secret(v, "cookie", a), 0);
    ck_assert_int_eq(vault_secret(v, "receipt", b), 0);
    ck_assert_mem_ne(a, b, 32);
    vault_close(v);
    v = open_at(dir);
    ck_assert_int_eq(vault_secret(v, "cookie", b), 0);
    ck_assert_mem_eq(a, b, 32);
    ck_assert_int_eq(vault_secret(v, "Cookie", b), ERR_INVALID);
    vault_close(v);
}
END_TEST

UNIT_MAIN_TIMEOUT("vault/vault", 120, seals_and_opens_also_after_a_restart,
                  opens_nothing_that_was_moved, tells_never_issued_from_forgotten,
                  dies_with_any_one_of_its_slots, seals_for_a_tenant_alone,
                  hashes_by_slot_and_purpose, never_issues_a_number_twice_over_restarts,
                  keeps_every_number_over_fifty_kills, starts_above_what_the_database_names,
                  is_one_installations_and_one_processes, redraws_what_lies_ready,
                  works_with_a_cache_that_is_far_too_small, says_how_it_stands,
                  tells_damage_by_state_and_keeps_the_rest, keeps_named_secrets)
