#include "bot/run_test_kit.h"
#include "unit.h"

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
    play_init(&play, play_text(text));
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

    play_init(&play,
              PLAY_FLOW(SIZE, ON_START("q"),
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

    play_init(&play,
              PLAY_FLOW("'email':{'meaning':'to answer'}", ON_START("q"),
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

    play_init(&play, PLAY_FLOW(SIZE, ON_START("q") "," ON_FALLBACK("f"),
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

UNIT_MAIN("bot/run_ask", checks_texts_and_addresses, checks_numbers_and_days, checks_choices,
          a_choice_may_lead_elsewhere_and_be_pressed, asks_again_and_gives_up,
          takes_files_only_where_one_is_asked_for)
