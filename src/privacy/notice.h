/* notice.h - the privacy notice (GDPR Art. 13), made from what this installation does: the schema
 * table, the declared purposes, the channels. Nothing in it is typed in a second time. */
#ifndef PRIVACY_NOTICE_H
#define PRIVACY_NOTICE_H

#include "base/arena.h"
#include "store/store.h"

/** The day on which the wording last changed; shown as the notice's version. */
#define NOTICE_VERSION "2026-11-24"

struct notice_facts {
    int64_t tenant;      /* 0: the notice of the installation, without a firm */
    struct slice lang;   /* "de"; English for all others */
    const char *contact; /* e-mail address; NULL or "": none */
    bool messenger;      /* a Facebook Page is connected */
    bool mail;           /* a mail server is configured */
};

enum notice_kind { NOTICE_HEADING, NOTICE_TEXT, NOTICE_ITEM };

struct notice_line {
    enum notice_kind kind;
    struct slice text; /* plain text */
};

enum { NOTICE_LINES_MAX = 80 };

struct notice {
    struct slice title;
    struct notice_line lines[NOTICE_LINES_MAX];
    size_t n;
};

/** All of it in the turn's arena. ERR_NOT_FOUND no such tenant. */
int notice_make(struct turn *turn, const struct notice_facts *facts,
                struct notice **ret) MUST_CHECK;

#endif
