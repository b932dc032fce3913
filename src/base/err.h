/* err.h - one table of errors. Functions return 0 or a negative ERR_x. */
#ifndef BASE_ERR_H
#define BASE_ERR_H

#include <stdbool.h>

enum err_number {
    ERR_N_OK = 0,
#define ERR(name, status, retryable, code, text) ERR_N_##name,
#include "base/err.def"
#undef ERR
    ERR_N_COUNT
};

enum err {
#define ERR(name, status, retryable, code, text) ERR_##name = -ERR_N_##name,
#include "base/err.def"
#undef ERR
};

/** The HTTP status for an error; 500 for a number that is not in the table. */
int err_status(int err);
/** True if the same call may succeed later without a change. */
bool err_retryable(int err);
/** A stable word for machines ("not_found"). */
const char *err_code(int err);
/** A sentence for a person, in English. */
const char *err_text(int err);
/** Maps errno to an error (ENOSPC, EDQUOT → FULL, ENOENT → NOT_FOUND, ENOMEM → MEMORY, else IO). */
int err_from_errno(int errnum);

#endif
