/* ingest.h - the only way in: what people and providers tell us becomes rows, once. */
#ifndef TALK_INGEST_H
#define TALK_INGEST_H

#include "talk/message.h"

enum talk_in_kind {
    IN_MESSAGE,  /* may create a person */
    IN_POSTBACK, /* may create a person; a button, payload in `payload` */
    IN_OPTIN,    /* may create a person */
    IN_REFERRAL, /* may create a person; ref in `payload` */
    IN_START,    /* may create a person; get started */
    IN_ECHO,     /* said by the firm, here (our_message) or in another app */
    IN_DELIVERED,
    IN_READ,
    IN_REACTION, /* text: the emoji, empty: taken back */
    IN_EDIT,
    IN_DELETE,
    IN_STANDBY_ON, /* another app owns the thread now */
    IN_STANDBY_OFF,
    IN_HELP, /* "talk to a person" */
    IN_PAGE, /* the visitor moved to another page */
};

/** One event of a channel. Slices are borrowed until talk_ingest returns. */
struct talk_in {
    enum talk_in_kind kind;
    struct pii external;       /* the person's id on the channel */
    struct pii event_id;       /* the provider's id, or a text that is the same at every delivery */
    struct pii target;         /* REACTION, EDIT, DELETE: the provider's id of the message meant */
    const struct pii *targets; /* DELIVERED: ids; may be none */
    size_t target_count;
    int64_t watermark; /* DELIVERED, READ: everything up to this time; 0: none */
    int64_t at;        /* ms; when the provider says it happened */
    struct pii text;
    struct slice parts; /* JSON object of other body members, or empty */
    struct pii payload;
    struct pii origin, page; /* web */
    struct pii reply_to;     /* MESSAGE: the provider's id of the message it answers */
    int64_t our_message;     /* ECHO: our message's id, from its metadata; 0: said elsewhere */
    bool automatic;  /* ECHO: said by our own app, though not by this server: nobody takes over */
    bool standby;    /* another app owns the thread: store, don't answer */
    int64_t created; /* set by talk_ingest: the message's id; 0: none, or seen before */
    int result;      /* set by talk_ingest: 0, ERR_EXISTS (seen before), ERR_NOT_FOUND (unknown
                      * person), ERR_FORGOTTEN (erased), ERR_DENIED (deactivated) */
};

/** Files the events of one channel, in order. Odd events are skipped with their `result` set; a
 * negative return is a failure of the whole (nothing is kept). Bot turns are started after the
 * commit. */
int talk_ingest(struct turn *turn, struct channel *channel, struct talk_in *events,
                size_t n) MUST_CHECK;

/** Drops the marks of events from before `day`: providers deliver again for 7 days at most. */
int talk_purge_marks(struct turn *turn, int32_t day) MUST_CHECK;

/** Who is told after the commit that the bot of a conversation has something to answer. Set once.
 */
typedef void talk_bot_wake(void *arg, int64_t tenant, int64_t conversation);
void talk_on_bot_due(talk_bot_wake *wake, void *arg);

#endif
