#include "talk/ingest.h"

#include "talk/sql.h"
#include "talk/talk_unit.h"

ENGINES_TEST(a_message_is_filed_once)
{
    struct world w = unit_world(e);
    struct talk_in in = {.kind = IN_MESSAGE, .event_id = PII("m1"), .text = PII("hello")};
    struct unit_view view;
    int i;

    ck_assert_ok(unit_comes(&w, &in));
    ck_assert(in.created != 0);
    for (i = 0; i < 3; i++)
        ck_assert_int_eq(unit_says(&w, "m1", "hello"), ERR_EXISTS);
    view = unit_look(&w);
    ck_assert_uint_eq(view.n, 1);
    ck_assert(view.m[0].id == in.created);
    ck_assert_str_eq(view.text[0], "{\"text\":\"hello\"}");
    ck_assert_int_eq(view.m[0].state, MESSAGE_RECEIVED);
    ck_assert_int_eq(view.c.unread, 1);
    ck_assert_int_eq(view.c.last_in_at, UNIT_START);
    ck_assert_int_eq(view.c.status, CONVERSATION_OPEN);
    store_close(w.store);
}

ENGINES_TEST(one_batch_holds_its_own_duplicates)
{
    struct world w = unit_world(e);
    struct talk_in list[] = {
        {.kind = IN_MESSAGE, .event_id = PII("m1"), .text = PII("a"), .external = ADA, .at = 5},
        {.kind = IN_MESSAGE, .event_id = PII("m1"), .text = PII("a"), .external = ADA, .at = 5},
        {.kind = IN_MESSAGE, .event_id = PII("m2"), .text = PII("b"), .external = ADA, .at = 6},
    };
    struct unit_events events = {&w, list, 3};

    ck_assert_ok(store_write_wait(w.store, w.tenant.id, unit_ingest_work, &events));
    ck_assert_int_eq(list[0].result, 0);
    ck_assert_int_eq(list[1].result, ERR_EXISTS);
    ck_assert_int_eq(list[2].result, 0);
    ck_assert_uint_eq(unit_look(&w).n, 2);
    store_close(w.store);
}

static int count_people(struct turn *turn, void *arg)
{
    struct world *w = arg;
    struct person_page page;
    int r = person_list(turn, w->tenant.id, 0, 10, &page);

    w->events = page.total;
    return r;
}

ENGINES_TEST(receipts_of_strangers_make_no_person)
{
    static const enum talk_in_kind kinds[] = {IN_ECHO, IN_DELIVERED, IN_READ,       IN_REACTION,
                                              IN_EDIT, IN_DELETE,    IN_STANDBY_ON, IN_STANDBY_OFF};
    struct world w = unit_world(e);
    size_t i;

    for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
        ck_assert_int_eq(unit_comes(&w, &(struct talk_in){.kind = kinds[i],
                                                          .event_id = PII("x"),
                                                          .target = PII("y"),
                                                          .watermark = 5}),
                         ERR_NOT_FOUND);
    ck_assert_ok(store_read_wait(w.store, count_people, &w));
    ck_assert_int_eq(w.events, 0);
    store_close(w.store);
}

ENGINES_TEST(acts_without_words_are_filed_as_events)
{
    struct world w = unit_world(e);
    struct unit_view view;

    ck_assert_ok(unit_comes(
        &w, &(struct talk_in){.kind = IN_START, .event_id = PII("s"), .payload = PII("ad7")}));
    ck_assert_ok(unit_comes(
        &w, &(struct talk_in){.kind = IN_REFERRAL, .event_id = PII("r"), .payload = PII("x")}));
    view = unit_look(&w);
    ck_assert_uint_eq(view.n, 2);
    ck_assert_str_eq(view.text[0], "{\"event\":{\"type\":\"start\",\"ref\":\"ad7\"}}");
    ck_assert_int_eq(view.m[0].kind, MESSAGE_EVENT);
    ck_assert_int_eq(view.c.unread, 0);
    ck_assert(view.c.last_in_at > 0);
    store_close(w.store);
}

ENGINES_TEST(a_reply_names_what_it_answers)
{
    struct world w = unit_world(e);
    char id[ID_TEXT_SIZE], want[100];
    struct unit_view view;

    ck_assert_ok(unit_says(&w, "m1", "one"));
    ck_assert_ok(unit_comes(&w, &(struct talk_in){.kind = IN_MESSAGE,
                                                  .event_id = PII("m2"),
                                                  .text = PII("two"),
                                                  .parts = SLICE("{\"payload\":\"P\"}"),
                                                  .reply_to = PII("m1")}));
    ck_assert_ok(unit_comes(&w, &(struct talk_in){.kind = IN_MESSAGE,
                                                  .event_id = PII("m3"),
                                                  .text = PII("three"),
                                                  .reply_to = PII("unknown")}));
    view = unit_look(&w);
    snprintf(want, sizeof(want), "{\"text\":\"two\",\"reply_to\":\"%.*s\",\"payload\":\"P\"}",
             SLICE_ARG(id_text(ID_MESSAGE, view.m[0].id, id)));
    ck_assert_str_eq(view.text[1], want);
    ck_assert_str_eq(view.text[2], "{\"text\":\"three\"}");
    store_close(w.store);
}

