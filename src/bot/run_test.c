#include "bot/run_test_kit.h"
#include "unit.h"

/* Single quotes for double ones, so that a flow can be read in C. */
static const char *flow_text(const char *text)
{
    static char out[20000];
    size_t i, n = strlen(text);

    ck_assert_uint_lt(n, sizeof(out));
    for (i = 0; i <= n; i++)
        out[i] = text[i] == '\'' ? '"' : text[i];
    return out;
}

#define FLOW(fields, triggers, nodes)                                                              \
    flow_text("{'lethe_flow':1,'name':'Test','fields':{" fields "},'triggers':[" triggers          \
              "],'nodes':[" nodes "]}")
#define ON_START(id)    "{'on':'get_started','go':'" id "'}"
#define ON_FALLBACK(id) "{'on':'fallback','go':'" id "'}"
#define ON_HELP(id)     "{'on':'help','go':'" id "'}"
#define SAY(id, text)   "{'id':'" id "','type':'say','text':'" text "','next':'end'}"
#define SIZE            "'size':{'meaning':'to order'}"

START_TEST(says_text_with_variables_and_defaults)
{
    struct play play;

    play_init(&play, FLOW("", ON_START("a"),
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

    play_init(&play, FLOW("", ON_START("a"),
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

    play_init(&play, FLOW("", ON_START("a"),
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

    play_init(&play,
              FLOW("",
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

    play_init(&play, FLOW("", ON_START("a"),
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

#define ASK(input)                                                                                 \
    "{'id':'q','type':'ask','text':'Well?','input':" input ",'save':'size',"                       \
    "'again':'Again?','retries':1,'failed':'no','next':'yes'}," SAY("yes", "got {size}") "," SAY(  \
        "no", "gave up")

static void answers(const char *input, const char *language, const char *locale,
                    const char *const (*cases)[2], size_t n)
{
    char nodes[2000], text[4000], expected[200];
    struct play play;
    size_t i;

    snprintf(nodes, sizeof(nodes), ASK("%s"), input);
    snprintf(text, sizeof(text),
             "{'lethe_flow':1,'name':'T','fields':{" SIZE
             "},'triggers':[" ON_START("q") "],'nodes':[%s]}",
             nodes);
    play_init(&play, flow_text(text));
    play.facts.language = slice_cstr(language);
    play.facts.locale = slice_cstr(locale);
    for (i = 0; i < n; i++) {
        play_start(&play);
        if (cases[i][1])
            snprintf(expected, sizeof(expected), "set size=%s\nsay got %s", cases[i][1],
                     cases[i][1]);
        else
            snprintf(expected, sizeof(expected), "say Again?");
        ck_assert_msg(strncmp(play_says(&play, cases[i][0]), expected, strlen(expected)) == 0,
                      "%s: '%s' gives %s", input, cases[i][0], play.transcript.ptr);
    }
    play_done(&play);
}

#define ANSWERS(input, language, locale, ...)                                                      \
    do {                                                                                           \
        static const char *const CASES[][2] = {__VA_ARGS__};                                       \
        answers(input, language, locale, CASES, ARRAY_LEN(CASES));                                 \
    } while (0)

START_TEST(checks_texts_and_addresses)
{
    ANSWERS("'text'", "en", "", {"  hello ", "hello"}, {" ", NULL}, {"", NULL});
    ANSWERS("'text','min':2,'max':3", "en", "", {"ab", "ab"}, {"a", NULL}, {"äöü", "äöü"},
            {"abcd", NULL});
    ANSWERS("'text','only':'digits'", "en", "", {"007", "007"}, {"7a", NULL}, {"-7", NULL});
    ANSWERS("'text','only':'letters_digits'", "en", "", {"A7", "A7"}, {"A 7", NULL});
    ANSWERS("'email'", "en", "", {"ada@example.com", "ada@example.com"},
            {"my mail is ada.b+c@EXAMPLE.com.", "ada.b+c@example.com"},
            {"<ada@example.com>", "ada@example.com"}, {"mailto:ada@example.com", "ada@example.com"},
            {"ädä@exämple.com", "ädä@exämple.com"}, {"ada@example", NULL}, {"ada", NULL},
            {"@example.com", NULL}, {"a@@example.com", NULL}, {"a..b@example.com", NULL},
            {".a@example.com", NULL}, {"a@-x.com", NULL}, {"a@example.com b@example.com", NULL},
            {"a b@example.c@m", NULL}, {"a@1.2.3.4", NULL});
    ANSWERS("'phone'", "en", "", {"+49 30 123456", "+4930123456"},
            {"0049 (30) 12-34/56", "+4930123456"}, {"030 123456", "030123456"}, {"12345", NULL},
            {"+0 30 123456", NULL}, {"call me", NULL}, {"1234567890123456", NULL},
            {"٠٣٠١٢٣٤٥٦", "030123456"});
    ANSWERS("'phone','country':'+49'", "en", "", {"030 123456", "+4930123456"},
            {"+43 1 234567", "+431234567"}, {"30 123456", "+4930123456"});
}
END_TEST

START_TEST(checks_numbers_and_days)
{
    ANSWERS("'number'", "en", "", {"12", "12"}, {"-12.50", "-12.5"}, {"1,234.5", "1234.5"},
            {"1,5", "1.5"}, {"1,234", "1234"}, {"+3", "3"}, {"1 234 567", "1234567"},
            {"１２", "12"}, {"1.2.3", NULL}, {"twelve", NULL}, {"", NULL}, {"-", NULL},
            {"99999999999999999999", NULL}, {"1e5", NULL}, {"12,34,5", NULL});
    ANSWERS("'number'", "de", "de_DE", {"1.234,5", "1234.5"}, {"1,5", "1.5"}, {"1.234", "1234"},
            {"12.5", "12.5"}, {"0,25", "0.25"});
    ANSWERS("'number','min':1,'max':9.5,'whole':false", "en", "en", {"1", "1"}, {"9.5", "9.5"},
            {"0.999999", NULL}, {"9.51", NULL});
    ANSWERS("'number','whole':true", "en", "en", {"4", "4"}, {"4.5", NULL});
    ANSWERS("'date'", "en", "en_GB", {"2026-11-24", "2026-11-24"}, {"24.11.2026", "2026-11-24"},
            {"3/12/2026", "2026-12-03"}, {" 1. 2. 2026 ", "2026-02-01"},
            {"29.2.2024", "2024-02-29"}, {"29.2.2026", NULL}, {"24.11.26", NULL},
            {"2026-13-01", NULL}, {"tomorrow", NULL}, {"1.2.3.2026", NULL}, {"1..2026", NULL});
    ANSWERS("'date'", "en", "en_US", {"3/12/2026", "2026-03-12"}, {"24.11.2026", "2026-11-24"},
            {"24/11/2026", NULL});
    ANSWERS("'date','min':'today','max':'2026-12-31'", "en", "en", {"2026-11-24", "2026-11-24"},
            {"2026-11-23", NULL}, {"2026-12-31", "2026-12-31"}, {"2027-01-01", NULL});
}
END_TEST

START_TEST(checks_choices)
{
    ANSWERS(
        "'choice','choices':[{'title':'Small','value':'s'},{'title':'Large one','also':['big']},"
        "{'title':'Other','go':'no'}]",
        "en", "", {"small", "s"}, {"Samll", "s"}, {"1", "s"}, {"2", "Large one"},
        {"the big one", "Large one"}, {"4", NULL}, {"0", NULL}, {"medium", NULL});
}
END_TEST

START_TEST(a_choice_may_lead_elsewhere_and_be_pressed)
{
    struct play play;

    play_init(&play, FLOW(SIZE, ON_START("q"),
                          "{'id':'q','type':'ask','text':'Which?','input':'choice','save':'size',"
                          "'choices':[{'title':'S','value':'s'},{'title':'L','go':'big'}],'skip':{"
                          "'title':'Skip','go':'none'},'failed':'none','next':'small'}," SAY(
                              "small", "small") "," SAY("big", "big") "," SAY("none", "none")));
    ck_assert_str_eq(play_start(&play),
                     "say Which? [S=pick:q:s] [L=pick:q:L] [Skip=skip:q] <choice>");
    ck_assert_str_eq(play_presses(&play, "pick:q:L"), "set size=L\nsay big");
    play_start(&play);
    ck_assert_str_eq(play_presses(&play, "pick:q:s"), "set size=s\nsay small");
    play_start(&play);
    ck_assert_str_eq(play_presses(&play, "skip:q"), "say none");
    ck_assert_str_eq(play_trace(&play), "q:skipped none:done");
    play_start(&play);
    ck_assert_str_eq(play_says(&play, "skip"), "say none");
    ck_assert_str_eq(play_presses(&play, "pick:q:s"), ""); /* the question is not open any more */
    play_done(&play);
}
END_TEST

START_TEST(asks_again_and_gives_up)
{
    struct play play;

    play_init(&play, FLOW("'email':{'meaning':'to answer'}", ON_START("q"),
                          "{'id':'q','type':'ask','text':'Mail?','again':'Really?','input':'email',"
                          "'save':'email','retries':2,'failed':'no','next':'yes'}," SAY(
                              "yes", "{email|?}") "," SAY("no", "gave up")));
    ck_assert_str_eq(play_start(&play), "say Mail? <email>");
    ck_assert_str_eq(play_says(&play, "no idea"), "say Really? <email>");
    ck_assert_str_eq(play_trace(&play), "q:invalid");
    ck_assert_str_eq(
        play_event(&play, &(struct bot_event){.kind = BOT_FILE, .text = pii_of(SLICE("fil_1"))}),
        "say Really? <email>");
    ck_assert_str_eq(play_says(&play, "no"), "say gave up");
    ck_assert_str_eq(play_trace(&play), "q:gave_up no:done");
    play_start(&play);
    play_says(&play, "no");
    ck_assert_str_eq(play_says(&play, "ada@example.com"),
                     "contact email=ada@example.com\nsay ada@example.com");
    ck_assert_str_eq(play_trace(&play), "q:answered yes:done");
    play_done(&play);
}
END_TEST

START_TEST(takes_files_only_where_one_is_asked_for)
{
    static const struct bot_event FILE_EVENT = {.kind = BOT_FILE,
                                                .text = {{"fil_7", sizeof("fil_7") - 1}}};
    struct play play;

    play_init(&play, FLOW(SIZE, ON_START("q") "," ON_FALLBACK("f"),
                          "{'id':'q','type':'ask','text':'File?','input':'file','save':'size',"
                          "'failed':'f','next':'y'}," SAY("y", "thanks for {size}") "," SAY(
                              "f", "what?")));
    ck_assert_str_eq(play_event(&play, &FILE_EVENT), "say what?");
    ck_assert_str_eq(play_start(&play), "say File? <file>");
    ck_assert_str_eq(play_says(&play, "here"), "say File? <file>");
    ck_assert_str_eq(play_event(&play, &FILE_EVENT), "set size=fil_7\nsay thanks for fil_7");
    play_done(&play);
}
END_TEST

START_TEST(decides_by_conditions)
{
    static const struct {
        const char *test;
        bool holds;
    } CASES[] = {
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
    char text[2000];
    size_t i;

    for (i = 0; i < ARRAY_LEN(CASES); i++) {
        struct play play;

        snprintf(
            text, sizeof(text),
            "{'lethe_flow':1,'name':'T','triggers':[" ON_START(
                "c") "],'nodes':[{'id':'c','type':'condition','cases':[{'if':[{%s}],'go':'y'}],"
                     "'else':'n'}," SAY("y", "yes") "," SAY("n", "no") "]}",
            CASES[i].test);
        play_init(&play, flow_text(text));
        play.attributes[0] = (struct bot_fact){SLICE("n"), pii_of(SLICE("7"))};
        play.attributes[1] = (struct bot_fact){SLICE("city"), pii_of(SLICE("Zürich"))};
        play.facts.n_attributes = 2;
        play.tags[0] = pii_of(SLICE("vip"));
        play.facts.n_tags = 1;
        ck_assert_msg((strcmp(play_start(&play), "say yes") == 0) == CASES[i].holds, "%s",
                      CASES[i].test);
        play_done(&play);
    }
}
END_TEST

START_TEST(sets_and_calculates)
{
    struct play play;

    play_init(
        &play,
        FLOW("'n':{'meaning':'a number','default':'5'}", ON_START("a"),
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

    play_init(&play, FLOW("", ON_START("a"),
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
        FLOW("",
             ON_START("a") "," ON_FALLBACK("f") ",{'on':'phrase','phrases':'stop',"
                                                "'go':'s'}",
             "{'id':'a','type':'wait','seconds':5,'next':'b'},"
             "{'id':'b','type':'wait','hours':2,'next':'c'},"
             "{'id':'c','type':'wait','days':1,'on_reply':'r','next':'d'}," SAY(
                 "d", "Done") "," SAY("r", "Reply") "," SAY("f", "Eh?") "," SAY("s", "Stopped")));
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
    FLOW(                                                                                          \
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

    play_init(&play, FLOW("", ON_START("j"),
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
          image_text_and_cards_are_messages_of_their_own, checks_texts_and_addresses,
          checks_numbers_and_days, checks_choices, a_choice_may_lead_elsewhere_and_be_pressed,
          asks_again_and_gives_up, takes_files_only_where_one_is_asked_for, decides_by_conditions,
          sets_and_calculates, tags_are_seen_at_once, waits_and_goes_on,
          calls_a_server_and_keeps_its_answer, a_failed_call_takes_its_own_way,
          mails_closes_and_jumps)
