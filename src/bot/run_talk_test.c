#include "bot/run_test_kit.h"

#include "base/clock.h"
#include "base/json.h"
#include "base/utf8.h"
#include "bot/split.h"
#include "unit.h"

#define SAY(id, text) "{\"id\":\"" id "\",\"type\":\"say\",\"text\":\"" text "\",\"next\":\"end\"}"
#define FLOW(triggers, nodes)                                                                      \
    "{\"lethe_flow\":1,\"name\":\"T\",\"triggers\":[" triggers "],\"nodes\":[" nodes "]}"
#define ON(on, more, go) "{\"on\":\"" on "\"," more "\"go\":\"" go "\"}"
#define PHRASES(phrases) "\"phrases\":[" phrases "],"

START_TEST(the_closest_phrase_wins)
{
    static const struct {
        const char *text, *said;
    } CASES[] = {
        {"parcel", "say parcel"},
        {"my parcel", "say parcel"},
        {"where is my lost parcel", "say lost"},
        {"lost percel", "say lost"},
        {"bye", "say bye"},
        {"say bye to her", "say fallback"},
        {"code", "say code"},
        {"codes", "say fallback"},
        {"gift", "say english"},
        {"", "say fallback"},
    };
    struct play play;
    size_t i;

    play_init(
        &play,
        FLOW(ON("phrase", PHRASES("\"parcel\""), "p") "," ON(
                 "phrase", PHRASES("\"lost parcel\""),
                 "l") "," ON("phrase", PHRASES("\"bye\"") "\"match\":\"whole\",",
                             "b") "," ON("phrase", PHRASES("\"code\"") "\"typos\":false,",
                                         "c") "," ON("phrase", "\"phrases\":{\"de\":\"Gift\"},",
                                                     "de") "," ON("phrase",
                                                                  "\"phrases\":{\"en\":\"gift\"},",
                                                                  "en") "," ON("fallback", "", "f"),
             SAY("p", "parcel") "," SAY("l", "lost") "," SAY("b", "bye") "," SAY(
                 "c", "code") "," SAY("f", "fallback") "," SAY("de", "german") "," SAY("en",
                                                                                       "english")));
    for (i = 0; i < ARRAY_LEN(CASES); i++)
        ck_assert_str_eq(play_says(&play, CASES[i].text), CASES[i].said);
    play.facts.language = SLICE("de");
    ck_assert_str_eq(play_says(&play, "gift"), "say german");
    play_done(&play);
}
END_TEST

START_TEST(a_human_is_understood_in_many_languages)
{
    static const char *const YES[] = {
        "a human please",
        "Can I talk to a human?",
        "i want to speak to a real persn",
        "human",
        "AGENT!",
        "ich möchte mit einem Menschen sprechen",
        "Mitarbeiter bitte",
        "mit einem menschn sprechen",
        "je veux parler à un conseiller",
        "quiero hablar con una persona",
        "vorrei parlare con un operatore",
        "quero falar com um atendente",
        "ik wil met een medewerker praten",
        "chcę porozmawiać z konsultantem",
        "müşteri temsilcisi ile görüşmek istiyorum",
        "хочу поговорить с человеком",
        "أريد التحدث مع شخص",
        "转人工",
        "我要人工客服",
        "担当者と話したい",
        "상담원 연결해 주세요",
    };
    static const char *const NO[] = {
        "my travel agent told me",
        "human rights",
        "the person in the picture",
        "hello",
        "ich bin ein Mensch",
        "operator precedence",
        "talk to me",
        "",
    };
    struct play play;
    size_t i;

    play_init(&play, FLOW(ON("fallback", "", "f"), SAY("f", "no")));
    for (i = 0; i < ARRAY_LEN(YES); i++)
        ck_assert_msg(strcmp(play_says(&play, YES[i]), "help, silent") == 0, "%s", YES[i]);
    for (i = 0; i < ARRAY_LEN(NO); i++)
        ck_assert_msg(strcmp(play_says(&play, NO[i]), "say no") == 0, "%s", NO[i]);
    play_done(&play);
}
END_TEST

START_TEST(help_tells_what_happens_and_keeps_the_bot_quiet)
{
    static const struct bot_event BUTTON = {.kind = BOT_HELP_BUTTON};
    struct play play;

    play_init(&play, FLOW(ON("help", PHRASES("\"mayday\""), "h") "," ON("fallback", "", "f") "," ON(
                              "phrase", PHRASES("\"hours\""), "o"),
                          "{\"id\":\"h\",\"type\":\"help\",\"text\":\"Calling.\"}," SAY(
                              "f", "Eh?") "," SAY("o", "Nine to five")));
    ck_assert_str_eq(play_says(&play, "mayday"), "say Calling.\nhelp");
    ck_assert_str_eq(play_trace(&play), "h:matched h:help");
    ck_assert_str_eq(play_event(&play, &BUTTON), "say Calling.\nhelp");
    ck_assert_str_eq(play_says(&play, "blah"), "say Eh?");
    play.facts.help_wanted = true;
    ck_assert_str_eq(play_says(&play, "blah"), "");
    ck_assert_str_eq(play_trace(&play), ":ignored");
    ck_assert_str_eq(play_says(&play, "hours?"), "say Nine to five");
    play_done(&play);
}
END_TEST