static int edit(struct world *w, const char *text, int64_t at, const char *id)
{
    return unit_comes(w, &(struct talk_in){.kind = IN_EDIT,
                                           .event_id = pii_of(slice_cstr(id)),
                                           .target = PII("m1"),
                                           .text = pii_of(slice_cstr(text)),
                                           .at = at});
}

ENGINES_TEST(edits_change_the_text_and_nothing_else)
{
    struct world w = unit_world(e);

    ck_assert_ok(unit_comes(&w, &(struct talk_in){.kind = IN_MESSAGE,
                                                  .event_id = PII("m1"),
                                                  .text = PII("frist"),
                                                  .parts = SLICE("{\"payload\":\"P\"}")}));
    ck_assert_ok(edit(&w, "first", UNIT_START + 10, "e2"));
    ck_assert_int_eq(edit(&w, "older", UNIT_START + 5, "e1"), ERR_EXISTS);
    ck_assert_int_eq(edit(&w, "first", UNIT_START + 10, "e2"), ERR_EXISTS);
    ck_assert_uint_eq(unit_look(&w).n, 1);
    ck_assert_str_eq(unit_look(&w).text[0], "{\"text\":\"first\",\"payload\":\"P\"}");
    ck_assert_int_eq(unit_look(&w).m[0].edited_at, UNIT_START + 10);
    store_close(w.store);
}

ENGINES_TEST(what_a_person_takes_back_is_gone)
{
    struct world w = unit_world(e);
    struct unit_view view;

    ck_assert_ok(unit_says(&w, "m1", "secret"));
    ck_assert_ok(unit_comes(
        &w, &(struct talk_in){.kind = IN_DELETE, .event_id = PII("d"), .target = PII("m1")}));
    view = unit_look(&w);
    ck_assert_str_eq(view.text[0], "");
    ck_assert_int_eq(view.m[0].deleted_at, UNIT_START);
    ck_assert_int_eq(unit_says(&w, "m1", "secret"),
                     ERR_EXISTS); /* a late retry brings nothing back */
    ck_assert_int_eq(edit(&w, "again", UNIT_START + 10, "e"), ERR_EXISTS);
    ck_assert_str_eq(unit_look(&w).text[0], "");
    store_close(w.store);
}

static int react(struct world *w, const char *emoji, int64_t at, const char *id)
{
    return unit_comes(w, &(struct talk_in){.kind = IN_REACTION,
                                           .event_id = pii_of(slice_cstr(id)),
                                           .target = PII("m1"),
                                           .text = pii_of(slice_cstr(emoji)),
                                           .at = at});
}

ENGINES_TEST(a_reaction_stands_on_its_message_and_opens_the_window)
{
    struct world w = unit_world(e);

    ck_assert_ok(unit_says(&w, "m1", "hello"));
    ck_assert_ok(react(&w, "<3", UNIT_START + 7, "r1"));
    ck_assert_int_eq(react(&w, "<3", UNIT_START + 7, "r1"), ERR_EXISTS);
    ck_assert(!pii_empty(unit_look(&w).m[0].reaction));
    ck_assert_int_eq(unit_look(&w).c.last_in_at, UNIT_START + 7);
    ck_assert_ok(react(&w, "", UNIT_START + 8, "r2"));
    ck_assert(pii_empty(unit_look(&w).m[0].reaction));
    store_close(w.store);
}

