#include "base/log.h"

#include <stdatomic.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/json_out.h"

enum { LINE_MAX_BYTES = 2048 };

static _Atomic int min_level = LOG_INFO;
static _Atomic int log_fd = STDERR_FILENO;

void log_set_level(enum log_level level)
{
    atomic_store(&min_level, (int)level);
}

void log_set_fd(int fd)
{
    atomic_store(&log_fd, fd);
}

static void put_field(struct json_out *out, const struct log_field *field)
{
    if (field->word)
        json_out_str(out, field->key, slice_cstr(field->word));
    else
        json_out_int(out, field->key, field->number);
}

void log_write(enum log_level level, const char *event, const struct log_field *fields, size_t n)
{
    static const char *const names[] = {"debug", "info", "warn", "error"};
    struct buf line = BUF_INIT(LINE_MAX_BYTES);
    struct json_out out;
    char time[CLOCK_ISO_SIZE];
    int fd = atomic_load(&log_fd);
    size_t i;

    if ((int)level < atomic_load(&min_level) || fd < 0)
        return;
    clock_iso(clock_wall_ms(), time);
    json_out_init(&out, &line);
    json_out_object(&out, NULL);
    json_out_str(&out, "time", slice_cstr(time));
    json_out_str(&out, "level", slice_cstr(names[level]));
    json_out_str(&out, "event", slice_cstr(event));
    for (i = 0; i < n; i++)
        put_field(&out, &fields[i]);
    json_out_close_object(&out);
    if (json_out_end(&out) == 0 && buf_add_char(&line, '\n') == 0) {
        ssize_t written = write(fd, line.ptr, line.len); /* one write: lines don't interleave */

        (void)written; /* a log that can't be written has nobody to tell */
    }
    buf_done(&line);
}
