#include "bot/text.h"

#include "base/utf8.h"
#include "bot/expand.h"
#include "unit.h"

/* The reduced text as UTF-8, for comparison with what we expect. */
static const char *reduced(const char *text)
{
    static char out[8000];
    struct arena *arena = arena_new(1 << 20);
    struct text_form form;
    size_t i, n = 0;

    ck_assert_int_eq(text_form(slice_cstr(text), arena, &form), 0);
    for (i = 0; i < form.n; i++)
        n += utf8_put(form.codes[i], out + n);
    out[n] = '\0';
    arena_free(arena);
    return out;
}

START_TEST(reduces_text_to_what_matters)
{
    static const struct {
        const char *text, *reduced;
    } CASES[] = {
        {"Where is my Parcel?", "where is my parcel"},
        {"  Hello,\t\n world!! ", "hello world"},
        {"Straße", "strasse"},
        {"STRASSE", "strasse"},
        {"Öffnungszeiten", "offnungszeiten"},
        {"ＦＵＬＬ　ｗｉｄｔｈ １２", "full width 12"},
        {"ﬁne", "fine"},
        {"e\xCC\x81t\xC3\xA9", "ete"},
        {"IŞIK", "isik"},
        {"ışık", "isik"},
        {"İstanbul", "istanbul"},
        {"أَهْلًا", "اهلا"},
        {"الطلب", "طلب"},
        {"طلبية", "طلبيه"},
        {"٣٤ ۵۶", "34 56"},
        {"don't / won’t", "don t won t"},
        {"注文 番号", "注文番号"},
        {"ｶﾞｷﾞ", "ガギ"},
        {"が", "が"},
        {"👍🏽", "👍"},
        {"ok 👍️", "ok 👍"},
        {"c++ 5€", "c++ 5€"},
        {"йод", "иод"},
        {"น้ำ", "น้ํา"},
        {"...", ""},
        {"", ""},
        {"\xff\xfe", ""},
    };
    size_t i;

    for (i = 0; i < ARRAY_LEN(CASES); i++)
        ck_assert_str_eq(reduced(CASES[i].text), CASES[i].reduced);
}
END_TEST

static int match(const char *text, const char *phrase, bool typos)
{
    struct arena *arena = arena_new(1 << 20);
    struct text_form a, b;
    int score;

    ck_assert_int_eq(text_form(slice_cstr(text), arena, &a), 0);
    ck_assert_int_eq(text_form(slice_cstr(phrase), arena, &b), 0);
    score = text_match(&a, &b, typos);
    arena_free(arena);
    return score;
}

enum expected { NO, WITHIN, WHOLE };

static enum expected kind_of(int score)
{
    return score == TEXT_NO_MATCH ? NO : score >= TEXT_WHOLE ? WHOLE : WITHIN;
}

START_TEST(finds_phrases_and_forgives_slips)
{
    static const struct {
        const char *text, *phrase;
        enum expected expected;
    } CASES[] = {
        {"Parcel", "parcel", WHOLE},
        {"where is my parcel?", "parcel", WITHIN},
        {"parcels", "parcel", WHOLE},
        {"percel", "parcel", WHOLE},
        {"pracel", "parcel", WHOLE},
        {"parcl", "parcel", WHOLE},
        {"opening huors please", "opening hours", WITHIN},
        {"openinghours", "opening hours", WHOLE},
        {"opening hou rs", "opening hours", WHOLE},
        {"öffnungs zeiten", "Öffnungszeiten", WHOLE},
        {"oeffnungszeiten", "Öffnungszeiten", WHOLE},
        {"Öffnugszeiten?", "Öffnungszeiten", WHOLE},
        {"IPTAL", "iptal", WHOLE},
        {"İptal", "ıptal", WHOLE},
        {"wo ist die STRASSE", "straße", WITHIN},
        {"أين طلبي؟", "طلبي", WITHIN},
        {"اين الطلب", "طلب", WITHIN},
        {"配送状況を教えてください", "配送状況", WITHIN},
        {"주문은 어디에", "주문", WITHIN},
        {"สั่งซื้อสินค้า", "สินค้า", WITHIN},
        {"super👍", "👍", WITHIN},
        {"👍🏿", "👍", WHOLE},
        /* no false friends */
        {"chat", "what", NO},
        {"hat", "cat", NO},
        {"from", "form", NO},
        {"stop", "shop", NO},
        {"yours", "hours", NO},
        {"later", "water", NO},
        {"order 12345", "order 12346", NO},
        {"parcelling", "parcel", NO},
        {"I am a humanist", "human", NO},
        {"carpet", "pet", NO},
        {"for mal", "formal", NO},
        {"配送", "配達", NO},
        {"", "parcel", NO},
        {"parcel", "", NO},
        {"?!", "parcel", NO},
    };
    size_t i;

    for (i = 0; i < ARRAY_LEN(CASES); i++)
        ck_assert_msg(kind_of(match(CASES[i].text, CASES[i].phrase, true)) == CASES[i].expected,
                      "\"%s\" / \"%s\": %d", CASES[i].text, CASES[i].phrase,
                      match(CASES[i].text, CASES[i].phrase, true));
}
END_TEST

