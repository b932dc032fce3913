#include "bot/run_test_kit.h"
#include "unit.h"

START_TEST(says_text_with_variables_and_defaults)
{
    struct play play;

    play_init(&play,
              PLAY_FLOW("", ON_START("a"),
                        "{'id':'a','type':'say','text':'Hi {first_name|there} at {tenant}, it is "
                        "{weekday} {date} {time}, {language} on {channel}, {agents} here',"
                        "'next':'end'}"));
    ck_assert_str_eq(play_start(&play), "say Hi there at Little Lamp, it is tue 2026-11-24 12:00, "
                                        "en on web, 1 here");
    play.facts.utc_offset_min = 13 * 60;
    play_profile(&play, "first_name", "Ada");
    ck_assert_str_eq(play_start(&play), "say Hi Ada at Little Lamp, it is wed 2026-11-25 01:00, "
                                        "en on web, 1 here");
    play_done(&play);
}
END_TEST

START_TEST(speaks_the_persons_language)
{
    static const struct {
        const char *language, *locale, *said;
    } CASES[] = {
        {"en", "", "say Hello"}, {"de", "", "say Hallo"}, {"", "de_AT", "say Hallo"},
        {"pt-br", "", "say Oi"}, {"", "pt_BR", "say Oi"}, {"pt-pt", "", "say Ola"},
        {"fr", "", "say Hello"}, {"", "", "say Hello"},   {"DE-ch", "", "say Hallo"},
    };
    struct play play;
    size_t i;

    play_init(&play,
              PLAY_FLOW("", ON_START("a"),
                        "{'id':'a','type':'say','text':{'de':'Hallo','en':'Hello','pt':'Ola',"
                        "'pt-br':'Oi'},'next':'end'}"));
    for (i = 0; i < ARRAY_LEN(CASES); i++) {
        play.facts.language = slice_cstr(CASES[i].language);
        play.facts.locale = slice_cstr(CASES[i].locale);
        ck_assert_str_eq(play_start(&play), CASES[i].said);
    }
    play_done(&play);
}
END_TEST

START_TEST(chooses_a_variant_by_the_seed)
{
    struct play play;
    bool seen[2] = {false, false};
    int i;

    play_init(&play, PLAY_FLOW("", ON_START("a"),
                               "{'id':'a','type':'say','text':['Hi','Hello'],'next':'end'}"));
    for (i = 0; i < 50; i++) {
        play.seed = (uint64_t)i;
        seen[strcmp(play_start(&play), "say Hi") == 0] = true;
    }
    ck_assert(seen[0] && seen[1]);
    play_done(&play);
}
END_TEST

START_TEST(offers_choices_and_takes_them_pressed_or_typed)
{
    struct play play;

    play_init(
        &play,
        PLAY_FLOW("",
                  ON_START("a") "," ON_FALLBACK("lost") ",{'on':'payload','payload':'P','go':"
                                                        "'c'}",
                  "{'id':'a','type':'say','text':'Pick','buttons':[{'title':'Web','url':"
                  "'https://example.com/{channel}'},{'title':'Blue','go':'b'}],"
                  "'quick_replies':[{'title':'Green','also':['verde'],'go':'c'},"
                  "{'title':'Red','payload':'P'},{'title':'Stop','go':'end'}]}," SAY(
                      "b", "Blue it is") "," SAY("c", "Green it is") "," SAY("lost", "Sorry")));
    ck_assert_str_eq(play_start(&play), "say Pick (Web=https://example.com/web) (Blue=go:a:b) "
                                        "[Green=go:a:c] [Red=P] [Stop=go:a:end]");
    ck_assert_str_eq(play_trace(&play), "a:matched a:asked");
    ck_assert_str_eq(play_presses(&play, "go:a:b"), "say Blue it is");
    play_start(&play);
    ck_assert_str_eq(play_says(&play, "GREEN!"), "say Green it is");
    play_start(&play);
    ck_assert_str_eq(play_says(&play, "verde"), "say Green it is");
    play_start(&play);
    ck_assert_str_eq(play_says(&play, "the blue one please"), "say Blue it is");
    play_start(&play);
    ck_assert_str_eq(play_says(&play, "red"), "say Green it is");
    play_start(&play);
    ck_assert_str_eq(play_says(&play, "stop"), "");
    ck_assert_str_eq(play_presses(&play, "go:a:b"), "say Blue it is"); /* an old button */
    /* not a way that the flow has */
    ck_assert_str_eq(play_presses(&play, "go:b:c"), "say Sorry");
    ck_assert_str_eq(play_presses(&play, "go:a:lost"), "say Sorry");
    ck_assert_str_eq(play_presses(&play, "go:a"), "say Sorry");
    ck_assert_str_eq(play_presses(&play, "go:zzz:b"), "say Sorry");
    ck_assert_str_eq(play_presses(&play, "nonsense"), "say Sorry");
    ck_assert_str_eq(play_presses(&play, ""), "say Sorry");
    ck_assert_str_eq(play_says(&play, "web"), "say Sorry");
    play_done(&play);
}
END_TEST

