/* web.h - the website as a channel: visitors read straight from the store. */
#ifndef CHANNEL_WEB_H
#define CHANNEL_WEB_H

#include "talk/ingest.h"

/** Registers the port. At start. */
void web_start(void);

/** Text of a visitor's token, and the id under which the channel knows its bearer. */
enum { WEB_TOKEN_SIZE = 512 };

/** A token for a stranger: "va." and 32 random bytes. */
int web_token_new(struct turn *turn, char ret[WEB_TOKEN_SIZE]) MUST_CHECK;
/** A token for a visitor whom the website vouches for: `user_hash` is the hex HMAC-SHA256 of `user`
 * under the site's identity secret. ERR_DENIED wrong; ERR_INVALID the site has no secret, or the id
 * is empty or over 200 bytes. */
int web_token_signed(struct turn *turn, const struct channel *site, struct pii user,
                     struct slice user_hash, char ret[WEB_TOKEN_SIZE]) MUST_CHECK;
/** The channel-scoped id behind a token, in `arena`: the same for the same token or user.
 *  ERR_AUTH no token of ours. */
int web_token_read(struct vault *vault, struct arena *arena, int64_t site, struct slice token,
                   struct pii *ret_external) MUST_CHECK;
/** Number by which open sockets of a token find each other before there is a person. */
uint64_t web_token_number(struct slice token);
/** "https://shop.example.com" of a page's address; empty when it is no http(s) address. */
struct pii web_origin_of(struct pii page);
/** True when the site's settings allow `origin` ("origins": list; an empty list allows every one).
 */
bool web_origin_allowed(const struct channel *site, struct slice origin);

#endif
