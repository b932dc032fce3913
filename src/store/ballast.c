#include "store/ballast.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/err.h"
#include "store/inside.h"
#include "store/keeper.h"

/* What the ballast was given up for gets at least this long. */
#define REST_US 1000000

static void path_of(const struct store *store, char ret[PATH_MAX])
{
    snprintf(ret, PATH_MAX, "%s/ballast", store->data_dir);
}

int ballast_make(struct store *store)
{
    char path[PATH_MAX];
    int fd, r;

    path_of(store, path);
    fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0)
        return err_from_errno(errno);
    r = posix_fallocate(fd, 0, BALLAST_BYTES);
    close(fd);
    if (r == 0)
        return 0;
    unlink(path);
    return err_from_errno(r);
}

bool ballast_release(struct store *store)
{
    char path[PATH_MAX];
    bool gave = false;

    if (store->opts.engine != SQL_SQLITE)
        return false;
    path_of(store, path);
    pthread_mutex_lock(&store->ballast_lock);
    if (!atomic_load(&store->full)) {
        gave = unlink(path) == 0;
        atomic_store(&store->full, true);
        store->full_us = clock_mono_us();
    }
    pthread_mutex_unlock(&store->ballast_lock);
    keeper_full(store);
    return gave;
}

static bool has_space(const struct store *store)
{
    struct statvfs fs;

    return statvfs(store->data_dir, &fs) == 0 && fs.f_bavail >= 2 * BALLAST_BYTES / fs.f_frsize;
}

void ballast_restore(struct store *store)
{
    pthread_mutex_lock(&store->ballast_lock);
    if (atomic_load(&store->full) && clock_mono_us() - store->full_us >= REST_US &&
        has_space(store) && ballast_make(store) == 0)
        atomic_store(&store->full, false);
    pthread_mutex_unlock(&store->ballast_lock);
}
