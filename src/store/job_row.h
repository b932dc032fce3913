/* job_row.h - rows of table job, as job.c and the runner read them. Inside store only. */
#ifndef STORE_JOB_ROW_H
#define STORE_JOB_ROW_H

#include "store/job.h"

/** The columns that job_row_read expects, in its order. */
#define JOB_ROW_COLUMNS                                                                            \
    "id, tenant, kind, due_at, attempts, ordering, object, person, slot, state, reason,"           \
    " created_at, payload"

/** Reads row `i`; the payload stays sealed. */
void job_row_read(const struct sql_rows *rows, size_t i, struct job_line *ret);
/** Opens its payload into job->payload. ERR_FORGOTTEN, ERR_DAMAGED. */
int job_row_open(struct turn *turn, const struct sql_rows *rows, size_t i,
                 struct job *job) MUST_CHECK;

#endif
