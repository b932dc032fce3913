/* post.h - e-mail by the job queue: retried on 4xx and connection errors, dead on 5xx, never lost.
 * The mail is written when it is sent, from ids: nothing personal waits in a queue but the address
 * that is read from its row at that moment. */
#ifndef ACCOUNT_POST_H
#define ACCOUNT_POST_H

#include "account/account.h"
#include "net/mail.h"

/* Stored in jobs: never change or reuse a number. */
enum post_kind {
    POST_RESET = 1,      /* password reset link */
    POST_INVITATION = 2, /* to an address without an account: sealed in the job */
    POST_HELP = 3,       /* somebody asks for a person: channel, waiting time, link */
    POST_CHANNEL = 4,    /* a channel broke */
    POST_TEST = 5,
    POST_FLOW = 6, /* a flow's mail to the firm: text sealed in the job */
};

struct post {
    enum post_kind kind;
    int64_t tenant;
    int64_t user; /* to whom; 0: `to` */
    struct pii to;
    int64_t conversation; /* POST_HELP, POST_FLOW */
    int64_t channel;      /* POST_CHANNEL */
    struct slice ticket;  /* POST_RESET, POST_INVITATION: the link's secret, sealed in the job */
    struct slice word;    /* kind of channel, reason: a word of ours */
    struct pii subject, text; /* POST_FLOW; POST_HELP only when the tenant quotes */
    int64_t since;            /* POST_HELP: when the waiting began */
    vault_slot person_slot;   /* whose text it is, so that it dies with them; 0: nobody's */
    int64_t person;
};

struct post_opts {
    struct fetch *fetch;
    const char *smtp_url; /* NULL: mail waits in the queue, visible in Settings */
    const char *user, *password, *from;
    const char *public_url; /* of links */
};

/** Registers the mail job. Before job_run_start. `opts` must outlive the store. */
void post_start(struct store *store, const struct post_opts *opts);
int post_add(struct turn *turn, const struct post *post) MUST_CHECK;

/** The word of a "stop this alert" link, which needs no row: "usr_….FLAG.MAC", in `arena`. */
int post_stop_word(struct vault *vault, struct arena *arena, int64_t user, enum alert_flag flag,
                   struct slice *ret) MUST_CHECK;
/** ERR_NOT_FOUND: not one of ours. */
int post_stop_read(struct vault *vault, struct slice word, int64_t *ret_user,
                   enum alert_flag *ret_flag) MUST_CHECK;
/** Switches the alert off for the user; again is fine. */
int post_stop(struct turn *turn, int64_t user, enum alert_flag flag) MUST_CHECK;

#endif
