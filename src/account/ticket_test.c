#include "account/session.h"

#include "store/store_unit.h"

struct world {
    struct store *store;
    char ticket[SECRET_TEXT_SIZE];
    enum ticket_kind kind;
    int64_t tenant, object;
};

static int add(struct turn *turn, void *arg)
{
    struct world *w = arg;

    return ticket_add(turn, w->kind, 7, 8, w->ticket);
}

static int peek_work(struct turn *turn, void *arg)
{
    struct world *w = arg;

    return ticket_peek(turn, w->kind, slice_cstr(w->ticket), &w->tenant, &w->object);
}

static int peek(struct world *w)
{
    return store_read_wait(w->store, peek_work, w);
}

static int take_work(struct turn *turn, void *arg)
{
    struct world *w = arg;

    return ticket_take(turn, w->kind, slice_cstr(w->ticket), &w->tenant, &w->object);
}

static int take(struct world *w)
{
    return store_write_wait(w->store, 0, take_work, w);
}

static struct world with_ticket(const struct engines *e, enum ticket_kind kind)
{
    struct world w = {.store = unit_open(e), .kind = kind};

    ck_assert_ok(store_write_wait(w.store, 0, add, &w));
    return w;
}

ENGINES_TEST(a_ticket_is_good_once)
{
    struct world w = with_ticket(e, TICKET_RESET);

    ck_assert_ok(peek(&w));
    ck_assert_int_eq(w.tenant, 7);
    ck_assert_int_eq(w.object, 8);
    ck_assert_ok(take(&w));
    ck_assert_err(take(&w), ERR_NOT_FOUND);
    ck_assert_err(peek(&w), ERR_NOT_FOUND);
    store_close(w.store);
}

ENGINES_TEST(a_ticket_of_another_kind_is_none)
{
    struct world w = with_ticket(e, TICKET_RESET);

    w.kind = TICKET_INVITATION;
    ck_assert_err(take(&w), ERR_NOT_FOUND);
    w.kind = TICKET_RESET;
    ck_assert_ok(take(&w));
    store_close(w.store);
}

ENGINES_TEST(a_reset_link_lives_for_an_hour)
{
    struct world w = with_ticket(e, TICKET_RESET);

    unit_now += HOUR_MS - 1;
    ck_assert_ok(peek(&w));
    unit_now += 1;
    ck_assert_err(peek(&w), ERR_NOT_FOUND);
    ck_assert_err(take(&w), ERR_NOT_FOUND);
    store_close(w.store);
}

ENGINES_TEST(an_invitation_lives_for_seven_days)
{
    struct world w = with_ticket(e, TICKET_INVITATION);

    unit_now += INVITATION_DAYS * DAY_MS - 1;
    ck_assert_ok(peek(&w));
    unit_now += 1;
    ck_assert_err(peek(&w), ERR_NOT_FOUND);
    store_close(w.store);
}

static int void_all(struct turn *turn, void *arg)
{
    struct world *w = arg;

    return ticket_void(turn, w->kind, 8);
}

ENGINES_TEST(links_become_void)
{
    struct world w = with_ticket(e, TICKET_RESET);

    ck_assert_ok(store_write_wait(w.store, 0, void_all, &w));
    ck_assert_err(take(&w), ERR_NOT_FOUND);
    store_close(w.store);
}

ENGINES_TEST(nonsense_is_no_ticket)
{
    static const char *const texts[] = {"", "lk_", "ls_abc", "lk_????????????????????????????????",
                                        "lk_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"};
    struct world w = with_ticket(e, TICKET_RESET);
    size_t i;

    for (i = 0; i < ARRAY_LEN(texts); i++) {
        snprintf(w.ticket, sizeof(w.ticket), "%s", texts[i]);
        ck_assert_err(take(&w), ERR_NOT_FOUND);
    }
    store_close(w.store);
}

ENGINES_MAIN("account/ticket", a_ticket_is_good_once, a_ticket_of_another_kind_is_none,
             a_reset_link_lives_for_an_hour, an_invitation_lives_for_seven_days, links_become_void,
             nonsense_is_no_ticket)