#define QUESTION                                                                                   \
    "{\"id\":\"q\",\"type\":\"ask\",\"text\":\"Number?\",\"input\":\"number\",\"failed\":\"f\","   \
    "\"next\":\"y\"}," SAY("y", "Thanks") "," SAY("f", "Eh?")

START_TEST(an_open_question_can_be_left)
{
    struct play play;

    play_init(&play, FLOW(ON("get_started", "", "q") "," ON("fallback", "", "f") "," ON(
                              "phrase", PHRASES("\"hours\""), "o"),
                          QUESTION "," SAY("o", "Nine to five")));
    play_start(&play);
    ck_assert_str_eq(play_says(&play, "hours"), "say Nine to five");
    play_start(&play);
    ck_assert_str_eq(play_says(&play, "a human please"), "help, silent");
    play_start(&play);
    ck_assert_str_eq(play_says(&play, "blah"), "say Number? <number>");
    ck_assert_str_eq(play_presses(&play, "whatever"), "say Eh?");
    play_done(&play);
}
END_TEST

START_TEST(speaks_up_once_when_no_reply_comes)
{
    struct play play;

    play_init(&play, FLOW(ON("get_started", "", "q") "," ON("no_reply", "\"minutes\":10,", "n"),
                          QUESTION "," SAY("n", "Still there?")));
    play_start(&play);
    ck_assert_int_eq(play.timer_at, play.now + 10 * MINUTE_MS);
    ck_assert_str_eq(play_timer(&play), "say Still there?");
    ck_assert_int_eq(play.timer_at, 0);
    /* the question is still open; a wrong answer starts the clock again */
    ck_assert_str_eq(play_says(&play, "x"), "say Number? <number>");
    ck_assert_int_eq(play.timer_at, play.now + 10 * MINUTE_MS);
    ck_assert_str_eq(play_says(&play, "7"), "say Thanks");
    ck_assert_int_eq(play.timer_at, 0);
    play.facts.help_wanted = true;
    play_start(&play);
    ck_assert_int_eq(play.timer_at, 0);
    play_done(&play);
}
END_TEST

START_TEST(comes_by_referral_or_payload)
{
    struct play play;
    struct bot_event by = {.kind = BOT_REFERRAL, .payload = pii_of(SLICE("spring"))};

    play_init(
        &play,
        FLOW(ON("referral", "\"ref\":\"spring\",", "s") "," ON("referral", "", "r") "," ON(
                 "payload", "\"payload\":\"MENU\",", "m") "," ON("get_started", "", "g"),
             SAY("s", "Spring") "," SAY("r", "Any") "," SAY("m", "Menu") "," SAY("g", "Start")));
    ck_assert_str_eq(play_event(&play, &by), "say Spring");
    by.kind = BOT_START;
    ck_assert_str_eq(play_event(&play, &by), "say Spring");
    by.payload = pii_of(SLICE("autumn"));
    ck_assert_str_eq(play_event(&play, &by), "say Any");
    ck_assert_str_eq(play_start(&play), "say Start");
    ck_assert_str_eq(play_presses(&play, "MENU"), "say Menu");
    ck_assert_str_eq(play_presses(&play, "menu"), "");
    play_done(&play);
}
END_TEST

START_TEST(counts_visits_and_begins_anew_on_start)
{
    struct play play;

    play_init(&play, FLOW(ON("fallback", "", "c") "," ON("get_started", "", "s"),
                          "{\"id\":\"c\",\"type\":\"condition\",\"cases\":[{\"if\":[{\"field\":"
                          "\"visits\",\"node\":\"c\",\"op\":\"at_least\",\"value\":3}],\"go\":"
                          "\"m\"}],\"else\":\"l\"}," SAY("l", "few") "," SAY("m", "many") "," SAY(
                              "s", "hi")));
    ck_assert_str_eq(play_says(&play, "x"), "say few");
    ck_assert_str_eq(play_says(&play, "x"), "say few");
    ck_assert_str_eq(play_says(&play, "x"), "say many");
    ck_assert_str_eq(play_says(&play, "x"), "say many");
    play_start(&play);
    ck_assert_str_eq(play_says(&play, "x"), "say few");
    play_done(&play);
}
END_TEST