ENGINES_TEST(an_answer_given_elsewhere_takes_the_floor_a_programs_does_not)
{
    struct world w = unit_world(e);
    struct unit_view view;

    ck_assert_ok(unit_says(&w, "m1", "hello"));
    ck_assert_ok(unit_comes(
        &w, &(struct talk_in){
                .kind = IN_ECHO, .event_id = PII("p"), .text = PII("beep"), .automatic = true}));
    view = unit_look(&w);
    ck_assert_int_eq(view.c.floor, FLOOR_NOBODY);
    ck_assert_int_eq(view.m[1].author, AUTHOR_BOT);
    ck_assert_ok(unit_comes(
        &w, &(struct talk_in){.kind = IN_ECHO, .event_id = PII("e"), .text = PII("from a phone")}));
    ck_assert_int_eq(unit_comes(&w, &(struct talk_in){.kind = IN_ECHO,
                                                      .event_id = PII("e"),
                                                      .text = PII("from a phone")}),
                     ERR_EXISTS);
    view = unit_look(&w);
    ck_assert_uint_eq(view.n, 3);
    ck_assert_int_eq(view.c.floor, FLOOR_AGENT);
    ck_assert_int_eq(view.m[2].author, AUTHOR_AGENT);
    ck_assert_int_eq(view.m[2].state, MESSAGE_SENT);
    ck_assert_int_eq(view.c.last_in_at, UNIT_START); /* an echo opens no window */
    store_close(w.store);
}

ENGINES_TEST(receipts_move_messages_forward_only)
{
    const struct pii mids[] = {PII("sent-1")};
    struct world w = unit_world(e);

    ck_assert_ok(unit_says(&w, "m1", "hello"));
    ck_assert_ok(unit_answers(&w, "one"));
    ck_assert_ok(unit_answers(&w, "two"));
    unit_await(&w, 1, MESSAGE_SENT);
    unit_await(&w, 2, MESSAGE_SENT);
    ck_assert_ok(unit_comes(
        &w, &(struct talk_in){.kind = IN_DELIVERED, .targets = mids, .target_count = 1}));
    ck_assert_int_eq(unit_look(&w).m[1].state, MESSAGE_DELIVERED);
    ck_assert_int_eq(unit_look(&w).m[2].state, MESSAGE_SENT);
    ck_assert_ok(unit_comes(&w, &(struct talk_in){.kind = IN_READ, .watermark = UNIT_START + 1}));
    ck_assert_int_eq(unit_look(&w).m[1].state, MESSAGE_READ);
    ck_assert_int_eq(unit_look(&w).m[2].state, MESSAGE_READ);
    ck_assert_ok(unit_comes(
        &w, &(struct talk_in){.kind = IN_DELIVERED, .targets = mids, .target_count = 1}));
    ck_assert_int_eq(unit_look(&w).m[1].state, MESSAGE_READ);
    ck_assert_int_eq(unit_look(&w).c.person_read_at, UNIT_START + 1);
    store_close(w.store);
}

ENGINES_TEST(who_gets_a_message_to_answer_owns_the_thread)
{
    struct world w = unit_world(e);
    struct talk_in on = {.kind = IN_STANDBY_ON, .event_id = PII("s1")};

    ck_assert_ok(unit_says(&w, "m1", "hello"));
    ck_assert(!unit_look(&w).c.standby);
    ck_assert_ok(unit_comes(&w, &on));
    ck_assert(unit_look(&w).c.standby);
    ck_assert_ok(unit_comes(&w, &(struct talk_in){.kind = IN_STANDBY_OFF, .event_id = PII("s2")}));
    ck_assert(!unit_look(&w).c.standby);
    ck_assert_int_eq(unit_comes(&w, &on), ERR_EXISTS); /* a late retry */
    ck_assert(!unit_look(&w).c.standby);
    ck_assert_ok(unit_comes(&w, &(struct talk_in){.kind = IN_MESSAGE,
                                                  .event_id = PII("m2"),
                                                  .text = PII("to the other app"),
                                                  .standby = true}));
    ck_assert(unit_look(&w).c.standby);
    ck_assert_ok(unit_says(&w, "m3", "to us"));
    ck_assert(!unit_look(&w).c.standby);
    store_close(w.store);
}

ENGINES_TEST(a_card_number_never_reaches_the_table)
{
    struct world w = unit_world(e);

    ck_assert_ok(unit_says(&w, "m1", "4111 1111 1111 1111"));
    ck_assert_str_eq(unit_look(&w).text[0], "{\"text\":\"**** **** **** 1111\"}");
    store_close(w.store);
}

ENGINES_TEST(every_statement_is_understood)
{
    struct world w = unit_world(e);

    unit_statements(&w, talk_statements);
    store_close(w.store);
}

ENGINES_MAIN("talk/ingest", a_message_is_filed_once, one_batch_holds_its_own_duplicates,
             receipts_of_strangers_make_no_person, acts_without_words_are_filed_as_events,
             a_reply_names_what_it_answers, edits_change_the_text_and_nothing_else,
             what_a_person_takes_back_is_gone,
             a_reaction_stands_on_its_message_and_opens_the_window,
             an_answer_given_elsewhere_takes_the_floor_a_programs_does_not,
             receipts_move_messages_forward_only, who_gets_a_message_to_answer_owns_the_thread,
             a_card_number_never_reaches_the_table, every_statement_is_understood)
