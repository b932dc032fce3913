#include "bot/run_test_kit.h"

#include "base/clock.h"
#include "base/json.h"
#include "unit.h"

START_TEST(the_echo_flow_echoes)
{
    struct play play;

    play_init_file(&play, "echo.json");
    ck_assert_str_eq(play_says(&play, "Hello {first_name}!"), "say You said: Hello {first_name}!");
    play_done(&play);
}
END_TEST

START_TEST(the_demo_holds_a_conversation)
{
    struct play play;

    play_init_file(&play, "demo.json");
    ck_assert_str_eq(play_start(&play),
                     "say Hello there! I am the assistant of Little Lamp, a program and not a "
                     "person. What can I do for you? [Opening hours=go:greeting:hours] "
                     "[Where is my order?=go:greeting:order] [Show me the teas=go:greeting:teas] "
                     "[Talk to a person=go:greeting:human]");
    ck_assert_str_eq(play_says(&play, "are you open?"),
                     "say We are open right now, until 18:00. Monday to Friday we are here from "
                     "9:00 to 18:00. [Talk to a person=go:open_now:human] "
                     "[Something else=go:open_now:menu]");
    ck_assert_str_eq(play_says(&play, "where is my parcel?"),
                     "say Which order number? It stands in the confirmation mail and has six "
                     "digits. [I don't have it=skip:order] <text>");
    ck_assert_str_eq(play_says(&play, "dunno 12"),
                     "say That does not look like one of our numbers. They have six digits, like "
                     "204081. [I don't have it=skip:order] <text>");
    ck_assert_str_eq(play_says(&play, "204081"),
                     "set order_number=204081\nsay Thank you. One moment, I am looking it up.");
    ck_assert_str_eq(play_timer(&play),
                     "say Order 204081 left our shop yesterday and usually arrives within two "
                     "days.\nsay Where shall I send the tracking link? We use your address for "
                     "this order only. [No, thanks=skip:email] <email>");
    ck_assert_str_eq(
        play_says(&play, "ada@example.com"),
        "contact email=ada@example.com\nsay Noted: ada@example.com. Can I do anything "
        "else? [Something else=go:email_thanks:menu] [That is all=go:email_thanks:bye]");
    ck_assert_str_eq(play_says(&play, "a human please"),
                     "say I am calling somebody. A person will answer you here in a moment.\nhelp");
    play.facts.language = SLICE("de");
    play.facts.agents = 0;
    ck_assert_str_eq(play_says(&play, "mit einem Menschen sprechen"),
                     "say Gerade ist niemand am Platz. Schreiben Sie hier, worum es geht; ein "
                     "Mensch antwortet, sobald jemand da ist.\nhelp");
    ck_assert_str_eq(play_says(&play, "danke!"), "say Gern geschehen!");
    ck_assert_str_eq(play_says(&play, "tschüss"),
                     "say Danke für den Besuch. Lassen Sie ihn sich schmecken!\nclose");
    play_done(&play);
}
END_TEST

static uint32_t next_random(uint64_t *state)
{
    *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(*state >> 33);
}

static struct bot_event storm_event(const struct play *play, uint64_t *random)
{
    static const char *const WORDS[] = {
        "hello",
        "where is my parcel",
        "204081",
        "x",
        "",
        "a human please",
        "no",
        "yes please",
        "ada@example.com",
        "show me the teas",
        "🙂",
        "skip",
        "1",
        "bye",
        "{first_name}",
        "\n\n",
        "go:teas:like_green",
        "skip:order",
        "skip:email",
        "go:menu:bye",
        "pick:order:1",
        "go:greeting:human",
        "teas",
        "Öffnungszeiten",
    };
    struct slice word = slice_cstr(WORDS[next_random(random) % ARRAY_LEN(WORDS)]);
    bool fitting = next_random(random) % 4 != 0;

    return (struct bot_event){
        .kind = (enum bot_event_kind)(next_random(random) % (BOT_HELP_BUTTON + 1)),
        .now = play->now,
        .seed = next_random(random),
        .text = pii_of(word),
        .payload = pii_of(word),
        .id = fitting ? play->timer_id : (int64_t)next_random(random),
        .status = (int)(next_random(random) % 600),
        .body = pii_of(word),
    };
}

/* Runs the event twice: the same arguments give the same bytes. */
static void run_twice(struct play *play, const struct bot_event *event)
{
    struct buf first = BUF_INIT(1 << 20);
    struct play again = *play;

    again.transcript = BUF_INIT(1 << 20);
    again.trace = BUF_INIT(1 << 20);
    play_event(&again, event);
    ck_assert_int_eq(buf_add(&first, buf_slice(&again.transcript)), 0);
    play_event(play, event);
    ck_assert(slice_eq(buf_slice(&first), buf_slice(&play->transcript)));
    ck_assert(slice_eq(buf_slice(&again.trace), buf_slice(&play->trace)));
    ck_assert(slice_eq(pii_reveal(again.state), pii_reveal(play->state)));
    ck_assert_int_eq(again.timer_at, play->timer_at);
    ck_assert_int_eq(again.timer_id, play->timer_id);
    buf_done(&again.transcript);
    buf_done(&again.trace);
    buf_done(&first);
}

START_TEST(a_storm_of_events_is_weathered)
{
    uint64_t random = 42;
    struct play play;
    int i;

    play_init_file(&play, "demo.json");
    for (i = 0; i < 3000; i++) {
        struct bot_event event = storm_event(&play, &random);
        json_t *state;

        play.now += next_random(&random) % (20 * MINUTE_MS);
        play.facts.n_tags = 0;
        play.facts.help_wanted = next_random(&random) % 8 == 0;
        play.facts.channel = next_random(&random) % 2 ? SLICE("web") : SLICE("messenger");
        run_twice(&play, &event);
        ck_assert_uint_le(pii_reveal(play.state).len, BOT_STATE_MAX);
        ck_assert_int_eq(json_read(pii_reveal(play.state), &state), 0);
        json_decref(state);
        ck_assert_uint_le(play_lines(&play), BOT_MESSAGES_MAX + 10);
        ck_assert(play.timer_at == 0 || play.timer_at > play.now - DAY_MS);
    }
    play_done(&play);
}
END_TEST

UNIT_MAIN("bot/run_demo", the_echo_flow_echoes, the_demo_holds_a_conversation,
          a_storm_of_events_is_weathered)
