#include "talk/outbox.h"

#include "talk/talk_unit.h"

static void script(struct send_result first, struct send_result then)
{
    unit_port.script[0] = first;
    unit_port.script[1] = then;
    unit_port.script_n = 2;
}

#define ANSWER(...) ((struct send_result){__VA_ARGS__})
#define ACCEPTED    ANSWER(.outcome = SENT_ACCEPTED)

static struct world talking(const struct engines *e)
{
    struct world w = unit_world(e);

    ck_assert_ok(unit_says(&w, "in-1", "hello"));
    return w;
}

ENGINES_TEST(an_accepted_message_is_sent)
{
    struct world w = talking(e);
    struct message m;

    ck_assert_ok(unit_answers(&w, "hi"));
    m = unit_await(&w, 1, MESSAGE_SENT);
    ck_assert_int_eq(m.author, AUTHOR_AGENT);
    ck_assert_int_eq(unit_sent(), 1);
    ck_assert(unit_port.sent[0] == m.id && !unit_port.late[0]);
    store_close(w.store);
}

ENGINES_TEST(a_temporary_refusal_is_tried_again_after_a_while)
{
    struct world w = talking(e);

    script(ANSWER(.outcome = SENT_AGAIN, .retry_ms = MINUTE_MS), ACCEPTED);
    ck_assert_ok(unit_answers(&w, "hi"));
    while (unit_sent() < 1)
        ;
    unit_pass(&w, MINUTE_MS - SECOND_MS);
    ck_assert_int_eq(unit_look(&w).m[1].state, MESSAGE_QUEUED);
    ck_assert_int_eq(unit_sent(), 1);
    unit_pass(&w, 2 * SECOND_MS);
    while (unit_sent() < 2)
        unit_pass(&w, SECOND_MS);
    unit_await(&w, 1, MESSAGE_SENT);
    store_close(w.store);
}

ENGINES_TEST(what_is_temporary_for_ever_is_given_up)
{
    struct world w = talking(e);

    script(ANSWER(.outcome = SENT_NOT_SENT), ANSWER(.outcome = SENT_AGAIN));
    ck_assert_ok(unit_answers(&w, "hi"));
    while (unit_look(&w).m[1].state != MESSAGE_REFUSED)
        unit_pass(&w, MINUTE_MS);
    ck_assert_int_eq(unit_look(&w).m[1].reason, SEND_GAVE_UP);
    ck_assert_int_eq(unit_sent(), 8);
    store_close(w.store);
}

ENGINES_TEST(a_refusal_stands_with_its_reason_and_the_next_one_leaves)
{
    struct world w = talking(e);

    script(ANSWER(.outcome = SENT_REFUSED, .reason = SEND_UNREACHABLE), ACCEPTED);
    ck_assert_ok(unit_answers(&w, "one"));
    ck_assert_ok(unit_answers(&w, "two"));
    unit_await(&w, 2, MESSAGE_SENT);
    ck_assert_int_eq(unit_look(&w).m[1].state, MESSAGE_REFUSED);
    ck_assert_int_eq(unit_look(&w).m[1].reason, SEND_UNREACHABLE);
    store_close(w.store);
}

struct channel_view {
    struct world *w;
    struct channel channel;
};

static int load_channel(struct turn *turn, void *arg)
{
    struct channel_view *view = arg;

    return channel_load(turn, view->w->tenant.id, view->w->channel.id, &view->channel);
}

ENGINES_TEST(a_dead_token_stops_the_channel)
{
    struct world w = talking(e);
    struct channel_view view = {.w = &w};

    script(ANSWER(.outcome = SENT_REFUSED, .reason = SEND_TOKEN_DEAD, .broken = CHANNEL_TOKEN_DEAD),
           ACCEPTED);
    ck_assert_ok(unit_answers(&w, "one"));
    unit_await(&w, 1, MESSAGE_REFUSED);
    ck_assert_ok(store_read_wait(w.store, load_channel, &view));
    ck_assert_int_eq(view.channel.state, CHANNEL_BROKEN);
    ck_assert_int_eq(view.channel.reason, CHANNEL_TOKEN_DEAD);
    ck_assert_ok(unit_answers(&w, "two"));
    unit_await(&w, 2, MESSAGE_REFUSED);
    ck_assert_int_eq(unit_look(&w).m[2].reason, SEND_CHANNEL_OFF);
    ck_assert_int_eq(unit_sent(), 1);
    store_close(w.store);
}

static int echo(struct world *w, int64_t message, const char *id)
{
    return unit_comes(w, &(struct talk_in){.kind = IN_ECHO,
                                           .event_id = pii_of(slice_cstr(id)),
                                           .text = PII("one"),
                                           .our_message = message});
}

/* 0: still waiting for its turn, so nobody behind it has left. */
ENGINES_TEST(an_unsure_send_holds_back_its_conversation_until_the_echo)
{
    struct world w = talking(e);
    struct unit_view view;

    script(ANSWER(.outcome = SENT_UNSURE), ACCEPTED);
    ck_assert_ok(unit_answers(&w, "one"));
    ck_assert_ok(unit_answers(&w, "two"));
    while (unit_sent() < 1)
        ;
    unit_pass(&w, 29 * SECOND_MS);
    view = unit_look(&w);
    ck_assert_int_eq(view.m[1].state, MESSAGE_QUEUED);
    ck_assert_int_eq(unit_sent(), 1);
    ck_assert_ok(echo(&w, view.m[1].id, "echo-1"));
    unit_await(&w, 1, MESSAGE_SENT);
    unit_await(&w, 2, MESSAGE_SENT);
    ck_assert_int_eq(echo(&w, view.m[1].id, "echo-1"), ERR_EXISTS);
    ck_assert_uint_eq(unit_look(&w).n, 3);
    store_close(w.store);
}

