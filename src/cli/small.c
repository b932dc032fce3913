/* small.c - the commands that need no data. */
#include <stdio.h>
#include <stdlib.h>

#include "cli/command.h"
#include "cli/config.h"
#include "cli/options.h"
#include "base/err.h"
#include "privacy/receipt.h"

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

static int read_receipt(const char *path, char *text, size_t size, size_t *ret_len)
{
    FILE *file = fopen(path, "r");

    if (!file)
        return ERR_NOT_FOUND;
    *ret_len = fread(text, 1, size, file);
    fclose(file);
    return 0;
}

static int print_receipt(struct arena *arena, struct slice text)
{
    struct receipt_view view;
    int r = receipt_verify(arena, text, &view);

    if (r == 0)
        printf("Genuine: not a byte was changed.\nState: %.*s\nDay: %.*s\nInstallation: %.*s\nKey: "
               "%s\n",
               SLICE_ARG(view.state), SLICE_ARG(view.day), SLICE_ARG(view.installation),
               view.key_hex);
    else if (r == ERR_DAMAGED)
        fputs("lethe: this receipt was changed: its signature does not fit.\n", stderr);
    else
        fputs("lethe: this is no receipt of Lethe.\n", stderr);
    return r;
}

int receipt_verify_run(int argc, char **argv)
{
    struct arena *arena = arena_new(64 * 1024);
    char text[RECEIPT_MAX + 1], *path[1];
    size_t len;
    int r;

    if (!arena || options_read(argc, argv, NULL, 0, path, 1) != 1) {
        arena_free(arena);
        fputs("Usage: lethe receipt verify FILE\n", stderr);
        return EXIT_USAGE;
    }
    r = read_receipt(path[0], text, sizeof(text), &len);
    if (r < 0)
        fprintf(stderr, "lethe: %s can't be read.\n", path[0]);
    else
        r = print_receipt(arena, slice_of(text, len));
    arena_free(arena);
    return r < 0 ? EXIT_FAILED : EXIT_SUCCESS;
}
