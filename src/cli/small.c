/* small.c - the commands that need no data. */
#include <stdio.h>
#include <stdlib.h>

#include "cli/command.h"
#include "cli/config.h"

int version_run(int argc, char **argv)
{
    (void)argc;
    (void)argv;
    puts("lethe " LETHE_VERSION);
    return EXIT_SUCCESS;
}

int config_run(int argc, char **argv)
{
    struct buf text = BUF_INIT(64 * 1024);
    int r = config_describe(&text);

    (void)argc;
    (void)argv;
    if (r == 0)
        fwrite(text.ptr, 1, text.len, stdout);
    buf_done(&text);
    return r == 0 ? EXIT_SUCCESS : EXIT_FAILED;
}
