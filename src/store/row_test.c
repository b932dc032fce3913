#include "store/row.h"

#include "store/store_unit.h"

#define TENANT 11

static int on_lane(struct store *store, store_work *work, void *arg)
{
    return store_write_wait(store, TENANT, work, arg);
}

static struct store *open_with_tenant(const struct engines *e)
{
    struct store *store = unit_open(e);

    unit_tenant(store, TENANT);
    return store;
}

static const struct sql_stmt stmt_keep = {
    "test.keep", "INSERT INTO flow (id, tenant, created_at, name) VALUES ($1, $2, 0, $3)"};
static const struct sql_stmt stmt_read = {"test.read", "SELECT name FROM flow WHERE id = $1"};
static const struct sql_stmt stmt_move = {
    "test.move", "UPDATE flow SET name = (SELECT name FROM flow WHERE id = $2) WHERE id = $1"};

struct text {
    int64_t id;
    vault_slot person;
    vault_slot class;
    const char *text;
};

static struct row_owner owner_of(const struct text *text)
{
    return (struct row_owner){TENANT, text->person, text->class};
}

static int keep(struct turn *turn, void *arg)
{
    const struct text *text = arg;
    struct row_owner owner = owner_of(text);
    struct sql_arg sealed =
        row_seal(turn, COL_flow_name, &owner, text->id, pii_of(slice_cstr(text->text)));

    return turn_put(turn, &stmt_keep, SQL_ARGS(SQL_INT(text->id), SQL_INT(TENANT), sealed));
}

/* Opens the row's text and compares it. */
static int check(struct turn *turn, void *arg)
{
    const struct text *text = arg;
    struct row_owner owner = owner_of(text);
    struct sql_rows *rows;
    struct pii opened;
    int r = turn_ask(turn, &stmt_read, SQL_ARGS(SQL_INT(text->id)), &rows);

    if (r == 0)
        r = row_open(turn, COL_flow_name, &owner, text->id, sql_bytes(rows, 0, 0), &opened);
    if (r == 0)
        ck_assert(slice_eq(pii_reveal(opened), slice_cstr(text->text)));
    return r;
}

static int is_null(struct turn *turn, void *arg)
{
    struct sql_rows *rows;
    int r = turn_ask(turn, &stmt_read, SQL_ARGS(SQL_INT(*(int64_t *)arg)), &rows);

    if (r == 0)
        ck_assert(sql_is_null(rows, 0, 0));
    return r;
}

ENGINES_TEST(text_comes_back_and_empty_text_is_null)
{
    struct store *store = open_with_tenant(e);
    struct text text = {.id = 1, .text = "Ada Example"}, empty = {.id = 2, .text = ""};

    ck_assert_ok(on_lane(store, keep, &text));
    ck_assert_ok(on_lane(store, keep, &empty));
    ck_assert_ok(store_read_wait(store, check, &text));
    ck_assert_ok(store_read_wait(store, check, &empty));
    ck_assert_ok(store_read_wait(store, is_null, &empty.id));
    store_close(store);
}

static int copy_to_other_row(struct turn *turn, void *arg)
{
    return turn_put(turn, &stmt_move, SQL_ARGS(SQL_INT(2), SQL_INT(1)));
}

ENGINES_TEST(text_moved_to_another_row_does_not_open)
{
    struct store *store = open_with_tenant(e);
    struct text first = {.id = 1, .text = "one"}, second = {.id = 2, .text = "two"};

    ck_assert_ok(on_lane(store, keep, &first));
    ck_assert_ok(on_lane(store, keep, &second));
    ck_assert_ok(on_lane(store, copy_to_other_row, NULL));
    ck_assert_ok(store_read_wait(store, check, &first));
    ck_assert_err(store_read_wait(store, check, &second), ERR_DAMAGED);
    store_close(store);
}

static int take_class_slot(struct turn *turn, void *arg)
{
    return row_class_slot(turn, TENANT, RETAIN_MESSAGES, turn->now, arg);
}

ENGINES_TEST(text_dies_with_its_person_and_with_its_class)
{
    struct store *store = open_with_tenant(e);
    struct text of_person = {.id = 1, .text = "one"}, of_class = {.id = 2, .text = "two"};

    ck_assert_ok(vault_issue(store_vault(store), &of_person.person));
    ck_assert_ok(on_lane(store, take_class_slot, &of_class.class));
    ck_assert_ok(on_lane(store, keep, &of_person));
    ck_assert_ok(on_lane(store, keep, &of_class));
    ck_assert_ok(vault_forget(store_vault(store), &of_person.person, 1));
    ck_assert_err(store_read_wait(store, check, &of_person), ERR_FORGOTTEN);
    ck_assert_ok(store_read_wait(store, check, &of_class));
    ck_assert_ok(vault_forget(store_vault(store), &of_class.class, 1));
    ck_assert_err(store_read_wait(store, check, &of_class), ERR_FORGOTTEN);
    ck_assert_err(on_lane(store, keep, &(struct text){3, of_person.person, 0, "x"}), ERR_FORGOTTEN);
    store_close(store);
}

