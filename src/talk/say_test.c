#include "talk/say.h"

#include "talk/talk_unit.h"

static struct world talking(const struct engines *e)
{
    struct world w = unit_world(e);

    ck_assert_ok(unit_says(&w, "m1", "hello"));
    return w;
}

ENGINES_TEST(who_lost_the_floor_says_nothing)
{
    struct world w = talking(e);
    struct unit_reply bot = {.draft.text = PII("beep"), .floor = {FLOOR_BOT, 0, 0}};
    struct unit_reply old = {.draft.text = PII("beep"), .floor = {FLOOR_AGENT, 9, 0}};

    ck_assert_err(unit_reply(&w, &bot), ERR_FENCED);
    ck_assert_ok(unit_answers(&w, "one")); /* takes the floor: epoch 1 */
    ck_assert_int_eq(unit_look(&w).c.epoch, 1);
    ck_assert_err(unit_reply(&w, &bot), ERR_FENCED);
    ck_assert_err(unit_reply(&w, &old), ERR_FENCED);
    old.floor.epoch = 1;
    ck_assert_ok(unit_reply(&w, &old));
    ck_assert_uint_eq(unit_look(&w).n, 3);
    store_close(w.store);
}

ENGINES_TEST(one_client_id_is_one_message)
{
    struct world w = talking(e);
    struct unit_reply one = {.draft = {.text = PII("once"), .client_id = SLICE("c1")}};
    struct unit_reply two = {.draft = {.text = PII("once more"), .client_id = SLICE("c1")}};

    ck_assert_ok(unit_reply(&w, &one));
    ck_assert_ok(unit_reply(&w, &two));
    ck_assert(one.ret.id == two.ret.id);
    ck_assert_uint_eq(unit_look(&w).n, 2);
    ck_assert_str_eq(unit_look(&w).text[1], "{\"text\":\"once\",\"client_id\":\"c1\"}");
    store_close(w.store);
}

ENGINES_TEST(drafts_have_limits)
{
    struct world w = talking(e);

    ck_assert_err(unit_answers(&w, ""), ERR_INVALID);
    ck_assert_err(unit_answers(&w, " \n"), ERR_INVALID);
    ck_assert_err(unit_answers(&w, "\xff"), ERR_SYNTAX);
    ck_assert_ok(unit_answers(&w, "1234567890123456789012345678901234567890"));
    ck_assert_err(unit_answers(&w, "12345678901234567890123456789012345678901"), ERR_LIMIT);
    ck_assert_uint_eq(unit_look(&w).n, 2);
    store_close(w.store);
}

ENGINES_TEST(after_the_window_only_hands_may_write_and_not_for_ever)
{
    struct world w = talking(e);
    struct unit_reply bot = {.draft.text = PII("beep"), .floor = {FLOOR_BOT, 0, 1}};
    struct unit_view view;

    unit_pass(&w, WINDOW);
    ck_assert_ok(unit_answers(&w, "in time"));
    unit_await(&w, 1, MESSAGE_SENT);
    unit_pass(&w, SECOND_MS);
    ck_assert_ok(unit_answers(&w, "by hand"));
    unit_await(&w, 2, MESSAGE_SENT);
    ck_assert(!unit_port.late[0] && unit_port.late[1]);
    ck_assert_err(unit_reply(&w, &bot), ERR_FENCED);
    unit_pass(&w, BY_HAND);
    ck_assert_err(unit_answers(&w, "too late"), ERR_WINDOW);
    view = unit_look(&w);
    ck_assert_uint_eq(view.n, 3);
    store_close(w.store);
}

static int note_work(struct turn *turn, void *arg)
{
    struct unit_view view = {.w = arg};
    const struct talk_draft draft = {.text = PII("among us")};
    struct message m;
    int r = unit_view_work(turn, &view);

    return r < 0 ? r : talk_note(turn, &view.c, 9, &draft, &m);
}

ENGINES_TEST(a_note_never_leaves)
{
    struct world w = talking(e);

    ck_assert_ok(store_write_wait(w.store, w.tenant.id, note_work, &w));
    ck_assert_ok(unit_answers(&w, "hi"));
    unit_await(&w, 2, MESSAGE_SENT);
    ck_assert_int_eq(unit_sent(), 1);
    ck_assert_int_eq(unit_look(&w).m[1].kind, MESSAGE_NOTE);
    store_close(w.store);
}

ENGINES_MAIN("talk/say", who_lost_the_floor_says_nothing, one_client_id_is_one_message,
             drafts_have_limits, after_the_window_only_hands_may_write_and_not_for_ever,
             a_note_never_leaves)
