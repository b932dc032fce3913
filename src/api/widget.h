/* widget.h - within api: who a visitor is, for all calls of the widget. */
#ifndef API_WIDGET_H
#define API_WIDGET_H

#include "api/call.h"
#include "talk/conversation.h"

/** Kept in call->data between the steps of a visitor's call. */
struct visit {
    int64_t site;        /* channel id */
    struct pii external; /* empty: no token was sent */
    uint64_t stranger;
};

/** First step of every visitor's call, on a reader: finds the site of path parameter 0 and reads
 * the token; then `handler` runs on `lane`. ERR_NOT_FOUND no such site; ERR_AUTH a token is needed;
 *  ERR_RATE. */
int widget_enter(struct turn *turn, struct call *call, bool token_needed, call_handler *handler,
                 int lane) MUST_CHECK;
/** The site and the visitor's person and latest conversation. ERR_NOT_FOUND (site in *ret_site all
 * the same): they have not said anything yet. */
int widget_find(struct turn *turn, struct call *call, struct channel *ret_site,
                struct person_ref *ret_person, struct conversation *ret_conversation) MUST_CHECK;

#endif
