#include "privacy/notice.h"

#include "account/account.h"
#include "base/err.h"
#include "person/purpose.h"
#include "store/schema.h"

/* Every sentence in both languages, side by side. */
struct words {
    struct slice en, de;
};

#define WORDS(english, german) ((struct words){SLICE(english), SLICE(german)})

struct writer {
    struct turn *turn;
    const struct notice_facts *facts;
    bool german;
    struct notice *notice;
    int err;
};

static struct slice pick(const struct writer *w, struct words words)
{
    return w->german ? words.de : words.en;
}

static void add(struct writer *w, enum notice_kind kind, struct slice text)
{
    struct notice *notice = w->notice;

    if (!text.ptr)
        w->err = ERR_MEMORY;
    else if (notice->n == NOTICE_LINES_MAX)
        w->err = ERR_LIMIT;
    else
        notice->lines[notice->n++] = (struct notice_line){kind, text};
}

static void heading(struct writer *w, struct words words)
{
    add(w, NOTICE_HEADING, pick(w, words));
}

static void text(struct writer *w, struct words words)
{
    add(w, NOTICE_TEXT, pick(w, words));
}

static void item(struct writer *w, struct words words)
{
    add(w, NOTICE_ITEM, pick(w, words));
}

/* What stands under a purpose of the schema, as far as it is about a person. */
static struct words words_of(enum purpose purpose)
{
    switch (purpose) {
    case PURPOSE_IDENTITY:
        return WORDS("An id under which the channel knows you: a random token of the website's "
                     "chat, or Messenger's id for this Page.",
                     "Eine Kennung, unter der der Kanal Sie kennt: ein zufälliger Schlüssel des "
                     "Website-Chats oder die Kennung, die Messenger dieser Seite gibt.");
    case PURPOSE_CONTACT:
        return WORDS("An e-mail address or a phone number, if you give it, to answer you.",
                     "Eine E-Mail-Adresse oder Telefonnummer, wenn Sie sie angeben, um Ihnen zu "
                     "antworten.");
    case PURPOSE_ATTRIBUTES:
        return WORDS("What you answer to questions of the chat, to help you with your request.",
                     "Was Sie auf Fragen des Chats antworten, um Ihr Anliegen zu bearbeiten.");
    case PURPOSE_CONVERSATION:
        return WORDS("What is said in the chat, and notes about it, to answer you.",
                     "Was im Chat geschrieben wird, und Notizen dazu, um Ihnen zu antworten.");
    case PURPOSE_WEBSITE:
        return WORDS("The page from which you wrote, to understand your question.",
                     "Die Seite, von der aus Sie geschrieben haben, um Ihre Frage zu verstehen.");
    case PURPOSE_FLOW:
        return WORDS("Where an automatic conversation stands, to go on from there.",
                     "An welcher Stelle ein automatisches Gespräch steht, um dort weiterzumachen.");
    case PURPOSE_FILES:
        return WORDS("Files that you send, to answer you.",
                     "Dateien, die Sie senden, um Ihnen zu antworten.");
    case PURPOSE_NONE:
    case PURPOSE_ACCOUNT:
    case PURPOSE_LOGIN:
    case PURPOSE_SECRETS:
    case PURPOSE_PROFILE: /* listed field by field, with the firm's own purposes */
    case PURPOSE_DELIVERY:
        break;
    }
    return (struct words){SLICE_NONE, SLICE_NONE};
}

/* Every purpose for which the schema keeps something of a person, once. */
static void list_purposes(struct writer *w)
{
    uint32_t seen = 0;
    int i;

    for (i = 0; i < COLUMN_COUNT; i++) {
        const struct column_info *info = &schema_columns[i];
        uint32_t bit = UINT32_C(1) << info->purpose;

        if (info->class != COLUMN_SEALED || info->subject != SUBJECT_PERSON || seen & bit)
            continue;
        seen |= bit;
        if (words_of(info->purpose).en.len)
            item(w, words_of(info->purpose));
    }
}