ENGINES_TEST(without_an_echo_nobody_knows_and_it_is_not_sent_again)
{
    struct world w = talking(e);
    struct unit_view view;

    script(ANSWER(.outcome = SENT_UNSURE), ACCEPTED);
    ck_assert_ok(unit_answers(&w, "one"));
    ck_assert_ok(unit_answers(&w, "two"));
    while (unit_look(&w).m[2].state != MESSAGE_SENT)
        unit_pass(&w, 31 * SECOND_MS);
    view = unit_look(&w);
    ck_assert_int_eq(view.m[1].state, MESSAGE_UNKNOWN);
    ck_assert_int_eq(view.m[1].reason, SEND_NOT_CONFIRMED);
    ck_assert_int_eq(unit_sent(), 2);
    ck_assert(unit_port.sent[1] == view.m[2].id);
    ck_assert_ok(echo(&w, view.m[1].id, "late-echo")); /* the proof came after all */
    unit_await(&w, 1, MESSAGE_SENT);
    store_close(w.store);
}

ENGINES_TEST(what_was_leaving_at_a_crash_is_unsure_after_the_start)
{
    struct world w = talking(e);

    unit_port.silent = true;
    ck_assert_ok(unit_answers(&w, "one"));
    while (unit_sent() < 1)
        ;
    store_close(w.store);
    unit_port.silent = false;
    unit_start(&w);
    ck_assert_int_eq(unit_look(&w).m[1].state, MESSAGE_QUEUED);
    while (unit_look(&w).m[1].state != MESSAGE_UNKNOWN)
        unit_pass(&w, 31 * SECOND_MS);
    ck_assert_int_eq(unit_sent(), 1);
    store_close(w.store);
}

ENGINES_TEST(a_person_who_takes_over_withdraws_what_the_bot_queued)
{
    struct world w = talking(e);
    struct unit_view view;
    struct unit_reply bot = {.draft.text = PII("a bot"), .floor = {FLOOR_BOT, 0, 0}};

    script(ANSWER(.outcome = SENT_AGAIN, .retry_ms = HOUR_MS), ACCEPTED);
    ck_assert_err(unit_reply(&w, &bot), ERR_FENCED); /* nobody gave it the floor */
    ck_assert_ok(unit_answers(&w, "one"));
    while (unit_sent() < 1)
        ;
    ck_assert_ok(echo(&w, 0, "from-a-phone")); /* the same side speaks: nothing is withdrawn */
    view = unit_look(&w);
    ck_assert_int_eq(view.m[1].state, MESSAGE_QUEUED);
    ck_assert_int_eq(view.c.floor, FLOOR_AGENT);
    ck_assert_ok(unit_comes(&w, &(struct talk_in){.kind = IN_STANDBY_ON, .event_id = PII("s")}));
    view = unit_look(&w);
    ck_assert_int_eq(view.m[1].state, MESSAGE_WITHDRAWN);
    ck_assert_int_eq(view.m[1].reason, SEND_FLOOR_TAKEN);
    unit_pass(&w, 2 * HOUR_MS);
    ck_assert_int_eq(unit_look(&w).m[1].state, MESSAGE_WITHDRAWN);
    ck_assert_int_eq(unit_sent(), 1);
    store_close(w.store);
}

static int retry_work(struct turn *turn, void *arg)
{
    struct unit_view view = {.w = arg};
    int r = unit_view_work(turn, &view);

    return r < 0 ? r : outbox_retry(turn, &view.c, &view.m[1]);
}

ENGINES_TEST(an_agent_may_send_again_what_was_refused)
{
    struct world w = talking(e);

    script(ANSWER(.outcome = SENT_REFUSED, .reason = SEND_BAD_REQUEST), ACCEPTED);
    ck_assert_ok(unit_answers(&w, "one"));
    unit_await(&w, 1, MESSAGE_REFUSED);
    ck_assert_ok(store_write_wait(w.store, w.tenant.id, retry_work, &w));
    unit_await(&w, 1, MESSAGE_SENT);
    ck_assert_err(store_write_wait(w.store, w.tenant.id, retry_work, &w), ERR_CONFLICT);
    ck_assert_int_eq(unit_sent(), 2);
    store_close(w.store);
}

ENGINES_TEST(many_messages_leave_in_their_order)
{
    struct world w = talking(e);
    struct unit_view view;
    int i;

    for (i = 0; i < 10; i++)
        ck_assert_ok(unit_answers(&w, "next"));
    unit_await(&w, 10, MESSAGE_SENT);
    view = unit_look(&w);
    for (i = 0; i < 10; i++)
        ck_assert(unit_port.sent[i] == view.m[i + 1].id);
    store_close(w.store);
}

ENGINES_MAIN_TIMEOUT("talk/outbox", 60, an_accepted_message_is_sent,
                     a_temporary_refusal_is_tried_again_after_a_while,
                     what_is_temporary_for_ever_is_given_up,
                     a_refusal_stands_with_its_reason_and_the_next_one_leaves,
                     a_dead_token_stops_the_channel,
                     an_unsure_send_holds_back_its_conversation_until_the_echo,
                     without_an_echo_nobody_knows_and_it_is_not_sent_again,
                     what_was_leaving_at_a_crash_is_unsure_after_the_start,
                     a_person_who_takes_over_withdraws_what_the_bot_queued,
                     an_agent_may_send_again_what_was_refused, many_messages_leave_in_their_order)
