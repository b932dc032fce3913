/* site_settings.h - within api: a website's settings, from a body of the API and back into JSON. */
#ifndef API_SITE_SETTINGS_H
#define API_SITE_SETTINGS_H

#include "api/call.h"
#include "talk/channel.h"

/** "https://shop.example.com" as browsers send it: small letters, no default port, no path. Empty
 *  for anything that is no http(s) origin. In the turn's arena. */
struct slice site_origin(struct turn *turn, struct slice text);
enum { SITE_KEY_SIZE = 13 };
/** A new site's key in its snippet: 12 letters, 60 bits, so that nobody finds one by trying. */
struct slice site_key(struct turn *turn, char ret[SITE_KEY_SIZE]);
/** The body's "flow": one of the firm's, or null for none. ERR_INVALID with a sentence. */
int site_flow(struct turn *turn, struct call *call, int64_t *ret) MUST_CHECK;
/** Puts name, flow and settings of a checked body into `site` (in the turn's arena). ERR_INVALID
 * with a sentence. */
int site_change(struct turn *turn, struct call *call, struct channel *site) MUST_CHECK;
/** The settings with the new identity secret, for the one answer that shows it. */
int site_show_secret(struct turn *turn, struct channel *site) MUST_CHECK;

#endif