static int seal_plain_column(struct turn *turn, void *arg)
{
    struct row_owner owner = {.tenant = TENANT};
    struct sql_arg sealed = row_seal(turn, COL_flow_id, &owner, 1, pii_of(SLICE("x")));

    return turn_put(turn, &stmt_keep, SQL_ARGS(SQL_INT(1), SQL_INT(TENANT), sealed));
}

static int seal_for_nobody(struct turn *turn, void *arg)
{
    struct row_owner owner = {.tenant = 999};
    struct sql_arg sealed = row_seal(turn, COL_flow_name, &owner, 1, pii_of(SLICE("x")));

    return turn_put(turn, &stmt_keep, SQL_ARGS(SQL_INT(1), SQL_INT(TENANT), sealed));
}

ENGINES_TEST(a_failed_seal_stops_its_statement)
{
    struct store *store = open_with_tenant(e);
    struct text text = {.id = 1, .text = "x"};

    ck_assert_err(on_lane(store, seal_plain_column, NULL), ERR_INTERNAL);
    ck_assert_err(on_lane(store, seal_for_nobody, NULL), ERR_NOT_FOUND);
    ck_assert_ok(on_lane(store, keep, &text)); /* row 1 was not taken */
    store_close(store);
}

/* Slots */

ENGINES_TEST(a_class_has_a_slot_per_month)
{
    struct store *store = open_with_tenant(e);
    vault_slot first = 0, same = 0, next = 0;

    ck_assert_ok(on_lane(store, take_class_slot, &first));
    ck_assert_ok(on_lane(store, take_class_slot, &same));
    atomic_fetch_add(&unit_now, 31 * DAY_MS);
    ck_assert_ok(on_lane(store, take_class_slot, &next));
    ck_assert_uint_eq(first, same);
    ck_assert_uint_ne(first, next);
    store_close(store);
}

static int take_and_fail(struct turn *turn, void *arg)
{
    int r = take_class_slot(turn, arg);

    return r < 0 ? r : ERR_WINDOW;
}

ENGINES_TEST(a_slot_of_a_rolled_back_item_is_nobody_elses)
{
    struct store *store = open_with_tenant(e);
    vault_slot undone = 0, kept = 0, again = 0;
    struct unit_hold hold;

    /* In one turn: an item that issues the slot and is undone, then one that needs it. */
    unit_hold(store, TENANT, &hold);
    ck_assert_ok(store_write(store, TENANT, take_and_fail, NULL, &undone));
    unit_let_go(&hold);
    ck_assert_ok(on_lane(store, take_class_slot, &kept));
    ck_assert_uint_ne(undone, 0);
    ck_assert_uint_ne(kept, undone);
    store_close(store);
    store = unit_open(e);
    ck_assert_ok(store_read_wait(store, take_class_slot, &again)); /* it stands in the database */
    ck_assert_uint_eq(again, kept);
    store_close(store);
}

static int take_no_tenants_slot(struct turn *turn, void *arg)
{
    return row_tenant_slot(turn, 0, arg);
}

ENGINES_TEST(what_belongs_to_no_tenant_has_a_slot)
{
    struct store *store = unit_open(e);
    vault_slot slot = 0, again = 0;

    ck_assert_err(store_read_wait(store, take_no_tenants_slot, &slot), ERR_NOT_FOUND);
    ck_assert_ok(store_write_wait(store, 0, take_no_tenants_slot, &slot));
    ck_assert_ok(store_read_wait(store, take_no_tenants_slot, &again));
    ck_assert_uint_ne(slot, 0);
    ck_assert_uint_eq(slot, again);
    store_close(store);
}

ENGINES_MAIN("store/row", text_comes_back_and_empty_text_is_null,
             text_moved_to_another_row_does_not_open, text_dies_with_its_person_and_with_its_class,
             a_failed_seal_stops_its_statement, a_class_has_a_slot_per_month,
             a_slot_of_a_rolled_back_item_is_nobody_elses, what_belongs_to_no_tenant_has_a_slot)
