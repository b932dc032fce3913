/* live.h - within api: the two protocols on the hub's sockets. */
#ifndef API_LIVE_H
#define API_LIVE_H

#include "api/hub.h"

/** What answering a hello found out about a socket. */
struct greeting {
    struct caller caller;
    int64_t tenant, person, conversation, sent;
};

/** Answers a hello from the turn's snapshot. An error closes the socket. */
int live_greet(struct turn *turn, const struct live_socket *socket,
               struct greeting *greeting) MUST_CHECK;
int visit_greet(struct turn *turn, const struct live_socket *socket,
                struct greeting *greeting) MUST_CHECK;
/** Whom a desk's cookie or token stands for, now. ERR_AUTH, ERR_DENIED. */
int live_who(struct turn *turn, const struct live_socket *socket, struct caller *ret) MUST_CHECK;
/** The frame for desks / for the visitor about a journal event, into `text`; empty: nothing to say.
 */
int live_frame(struct turn *turn, const struct journal_event *event, struct buf *text) MUST_CHECK;
int visit_frame(struct turn *turn, const struct journal_event *event, struct buf *text) MUST_CHECK;
/** Tells the other desks who looks at which conversation. */
void live_tell_viewers(struct hub *hub, int64_t tenant, int64_t conversation);
/** Tells the desks that a person came or went. */
void live_tell_presence(struct hub *hub, int64_t tenant, int64_t person, bool online);

#endif
