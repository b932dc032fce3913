/* id.h - time-ordered int64 ids: 41 bits of milliseconds since 2026-01-01, 10 bits of node, 12 bits
 * of sequence. Outside they are text: a prefix and 13 letters of Crockford's base32 ("cnv_..."). */
#ifndef BASE_ID_H
#define BASE_ID_H

#include <stdatomic.h>

#include "base/slice.h"

#define ID_EPOCH_MS INT64_C(1767225600000) /* 2026-01-01T00:00:00Z */

struct id_source {
    _Atomic int64_t last; /* largest id handed out or seen stored */
    int node;             /* 0..1023 */
};

void id_source_init(struct id_source *source, int node, int64_t largest_stored);
/** The next id; never below one given before, also when the clock goes back or 4,096 were taken in
 *  this millisecond (then it borrows the next). Safe from any thread. */
int64_t id_next(struct id_source *source, int64_t now_ms);
/** The millisecond in which the id was made. */
int64_t id_time_ms(int64_t id);

enum id_kind {
    ID_TENANT,
    ID_USER,
    ID_PERSON,
    ID_IDENTITY,
    ID_CHANNEL,
    ID_SITE,
    ID_CONVERSATION,
    ID_MESSAGE,
    ID_FILE,
    ID_FLOW,
    ID_FLOW_VERSION,
    ID_JOB,
    ID_TOKEN,
    ID_SESSION,
    ID_REQUEST,
    ID_KIND_COUNT
};

enum { ID_TEXT_SIZE = 20 };
/** "cnv_0f3k..." and a NUL; returns ret as a slice. */
struct slice id_text(enum id_kind kind, int64_t id, char ret[ID_TEXT_SIZE]);
/** ERR_SYNTAX when the prefix or a letter is wrong. */
int id_parse(enum id_kind kind, struct slice text, int64_t *ret) MUST_CHECK;

#endif
