/* main.c - `lethe COMMAND …`: finds the command and runs it. */
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/slice.h"
#include "cli/command.h"

static const struct command commands[] = {
#define COMMAND(name, function, usage, summary) {name, function, usage, summary},
#include "cli/commands.def"
#undef COMMAND
};

static void help(FILE *to)
{
    size_t i;

    fputs("Lethe: customer conversations that can be forgotten.\n\nUsage: lethe COMMAND "
          "[OPTIONS]\n\n",
          to);
    for (i = 0; i < ARRAY_LEN(commands); i++)
        fprintf(to, "  %-16s %s\n", commands[i].name, commands[i].summary);
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
static int matches(const struct command *command, int argc, char **argv)
{
    char two[64];

    if (argc >= 1 && strcmp(command->name, argv[0]) == 0)
        return 1;
    if (argc < 2 || snprintf(two, sizeof(two), "%s %s", argv[0], argv[1]) >= (int)sizeof(two))
        return 0;
    return strcmp(command->name, two) == 0 ? 2 : 0;
}

int main(int argc, char **argv)
{
    size_t i;

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
        int words = matches(&commands[i], argc, argv);

        if (words == 0)
            continue;
        if (!wants_help(argc, argv))
            return commands[i].run(argc - words, argv + words);
        printf("Usage: lethe %s\n%s\n", commands[i].usage, commands[i].summary);
        return EXIT_SUCCESS;
    }
    fprintf(stderr, "lethe: there is no command \"%s\".\n\n", argv[0]);
    help(stderr);
    return EXIT_USAGE;
}
