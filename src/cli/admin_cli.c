#include "cli/admin_cli.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/clock.h"
#include "base/err.h"
#include "cli/admin_socket.h"
#include "cli/command.h"
#include "cli/config.h"
#include "cli/options.h"
#include "cli/server.h"

enum { MEMBERS_MAX = 12, NAME_SIZE = 40, FILE_MAX = 512 * 1024, WAIT_MS = 5000, STEP_MS = 100 };

/* A member of the request, as an option. */
struct member {
    char name[NAME_SIZE];   /* "owner_email" */
    char option[NAME_SIZE]; /* "--owner-email", "--password-file" */
    const char *value;
    bool flag, is_flag, is_file;
};

struct line {
    const struct admin_command *command;
    struct member members[MEMBERS_MAX];
    size_t n;
    const char *config, *data, *vault;
    bool json;
    char *rest[1];
    int rests;
};

/* Reads the command's shape: "name?:type …". */
static void list_members(struct line *line)
{
    struct slice shape = slice_cstr(line->command->takes), word, name;

    while (line->n < MEMBERS_MAX && slice_cut(&shape, ' ', &word)) {
        struct member *member = &line->members[line->n];
        char *dash;

        if (!slice_cut(&word, ':', &name))
            continue;
        if (slice_ends(name, SLICE("?")))
            name.len--;
        member->is_flag = slice_eq(word, SLICE("bool"));
        member->is_file = slice_eq(name, SLICE("password")) || slice_eq(name, SLICE("token"));
        snprintf(member->name, sizeof(member->name), "%.*s", SLICE_ARG(name));
        snprintf(member->option, sizeof(member->option), "--%.*s%s", SLICE_ARG(name),
                 member->is_file ? "-file" : "");
        while ((dash = strchr(member->option, '_')))
            *dash = '-';
        line->n++;
    }
}

static int read_line(struct line *line, int argc, char **argv)
{
    struct option options[MEMBERS_MAX + 4] = {
        {"--config", &line->config, NULL},
        {"--data", &line->data, NULL},
        {"--vault", &line->vault, NULL},
        {"--json", NULL, &line->json},
    };
    size_t n = 4, i;

    for (i = 0; i < line->n; i++) {
        struct member *member = &line->members[i];

        if (line->command->rest && strcmp(member->name, line->command->rest) == 0)
            continue;
        options[n++] = member->is_flag ? (struct option){member->option, NULL, &member->flag}
                                       : (struct option){member->option, &member->value, NULL};
    }
    line->rests = options_read(argc, argv, options, n, line->rest, line->command->rest != NULL);
    return line->rests < 0 ? ERR_USAGE : 0;
}

/* A whole file, or its first line; "-" is the standard input. */
static int read_file(const char *path, bool first_line, struct buf *ret, struct buf *problem)
{
    FILE *file = strcmp(path, "-") == 0 ? stdin : fopen(path, "re");
    int c = EOF, r = 0;

    if (!file) {
        r = buf_addf(problem, "%s can't be read.", path);
        return r < 0 ? r : ERR_IO;
    }
    while (r == 0 && (c = fgetc(file)) != EOF && !(first_line && c == '\n'))
        r = buf_add_char(ret, (char)c);
    if (first_line && ret->len && ret->ptr[ret->len - 1] == '\r')
        ret->len--;
    if (file != stdin)
        fclose(file);
    return r;
}

static int out_member(struct json_out *out, const struct member *member, struct buf *problem)
{
    struct buf text = BUF_INIT(FILE_MAX);
    int r = 0;

    if (member->is_flag && member->flag)
        json_out_bool(out, member->name, true);
    if (member->value && member->is_file)
        r = read_file(member->value, true, &text, problem);
    if (member->value && r == 0)
        json_out_str(out, member->name,
                     member->is_file ? buf_slice(&text) : slice_cstr(member->value));
    if (text.ptr)
        explicit_bzero(text.ptr, text.len);
    buf_done(&text);
    return r;
}

static int out_rest(struct json_out *out, const struct line *line, struct buf *problem)
{
    struct buf text = BUF_INIT(FILE_MAX);
    bool file = strcmp(line->command->rest, "document") == 0;
    int r = file ? read_file(line->rest[0], false, &text, problem) : 0;

    if (r == 0)
        json_out_str(out, line->command->rest, file ? buf_slice(&text) : slice_cstr(line->rest[0]));
    buf_done(&text);
    return r;
}

static int write_request(const struct line *line, struct buf *ret, struct buf *problem)
{
    struct json_out out;
    size_t i;
    int r = 0;

    json_out_init(&out, ret);
    json_out_object(&out, NULL);
    json_out_str(&out, "command", slice_cstr(line->command->name));
    if (line->rests > 0)
        r = out_rest(&out, line, problem);
    for (i = 0; r == 0 && i < line->n; i++)
        r = out_member(&out, &line->members[i], problem);
    json_out_close_object(&out);
    return r < 0 ? r : json_out_end(&out);
}

