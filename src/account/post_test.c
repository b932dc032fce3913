#include "account/post.h"

#include "account/post_text.h"
#include "store/store_unit.h"

/* Stop links */

struct stop {
    struct store *store;
    struct slice word;
    char text[200];
    struct tenant tenant;
    struct user ada;
};

static int make_user(struct turn *turn, void *arg)
{
    struct stop *s = arg;
    int r = tenant_add(turn, SLICE("Tea"), &s->tenant);

    if (r == 0)
        r = user_add(turn, s->tenant.id, ROLE_OWNER, pii_of(SLICE("Ada")),
                     pii_of(SLICE("ada@example.com")), SLICE("h"), 1, &s->ada);
    if (r == 0)
        r = post_stop_word(turn->vault, turn->arena, s->ada.id, ALERT_HELP, &s->word);
    if (r == 0)
        snprintf(s->text, sizeof(s->text), "%.*s", SLICE_ARG(s->word));
    return r;
}

static struct stop with_word(const struct engines *e)
{
    struct stop s = {.store = unit_open(e)};

    account_start(s.store);
    ck_assert_ok(store_write_wait(s.store, 0, make_user, &s));
    return s;
}

static int read_word(const struct stop *s, const char *text, int64_t *ret_user)
{
    enum alert_flag flag = 0;
    int r = post_stop_read(store_vault(s->store), slice_cstr(text), ret_user, &flag);

    if (r == 0)
        ck_assert_int_eq(flag, ALERT_HELP);
    return r;
}

ENGINES_TEST(a_stop_link_names_its_user)
{
    struct stop s = with_word(e);
    int64_t user;

    ck_assert_ok(read_word(&s, s.text, &user));
    ck_assert_int_eq(user, s.ada.id);
    store_close(s.store);
}

ENGINES_TEST(a_forged_stop_link_is_refused)
{
    static const char *const nonsense[] = {"", ".", "..", "usr_.1.", "usr_0000000000000.1.AAAA"};
    struct stop s = with_word(e);
    size_t i, n = strlen(s.text);
    int64_t user;

    for (i = 0; i < ARRAY_LEN(nonsense); i++)
        ck_assert_err(read_word(&s, nonsense[i], &user), ERR_NOT_FOUND);
    for (i = 0; i < n; i++) { /* any letter changed */
        char was = s.text[i];

        s.text[i] = was == '2' ? '3' : '2';
        ck_assert_err(read_word(&s, s.text, &user), ERR_NOT_FOUND);
        s.text[i] = was;
    }
    s.text[n - 1] = '\0';
    ck_assert_err(read_word(&s, s.text, &user), ERR_NOT_FOUND);
    store_close(s.store);
}

static int stop_twice(struct turn *turn, void *arg)
{
    struct stop *s = arg;
    struct user user;

    ck_assert_ok(post_stop(turn, s->ada.id, ALERT_HELP));
    ck_assert_ok(post_stop(turn, s->ada.id, ALERT_HELP));
    ck_assert_ok(user_load(turn, s->tenant.id, s->ada.id, &user));
    ck_assert_int_eq(user.alerts, ALERT_CHANNEL);
    ck_assert_ok(post_stop(turn, 4711, ALERT_HELP)); /* somebody who left */
    return 0;
}

ENGINES_TEST(stopping_twice_is_stopping)
{
    struct stop s = with_word(e);

    ck_assert_ok(store_write_wait(s.store, s.tenant.id, stop_twice, &s));
    store_close(s.store);
}

/* Words */

static struct slice words_of(struct arena *arena, enum post_kind kind,
                             const struct post_facts *facts, struct slice *ret_subject)
{
    struct slice text;

    ck_assert_ok(post_words(arena, kind, facts, ret_subject, &text));
    return text;
}

#define LINK "https://chat.example.com/reset#lk_x"

