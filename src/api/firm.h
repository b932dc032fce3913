/* firm.h - within api: a tenant as JSON, and changes to its settings. */
#ifndef API_FIRM_H
#define API_FIRM_H

#include "api/call.h"

/** {id, name, language, quote_in_alerts, help_text}. ERR_DAMAGED. */
int firm_out(struct json_out *out, const char *key, const struct tenant *tenant) MUST_CHECK;
/** Puts the members of a checked body into tenant->name and tenant->settings (in the turn's arena).
 *  ERR_INVALID with a sentence. */
int firm_change(struct turn *turn, struct call *call, struct tenant *tenant) MUST_CHECK;

#endif
