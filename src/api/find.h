/* find.h - within api: looking through sealed text by opening it, in short steps.
 *
 * What is sealed can't be searched by the database: rows are opened newest first and compared here,
 * at most 1,000 rows or FIND_STEP_US a step, so that no reader is held for long. A call takes
 * several steps, each a fresh snapshot, until it has a page or has looked for long enough; its
 * answer's "next" then goes on from there. */
#ifndef API_FIND_H
#define API_FIND_H

#include "api/call.h"
#include "bot/text.h"

enum { FIND_STEP_US = 40000, FIND_STEPS = 25, FIND_ROWS = 500, FIND_PAGE = 100 };

/** Kept in call->data between the steps. */
struct find {
    struct text_form needle; /* n == 0: nothing is found */
    int64_t cursor;          /* id of the last row looked at; 0: from the newest */
    bool ended;              /* there are no more rows */
    int steps;
    int64_t started_us; /* of this step */
    int64_t rows;       /* looked at in this step */
    size_t limit, n;
    int64_t found[FIND_PAGE];
    struct arena *scratch; /* of this step */
};

/** Reads q, limit and cursor (an id of `kind`) of the query. ERR_INVALID with a sentence. */
int find_open(struct call *call, enum id_kind kind, struct find **ret) MUST_CHECK;
/** One step has begun. ERR_MEMORY. Ends with find_step_end. */
int find_step(struct find *find) MUST_CHECK;
void find_step_end(struct find *find);
/** True while this step may look at another row. */
bool find_goes_on(const struct find *find);
/** Whether the text holds the needle, whatever the case and accents. */
int find_in(struct find *find, struct pii text, bool *ret) MUST_CHECK;
/** True when another step should follow. */
bool find_again(const struct find *find);

#endif