START_TEST(image_text_and_cards_are_messages_of_their_own)
{
    struct play play;

    play_init(&play,
              PLAY_FLOW("", ON_START("a"),
                        "{'id':'a','type':'say','text':'Look','image':"
                        "'https://example.com/a.png','cards':[{'title':'One','buttons':[{"
                        "'title':'Take','go':'b'}]},{'title':'Two','buttons':[{'title':'Take',"
                        "'go':'c'}]}],'quick_replies':[{'title':'None','go':'end'}]}," SAY(
                            "b", "B") "," SAY("c", "C")));
    ck_assert_str_eq(play_start(&play),
                     "say image https://example.com/a.png\nsay Look\n"
                     "say card One (Take=go:a:b) card Two (Take=go:a:c) [None=go:a:end]");
    ck_assert_str_eq(play_presses(&play, "go:a:c"), "say C");
    play_start(&play);
    ck_assert_str_eq(play_says(&play, "take"), ""); /* which one? */
    ck_assert_str_eq(play_trace(&play), ":unmatched");
    play_done(&play);
}
END_TEST

static const struct {
    const char *test;
    bool holds;
} conditions[] = {
    {"'field':'size','op':'not_set'", true},
    {"'field':'size','op':'set'", false},
    {"'field':'size','value':'1'", false},
    {"'field':'size','op':'is_not','value':'1'", true},
    {"'field':'n','value':'007'", true}, /* as numbers */
    {"'field':'n','op':'less','value':'7.5'", true},
    {"'field':'n','op':'more','value':7", false},
    {"'field':'n','op':'at_least','value':7", true},
    {"'field':'n','op':'at_most','value':6", false},
    {"'field':'n','op':'between','value':[5,8]", true},
    {"'field':'n','op':'in','value':['6','7']", true},
    {"'field':'city','value':'zürich'", true},
    {"'field':'city','op':'starts','value':'ZUR'", true},
    {"'field':'city','op':'contains','value':'rich'", true},
    {"'field':'city','op':'contains','value':'poor'", false},
    {"'field':'city','op':'less','value':'Ab'", false},
    {"'field':'tag','value':'VIP'", true},
    {"'field':'tag','op':'is_not','value':'vip'", false},
    {"'field':'tag','value':'new'", false},
    {"'field':'channel','value':'web'", true},
    {"'field':'language','value':'en'", true},
    {"'field':'locale','value':'en_GB'", true},
    {"'field':'agents','op':'more','value':0", true},
    {"'field':'weekday','op':'in','value':['mon','tue']", true},
    {"'field':'time','op':'between','value':['09:00','18:00']", true},
    {"'field':'time','op':'between','value':['22:00','06:00']", false},
    {"'field':'time','op':'between','value':['22:00','13:00']", true},
    {"'field':'date','op':'at_least','value':'2026-11-24'", true},
    {"'field':'first_name','op':'set'", false},
    {"'field':'message','value':'x'", false},
};

