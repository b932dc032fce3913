/* post_text.h - within account: the words of each mail. */
#ifndef ACCOUNT_POST_TEXT_H
#define ACCOUNT_POST_TEXT_H

#include "account/post.h"

/** What a mail's words are made of. */
struct post_facts {
    struct slice lang;
    struct slice link;      /* where the reader should go */
    struct slice stop_link; /* empty: security mail, which says why it has none */
    struct slice privacy_link;
    struct slice word; /* kind of channel, reason */
    int64_t minutes;   /* waiting time */
    struct pii text;   /* quoted words; may be empty */
};

/** Fills `ret_subject` and `ret_text` (in `arena`) for the kind. */
int post_words(struct arena *arena, enum post_kind kind, const struct post_facts *facts,
               struct slice *ret_subject, struct slice *ret_text) MUST_CHECK;

#endif
