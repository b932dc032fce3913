/* hub.h - live push: sockets of desks and visitors, fed from the journal.
 *
 * One pump at a time takes what waits (greetings and journal events) and answers it from one fresh
 * snapshot on a reader. An event is queued after its commit, so the snapshot always holds it; a
 * socket that greets gets everything up to the snapshot and later events by their number: nothing
 * is missed and nothing comes twice. */
#ifndef API_HUB_H
#define API_HUB_H

#include <stdatomic.h>

#include "account/session.h"
#include "net/server.h"
#include "store/journal.h"
#include "talk/conversation.h"

struct hub;
struct app;

enum socket_kind { SOCKET_DESK, SOCKET_VISITOR };

/** A socket as the hub knows it. Reference-counted: lists, the queue and the WebSocket share it. */
struct live_socket {
    atomic_int refs;
    enum socket_kind kind;
    struct hub *hub;
    struct ws *ws; /* set by its hello, with a reference of our own */
    bool greeted;  /* its hello was answered: events may go out */
    bool closed;
    struct caller caller; /* desk */
    int64_t viewing;      /* desk: conversation on screen; 0: none */
    int64_t viewing_person;
    int64_t tenant;
    int64_t channel;      /* visitor */
    int64_t person;       /* visitor; 0: has not said anything yet */
    int64_t conversation; /* visitor; 0: as above */
    uint64_t stranger;    /* visitor: hash of the token, to be found again at the first word */
    int64_t sent;         /* desk: journal number; visitor: cseq of the conversation */
    int64_t after;        /* what the hello asked for; -1: everything afresh */
    struct slice token;   /* of the hello; owned */
    struct live_socket *prev, *next;
};

int hub_new(struct app *app, struct hub **ret) MUST_CHECK;
/** After the server has stopped: no socket is left. */
struct hub *hub_free(struct hub *hub);
struct app *hub_app(struct hub *hub);

/** A socket that was just accepted; listed, not yet greeted. */
struct live_socket *hub_add(struct hub *hub, enum socket_kind kind);
void hub_remove(struct live_socket *socket);
void socket_unref(struct live_socket *socket);
/** Queues the answer to a hello. */
void hub_greet(struct live_socket *socket);
/** Queues a look at a conversation that a desk has opened or typed in. */
void hub_view(struct live_socket *socket, int64_t conversation);

/** A visitor's first word made them a person: their open sockets are told by whom events find them.
 */
void hub_attach(struct hub *hub, uint64_t stranger, int64_t tenant, int64_t person,
                int64_t conversation);

/** Sends text to every greeted desk of a tenant but `except` (may be NULL). */
void hub_tell_desks(struct hub *hub, int64_t tenant, struct slice text,
                    const struct live_socket *except);
/** Sends text to every socket of a person. */
void hub_tell_person(struct hub *hub, int64_t person, struct slice text);

#endif
