#include "store/lookup.h"

#include "store/bucket.h"
#include "store/job.h"
#include "store/rekey.h"
#include "store/store_unit.h"
#include "store/tombstone.h"

#define TENANT  31
#define CHANNEL 5

/* Owners are numbers; their identifier is made of the number, so that it can be revealed. */
static struct lookup_key key_of(struct arena *arena, int64_t owner)
{
    return (struct lookup_key){.kind = LOOKUP_IDENTITY,
                               .scope = CHANNEL,
                               .value =
                                   pii_of(arena_printf(arena, "visitor-%lld", (long long)owner))};
}

/* Owners from 9,000 on are gone. */
static int reveal(struct turn *turn, int64_t tenant, enum lookup_kind kind, int64_t owner,
                  struct lookup_key *ret)
{
    ck_assert_int_eq(tenant, TENANT);
    ck_assert_int_eq(kind, LOOKUP_IDENTITY);
    if (owner >= 9000)
        return ERR_FORGOTTEN;
    *ret = key_of(turn->arena, owner);
    return 0;
}

static struct store *open_with_people(const struct engines *e)
{
    struct store *store = unit_open(e);

    unit_tenant(store, TENANT);
    lookup_set_reveal(store, LOOKUP_IDENTITY, reveal);
    return store;
}

struct range {
    int64_t first;
    int64_t last;
};

static int add_range(struct turn *turn, void *arg)
{
    const struct range *range = arg;
    int64_t owner;
    int r = 0;

    for (owner = range->first; owner <= range->last && r == 0; owner++) {
        struct lookup_key key = key_of(turn->arena, owner);

        r = lookup_add(turn, TENANT, &key, owner);
    }
    return r;
}

static void add_people(struct store *store, int64_t first, int64_t last)
{
    struct range range = {first, last};

    ck_assert_ok(store_write_wait(store, TENANT, add_range, &range));
}

static int find_one(struct turn *turn, void *arg)
{
    int64_t *owner = arg, found;
    struct lookup_key key = key_of(turn->arena, *owner);
    int r = lookup_find(turn, TENANT, &key, &found);

    if (r == 0)
        ck_assert_int_eq(found, *owner);
    return r;
}

static int find(struct store *store, int64_t owner)
{
    return store_read_wait(store, find_one, &owner);
}

/* Finds all of a range with lookup_find_all. */
static int find_range(struct turn *turn, void *arg)
{
    const struct range *range = arg;
    size_t i, n = (size_t)(range->last - range->first + 1);
    struct lookup_key *keys = arena_array(turn->arena, n, sizeof(*keys));
    int64_t *owners = arena_array(turn->arena, n, sizeof(*owners));
    int r;

    for (i = 0; i < n; i++)
        keys[i] = key_of(turn->arena, range->first + (int64_t)i);
    r = lookup_find_all(turn, TENANT, keys, n, owners);
    for (i = 0; i < n && r == 0; i++)
        ck_assert_int_eq(owners[i], range->first + (int64_t)i);
    return r;
}

static void check_people(struct store *store, int64_t first, int64_t last)
{
    struct range range = {first, last};

    ck_assert_ok(store_read_wait(store, find_range, &range));
    ck_assert_ok(store_write_wait(store, TENANT, find_range, &range));
}

ENGINES_TEST(an_identifier_leads_to_its_owner)
{
    struct store *store = open_with_people(e);
    struct range again = {2, 2};

    ck_assert_err(find(store, 1), ERR_NOT_FOUND);
    add_people(store, 1, 3);
    ck_assert_ok(find(store, 1));
    ck_assert_err(find(store, 4), ERR_NOT_FOUND);
    ck_assert_err(store_write_wait(store, TENANT, add_range, &again), ERR_EXISTS);
    check_people(store, 1, 3);
    store_close(store);
}

