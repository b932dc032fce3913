/* config.h - one file of settings; each key also as LETHE_SECTION_KEY in the environment. */
#ifndef CLI_CONFIG_H
#define CLI_CONFIG_H

#include "base/buf.h"

struct config {
#define SETTING(section, key, fallback, meaning) char *section##_##key;
#include "cli/config.def"
#undef SETTING
};

/** Reads `path` (NULL: none), then the environment over it. On ERR_CONFIG *problem holds a sentence
 * that names file and line, or the variable. Free with config_done. */
int config_load(const char *path, struct config *ret, struct buf *problem) MUST_CHECK;
void config_done(struct config *config);
/** The command line over the file and the environment: replaces a setting; NULL leaves it. */
int config_set(char **setting, const char *value) MUST_CHECK;
/** A setting as a number within [min, max]; ERR_CONFIG with a sentence in *problem. */
int config_int(const char *name, const char *value, int64_t min, int64_t max, int64_t *ret,
               struct buf *problem) MUST_CHECK;
/** Every key with its default and meaning, for `lethe config`. */
int config_describe(struct buf *ret) MUST_CHECK;

#endif
