/* admin_socket.h - within cli: DATA/admin.sock, where the holder of the data folder's lock runs
 * commands for those who can't get it. Only the same user and root may connect. */
#ifndef CLI_ADMIN_SOCKET_H
#define CLI_ADMIN_SOCKET_H

#include "api/app.h"

struct admin_socket;

/** Listens in the data folder, on a thread of its own; removes what an earlier process left there.
 *  The caller holds the lock. ERR_IO, ERR_MEMORY, as err_from_errno. */
int admin_socket_start(struct app *app, const char *data_dir, struct admin_socket **ret) MUST_CHECK;
/** Ends the running command, the thread and the file. Before store_close. Takes NULL, returns NULL.
 */
struct admin_socket *admin_socket_stop(struct admin_socket *socket);

/** Sends a request to the server that holds `data_dir` and adds its reply to `ret`.
 *  ERR_UNAVAILABLE nobody listens (yet); ERR_CLOSED it went away; ERR_DENIED not our user. */
int admin_socket_ask(const char *data_dir, struct slice request, struct buf *ret) MUST_CHECK;

#endif
