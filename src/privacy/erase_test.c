#include "privacy/erase.h"

#include "account/account.h"
#include "person/person.h"
#include "privacy/export.h"
#include "privacy/receipt.h"
#include "privacy/subject.h"
#include "store/job.h"
#include "store/store_unit.h"

enum { CHANNEL = 77 };

/* A firm with two people in it. */
struct house {
    struct store *store;
    int64_t tenant;
    struct person_ref ada, other;
    int64_t erasure;
    struct erasure state;
    struct slice receipt;
    char text[RECEIPT_MAX];
    int result;
};

static int make_people(struct turn *turn, void *arg)
{
    struct house *house = arg;
    struct pii email = pii_of(SLICE("ada@example.com"));
    struct tenant tenant;
    int r = tenant_add(turn, SLICE("Fern & Kettle"), &tenant);

    if (r == 0)
        r = person_resolve(turn, tenant.id, CHANNEL, pii_of(SLICE("psid-1")), turn->now, true,
                           &house->ada);
    if (r == 0)
        r = person_resolve(turn, tenant.id, CHANNEL, pii_of(SLICE("psid-2")), turn->now, true,
                           &house->other);
    if (r == 0)
        r = person_change(turn, tenant.id, house->ada.id, &(struct person_change){.email = &email});
    house->tenant = tenant.id;
    return r;
}

static struct house house_open(const struct engines *e)
{
    struct house house = {.store = unit_open(e)};

    account_start(house.store);
    person_start(house.store);
    erase_start(house.store);
    ck_assert_ok(job_run_start(house.store));
    ck_assert_ok(store_write_wait(house.store, 0, make_people, &house));
    return house;
}

static int request(struct turn *turn, void *arg)
{
    struct house *house = arg;

    return erase_request(turn, house->tenant, house->ada.id, DOOR_DESK, &house->erasure);
}

static int look(struct turn *turn, void *arg)
{
    struct house *house = arg;
    int r = erase_load(turn, house->tenant, house->erasure, &house->state);

    if (r == 0 && house->state.step == ERASE_DONE) {
        r = receipt_make(turn, &house->state, &house->receipt);
        if (r == 0) {
            memcpy(house->text, house->receipt.ptr, house->receipt.len);
            house->receipt.ptr = house->text;
        }
    }
    return r;
}

static void wait_until_done(struct house *house)
{
    int i;

    for (i = 0; i < 1000; i++) {
        ck_assert_ok(store_read_wait(house->store, look, house));
        if (house->state.step == ERASE_DONE)
            return;
        usleep(10 * 1000);
    }
    ck_abort_msg("the erasure stopped at step %d", (int)house->state.step);
}

static int load_ada(struct turn *turn, void *arg)
{
    struct house *house = arg;
    struct person person;

    return person_load(turn, house->tenant, house->ada.id, &person);
}

static int load_other(struct turn *turn, void *arg)
{
    struct house *house = arg;
    struct person_ref found;
    int r = person_resolve(turn, house->tenant, CHANNEL, pii_of(SLICE("psid-2")), turn->now, false,
                           &found);

    return r == 0 && found.id != house->other.id ? ERR_INTERNAL : r;
}

static int resolve_old(struct turn *turn, void *arg)
{
    struct house *house = arg;
    struct person_ref found;

    return person_resolve(turn, house->tenant, CHANNEL, pii_of(SLICE("psid-1")),
                          turn->now - HOUR_MS, true, &found);
}

static int resolve_new(struct turn *turn, void *arg)
{
    struct house *house = arg;
    struct person_ref found;
    int r = person_resolve(turn, house->tenant, CHANNEL, pii_of(SLICE("psid-1")),
                           turn->now + MINUTE_MS, true, &found);

    return r == 0 && (!found.created || found.id == house->ada.id) ? ERR_INTERNAL : r;
}

ENGINES_TEST(one_goes_for_good_and_the_other_stays)
{
    struct house house = house_open(e);
    int64_t first;

    ck_assert_ok(store_write_wait(house.store, house.tenant, request, &house));
    first = house.erasure;
    ck_assert_ok(store_write_wait(house.store, house.tenant, request, &house));
    ck_assert_int_eq(house.erasure, first); /* asking again is the same erasure */
    wait_until_done(&house);
    ck_assert_err(store_read_wait(house.store, load_ada, &house), ERR_NOT_FOUND);
    ck_assert_int_eq(vault_state_of(store_vault(house.store), house.ada.slot), VAULT_FORGOTTEN);
    ck_assert_int_eq(vault_state_of(store_vault(house.store), house.other.slot), VAULT_ISSUED);
    ck_assert_ok(store_read_wait(house.store, load_other, &house));
    store_close(house.store);
}