START_TEST(a_circle_is_stopped)
{
    struct play play;
    int i;

    /* through a condition, so that it may be published */
    play_init(&play, FLOW(ON("get_started", "", "a"),
                          "{\"id\":\"a\",\"type\":\"tag\",\"tag\":\"x\",\"next\":\"b\"},"
                          "{\"id\":\"b\",\"type\":\"condition\",\"cases\":[{\"if\":[{\"field\":"
                          "\"tag\",\"value\":\"y\"}],\"go\":\"end\"}],\"else\":\"a\"}"));
    play_start(&play);
    ck_assert_ptr_nonnull(strstr(play_trace(&play), "a:loop"));
    ck_assert_uint_eq(play.facts.n_tags, BOT_STEPS_MAX / 2);
    play_done(&play);

    play_init(&play, FLOW(ON("get_started", "", "a"),
                          "{\"id\":\"a\",\"type\":\"wait\",\"seconds\":1,\"next\":\"a\"}"));
    play_start(&play);
    for (i = 0; i < BOT_ALONE_MAX; i++)
        play_timer(&play);
    ck_assert_str_eq(play_trace(&play), "a:waiting");
    play_timer(&play);
    ck_assert_str_eq(play_trace(&play), "a:loop");
    ck_assert_int_eq(play.timer_at, 0);
    play_done(&play);
}
END_TEST

START_TEST(an_old_state_meets_a_new_flow)
{
    static const char *const FOREIGN[] = {
        "",
        "{",
        "[]",
        "{}",
        "{\"v\":2,\"mode\":\"ask\",\"node\":\"q\"}",
        "{\"v\":1,\"mode\":\"ask\",\"node\":\"y\"}",
        "{\"v\":1,\"mode\":\"dance\",\"node\":\"q\"}",
        "{\"v\":1,\"mode\":\"ask\"}",
        "{\"v\":1,\"mode\":\"wait\",\"node\":\"q\",\"seq\":-5}",
        "\xff\xff",
    };
    struct play play;
    size_t i;

    play_init(&play, FLOW(ON("get_started", "", "q") "," ON("fallback", "", "f"), QUESTION));
    play_start(&play);
    ck_assert_str_eq(play_says(&play, "7"), "say Thanks");
    play_start(&play);
    play.state = pii_of(SLICE("{\"v\":1,\"mode\":\"ask\",\"node\":\"gone\",\"seq\":9}"));
    ck_assert_str_eq(play_says(&play, "7"), "say Eh?");
    ck_assert_str_eq(play_trace(&play), ":lost f:unmatched f:done");
    for (i = 0; i < ARRAY_LEN(FOREIGN); i++) {
        play.state = pii_of(slice_cstr(FOREIGN[i]));
        ck_assert_str_eq(play_says(&play, "7"), "say Eh?");
        ck_assert_slice(slice_head(pii_reveal(play.state), 20), "{\"v\":1,\"mode\":\"idle\"");
    }
    play_done(&play);
}
END_TEST

START_TEST(long_texts_become_several_messages)
{
    static const struct {
        size_t chars;
        const char *text, *pieces;
    } CASES[] = {
        {20, "Short.", "Short."},
        {20, "One two. Three four. Five six.", "One two. Three four.|Five six."},
        {20, "One two three four five six seven", "One two three four|five six seven"},
        {20, "abcdefghijklmnopqrstuvwxyz", "abcdefghijklmnopqrst|uvwxyz"},
        {20, "First line here\nsecond line here", "First line here|second line here"},
        {6, "これは長い。文です。", "これは長い。|文です。"},
        {3,
         "e\xCC\x81"
         "e\xCC\x81"
         "e",
         "e\xCC\x81|e\xCC\x81"
         "e"},
        {1, "ab", "a|b"},
        {5, "   ", ""},
        {4, "3.14159", "3.14|159"},
    };
    size_t i;

    for (i = 0; i < ARRAY_LEN(CASES); i++) {
        struct slice rest = slice_cstr(CASES[i].text), piece;
        struct buf b = BUF_INIT(1000);

        while (split_next(&rest, CASES[i].chars, &piece)) {
            ck_assert_uint_le(utf8_count(piece), CASES[i].chars);
            if (b.len)
                ck_assert_int_eq(buf_add_char(&b, '|'), 0);
            ck_assert_int_eq(buf_add(&b, piece), 0);
        }
        ck_assert_int_eq(buf_add_char(&b, '\0'), 0);
        ck_assert_str_eq(b.ptr, CASES[i].pieces);
        buf_done(&b);
    }
}
END_TEST

