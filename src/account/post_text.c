#include "account/post_text.h"

#include "base/err.h"

enum { TEXT_MAX = 64 * 1024 };

/* {link} {word} {where} {when} are filled in. */
struct words {
    const char *subject;
    const char *text;
    const char *footer;
};

struct language {
    const char *code;
    struct words kinds[POST_FLOW + 1];
    const char *quoted;
    const char *stop;
    const char *privacy;
    const char *website; /* where somebody writes, when it is no channel with a name of its own */
    const char *now, *minute, *minutes; /* when they asked; # stands for the number */
};

static const struct language languages[] = {
    {"en",
     {
         [POST_RESET] =
             {"Choose a new password",
              "Somebody asked for a new password for your account. If it was you, open "
              "this link within one hour:\n\n{link}\n\nIf not, do nothing: your password "
              "stays as it is.",
              "This mail is about the security of your account, so it can't be switched "
              "off."},
         [POST_INVITATION] = {"You are invited to a team",
                              "A team invites you to answer its customers with Lethe. Open this "
                              "link within seven days to join:\n\n{link}",
                              "You get this mail once, because somebody typed your address into an "
                              "invitation. Nothing else will come."},
         [POST_HELP] = {"A visitor asks for a person",
                        "Somebody on {where} asked for a person {when}.\n\nAnswer here: {link}",
                        NULL},
         [POST_CHANNEL] = {"A channel needs you",
                           "One of your channels has stopped working ({word}). People who write "
                           "there get no answer.\n\nSee what to do: {link}",
                           NULL},
         [POST_TEST] = {"A test mail", "This is the test mail you asked for. Mail works.",
                        "You get this mail because you pressed the test button."},
         [POST_FLOW] = {"Your bot wrote to you", "Conversation: {link}", NULL},
     },
     "They wrote:",
     "Stop this alert: ",
     "Privacy: ",
     "your website",
     "just now",
     "1 minute ago",
     "# minutes ago"},
    {"de",
     {
         [POST_RESET] = {"Neues Passwort wählen",
                         "Für Ihr Konto wurde ein neues Passwort angefordert. Wenn Sie das waren, "
                         "öffnen Sie diesen Link innerhalb einer Stunde:\n\n{link}\n\nWenn nicht, "
                         "tun Sie nichts: Ihr Passwort bleibt, wie es ist.",
                         "Diese Mail betrifft die Sicherheit Ihres Kontos und lässt sich deshalb "
                         "nicht abschalten."},
         [POST_INVITATION] = {"Einladung in ein Team",
                              "Ein Team lädt Sie ein, mit Lethe seinen Kunden zu antworten. Öffnen "
                              "Sie zum Beitreten diesen Link innerhalb von sieben Tagen:\n\n{link}",
                              "Sie erhalten diese Mail einmal, weil jemand Ihre Adresse in eine "
                              "Einladung eingegeben hat. Weitere kommen nicht."},
         [POST_HELP] =
             {"Jemand möchte mit einem Menschen sprechen",
              "Auf {where} hat {when} jemand nach einem Menschen gefragt.\n\nHier antworten: "
              "{link}",
              NULL},
         [POST_CHANNEL] =
             {"Ein Kanal braucht Sie",
              "Einer Ihrer Kanäle funktioniert nicht mehr ({word}). Wer dort schreibt, "
              "bekommt keine Antwort.\n\nWas zu tun ist: {link}",
              NULL},
         [POST_TEST] = {"Eine Testmail",
                        "Das ist die Testmail, um die Sie gebeten haben. Mail "
                        "funktioniert.",
                        "Sie erhalten diese Mail, weil Sie auf „Testen“ gedrückt haben."},
         [POST_FLOW] = {"Ihr Bot hat Ihnen geschrieben", "Unterhaltung: {link}", NULL},
     },
     "Die Nachricht:",
     "Diese Benachrichtigung abstellen: ",
     "Datenschutz: ",
     "Ihrer Website",
     "gerade eben",
     "vor 1 Minute",
     "vor # Minuten"},
};

