#include "bot/run_test_kit.h"

#include "base/clock.h"
#include "unit.h"

#define FLOW(triggers, nodes) PLAY_FLOW("", triggers, nodes)
#define ON(on, more, go)      "{'on':'" on "'," more "'go':'" go "'}"
#define PHRASES(phrases)      "'phrases':[" phrases "],"

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
        FLOW(ON("phrase", PHRASES("'parcel'"), "p") "," ON(
                 "phrase", PHRASES("'lost parcel'"),
                 "l") "," ON("phrase", PHRASES("'bye'") "'match':'whole',",
                             "b") "," ON("phrase", PHRASES("'code'") "'typos':false,",
                                         "c") "," ON("phrase", "'phrases':{'de':'Gift'},",
                                                     "de") "," ON("phrase",
                                                                  "'phrases':{'en':'gift'},",
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

    play_init(&play, FLOW(ON("help", PHRASES("'mayday'"), "h") "," ON("fallback", "", "f") "," ON(
                              "phrase", PHRASES("'hours'"), "o"),
                          "{'id':'h','type':'help','text':'Calling.'}," SAY("f", "Eh?") "," SAY(
                              "o", "Nine to five")));
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
    "{'id':'q','type':'ask','text':'Number?','input':'number','failed':'f',"                       \
    "'next':'y'}," SAY("y", "Thanks") "," SAY("f", "Eh?")

START_TEST(an_open_question_can_be_left)
{
    struct play play;

    play_init(&play, FLOW(ON("get_started", "", "q") "," ON("fallback", "", "f") "," ON(
                              "phrase", PHRASES("'hours'"), "o"),
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

    play_init(&play, FLOW(ON("get_started", "", "q") "," ON("no_reply", "'minutes':10,", "n"),
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

    play_init(&play, FLOW(ON("referral", "'ref':'spring',", "s") "," ON("referral", "", "r") "," ON(
                              "payload", "'payload':'MENU',", "m") "," ON("get_started", "", "g"),
                          SAY("s", "Spring") "," SAY("r", "Any") "," SAY("m", "Menu") "," SAY(
                              "g", "Start")));
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

    play_init(&play,
              FLOW(ON("fallback", "", "c") "," ON("get_started", "", "s"),
                   "{'id':'c','type':'condition','cases':[{'if':[{'field':"
                   "'visits','node':'c','op':'at_least','value':3}],'go':"
                   "'m'}],'else':'l'}," SAY("l", "few") "," SAY("m", "many") "," SAY("s", "hi")));
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
                          "{'id':'a','type':'tag','tag':'x','next':'b'},"
                          "{'id':'b','type':'condition','cases':[{'if':[{'field':"
                          "'tag','value':'y'}],'go':'end'}],'else':'a'}"));
    play_start(&play);
    ck_assert_ptr_nonnull(strstr(play_trace(&play), "a:loop"));
    ck_assert_uint_eq(play.facts.n_tags, BOT_STEPS_MAX / 2);
    play_done(&play);

    play_init(&play,
              FLOW(ON("get_started", "", "a"), "{'id':'a','type':'wait','seconds':1,'next':'a'}"));
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

START_TEST(keeps_to_the_limits_of_the_channel)
{
    char value[3001];
    struct play play;
    const char *said;

    memset(value, 'x', 3000);
    value[3000] = '\0';
    play_init(&play, FLOW(ON("get_started", "", "a"),
                          "{'id':'a','type':'say','text':'{first_name|}','buttons':[{"
                          "'title':'{last_name|No}','go':'end'}]}"));
    play_profile(&play, "first_name", value);
    play_profile(&play, "last_name", "A name that is longer than a button");
    play_start(&play);
    ck_assert_uint_eq(play_lines(&play), 1);
    play.facts.channel = SLICE("messenger");
    said = play_start(&play);
    ck_assert_uint_eq(play_lines(&play), 3); /* 1999, 640, 361 */
    ck_assert_ptr_nonnull(strstr(said, "x (A name that is long\xE2\x80\xA6=go:a:end)"));
    play_done(&play);
}
END_TEST

UNIT_MAIN("bot/run_talk", the_closest_phrase_wins, a_human_is_understood_in_many_languages,
          help_tells_what_happens_and_keeps_the_bot_quiet, an_open_question_can_be_left,
          speaks_up_once_when_no_reply_comes, comes_by_referral_or_payload,
          counts_visits_and_begins_anew_on_start, a_circle_is_stopped,
          an_old_state_meets_a_new_flow, keeps_to_the_limits_of_the_channel)
