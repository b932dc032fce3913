/* json_out.h - writing JSON straight into a buffer, commas and escapes included.
 * Errors stick: write everything, then ask json_out_end once. */
#ifndef BASE_JSON_OUT_H
#define BASE_JSON_OUT_H

#include "base/buf.h"
#include "base/pii.h"

struct json_out {
    struct buf *buf;
    int err;
    bool comma; /* the next value needs one before it */
    int depth;
};

void json_out_init(struct json_out *out, struct buf *buf);
/** Opens '{' or '[': as an array element with key NULL, as a member otherwise. */
void json_out_object(struct json_out *out, const char *key);
void json_out_array(struct json_out *out, const char *key);
void json_out_close_object(struct json_out *out);
void json_out_close_array(struct json_out *out);
/** key NULL: an array element. Text must be UTF-8; malformed bytes become U+FFFD. */
void json_out_str(struct json_out *out, const char *key, struct slice s);
void json_out_pii(struct json_out *out, const char *key, struct pii p);
void json_out_int(struct json_out *out, const char *key, int64_t value);
void json_out_bool(struct json_out *out, const char *key, bool value);
void json_out_null(struct json_out *out, const char *key);
/** Text that is JSON already (a stored document); empty gives null. */
void json_out_raw(struct json_out *out, const char *key, struct slice json);
/** 0, or the first error (ERR_LIMIT, ERR_MEMORY); ERR_INTERNAL when something was left open. */
int json_out_end(struct json_out *out) MUST_CHECK;

#endif
