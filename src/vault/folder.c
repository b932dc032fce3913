#include "vault/folder.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "base/slice.h"

/* The first line is the signature that backup programs look for
 * (Cache Directory Tagging Specification, https://bford.info/cachedir/). */
static const char tag_text[] =
    "Signature: 8a477f597d28d172789f06886806bc55\n"
    "# This folder holds the keys of a Lethe installation and must not be backed up.\n"
    "# See README beside this file.\n";

static const char readme_text[] =
    "NEVER COPY THIS FOLDER. Leave it out of every backup and snapshot.\n"
    "\n"
    "It holds the keys of Lethe's data. When Lethe erases a person, it destroys that person's\n"
    "key here, and what every older backup still holds of that person can no longer be read.\n"
    "A copy of this folder would bring those people back, and so break the promise that was\n"
    "made to them and that the law asks for.\n"
    "\n"
    "Back up Lethe with \"lethe backup\": it takes the data folder and leaves this one out.\n"
    "Without this folder the data can't be read by anybody, so do not delete it either.\n"
    "Do not edit, move, or open its files while Lethe runs.\n";

static int write_text(int dir_fd, const char *name, struct slice text)
{
    int fd = openat(dir_fd, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    int r = 0;

    if (fd < 0)
        return errno == EEXIST ? 0 : err_from_errno(errno);
    if (write(fd, text.ptr, text.len) != (ssize_t)text.len || fsync(fd) < 0)
        r = err_from_errno(errno);
    close(fd);
    return r;
}

static int take_lock(struct folder *f)
{
    f->lock = openat(f->fd, "lock", O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (f->lock < 0)
        return err_from_errno(errno);
    if (flock(f->lock, LOCK_EX | LOCK_NB) < 0)
        return errno == EWOULDBLOCK ? ERR_LOCKED : err_from_errno(errno);
    return 0;
}

static int prepare(struct folder *f)
{
    int r;

    if (fchmod(f->fd, 0700) < 0)
        return err_from_errno(errno);
    r = take_lock(f);
    if (r == 0)
        r = write_text(f->fd, "CACHEDIR.TAG", slice_cstr(tag_text));
    if (r == 0)
        r = write_text(f->fd, "README", slice_cstr(readme_text));
    return r;
}

int folder_open(const char *path, bool make, struct folder *ret)
{
    struct folder f = {.fd = -1, .lock = -1};
    int r;

    if (make && mkdir(path, 0700) < 0 && errno != EEXIST)
        return err_from_errno(errno);
    f.fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (f.fd < 0)
        return err_from_errno(errno);
    r = prepare(&f);
    if (r < 0) {
        folder_done(&f);
        return r;
    }
    *ret = f;
    return 0;
}

void folder_done(struct folder *f)
{
    if (f->fd >= 0)
        close(f->fd);
    if (f->lock >= 0)
        close(f->lock);
    *f = (struct folder){.fd = -1, .lock = -1};
}

bool folder_shares_device(const struct folder *f, const char *other)
{
    struct stat mine, theirs;

    return fstat(f->fd, &mine) == 0 && stat(other, &theirs) == 0 && mine.st_dev == theirs.st_dev;
}
