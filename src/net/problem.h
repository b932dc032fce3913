/* problem.h - problem documents (RFC 9457): what went wrong, for programs and for people. */
#ifndef NET_PROBLEM_H
#define NET_PROBLEM_H

#include "base/buf.h"

/** {"type":"about:blank","title":…,"status":…,"code":…,"detail":…}. ERR_MEMORY, ERR_LIMIT. */
int problem_write(int status, const char *code, struct slice detail, struct buf *ret) MUST_CHECK;

#endif
