/* admin_cli.h - within cli: a command of admin.def from the command line to its printed reply. */
#ifndef CLI_ADMIN_CLI_H
#define CLI_ADMIN_CLI_H

#include "cli/admin.h"

/** argv holds what follows the command's name. Returns the exit code. */
int admin_cli_run(const struct admin_command *command, int argc, char **argv);

#endif
