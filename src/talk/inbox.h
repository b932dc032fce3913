/* inbox.h - lists of conversations for the desk. */
#ifndef TALK_INBOX_H
#define TALK_INBOX_H

#include "talk/conversation.h"

enum inbox_view { INBOX_MINE, INBOX_UNASSIGNED, INBOX_ALL, INBOX_HELP, INBOX_CLOSED };

/** False when the word names no view. */
bool inbox_view_of(struct slice word, enum inbox_view *ret);

struct inbox_query {
    int64_t tenant;
    enum inbox_view view;
    int64_t user;                 /* for INBOX_MINE */
    int64_t person;               /* not 0: this person's conversations, view is ignored */
    int64_t cursor_at, cursor_id; /* 0: from the start */
    size_t limit;                 /* at most 100 */
};

struct inbox_page {
    struct conversation *items;
    size_t n;
    int64_t total;
    int64_t next_at, next_id; /* 0: last page */
};
int inbox_list(struct turn *turn, const struct inbox_query *query,
               struct inbox_page *ret) MUST_CHECK;

struct inbox_counts {
    int64_t mine, unassigned, all, help, closed, unread;
};
int inbox_count(struct turn *turn, int64_t tenant, int64_t user,
                struct inbox_counts *ret) MUST_CHECK;

#endif
