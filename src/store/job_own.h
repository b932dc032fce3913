/* job_own.h - the kinds of jobs that this room runs itself. Inside store only. */
#ifndef STORE_JOB_OWN_H
#define STORE_JOB_OWN_H

#include "store/job.h"

void job_own_register(struct store *store);

#endif
