/* json.h - reading JSON from outside: jansson, with the limits it lacks.
 * Depth at most 64, duplicate keys refused, UTF-8 checked. */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include <jansson.h>

#include "base/buf.h"

enum { JSON_DEPTH_MAX = 64 };

/** Parses one object or array. ERR_SYNTAX (not JSON, duplicate key, bad UTF-8, NUL or lone
 * surrogate in a string), ERR_LIMIT (nested deeper than 64), ERR_MEMORY. The caller owns *ret
 * (json_decref). */
int json_read(struct slice text, json_t **ret) MUST_CHECK;
/** As json_read; a body that fails goes once through a repair pass (NUL and unpaired surrogate
 *  escapes and malformed UTF-8 become U+FFFD), since one odd text must not cost a signed batch. */
int json_read_repaired(struct slice text, json_t **ret) MUST_CHECK;
/** The repair pass alone. */
int json_repair(struct slice text, struct buf *ret) MUST_CHECK;

/** The string under `key`; SLICE_NONE when it is missing or no string. */
struct slice json_str(const json_t *object, const char *key);
/** An id that providers send as string or number: copied as text into `space`; SLICE_NONE
 * otherwise. */
struct slice json_id(const json_t *object, const char *key, char space[24]);
/** The integer under `key` (a number, or a string of digits); `otherwise` when there is none. */
int64_t json_int(const json_t *object, const char *key, int64_t otherwise);
bool json_bool(const json_t *object, const char *key, bool otherwise);
/** Compact text of a value, appended to b. ERR_LIMIT, ERR_MEMORY. */
int json_write(const json_t *value, struct buf *b) MUST_CHECK;

/** For CLEANUP(json_cleanup). */
static inline void json_cleanup(json_t **value)
{
    json_decref(*value);
}

#endif