static size_t lines(const char *text)
{
    size_t n = *text != '\0';

    for (; *text; text++)
        n += *text == '\n';
    return n;
}

START_TEST(keeps_to_the_limits_of_the_channel)
{
    char value[3001];
    struct play play;
    const char *said;

    memset(value, 'x', 3000);
    value[3000] = '\0';
    play_init(&play, FLOW(ON("get_started", "", "a"),
                          "{\"id\":\"a\",\"type\":\"say\",\"text\":\"{first_name|}\",\"buttons\":[{"
                          "\"title\":\"{last_name|No}\",\"go\":\"end\"}]}"));
    play_profile(&play, "first_name", value);
    play_profile(&play, "last_name", "A name that is longer than a button");
    ck_assert_uint_eq(lines(play_start(&play)), 1);
    play.facts.channel = SLICE("messenger");
    said = play_start(&play);
    ck_assert_uint_eq(lines(said), 3); /* 1999, 640, 361 */
    ck_assert_ptr_nonnull(strstr(said, "x (A name that is long\xE2\x80\xA6=go:a:end)"));
    play_done(&play);
}
END_TEST

START_TEST(parts_are_the_apis_members)
{
    static const struct bot_choice REPLY[] = {
        {.title = {{"Yes", 3}}, .payload = {{"go:a:b", 6}}},
        {.title = {{"No", 2}}, .payload = {{"skip:a", 6}}},
    };
    static const struct bot_choice LINK[] = {
        {.title = {{"Site", 4}}, .url = {{"https://example.com", 19}}},
    };
    static const struct bot_card CARD[] = {{.title = {{"One", 3}}, .buttons = {LINK, 1}}};
    const struct bot_message message = {.text = pii_of(SLICE("Hi")),
                                        .image = pii_of(SLICE("https://example.com/a.png")),
                                        .quick_replies = {REPLY, 2},
                                        .buttons = {LINK, 1},
                                        .cards = CARD,
                                        .n_cards = 1,
                                        .input = "choice"};
    const struct bot_message plain = {.text = pii_of(SLICE("Hi"))};
    struct buf b = BUF_INIT(1000);

    ck_assert_int_eq(bot_message_parts(&plain, &b), 0);
    ck_assert_uint_eq(b.len, 0);
    ck_assert_int_eq(bot_message_parts(&message, &b), 0);
    ck_assert_int_eq(buf_add_char(&b, '\0'), 0);
    ck_assert_str_eq(
        b.ptr, "{\"quick_replies\":[{\"title\":\"Yes\",\"payload\":\"go:a:b\"},{\"title\":\"No\","
               "\"payload\":\"skip:a\"}],\"buttons\":[{\"title\":\"Site\",\"url\":"
               "\"https://example.com\"}],\"cards\":[{\"title\":\"One\",\"buttons\":[{\"title\":"
               "\"Site\",\"url\":\"https://example.com\"}]}],\"attachments\":[{\"type\":\"image\","
               "\"url\":\"https://example.com/a.png\"}],\"input\":{\"type\":\"choice\",\"choices\":"
               "[\"Yes\",\"No\"]}}");
    buf_done(&b);
}
END_TEST

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
                     "[Where is my order?=go:greeting:order] [Show me lamps=go:greeting:lamps] "
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
                     "say Order 204081 left our workshop yesterday and usually arrives within two "
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
                     "say Danke für den Besuch. Einen hellen Tag noch!\nclose");
    play_done(&play);
}
END_TEST

/* --- storms --------------------------------------------------------------------------------- */

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
        "show me lamps",
        "🙂",
        "skip",
        "1",
        "bye",
        "{first_name}",
        "\n\n",
        "go:lamps:like_firefly",
        "skip:order",
        "skip:email",
        "go:menu:bye",
        "pick:order:1",
        "go:greeting:human",
        "lamps",
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
        ck_assert_uint_le(lines(play.transcript.ptr), BOT_MESSAGES_MAX + 10);
        ck_assert(play.timer_at == 0 || play.timer_at > play.now - DAY_MS);
    }
    play_done(&play);
}
END_TEST

UNIT_MAIN("bot/run_talk", the_closest_phrase_wins, a_human_is_understood_in_many_languages,
          help_tells_what_happens_and_keeps_the_bot_quiet, an_open_question_can_be_left,
          speaks_up_once_when_no_reply_comes, comes_by_referral_or_payload,
          counts_visits_and_begins_anew_on_start, a_circle_is_stopped,
          an_old_state_meets_a_new_flow, long_texts_become_several_messages,
          keeps_to_the_limits_of_the_channel, parts_are_the_apis_members, the_echo_flow_echoes,
          the_demo_holds_a_conversation, a_storm_of_events_is_weathered)
