/* admin.h - within cli: administration by script. A command line becomes a small JSON request;
 * admin_run carries it out, in this process when it holds the data folder's lock, else in the
 * server that does (admin_socket.h). */
#ifndef CLI_ADMIN_H
#define CLI_ADMIN_H

#include "api/app.h"
#include "base/json.h"
#include "base/json_out.h"

enum { ADMIN_REQUEST_MAX = 1024 * 1024, ADMIN_REPLY_MAX = 64 * 1024 * 1024 };

/** One command on its way. */
struct admin {
    struct app *app;
    const json_t *request; /* checked against the command's shape */
    struct arena *arena;
    struct json_out out; /* the members of the reply, inside an open object */
    struct buf *reply;
    size_t reply_start;
    const char *detail; /* for an error: a sentence, static or in `arena` */

    /* Between the steps of a command: */
    int64_t tenant;
    struct slice hash;
    int64_t object;
    bool done;
};

typedef int admin_function(struct admin *admin);

struct admin_command {
    const char *name;
    admin_function *run;
    const char *takes;
    const char *rest;
    const char *usage;
    const char *summary;
};

/** The table of admin.def; ends with a NULL name. */
extern const struct admin_command admin_commands[];

#define ADMIN(name, function, takes, rest, usage, summary) admin_function function;
#include "cli/admin.def"
#undef ADMIN

/** Runs a request {"command":"tenant add", …} and adds the reply to `ret`: {"ok":true, …} or
 *  {"ok":false,"code":…,"detail":…}. Waits for lanes: not on one. ERR_MEMORY, ERR_LIMIT. */
int admin_run(struct app *app, struct slice request, struct buf *ret) MUST_CHECK;

/* For commands */

/** Runs `work` with the command as arg in a WRITE (or READ) turn of the request's tenant, named by
 *  id or name; when there is only one it need not be named. Output of an earlier run is dropped. */
int admin_write(struct admin *admin, store_work *work) MUST_CHECK;
int admin_read(struct admin *admin, store_work *work) MUST_CHECK;
/** Hashes the request's "password" into admin->hash. ERR_INVALID with a sentence. */
int admin_hash(struct admin *admin) MUST_CHECK;
struct slice admin_text(const struct admin *admin, const char *name);
int admin_fail(struct admin *admin, int err, const char *detail);

#endif
