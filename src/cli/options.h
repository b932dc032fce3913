/* options.h - within cli: "--name value" and "--flag" on the command line. */
#ifndef CLI_OPTIONS_H
#define CLI_OPTIONS_H

#include "base/slice.h"

struct option {
    const char *name;   /* "--data" */
    const char **value; /* takes the next word; NULL: a flag */
    bool *flag;
};

/** Fills options; what is left (words that start with no "--") goes to rest[0..rest_max). Prints a
 * sentence and returns -1 for what it does not know; else the number of words in `rest`. */
int options_read(int argc, char **argv, const struct option *options, size_t n, char **rest,
                 int rest_max);

#endif
