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
#include "base/json.h"
#include "net/server.h"
#include "store/journal.h"
#include "talk/conversation.h"

struct hub;
struct app;
struct call;

enum socket_kind { SOCKET_DESK, SOCKET_VISITOR };

/** A socket as the hub knows it. Reference-counted: lists, the queue and the WebSocket share it. */
struct live_socket {
    atomic_int refs;
    enum socket_kind kind;
    struct hub *hub;
    struct ws *ws;     /* with a reference of our own; NULL only while it is being opened */
    int64_t opened_us; /* who says no hello for long is closed */
    bool hello;        /* it said hello */
    bool greeted;      /* its hello was answered: events may go out */
    bool closed;
    bool counted;         /* visitor: its person counts as online by it */
    bool look_waits;      /* desk: a look stands in the queue */
    int64_t checked_us;   /* desk: when its session or token was last found good */
    struct caller caller; /* desk */
    int64_t viewing;      /* desk: conversation on screen; 0: none */
    int64_t viewing_person;
    int64_t look;     /* desk: what the queued look is for */
    int typing_spent; /* of the frames it may send at once */
    int64_t typing_us;
    int64_t tenant;
    int64_t channel;      /* visitor */
    int64_t person;       /* visitor; 0: has not said anything yet */
    int64_t conversation; /* visitor; 0: as above */
    uint64_t stranger;    /* visitor: hash of the token, to be found again at the first word */
    int64_t sent;         /* desk: journal number; visitor: cseq of the conversation */
    int64_t after;        /* what the hello asked for; -1: everything afresh */
    struct slice token;   /* of the hello, or the desk's cookie; owned */
    bool by_cookie;
    struct live_socket *prev, *next;
};

struct socket_start {
    enum socket_kind kind;
    const struct ws_ops *ops;
    struct ws_opts opts;     /* with_ref is set by us */
    int64_t tenant, channel; /* visitor */
    struct slice cookie;     /* desk */
};

struct socket_look {
    int64_t tenant, user, viewing, viewing_person, conversation;
};

int hub_new(struct app *app, struct hub **ret) MUST_CHECK;
/** After the server has stopped: no socket is left. */
struct hub *hub_free(struct hub *hub);
struct app *hub_app(struct hub *hub);

/** Lists a socket and upgrades the request to it. `channel` is the visitor's, `cookie` the desk's
 *  (or none). On an error the request is still to be answered. */
int hub_open(struct call *call, const struct socket_start *start) MUST_CHECK;
/** The WebSocket is gone. */
void hub_remove(struct live_socket *socket);
void socket_unref(struct live_socket *socket);
/** Queues the answer to a hello: {"token":…,"after":…}. False: it said one before. */
bool hub_hello(struct live_socket *socket, struct ws *ws, const json_t *frame);
/** Queues a look at a conversation that a desk has opened (0: none). */
void hub_view(struct live_socket *socket, int64_t conversation);
/** What a typing frame needs to know. False: not greeted, or more frames than anybody types. */
bool hub_may_type(struct live_socket *socket, struct socket_look *ret);
/** Every few seconds, on no I/O thread: closes who said no hello within 15 s, and looks whether
 *  the desks' sessions and tokens still stand. */
void hub_tick(struct hub *hub);

/** A visitor spoke: the open sockets with their token, and their others on the site, hear of this
 * conversation from now on. */
struct hub_visit {
    uint64_t stranger;
    int64_t tenant, channel, person, conversation;
};
void hub_attach(struct hub *hub, const struct hub_visit *visit);

/** After the commit, closes the open desks of a user (of one session only, where `whom` names one;
 *  never `keep_session`) or of an API token: whoever is signed out hears nothing more. */
int hub_end_later(struct turn *turn, struct hub *hub, const struct caller *whom,
                  int64_t keep_session) MUST_CHECK;

/** Sends text to every greeted desk of a tenant but `except` (may be NULL). */
void hub_tell_desks(struct hub *hub, int64_t tenant, struct slice text,
                    const struct live_socket *except);
/** Sends text to every socket of a person. */
void hub_tell_person(struct hub *hub, int64_t person, struct slice text);

#endif