static int find_elsewhere(struct turn *turn, void *arg)
{
    struct lookup_key key = key_of(turn->arena, 1);
    int64_t owner;

    ck_assert_err(lookup_find(turn, TENANT + 1, &key, &owner), ERR_NOT_FOUND);
    key.scope = CHANNEL + 1;
    ck_assert_err(lookup_find(turn, TENANT, &key, &owner), ERR_NOT_FOUND);
    key.scope = CHANNEL;
    key.kind = LOOKUP_PERSON_EMAIL;
    ck_assert_err(lookup_find(turn, TENANT, &key, &owner), ERR_NOT_FOUND);
    key.value = pii_of(SLICE_NONE);
    ck_assert_err(lookup_find(turn, TENANT, &key, &owner), ERR_INVALID);
    return 0;
}

ENGINES_TEST(tenant_scope_and_kind_are_part_of_it)
{
    struct store *store = open_with_people(e);

    unit_tenant(store, TENANT + 1);
    add_people(store, 1, 1);
    ck_assert_ok(store_read_wait(store, find_elsewhere, NULL));
    store_close(store);
}

static int add_email(struct turn *turn, void *arg)
{
    const struct lookup_key key = {.kind = LOOKUP_USER_EMAIL,
                                   .value = pii_of(SLICE("ada@example.com"))};
    int64_t owner;
    int r = lookup_add(turn, 0, &key, 55);

    if (r == 0)
        r = lookup_find(turn, 0, &key, &owner);
    if (r == 0)
        ck_assert_int_eq(owner, 55);
    return r;
}

ENGINES_TEST(what_belongs_to_no_tenant_is_found)
{
    struct store *store = unit_open(e);

    ck_assert_ok(store_write_wait(store, 0, add_email, NULL));
    store_close(store);
}

/* Removal */

struct removal {
    int64_t owners[4];
    size_t n_owners;
    vault_slot slots[16];
    size_t n_slots;
    size_t cap;
};

static int remove_owners(struct turn *turn, void *arg)
{
    struct removal *removal = arg;

    removal->n_slots = 0;
    return lookup_remove(turn, TENANT, removal->owners, removal->n_owners, removal->slots,
                         removal->cap, &removal->n_slots);
}

/* The hash that a forgotten bucket slot would give. */
static int hash_again(struct turn *turn, void *arg)
{
    const struct removal *removal = arg;
    struct lookup_key key = key_of(turn->arena, removal->owners[0]);
    unsigned char hash[VAULT_HASH_SIZE];

    return bucket_hash(turn, removal->slots[0], HASH_LOOKUP, &key, hash);
}

ENGINES_TEST(a_removed_owner_cannot_be_found_or_hashed_again)
{
    struct store *store = open_with_people(e);
    struct removal removal = {.owners = {2, 4}, .n_owners = 2, .cap = 16};

    add_people(store, 1, 5);
    ck_assert_ok(store_write_wait(store, TENANT, remove_owners, &removal));
    ck_assert_uint_eq(removal.n_slots, 1);
    ck_assert_err(find(store, 2), ERR_NOT_FOUND);
    ck_assert_err(find(store, 4), ERR_NOT_FOUND);
    ck_assert_ok(find(store, 1));
    check_people(store, 5, 5);
    ck_assert_ok(store_write_wait(store, TENANT, hash_again, &removal));
    ck_assert_ok(vault_forget(store_vault(store), removal.slots, removal.n_slots));
    ck_assert_err(store_write_wait(store, TENANT, hash_again, &removal), ERR_FORGOTTEN);
    ck_assert_ok(find(store, 1)); /* the living are under the fresh slot */
    add_people(store, 2, 2);      /* somebody new with the same identifier */
    ck_assert_ok(find(store, 2));
    store_close(store);
}

ENGINES_TEST(removal_without_room_for_the_slots_changes_nothing)
{
    struct store *store = open_with_people(e);
    struct removal removal = {.owners = {1}, .n_owners = 1, .cap = 0};

    add_people(store, 1, 2);
    ck_assert_err(store_write_wait(store, TENANT, remove_owners, &removal), ERR_LIMIT);
    ck_assert_ok(find(store, 1));
    store_close(store);
}

