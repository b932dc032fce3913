/* log.h - JSON lines on stderr for operators. A field is a number, a word of ours, or an id: the
 * types leave no way to log foreign text or a person's data. Library rooms don't log. */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include <stddef.h>
#include <stdint.h>

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR };

struct log_field {
    const char *key;
    const char *word; /* a string literal or table text; NULL: the number counts */
    int64_t number;
};

#define LOG_INT(k, n) ((struct log_field){.key = (k), .number = (n)})
/** For words that are in the source: states, kinds, error codes. */
#define LOG_WORD(k, w) ((struct log_field){.key = (k), .word = (w)})
/** The stable code of an error. Needs base/err.h. */
#define LOG_ERR(e) ((struct log_field){.key = "error", .word = err_code(e)})

/** One line: {"time":…,"level":…,"event":"hooks.refused",…}. `event` is room.what. */
#define log_event(level, event, ...)                                                               \
    log_write(level, event, (const struct log_field[]){__VA_ARGS__},                               \
              sizeof((const struct log_field[]){__VA_ARGS__}) / sizeof(struct log_field))
void log_write(enum log_level level, const char *event, const struct log_field *fields, size_t n);

/** Lines below `level` are dropped (default LOG_INFO). */
void log_set_level(enum log_level level);
/** Where lines go instead of stderr; for tests. fd -1 drops them. */
void log_set_fd(int fd);

#endif