START_TEST(decides_by_conditions)
{
    char text[2000];
    size_t i;

    for (i = 0; i < ARRAY_LEN(conditions); i++) {
        struct play play;

        snprintf(
            text, sizeof(text),
            "{'lethe_flow':1,'name':'T','triggers':[" ON_START(
                "c") "],'nodes':[{'id':'c','type':'condition','cases':[{'if':[{%s}],'go':'y'}],"
                     "'else':'n'}," SAY("y", "yes") "," SAY("n", "no") "]}",
            conditions[i].test);
        play_init(&play, play_text(text));
        play.attributes[0] = (struct bot_fact){SLICE("n"), pii_of(SLICE("7"))};
        play.attributes[1] = (struct bot_fact){SLICE("city"), pii_of(SLICE("Zürich"))};
        play.facts.n_attributes = 2;
        play.tags[0] = pii_of(SLICE("vip"));
        play.facts.n_tags = 1;
        ck_assert_msg((strcmp(play_start(&play), "say yes") == 0) == conditions[i].holds, "%s",
                      conditions[i].test);
        play_done(&play);
    }
}
END_TEST

START_TEST(sets_and_calculates)
{
    struct play play;

    play_init(
        &play,
        PLAY_FLOW(
            "'n':{'meaning':'a number','default':'5'}", ON_START("a"),
            "{'id':'a','type':'set','attribute':'n','op':'add','value':'0.25','next':'b'},"
            "{'id':'b','type':'set','attribute':'n','op':'multiply','value':'-2','next':"
            "'c'},"
            "{'id':'c','type':'set','attribute':'n','op':'subtract','value':'{n}','next':"
            "'d'},"
            "{'id':'d','type':'set','attribute':'n','value':'{tenant}: {n}','next':'e'},"
            "{'id':'e','type':'set','attribute':'n','op':'add','value':'9000000000000','next'"
            ":'f'},"
            "{'id':'f','type':'set','attribute':'n','op':'multiply','value':'9000000000000',"
            "'next':'g'},"
            "{'id':'g','type':'set','attribute':'n','op':'clear','next':'h'}," SAY("h", "{n}")));
    ck_assert_str_eq(play_start(&play), "set n=5.25\nset n=-10.5\nset n=0\nset n=Little Lamp: 0\n"
                                        "set n=9000000000000\nset n=\nsay 5");
    ck_assert_str_eq(play_trace(&play), "a:matched a:done b:done c:done d:done e:done f:failed "
                                        "g:done h:done");
    play_done(&play);
}
END_TEST

START_TEST(tags_are_seen_at_once)
{
    struct play play;

    play_init(&play,
              PLAY_FLOW("", ON_START("a"),
                        "{'id':'a','type':'tag','tag':'vip','next':'b'},"
                        "{'id':'b','type':'condition','cases':[{'if':[{'field':'tag','value':"
                        "'vip'}],'go':'c'}],'else':'end'},"
                        "{'id':'c','type':'untag','tag':'vip','next':'d'},"
                        "{'id':'d','type':'condition','cases':[{'if':[{'field':'tag','value':"
                        "'vip'}],'go':'end'}],'else':'e'}," SAY("e", "done")));
    ck_assert_str_eq(play_start(&play), "tag vip\nuntag vip\nsay done");
    play_done(&play);
}
END_TEST

START_TEST(waits_and_goes_on)
{
    struct play play;

    play_init(
        &play,
        PLAY_FLOW(
            "",
            ON_START("a") "," ON_FALLBACK("f") ",{'on':'phrase','phrases':'stop',"
                                               "'go':'s'}",
            "{'id':'a','type':'wait','seconds':5,'next':'b'},"
            "{'id':'b','type':'wait','hours':2,'next':'c'},"
            "{'id':'c','type':'wait','days':1,'on_reply':'r','next':'d'}," SAY("d", "Done") "," SAY(
                "r", "Reply") "," SAY("f", "Eh?") "," SAY("s", "Stopped")));
    ck_assert_str_eq(play_start(&play), "");
    ck_assert_str_eq(play_trace(&play), "a:matched a:waiting");
    ck_assert_int_eq(play.timer_at, play.now + 5000);
    /* a word in a short pause changes nothing */
    ck_assert_str_eq(play_says(&play, "hm"), "");
    ck_assert_str_eq(play_trace(&play), "a:ignored");
    ck_assert_int_eq(play.timer_at, play.now + 5000);
    /* neither does a timer of another time */
    ck_assert_str_eq(play_event(&play, &(struct bot_event){.kind = BOT_TIMER, .id = 1}), "");
    play_timer(&play);
    ck_assert_int_eq(play.timer_at, play.now + 7200 * 1000);
    play_timer(&play);
    ck_assert_str_eq(play_timer(&play), "say Done");
    ck_assert_int_eq(play.timer_at, 0);
    /* words that mean something end a pause, and any word a long one */
    play_start(&play);
    ck_assert_str_eq(play_says(&play, "stop"), "say Stopped");
    play_start(&play);
    play_timer(&play);
    ck_assert_str_eq(play_says(&play, "hm"), "say Eh?");
    play_start(&play);
    play_timer(&play);
    play_timer(&play);
    ck_assert_str_eq(play_says(&play, "hm"), "say Reply");
    play_done(&play);
}
END_TEST