/* Here when the data folder's lock is free, else by the server that has it. A server that is
 * starting or stopping is given five seconds. */
static int carry_out(struct lethe *lethe, struct slice request, struct buf *reply,
                     struct buf *problem)
{
    const struct timespec step = {.tv_nsec = STEP_MS * 1000000L};
    int waited = 0, r;

    for (;;) {
        buf_clear(problem);
        r = lethe_open(lethe, problem);
        if (r == 0)
            return admin_run(&lethe->app, request, reply);
        if (r != ERR_LOCKED)
            return r;
        buf_clear(problem);
        r = admin_socket_ask(lethe->config.data_dir, request, reply);
        if (r != ERR_UNAVAILABLE || waited >= WAIT_MS)
            break;
        nanosleep(&step, NULL);
        waited += STEP_MS;
    }
    if (r == ERR_UNAVAILABLE && buf_addf(problem,
                                         "%s is in use by a process that does not answer. Stop it, "
                                         "then try again.",
                                         lethe->config.data_dir) < 0)
        return ERR_MEMORY;
    return r;
}

static void print_value(const json_t *value)
{
    char *text;

    if (json_is_string(value)) {
        fwrite(json_string_value(value), 1, json_string_length(value), stdout);
        return;
    }
    text = json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT);
    if (text)
        fputs(text, stdout);
    free(text);
}

/* "name: value" lines for people; a token alone, so that a script can take it as it is. */
/* A line for each. */
static void print_list(const json_t *list)
{
    size_t i;

    for (i = 0; i < json_array_size(list); i++) {
        print_value(json_array_get(list, i));
        putchar('\n');
    }
}

static void print_reply(const json_t *reply)
{
    const json_t *token = json_object_get(reply, "token");
    const char *name;
    json_t *value;

    if (token) {
        print_value(token);
        putchar('\n');
        return;
    }
    json_object_foreach((json_t *)reply, name, value) {
        if (strcmp(name, "ok") == 0)
            continue;
        if (json_is_array(value)) {
            print_list(value);
            continue;
        }
        printf("%s: ", name);
        print_value(value);
        putchar('\n');
    }
}

static int show(const struct line *line, struct slice text)
{
    CLEANUP(json_cleanup) json_t *reply = NULL;
    struct slice code;
    bool ok;

    if (json_read(text, &reply) < 0) {
        fputs("lethe: the server's answer could not be read.\n", stderr);
        return EXIT_FAILED;
    }
    ok = json_bool(reply, "ok", false);
    code = json_str(reply, "code");
    if (line->json)
        printf("%.*s\n", SLICE_ARG(text));
    else if (ok)
        print_reply(reply);
    if (!ok)
        fprintf(stderr, "lethe: %.*s\n", SLICE_ARG(json_str(reply, "detail")));
    if (ok)
        return EXIT_SUCCESS;
    return slice_eq(code, SLICE("usage")) ? EXIT_USAGE : EXIT_FAILED;
}

static int run_line(const struct line *line, struct lethe *lethe, struct buf *problem)
{
    struct buf request = BUF_INIT(ADMIN_REQUEST_MAX), reply = BUF_INIT(ADMIN_REPLY_MAX);
    int code = EXIT_FAILED;
    int r = config_load(line->config, &lethe->config, problem);

    if (r == 0)
        r = config_set(&lethe->config.data_dir, line->data);
    if (r == 0)
        r = config_set(&lethe->config.vault_dir, line->vault);
    if (r == 0)
        r = write_request(line, &request, problem);
    if (r == 0)
        r = carry_out(lethe, buf_slice(&request), &reply, problem);
    if (r == 0)
        code = show(line, buf_slice(&reply));
    else if (problem->len)
        fprintf(stderr, "lethe: %.*s\n", SLICE_ARG(buf_slice(problem)));
    else
        fprintf(stderr, "lethe: %s\n", err_text(r));
    if (request.ptr)
        explicit_bzero(request.ptr, request.len);
    buf_done(&request);
    buf_done(&reply);
    return code;
}

int admin_cli_run(const struct admin_command *command, int argc, char **argv)
{
    struct buf problem = BUF_INIT(4096);
    struct line line = {.command = command};
    struct lethe lethe = {0};
    int code = EXIT_USAGE;

    list_members(&line);
    if (read_line(&line, argc, argv) == 0)
        code = run_line(&line, &lethe, &problem);
    lethe_close(&lethe);
    buf_done(&problem);
    return code;
}
