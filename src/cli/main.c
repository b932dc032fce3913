/* main.c - `lethe COMMAND …`: finds the command and runs it. */
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/slice.h"
#include "cli/admin_cli.h"
#include "cli/command.h"

static const struct command commands[] = {
#define COMMAND(name, function, usage, summary) {name, function, usage, summary},
#include "cli/commands.def"
#undef COMMAND
};

static void help(FILE *to)
{
    const struct admin_command *admin;
    size_t i;

    fputs("Lethe: customer conversations that can be forgotten.\n\nUsage: lethe COMMAND "
          "[OPTIONS]\n\n",
          to);
    for (i = 0; i < ARRAY_LEN(commands); i++)
        fprintf(to, "  %-16s %s\n", commands[i].name, commands[i].summary);
    for (admin = admin_commands; admin->name; admin++)
        fprintf(to, "  %-16s %s\n", admin->name, admin->summary);
    fputs("\n`lethe COMMAND --help` says more.\n", to);
}

static bool wants_help(int argc, char **argv)
{
    int i;

    for (i = 0; i < argc; i++)
        if (strcmp(argv[i], "--help") == 0)
            return true;
    return false;
}

/* A command of two words ("tenant add") takes both. Returns how many words it took. */
static int matches(const char *name, int argc, char **argv)
{
    char two[64];

    if (argc >= 1 && strcmp(name, argv[0]) == 0)
        return 1;
    if (argc < 2 || snprintf(two, sizeof(two), "%s %s", argv[0], argv[1]) >= (int)sizeof(two))
        return 0;
    return strcmp(name, two) == 0 ? 2 : 0;
}

static int explain(const char *usage, const char *summary)
{
    printf("Usage: lethe %s\n%s\n", usage, summary);
    return EXIT_SUCCESS;
}

#define EVERYWHERE " [--data DIR] [--vault DIR] [--config FILE] [--json]"

/* The exit code, or -1: no such command. */
static int run_admin(int argc, char **argv)
{
    const struct admin_command *command;
    char usage[300];

    for (command = admin_commands; command->name; command++) {
        int words = matches(command->name, argc, argv);

        if (words == 0)
            continue;
        snprintf(usage, sizeof(usage), "%s" EVERYWHERE, command->usage);
        return wants_help(argc, argv) ? explain(usage, command->summary)
                                      : admin_cli_run(command, argc - words, argv + words);
    }
    return -1;
}

int main(int argc, char **argv)
{
    size_t i;
    int code;

    if (sodium_init() < 0) {
        fputs("lethe: the system gives no random numbers.\n", stderr);
        return EXIT_FAILED;
    }
    argc--;
    argv++;
    if (argc == 0 || strcmp(argv[0], "--help") == 0 || strcmp(argv[0], "help") == 0) {
        help(argc == 0 ? stderr : stdout);
        return argc == 0 ? EXIT_USAGE : EXIT_SUCCESS;
    }
    for (i = 0; i < ARRAY_LEN(commands); i++) {
        int words = matches(commands[i].name, argc, argv);

        if (words == 0)
            continue;
        if (!wants_help(argc, argv))
            return commands[i].run(argc - words, argv + words);
        return explain(commands[i].usage, commands[i].summary);
    }
    code = run_admin(argc, argv);
    if (code >= 0)
        return code;
    fprintf(stderr, "lethe: there is no command \"%s\".\n\n", argv[0]);
    help(stderr);
    return EXIT_USAGE;
}