static struct words field_words(enum person_field field)
{
    static const struct words names[FIELD_END] = {
        [FIELD_FIRST_NAME] = {{"first name", 10}, {"Vorname", 7}},
        [FIELD_LAST_NAME] = {{"last name", 9}, {"Nachname", 8}},
        [FIELD_PICTURE] = {{"profile picture", 15}, {"Profilbild", 10}},
        [FIELD_LOCALE] = {{"language", 8}, {"Sprache", 7}},
        [FIELD_GENDER] = {{"gender", 6}, {"Geschlecht", 10}},
        [FIELD_TIMEZONE] = {{"time zone", 9}, {"Zeitzone", 8}},
    };

    return names[field];
}

/* Only what the firm has declared a purpose for is asked of a channel's profile. */
static int list_fields(struct writer *w)
{
    struct purpose_entry entries[FIELD_END];
    enum person_field field;
    int r = purpose_load(w->turn, w->facts->tenant, entries);

    for (field = FIELD_FIRST_NAME; r == 0 && field < FIELD_END; field++) {
        struct slice name = pick(w, field_words(field));

        if (entries[field].declared)
            add(w, NOTICE_ITEM,
                arena_printf(w->turn->arena,
                             w->german ? "Aus Ihrem Profil: %.*s. Zweck: %.*s"
                                       : "From your profile: %.*s. Purpose: %.*s",
                             SLICE_ARG(name), SLICE_ARG(entries[field].text)));
    }
    return r;
}

static int who(struct writer *w)
{
    const char *contact = w->facts->contact;
    struct tenant tenant;
    int r;

    heading(w, WORDS("Who is responsible", "Wer verantwortlich ist"));
    if (w->facts->tenant) {
        r = tenant_load(w->turn, w->facts->tenant, &tenant);
        if (r < 0)
            return r;
        add(w, NOTICE_TEXT,
            arena_printf(w->turn->arena,
                         w->german ? "%.*s ist verantwortlich für das, was Sie hier schreiben."
                                   : "%.*s is responsible for what you write here.",
                         SLICE_ARG(tenant.name)));
    } else {
        text(w, WORDS("The firm with which you chat is responsible for what you write. It stores "
                      "it on this server.",
                      "Verantwortlich ist die Firma, mit der Sie chatten. Sie speichert auf diesem "
                      "Server, was Sie schreiben."));
    }
    if (contact && contact[0])
        add(w, NOTICE_TEXT,
            arena_printf(w->turn->arena,
                         w->german ? "Fragen zum Datenschutz: %s" : "Questions about privacy: %s",
                         contact));
    else
        text(w, WORDS("Ask them in the chat: a person reads it.",
                      "Fragen Sie im Chat nach: ein Mensch liest es."));
    return 0;
}

static int what(struct writer *w)
{
    heading(w, WORDS("What is kept, and why", "Was gespeichert wird und wozu"));
    list_purposes(w);
    if (w->facts->tenant)
        return list_fields(w);
    text(w, WORDS("Fields of your profile (name, picture, language) are kept only where the firm "
                  "has declared a purpose. The notice in its chat names them.",
                  "Felder Ihres Profils (Name, Bild, Sprache) werden nur gespeichert, wenn die "
                  "Firma einen Zweck erklärt hat. Der Hinweis in ihrem Chat nennt sie."));
    return 0;
}

static void never(struct writer *w)
{
    heading(w, WORDS("What is never kept", "Was nie gespeichert wird"));
    item(w, WORDS("Your IP address.", "Ihre IP-Adresse."));
    item(w, WORDS("Payment card numbers: they are masked before a message is stored.",
                  "Kartennummern: sie werden unkenntlich gemacht, bevor eine Nachricht gespeichert "
                  "wird."));
    item(w, WORDS("Anything in your browser before you write the first message.",
                  "Irgendetwas in Ihrem Browser, bevor Sie die erste Nachricht schreiben."));
}

