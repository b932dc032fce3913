/* port.h - what a channel must offer so that conversations can speak through it. */
#ifndef TALK_PORT_H
#define TALK_PORT_H

#include "person/recipient.h"
#include "talk/message.h"

/** How a send ended. Only the provider's own error body proves "not accepted". */
enum send_outcome {
    SENT_ACCEPTED, /* external holds the provider's id */
    SENT_AGAIN,    /* refused for now: try again after retry_ms */
    SENT_REFUSED,  /* refused for good: reason says why */
    SENT_UNSURE,   /* time-out, reset, 5xx without the provider's body */
    SENT_NOT_SENT, /* never left this machine: try again */
};

struct send_result {
    enum send_outcome outcome;
    enum send_reason reason;
    int64_t retry_ms; /* 0: by the outbox's own backoff */
    struct pii external;
    enum channel_reason broken; /* not CHANNEL_FINE: the whole channel stops with this reason */
};

/** What leaves, copied for the time of the send. */
struct send_order {
    int64_t tenant, message, conversation, channel;
    int attempts;
    struct pii to;        /* the person's id on the channel */
    struct pii body;      /* as message.body */
    struct slice secret;  /* the channel's token */
    struct slice account; /* the channel's external id */
    bool late;            /* the window is closed but for what a person writes by hand */
};

struct talk_port {
    enum channel_kind kind;
    /** The visitor reads straight from the store: saying it is sending it. No outbox. */
    bool direct;
    size_t text_max;          /* characters */
    enum recipient recipient; /* who is given the person's data by a send */
    bool profiles;            /* the provider can tell of a person: JOB_PROFILE once for each */
    /** 0, ERR_WINDOW, ERR_LIMIT, ERR_DENIED (channel off). */
    int (*may_send)(const struct conversation *conversation, int64_t now);
    /** Asked after ERR_WINDOW for what a member of staff wrote: some channels give them longer. May
     * be NULL. */
    int (*may_send_by_hand)(const struct conversation *conversation, const struct channel *channel,
                            int64_t now);
    /** When the reply window closes, ms; 0: never. */
    int64_t (*window_closes_at)(const struct conversation *conversation);
    /** Starts a send; must lead to exactly one outbox_done. `order` is valid during the call only.
     *  Runs on a lane's thread: must not block. */
    void (*send)(void *arg, const struct send_order *order);
    void *arg;
};

/** At start, before the first turn. */
void talk_port_register(const struct talk_port *port);
/** port->may_send, then port->may_send_by_hand if `author` is one of the staff. *ret_late: only by
 * the latter. */
int talk_port_allows(const struct talk_port *port, const struct conversation *conversation,
                     const struct channel *channel, enum message_author author, int64_t now,
                     bool *ret_late) MUST_CHECK;
/** NULL when none was registered. */
const struct talk_port *talk_port_of(enum channel_kind kind);

#endif
