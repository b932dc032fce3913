/* test_dir.h - a vault folder that a test works in; it is taken away when the test's scope ends. */
#ifndef VAULT_TEST_DIR_H
#define VAULT_TEST_DIR_H

#include <dirent.h>
#include <unistd.h>

#include "unit.h"

enum { TEST_PATH = 64 };

static inline void test_dir_done(char (*dir)[TEST_PATH])
{
    DIR *d = opendir(*dir);
    struct dirent *e;

    while (d && (e = readdir(d)))
        if (e->d_name[0] != '.')
            unlinkat(dirfd(d), e->d_name, 0);
    if (d)
        closedir(d);
    rmdir(*dir);
}

static inline void test_dir_make(char dir[TEST_PATH])
{
    ck_assert_ptr_nonnull(mkdtemp(dir));
}

/** TEST_DIR(name); declares `char name[]` with the path of a fresh folder. */
#define TEST_DIR(name)                                                                             \
    CLEANUP(test_dir_done) char name[TEST_PATH] = "/var/tmp/lethe-vault-XXXXXX";                   \
    int name##_made_ __attribute__((unused)) = (test_dir_make(name), 0)

#endif
