/* graph.h - within channel: calls to Meta's Graph API, and what its errors say. */
#ifndef CHANNEL_GRAPH_H
#define CHANNEL_GRAPH_H

#include "base/json.h"
#include "channel/messenger.h"

struct graph_call {
    const char *method;
    const char *path;  /* "101/messages": behind base address and version */
    const char *query; /* "fields=name", or NULL */
    struct slice token;
    struct slice body; /* JSON; empty: none */
};

/** Queues a call with the token, its proof and a JSON body; nothing of `call` needs to outlive it.
 *  As fetch_send; ERR_LIMIT the address is too long, ERR_CONFIG no address of the Graph API. */
int graph_send(const struct messenger_opts *opts, const struct graph_call *call, fetch_done *done,
               void *arg) MUST_CHECK;

struct graph_error {
    int64_t code, subcode;
};
/** The object of a good answer, owned by the caller. ERR_REFUSED: Meta's own error body came, see
 * *ret_error. ERR_PROTOCOL: something else came. Otherwise the error of the call. */
int graph_read(const struct fetch_answer *answer, json_t **ret,
               struct graph_error *ret_error) MUST_CHECK;
/** When a rate limit ends by Meta's own account, ms from now; 0: not told. */
int64_t graph_wait_ms(const struct fetch_answer *answer);
/** True for an id that may stand in a path: letters and digits, at most 64. */
bool graph_is_id(struct slice id);

#endif