static const struct language *language_of(struct slice code)
{
    size_t i;

    for (i = 0; i < ARRAY_LEN(languages); i++)
        if (slice_eq(code, slice_cstr(languages[i].code)))
            return &languages[i];
    return &languages[0];
}

static int add_when(struct buf *b, const struct language *language, int64_t minutes)
{
    struct slice rest = slice_cstr(language->minutes), before;
    int r;

    if (minutes < 1)
        return buf_add(b, slice_cstr(language->now));
    if (minutes == 1)
        return buf_add(b, slice_cstr(language->minute));
    if (!slice_cut(&rest, '#', &before))
        return ERR_INTERNAL;
    r = buf_add(b, before);
    if (r == 0)
        r = buf_addf(b, "%lld", (long long)minutes);
    return r < 0 ? r : buf_add(b, rest);
}

static struct slice where_of(const struct language *language, struct slice channel)
{
    if (slice_eq(channel, SLICE("messenger")))
        return SLICE("Messenger");
    return slice_cstr(language->website);
}

static int add_value(struct buf *b, struct slice name, const struct language *language,
                     const struct post_facts *facts)
{
    if (slice_eq(name, SLICE("link")))
        return buf_add(b, facts->link);
    if (slice_eq(name, SLICE("where")))
        return buf_add(b, where_of(language, facts->word));
    if (slice_eq(name, SLICE("when")))
        return add_when(b, language, facts->minutes);
    return buf_add(b, facts->word);
}

static int fill(struct buf *b, const char *pattern, const struct language *language,
                const struct post_facts *facts)
{
    struct slice rest = slice_cstr(pattern), before, name;
    int r = 0;

    while (r == 0 && slice_cut(&rest, '{', &before)) {
        r = buf_add(b, before);
        if (r == 0 && slice_cut(&rest, '}', &name))
            r = add_value(b, name, language, facts);
    }
    return r;
}

static int add_line(struct buf *b, const char *label, struct slice value)
{
    int r = value.len ? buf_addf(b, "%s", label) : 0;

    if (r == 0)
        r = buf_add(b, value);
    return r < 0 || !value.len ? r : buf_add_char(b, '\n');
}

static int add_footer(struct buf *b, const struct language *language, const char *footer,
                      const struct post_facts *facts)
{
    int r = buf_add(b, SLICE("\n\n-- \n"));

    if (r == 0 && footer)
        r = add_line(b, "", slice_cstr(footer));
    if (r == 0)
        r = add_line(b, language->stop, facts->stop_link);
    return r < 0 ? r : add_line(b, language->privacy, facts->privacy_link);
}

int post_words(struct arena *arena, enum post_kind kind, const struct post_facts *facts,
               struct slice *ret_subject, struct slice *ret_text)
{
    const struct language *language = language_of(facts->lang);
    const struct words *words = &language->kinds[kind];
    struct buf b = BUF_INIT(TEXT_MAX);
    struct slice text;
    int r = 0;

    if (kind == POST_FLOW && !pii_empty(facts->text)) {
        r = buf_add(&b, pii_reveal(facts->text));
        if (r == 0)
            r = buf_add(&b, SLICE("\n\n"));
    }
    if (r == 0)
        r = fill(&b, words->text, language, facts);
    if (r == 0 && kind == POST_HELP && !pii_empty(facts->text)) {
        r = buf_addf(&b, "\n\n%s\n", language->quoted);
        if (r == 0)
            r = buf_add(&b, pii_reveal(facts->text));
    }
    if (r == 0)
        r = add_footer(&b, language, words->footer, facts);
    text = r == 0 ? arena_copy(arena, buf_slice(&b)) : SLICE_NONE;
    buf_done(&b);
    if (r == 0 && !text.ptr)
        r = ERR_MEMORY;
    if (r < 0)
        return r;
    *ret_subject = slice_cstr(words->subject);
    *ret_text = text;
    return 0;
}
