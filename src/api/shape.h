/* shape.h - what JSON may look like, as a line of text. Requests are checked against it, OpenAPI is
 * made from it.
 *
 * "name:type name?:type<=100 …": members parted by blanks; '?' may be missing; '~' after the type:
 * may be null. Types: text, int, bool, object, list, texts (a list of text), any, a|b|c (one of
 * these words), id.KIND (an id in text form), Name (a named shape, for answers). "<=N": at most N
 * characters, or items, or the value N. */
#ifndef API_SHAPE_H
#define API_SHAPE_H

#include "base/json.h"
#include "base/json_out.h"

/** Checks an object. On ERR_INVALID or ERR_LIMIT *ret_problem is a sentence in `space` that names
 * the member. Unknown members are refused. */
int shape_check(const char *shape, const json_t *object, char *space, size_t space_size) MUST_CHECK;
/** The JSON Schema of a shape, as a member `key` of the document. */
void shape_schema(struct json_out *out, const char *key, const char *shape);

struct shape_name {
    const char *name;
    const char *shape;
};
/** The named shapes of answers; ends with a NULL name. */
extern const struct shape_name shape_names[];

#endif
