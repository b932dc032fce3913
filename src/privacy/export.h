/* export.h - everything held about a person, as JSON (GDPR Art. 15 and 20), read off the schema
 * table. */
#ifndef PRIVACY_EXPORT_H
#define PRIVACY_EXPORT_H

#include "base/json_out.h"
#include "store/store.h"

/** Writes {"lethe_export":1,"person":id,"made_at":ms,"data":{table:[{column:…}]}}: every column
 * with an export name, and the times and ids beside it. ERR_NOT_FOUND; ERR_LIMIT: larger than `out`
 * takes. */
int export_person(struct turn *turn, int64_t tenant, int64_t person,
                  struct json_out *out) MUST_CHECK;

#endif
