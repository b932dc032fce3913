#include "base/err.h"

#include <errno.h>

struct err_entry {
    int status;
    bool retryable;
    const char *code;
    const char *text;
};

static const struct err_entry entries[] = {
    [ERR_N_OK] = {200, false, "ok", "Done."},
#define ERR(name, status, retryable, code, text) [ERR_N_##name] = {status, retryable, code, text},
#include "base/err.def"
#undef ERR
};

static const struct err_entry *entry_of(int err)
{
    int number = -err;

    if (number < 0 || number >= ERR_N_COUNT)
        number = ERR_N_INTERNAL;
    return &entries[number];
}

int err_status(int err)
{
    return entry_of(err)->status;
}

bool err_retryable(int err)
{
    return entry_of(err)->retryable;
}

const char *err_code(int err)
{
    return entry_of(err)->code;
}

const char *err_text(int err)
{
    return entry_of(err)->text;
}

int err_from_errno(int errnum)
{
    switch (errnum) {
    case ENOSPC:
    case EDQUOT:
        return ERR_FULL;
    case ENOENT:
        return ERR_NOT_FOUND;
    case ENOMEM:
        return ERR_MEMORY;
    case EEXIST:
        return ERR_EXISTS;
    case ETIMEDOUT:
        return ERR_TIMEOUT;
    case EACCES:
    case EPERM:
        return ERR_DENIED;
    default:
        return ERR_IO;
    }
}
