#include "cli/config.h"

#include <ctype.h>
#include <ini.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/err.h"

struct setting {
    const char *section;
    const char *key;
    const char *fallback;
    const char *meaning;
    size_t offset;
};

static const struct setting settings[] = {
#define SETTING(section, key, fallback, meaning)                                                   \
    {#section, #key, fallback, meaning, offsetof(struct config, section##_##key)},
#include "cli/config.def"
#undef SETTING
};

struct reading {
    struct config *config;
    struct buf *problem;
    const char *path;
    bool failed;
};

static char **place_of(struct config *config, const struct setting *setting)
{
    return (char **)((char *)config + setting->offset);
}

static const struct setting *setting_of(const char *section, const char *key)
{
    size_t i;

    for (i = 0; i < ARRAY_LEN(settings); i++)
        if (strcmp(settings[i].section, section) == 0 && strcmp(settings[i].key, key) == 0)
            return &settings[i];
    return NULL;
}

static int set(struct config *config, const struct setting *setting, const char *value)
{
    return config_set(place_of(config, setting), value);
}

/* inih: 1 goes on, 0 is an error on this line. */
static int on_line(void *arg, const char *section, const char *key, const char *value)
{
    struct reading *reading = arg;
    const struct setting *setting = setting_of(section, key);

    if (setting)
        return set(reading->config, setting, value) == 0;
    if (!reading->failed)
        reading->failed =
            buf_addf(reading->problem,
                     "%s: there is no setting \"%s\" in [%s]. `lethe config` lists all.",
                     reading->path, key, section) == 0;
    return 0;
}

static int read_file(const char *path, struct config *config, struct buf *problem)
{
    struct reading reading = {config, problem, path, false};
    int line = ini_parse(path, on_line, &reading);
    int r;

    if (line == 0)
        return 0;
    if (line < 0)
        r = buf_addf(problem, "%s can't be read.", path);
    else if (reading.failed)
        r = buf_addf(problem, " (line %d)", line);
    else
        r = buf_addf(problem, "%s: line %d is not \"key = value\".", path, line);
    return r < 0 ? r : ERR_CONFIG;
}

static int read_environment(struct config *config)
{
    char name[80];
    size_t i, k;
    int r = 0;

    for (i = 0; r == 0 && i < ARRAY_LEN(settings); i++) {
        const char *value;

        snprintf(name, sizeof(name), "LETHE_%s_%s", settings[i].section, settings[i].key);
        for (k = 0; name[k]; k++)
            name[k] = (char)toupper((unsigned char)name[k]);
        value = getenv(name);
        if (value)
            r = set(config, &settings[i], value);
    }
    return r;
}

int config_load(const char *path, struct config *ret, struct buf *problem)
{
    struct config config = {0};
    size_t i;
    int r = 0;

    for (i = 0; r == 0 && i < ARRAY_LEN(settings); i++)
        r = set(&config, &settings[i], settings[i].fallback);
    if (r == 0 && path)
        r = read_file(path, &config, problem);
    if (r == 0)
        r = read_environment(&config);
    if (r < 0) {
        config_done(&config);
        return r;
    }
    *ret = config;
    return 0;
}

void config_done(struct config *config)
{
    size_t i;

    for (i = 0; i < ARRAY_LEN(settings); i++) {
        free(*place_of(config, &settings[i]));
        *place_of(config, &settings[i]) = NULL;
    }
}

int config_set(char **setting, const char *value)
{
    char *copy;

    if (!value)
        return 0;
    copy = strdup(value);
    if (!copy)
        return ERR_MEMORY;
    free(*setting);
    *setting = copy;
    return 0;
}

int config_int(const char *name, const char *value, int64_t min, int64_t max, int64_t *ret,
               struct buf *problem)
{
    int64_t number;
    int r;

    if (slice_int64(slice_cstr(value), &number) == 0 && number >= min && number <= max) {
        *ret = number;
        return 0;
    }
    r = buf_addf(problem, "%s must be a number from %lld to %lld.", name, (long long)min,
                 (long long)max);
    return r < 0 ? r : ERR_CONFIG;
}

int config_describe(struct buf *ret)
{
    size_t i;
    int r = 0;

    for (i = 0; r == 0 && i < ARRAY_LEN(settings); i++) {
        if (i == 0 || strcmp(settings[i].section, settings[i - 1].section) != 0)
            r = buf_addf(ret, "%s[%s]\n", i ? "\n" : "", settings[i].section);
        if (r == 0)
            r = buf_addf(ret, "# %s\n%s = %s\n", settings[i].meaning, settings[i].key,
                         settings[i].fallback);
    }
    return r;
}
