#include "cli/options.h"

#include <stdio.h>

static const struct option *find(const struct option *options, size_t n, const char *word)
{
    size_t i;

    for (i = 0; i < n; i++)
        if (strcmp(options[i].name, word) == 0)
            return &options[i];
    return NULL;
}

int options_read(int argc, char **argv, const struct option *options, size_t n, char **rest,
                 int rest_max)
{
    int i, words = 0;

    for (i = 0; i < argc; i++) {
        const struct option *option = find(options, n, argv[i]);

        if (option && option->flag) {
            *option->flag = true;
        } else if (option && i + 1 < argc) {
            *option->value = argv[++i];
        } else if (option) {
            fprintf(stderr, "lethe: %s needs a value.\n", argv[i]);
            return -1;
        } else if (strncmp(argv[i], "--", 2) != 0 && words < rest_max) {
            rest[words++] = argv[i];
        } else {
            fprintf(stderr, "lethe: \"%s\" is not understood here. See --help.\n", argv[i]);
            return -1;
        }
    }
    return words;
}
