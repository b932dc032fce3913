/* messenger_compose.h - within channel: a message's body in the words of Meta's Send API. */
#ifndef CHANNEL_MESSENGER_COMPOSE_H
#define CHANNEL_MESSENGER_COMPOSE_H

#include "base/buf.h"
#include "base/pii.h"

/* Meta's documented limits, in characters and elements. */
enum { MESSENGER_TEXT_MAX = 1999 };

struct messenger_letter {
    struct pii to;              /* PSID */
    struct pii body;            /* as message.body */
    const char *messaging_type; /* "RESPONSE", "MESSAGE_TAG" */
    const char *tag;            /* goes with MESSAGE_TAG; NULL: none */
    const char *metadata;       /* our message's id as text: comes back in the echo */
};

/** Appends the request body. What has no form in Messenger becomes words: too long a text with
 * buttons gets quick replies and links in the text; a text beside an attachment or cards gets
 * their addresses and titles.
 *  ERR_INVALID nothing is left to send (an upload cannot be fetched by Meta); ERR_DAMAGED. */
int messenger_compose(const struct messenger_letter *letter, struct buf *ret) MUST_CHECK;

#endif