START_TEST(a_reset_mail_in_both_languages)
{
    struct arena *arena = arena_new(64 * 1024);
    struct post_facts facts = {.lang = SLICE("en"),
                               .link = SLICE(LINK),
                               .privacy_link = SLICE("https://chat.example.com/privacy")};
    struct slice subject, text = words_of(arena, POST_RESET, &facts, &subject);

    ck_assert_slice(subject, "Choose a new password");
    ck_assert_slice(
        text, "Somebody asked for a new password for your account. If it was you, open this link "
              "within one hour:\n\n" LINK "\n\nIf not, do nothing: your password stays as it is."
              "\n\n-- \nThis mail is about the security of your account, so it can't be switched "
              "off.\nPrivacy: https://chat.example.com/privacy\n");
    facts.lang = SLICE("de");
    text = words_of(arena, POST_RESET, &facts, &subject);
    ck_assert_slice(subject, "Neues Passwort wählen");
    ck_assert_ptr_nonnull(memmem(text.ptr, text.len, LINK, strlen(LINK)));
    facts.lang = SLICE("xx");
    words_of(arena, POST_RESET, &facts, &subject);
    ck_assert_slice(subject, "Choose a new password");
    arena_free(arena);
}
END_TEST

static bool has(struct slice text, const char *part)
{
    return memmem(text.ptr, text.len, part, strlen(part)) != NULL;
}

START_TEST(a_help_alert_tells_how_long_and_how_to_stop)
{
    struct arena *arena = arena_new(64 * 1024);
    struct post_facts facts = {.lang = SLICE("en"),
                               .word = SLICE("web"),
                               .link = SLICE("https://x/app"),
                               .stop_link = SLICE("https://x/unsubscribe/y")};
    struct slice subject, text = words_of(arena, POST_HELP, &facts, &subject);

    ck_assert_slice(subject, "A visitor asks for a person");
    ck_assert(has(text, "Somebody on your website asked for a person just now."));
    ck_assert(has(text, "\nStop this alert: https://x/unsubscribe/y\n"));
    ck_assert(!has(text, "They wrote"));
    facts.minutes = 1;
    facts.word = SLICE("messenger");
    text = words_of(arena, POST_HELP, &facts, &subject);
    ck_assert(has(text, "Somebody on Messenger asked for a person 1 minute ago."));
    facts.minutes = 12;
    facts.text = pii_of(SLICE("where is it?"));
    text = words_of(arena, POST_HELP, &facts, &subject);
    ck_assert(has(text, "12 minutes ago."));
    ck_assert(has(text, "They wrote:\nwhere is it?"));
    facts.lang = SLICE("de");
    text = words_of(arena, POST_HELP, &facts, &subject);
    ck_assert(has(text, "Auf Messenger hat vor 12 Minuten jemand"));
    ck_assert(has(text, "Die Nachricht:\nwhere is it?"));
    arena_free(arena);
}
END_TEST

START_TEST(every_kind_has_words_in_every_language)
{
    static const char *const languages[] = {"en", "de"};
    struct arena *arena = arena_new(256 * 1024);
    struct slice subject, text;
    size_t i;
    int kind;

    for (i = 0; i < ARRAY_LEN(languages); i++) {
        const struct post_facts facts = {.lang = slice_cstr(languages[i]),
                                         .link = SLICE("https://x/y"),
                                         .privacy_link = SLICE("https://x/privacy")};

        for (kind = POST_RESET; kind <= POST_FLOW; kind++) {
            text = words_of(arena, (enum post_kind)kind, &facts, &subject);
            ck_assert_int_gt(subject.len, 5);
            ck_assert(kind == POST_TEST || has(text, "https://x/y"));
            ck_assert(has(text, ": https://x/privacy\n"));
            ck_assert(!has(text, "{"));
        }
    }
    arena_free(arena);
}
END_TEST

ENGINES_MAIN("account/post", a_stop_link_names_its_user, a_forged_stop_link_is_refused,
             stopping_twice_is_stopping, a_reset_mail_in_both_languages,
             a_help_alert_tells_how_long_and_how_to_stop, every_kind_has_words_in_every_language)