static void how_long(struct writer *w)
{
    heading(w, WORDS("How long", "Wie lange"));
    text(w,
         WORDS("Until it is erased, by you or by the firm. Then the keys are destroyed, so that "
               "it can't be read in any backup either. What stays: a signed receipt that names "
               "nobody, for 8 days a keyed hash that keeps late deliveries from bringing you "
               "back, and numbers without content.",
               "Bis es gelöscht wird, von Ihnen oder von der Firma. Dann werden die Schlüssel "
               "vernichtet, sodass es auch in keiner Sicherungskopie mehr lesbar ist. Es "
               "bleiben: eine signierte Quittung, die niemanden nennt, für 8 Tage ein "
               "verschlüsselter Prüfwert gegen verspätete Zustellungen und Zahlen ohne Inhalt."));
}

static void recipients(struct writer *w)
{
    heading(w, WORDS("Who else receives it", "Wer es noch erhält"));
    if (w->facts->messenger)
        item(w, WORDS("Meta Platforms, which runs Messenger: it carries the messages that you "
                      "exchange there.",
                      "Meta Platforms, Betreiber von Messenger: überträgt die Nachrichten, die Sie "
                      "dort austauschen."));
    if (w->facts->mail)
        item(w, WORDS("The firm's mail server: it carries mails to its staff that you ask for a "
                      "person.",
                      "Der Mailserver der Firma: überträgt Mails an ihre Mitarbeitenden, dass Sie "
                      "einen Menschen sprechen möchten."));
    if (!w->facts->messenger && !w->facts->mail)
        text(w, WORDS("Nobody.", "Niemand."));
}

static void rights(struct writer *w)
{
    heading(w,
            WORDS("Your rights, and how to use them here", "Ihre Rechte und wie Sie sie nutzen"));
    text(w, WORDS("In the chat, open \"Privacy and your data\":",
                  "Öffnen Sie im Chat „Datenschutz und Ihre Daten“:"));
    item(w, WORDS("Download everything that is kept about you (GDPR Art. 15 and 20).",
                  "Alles herunterladen, was über Sie gespeichert ist (DSGVO Art. 15 und 20)."));
    item(w, WORDS("Erase everything, at once and for good (Art. 17). You get a code with which you "
                  "see how far it is.",
                  "Alles sofort und endgültig löschen (Art. 17). Sie erhalten einen Code, mit dem "
                  "Sie den Stand sehen."));
    item(w, WORDS("Have something corrected, restrict it or object (Art. 16, 18, 21): say so in "
                  "the chat.",
                  "Etwas berichtigen lassen, einschränken oder widersprechen (Art. 16, 18, 21): "
                  "schreiben Sie es in den Chat."));
    text(w, WORDS("You can complain to the data protection authority of your country (Art. 77).",
                  "Sie können sich bei der Datenschutzbehörde Ihres Landes beschweren (Art. 77)."));
}

int notice_make(struct turn *turn, const struct notice_facts *facts, struct notice **ret)
{
    struct notice *notice = arena_alloc(turn->arena, sizeof(*notice));
    struct writer w = {.turn = turn,
                       .facts = facts,
                       .german = slice_eq(facts->lang, SLICE("de")),
                       .notice = notice};
    int r;

    if (!notice)
        return ERR_MEMORY;
    notice->title = pick(&w, WORDS("Privacy notice", "Datenschutzhinweis"));
    r = who(&w);
    if (r == 0)
        r = what(&w);
    if (r < 0)
        return r;
    never(&w);
    how_long(&w);
    recipients(&w);
    rights(&w);
    text(&w, WORDS("Version of this notice: " NOTICE_VERSION,
                   "Fassung dieses Hinweises: " NOTICE_VERSION));
    if (w.err == 0)
        *ret = notice;
    return w.err;
}