START_TEST(scores_the_closer_match_higher)
{
    ck_assert_int_eq(match("parcel", "parcel", true), TEXT_EXACT);
    ck_assert_int_gt(match("parcel", "parcel", true), match("percel", "parcel", true));
    ck_assert_int_gt(match("percel", "parcel", true), match("my parcel", "parcel", true));
    ck_assert_int_gt(match("my lost parcel", "lost parcel", true),
                     match("my lost parcel", "parcel", true));
    ck_assert_int_eq(match("percel", "parcel", false), TEXT_NO_MATCH);
    ck_assert_int_eq(match("openinghours", "opening hours", false), TEXT_NO_MATCH);
}
END_TEST

static bool lookup(void *arg, struct slice name, struct pii *ret)
{
    if (slice_eq(name, SLICE("name")))
        *ret = pii_of(SLICE("A \"B\"\n&c"));
    else if (slice_eq(name, SLICE("blank")))
        *ret = pii_of(SLICE(""));
    else
        return false;
    return true;
}

START_TEST(fills_in_variables)
{
    static const struct {
        enum expand_mode mode;
        const char *text, *expected;
    } CASES[] = {
        {EXPAND_TEXT, "Hi {name}!", "Hi A \"B\"\n&c!"},
        {EXPAND_TEXT, "Hi {other|there}!", "Hi there!"},
        {EXPAND_TEXT, "Hi {blank|there}!", "Hi there!"},
        {EXPAND_TEXT, "Hi {other}!", "Hi !"},
        {EXPAND_TEXT, "Hi {other|}!", "Hi !"},
        {EXPAND_TEXT, "{{name}} is {name|x}", "{name} is A \"B\"\n&c"},
        {EXPAND_TEXT, "{Name} {a b} {} { {name", "{Name} {a b} {} { {name"},
        {EXPAND_TEXT, "}{{", "}{"},
        {EXPAND_URL, "https://example.com/{name}?q={other|a b}",
         "https://example.com/A%20%22B%22%0A%26c?q=a%20b"},
        {EXPAND_HEADER, "x {name}", "x A \"B\" &c"},
        {EXPAND_JSON, "{\"{name}\":\"{name}\",\"n\":[1,\"{other|a\\\"b}\",{}]}",
         "{\"{name}\":\"A \\\"B\\\"\\n&c\",\"n\":[1,\"a\\\"b\",{}]}"},
        {EXPAND_JSON, "{\"a\":{\"b\":\"{{x}}\"}}", "{\"a\":{\"b\":\"{x}\"}}"},
    };
    size_t i;

    for (i = 0; i < ARRAY_LEN(CASES); i++) {
        struct buf b = BUF_INIT(1000);

        ck_assert_int_eq(expand(slice_cstr(CASES[i].text), CASES[i].mode, lookup, NULL, &b), 0);
        ck_assert_int_eq(buf_add_char(&b, '\0'), 0);
        ck_assert_str_eq(b.ptr, CASES[i].expected);
        buf_done(&b);
    }
}
END_TEST

UNIT_MAIN("bot/text", reduces_text_to_what_matters, finds_phrases_and_forgives_slips,
          scores_the_closer_match_higher, fills_in_variables)
