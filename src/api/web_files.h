/* web_files.h - the files of web/dist, inside the binary. The table is made by tools/embed.mjs and
 * lies in read-only memory: nothing is copied, and a page that nobody asks for is never read in. */
#ifndef API_WEB_FILES_H
#define API_WEB_FILES_H

#include "base/slice.h"

enum web_cache {
    WEB_TEMPLATE,  /* filled in by us and sent as something else; no address of its own */
    WEB_HOUR,      /* a stable name: kept for an hour, then asked for again with the ETag */
    WEB_IMMUTABLE, /* its name holds a hash of the content: kept for a year */
};

/** One encoding of a file. The ETag is quoted, and differs between encodings (RFC 9110 §8.8.3). */
struct web_variant {
    struct slice body; /* body.ptr is NULL when the file has no such variant */
    const char *etag;
};

struct web_file {
    struct slice
        path; /* "/widget.js", "/assets/…"; a template's has no leading '/': "frame.html" */
    const char *type; /* content type */
    enum web_cache cache;
    struct web_variant raw; /* always there */
    struct web_variant gzip;
    struct web_variant brotli;
    unsigned char sha256[32]; /* of the raw bytes */
};

/** Sorted by path, as memcmp orders it. */
extern const struct web_file web_file_table[];
extern const size_t web_file_count;

/** The file of that exact path; NULL when there is none. A path from a request starts with '/', so
 * it never finds a template. */
const struct web_file *web_file_find(struct slice path);
/** The best variant for an Accept-Encoding header (SLICE_NONE when absent): brotli, gzip, or the
 * bytes as they are. A coding with q=0 is not taken. *ret_encoding is "br", "gzip" or NULL. */
const struct web_variant *web_file_pick(const struct web_file *file, struct slice accept_encoding,
                                        const char **ret_encoding);
/** The Cache-Control of a file that is served as it is. */
const char *web_file_cache_control(const struct web_file *file);

#endif