ENGINES_TEST(old_events_are_dropped_and_a_later_word_makes_a_new_person)
{
    struct house house = house_open(e);

    ck_assert_ok(store_write_wait(house.store, house.tenant, request, &house));
    wait_until_done(&house);
    ck_assert_err(store_write_wait(house.store, house.tenant, resolve_old, &house), ERR_FORGOTTEN);
    ck_assert_ok(store_write_wait(house.store, house.tenant, resolve_new, &house));
    store_close(house.store);
}

ENGINES_TEST(an_erasure_goes_on_after_a_restart)
{
    struct house house = {.store = unit_open(e)};

    account_start(house.store);
    person_start(house.store);
    ck_assert_ok(store_write_wait(house.store, 0, make_people, &house));
    ck_assert_ok(store_write_wait(house.store, house.tenant, request, &house));
    store_close(house.store); /* nobody ran the job */
    house.store = unit_open(e);
    account_start(house.store);
    person_start(house.store);
    erase_start(house.store);
    ck_assert_ok(job_run_start(house.store));
    wait_until_done(&house);
    ck_assert_err(store_read_wait(house.store, load_ada, &house), ERR_NOT_FOUND);
    store_close(house.store);
}

ENGINES_TEST(a_receipt_verifies_and_no_changed_byte_does)
{
    struct house house = house_open(e);
    struct arena *arena = arena_new(1 << 20);
    struct receipt_view view;
    size_t i;

    ck_assert_ok(store_write_wait(house.store, house.tenant, request, &house));
    wait_until_done(&house);
    ck_assert_ok(receipt_verify(arena, house.receipt, &view));
    ck_assert_slice(view.state, "erased");
    for (i = 0; i < house.receipt.len; i++) {
        char kept = house.text[i];

        house.text[i] = (char)(kept == 'A' ? 'B' : 'A');
        arena_reset(arena);
        if (receipt_verify(arena, house.receipt, &view) == 0)
            ck_abort_msg("byte %zu may be changed", i);
        house.text[i] = kept;
    }
    ck_assert_err(receipt_verify(arena, SLICE("{}"), &view), ERR_SYNTAX);
    ck_assert_err(receipt_verify(arena, slice_of(house.text, RECEIPT_MAX + 1), &view), ERR_LIMIT);
    arena_free(arena);
    store_close(house.store);
}

/* Whoever adds a table with a person's data and forgets to say whose it is, is told here. */
ENGINES_TEST(every_table_with_a_persons_data_is_erased)
{
    const struct subject_table *tables;
    bool listed[TABLE_COUNT] = {0};
    size_t i, n;
    int column;

    (void)e;
    tables = subject_tables(&n);
    for (i = 0; i < n; i++)
        listed[tables[i].table] = true;
    for (column = 0; column < COLUMN_COUNT; column++)
        if (schema_columns[column].subject == SUBJECT_PERSON)
            ck_assert_msg(listed[schema_columns[column].table], "%s.%s is erased by nobody",
                          schema_tables[schema_columns[column].table].name,
                          schema_columns[column].name);
}

struct exported {
    struct house *house;
    struct buf text;
};

static int export(struct turn *turn, void *arg)
{
    struct exported *exported = arg;
    struct json_out out;
    int r;

    json_out_init(&out, &exported->text);
    r = export_person(turn, exported->house->tenant, exported->house->ada.id, &out);
    return r < 0 ? r : json_out_end(&out);
}

ENGINES_TEST(the_export_holds_what_is_held)
{
    struct house house = house_open(e);
    struct exported exported = {&house, BUF_INIT(1 << 20)};

    ck_assert_ok(store_read_wait(house.store, export, &exported));
    ck_assert_ok(buf_add_char(&exported.text, '\0'));
    ck_assert_ptr_nonnull(strstr(exported.text.ptr, "\"email\":\"ada@example.com\""));
    ck_assert_ptr_nonnull(strstr(exported.text.ptr, "\"channel_id\":\"psid-1\""));
    ck_assert_ptr_null(strstr(exported.text.ptr, "psid-2"));
    buf_done(&exported.text);
    store_close(house.store);
}

ENGINES_MAIN("privacy/erase", one_goes_for_good_and_the_other_stays,
             old_events_are_dropped_and_a_later_word_makes_a_new_person,
             an_erasure_goes_on_after_a_restart, a_receipt_verifies_and_no_changed_byte_does,
             every_table_with_a_persons_data_is_erased, the_export_holds_what_is_held)