ENGINES_TEST(members_that_are_gone_lose_their_hash)
{
    struct store *store = open_with_people(e);
    struct removal removal = {.owners = {1}, .n_owners = 1, .cap = 16};

    add_people(store, 1, 2);
    add_people(store, 9000, 9000);
    ck_assert_ok(store_write_wait(store, TENANT, remove_owners, &removal));
    ck_assert_ok(find(store, 2));
    ck_assert_err(find(store, 9000), ERR_NOT_FOUND);
    store_close(store);
}

/* Splitting */

static int count_buckets(struct turn *turn, void *arg)
{
    static const struct sql_stmt count = {"test.buckets", "SELECT count(*) FROM bucket"};

    return turn_ask_int(turn, &count, SQL_NO_ARGS, 0, arg);
}

static int64_t buckets(struct store *store)
{
    int64_t n = 0;

    ck_assert_ok(store_read_wait(store, count_buckets, &n));
    return n;
}

static int split_root(struct turn *turn, void *arg)
{
    return rekey_split(turn, TENANT, 1, arg);
}

ENGINES_TEST(a_large_bucket_is_split)
{
    struct store *store = open_with_people(e);
    struct removal removal = {.owners = {700}, .n_owners = 1, .cap = 16};
    vault_slot old = 0, none = 1;

    add_people(store, 1, 1500);
    check_people(store, 1, 1500);
    ck_assert_ok(store_write_wait(store, TENANT, split_root, &old));
    ck_assert_uint_ne(old, 0);
    ck_assert_int_eq(buckets(store), 2);
    ck_assert_ok(vault_forget(store_vault(store), &old, 1));
    check_people(store, 1, 1500);
    add_people(store, 1501, 1600);
    check_people(store, 1, 1600);
    ck_assert_ok(store_write_wait(store, TENANT, remove_owners, &removal));
    ck_assert_ok(vault_forget(store_vault(store), removal.slots, removal.n_slots));
    ck_assert_err(find(store, 700), ERR_NOT_FOUND);
    check_people(store, 701, 1600);
    ck_assert_ok(store_write_wait(store, TENANT, split_root, &none)); /* it is no more */
    ck_assert_uint_eq(none, 0);
    store_close(store);
}

static int slot_of_root(struct turn *turn, void *arg)
{
    static const struct sql_stmt slot = {"test.root", "SELECT slot FROM bucket WHERE number = 1"};

    return turn_ask_int(turn, &slot, SQL_NO_ARGS, 0, arg);
}

static int jobs_left(struct turn *turn, void *arg)
{
    static const struct sql_stmt count = {"test.jobs", "SELECT count(*) FROM job"};

    return turn_ask_int(turn, &count, SQL_NO_ARGS, -1, arg);
}

ENGINES_TEST(buckets_split_by_themselves_and_the_old_slot_is_forgotten)
{
    struct store *store = open_with_people(e);
    int64_t slot = 0, left = 1;

    add_people(store, 1, 1);
    ck_assert_ok(store_write_wait(store, TENANT, slot_of_root, &slot));
    add_people(store, 2, 1500);
    ck_assert_ok(job_run_start(store));
    while (left > 0)
        ck_assert_ok(store_read_wait(store, jobs_left, &left));
    ck_assert_int_eq(buckets(store), 2);
    ck_assert_int_eq(vault_state_of(store_vault(store), (vault_slot)slot), VAULT_FORGOTTEN);
    check_people(store, 1, 1500);
    store_close(store);
}

ENGINES_MAIN_TIMEOUT("store/lookup", 60, an_identifier_leads_to_its_owner,
                     tenant_scope_and_kind_are_part_of_it, what_belongs_to_no_tenant_is_found,
                     a_removed_owner_cannot_be_found_or_hashed_again,
                     removal_without_room_for_the_slots_changes_nothing,
                     members_that_are_gone_lose_their_hash, a_large_bucket_is_split,
                     buckets_split_by_themselves_and_the_old_slot_is_forgotten)
