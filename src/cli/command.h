/* command.h - within cli: one sub-command. */
#ifndef CLI_COMMAND_H
#define CLI_COMMAND_H

enum { EXIT_FAILED = 1, EXIT_USAGE = 2 };

/** argv holds what follows the command's name. Returns the exit code. */
typedef int command_run(int argc, char **argv);

struct command {
    const char *name;
    command_run *run;
    const char *usage;
    const char *summary;
};

#define COMMAND(name, function, usage, summary) command_run function;
#include "cli/commands.def"
#undef COMMAND

#endif