#define HTTP_FLOW                                                                                  \
    PLAY_FLOW(                                                                                     \
        "", ON_START("h"),                                                                         \
        "{'id':'h','type':'http','method':'POST','url':'https://api.example.com/o/{message|a b}'," \
        "'headers':{'X-Who':'{tenant}'},'body':{'n':1,'who':'{tenant}'},'save':["                  \
        "{'path':'order.items.1.name','attribute':'item'},{'path':'order.price','attribute':"      \
        "'price'},{'path':'order.paid','attribute':'paid'},{'path':'none.0','attribute':'gone'}]," \
        "'next':'ok','failed':'no'}," SAY(                                                         \
            "ok", "{item}, {price}, {paid}, {gone|nothing}") "," SAY("no", "failed"))

START_TEST(calls_a_server_and_keeps_its_answer)
{
    struct play play;

    play_init(&play, HTTP_FLOW);
    ck_assert_str_eq(play_start(&play), "call POST https://api.example.com/o/a%20b X-Who: Little "
                                        "Lamp {\"n\":1,\"who\":\"Little Lamp\"}");
    ck_assert_str_eq(play_answer(&play, 200,
                                 "{\"order\":{\"items\":[{},{\"name\":\"Lamp\"}],\"price\":12.5,"
                                 "\"paid\":true}}"),
                     "set item=Lamp\nset price=12.5\nset paid=true\nset gone=\n"
                     "say Lamp, 12.5, true, nothing");
    ck_assert_str_eq(play_trace(&play), "h:http_ok ok:done");
    ck_assert_str_eq(play_answer(&play, 200, "{}"), ""); /* twice */
    ck_assert_str_eq(play_trace(&play), ":ignored");
    play_done(&play);
}
END_TEST

START_TEST(a_failed_call_takes_its_own_way)
{
    static const struct {
        int status;
        const char *body;
    } CASES[] = {{0, ""}, {404, "{}"}, {500, ""}, {200, "not json"}, {302, "{}"}, {-5, "{}"}};
    struct play play;
    size_t i;

    play_init(&play, HTTP_FLOW);
    for (i = 0; i < ARRAY_LEN(CASES); i++) {
        play_start(&play);
        ck_assert_str_eq(play_answer(&play, CASES[i].status, CASES[i].body), "say failed");
        ck_assert_str_eq(play_trace(&play), "h:http_failed no:done");
    }
    play_start(&play); /* no answer at all */
    ck_assert_int_eq(play.timer_at, play.now + 60000);
    ck_assert_str_eq(play_timer(&play), "say failed");
    play_done(&play);
}
END_TEST

START_TEST(mails_closes_and_jumps)
{
    struct play play;

    play_init(&play,
              PLAY_FLOW("", ON_START("j"),
                        "{'id':'m','type':'mail','to':'sales@example.com','subject':'A wish',"
                        "'text':'From {channel}','next':'c'},"
                        "{'id':'j','type':'jump','to':'m'},"
                        "{'id':'c','type':'close','text':'Bye'}"));
    ck_assert_str_eq(play_start(&play), "mail sales@example.com=A wish / From web\nsay Bye\nclose");
    ck_assert_str_eq(play_trace(&play), "j:matched j:done m:done c:closed");
    play_done(&play);
}
END_TEST

UNIT_MAIN("bot/run", says_text_with_variables_and_defaults, speaks_the_persons_language,
          chooses_a_variant_by_the_seed, offers_choices_and_takes_them_pressed_or_typed,
          image_text_and_cards_are_messages_of_their_own, decides_by_conditions,
          sets_and_calculates, tags_are_seen_at_once, waits_and_goes_on,
          calls_a_server_and_keeps_its_answer, a_failed_call_takes_its_own_way,
          mails_closes_and_jumps)
