#include "store/blob.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"

enum { FOLDERS = 256, SWEEP_MAX = 256, SEALED_CHUNK = BLOB_CHUNK + VAULT_OVERHEAD };

/* One piece knows its number and whether it is the last: so a file that was cut, lengthened or
 * shuffled does not open. Pieces take the place of columns, whose numbers are never negative. */
static struct vault_place place_of(const struct blob *blob, size_t number, bool last)
{
    return (struct vault_place){
        .tenant = blob->tenant,
        .table = schema_table_number(TABLE_file),
        .column = -1 - (int32_t)(number * 2 + last),
        .row = blob->id,
        .purpose = PURPOSE_FILES,
    };
}

struct path {
    char folder[PATH_MAX];
    char file[PATH_MAX];
    char unfinished[PATH_MAX];
};

static void path_of(const struct store *store, int64_t id, struct path *ret)
{
    char name[ID_TEXT_SIZE];

    id_text(ID_FILE, id, name);
    snprintf(ret->folder, PATH_MAX, "%.4000s/files/%02x", store_data_dir(store),
             (unsigned)(id % FOLDERS));
    snprintf(ret->file, PATH_MAX, "%.4040s/%s", ret->folder, name);
    snprintf(ret->unfinished, PATH_MAX, "%.4040s/%s.new", ret->folder, name);
}

static int sync_folder(const char *path)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int r = 0;

    if (fd < 0)
        return err_from_errno(errno);
    if (fsync(fd) < 0)
        r = err_from_errno(errno);
    close(fd);
    return r;
}

static int make_folder(const struct store *store, const char *path)
{
    char above[PATH_MAX];

    if (mkdir(path, 0700) < 0)
        return errno == EEXIST ? 0 : err_from_errno(errno);
    snprintf(above, sizeof(above), "%.4000s/files", store_data_dir(store));
    return sync_folder(above);
}

static int write_all(int fd, struct slice bytes)
{
    while (bytes.len) {
        ssize_t n = write(fd, bytes.ptr, bytes.len);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return err_from_errno(errno);
        bytes = slice_from(bytes, (size_t)n);
    }
    return 0;
}

static size_t chunks_of(size_t size)
{
    return (size + BLOB_CHUNK - 1) / BLOB_CHUNK;
}

static int write_sealed(struct vault *vault, const struct blob *blob, struct slice bytes, int fd)
{
    struct buf sealed = BUF_INIT(SEALED_CHUNK);
    size_t i, n = chunks_of(bytes.len);
    int r = 0;

    for (i = 0; r == 0 && i < n; i++) {
        struct slice piece = slice_head(slice_from(bytes, i * BLOB_CHUNK), BLOB_CHUNK);
        struct vault_place place = place_of(blob, i, i + 1 == n);

        buf_clear(&sealed);
        r = vault_seal(vault, &blob->keys, &place, pii_of(piece), &sealed);
        if (r == 0)
            r = write_all(fd, buf_slice(&sealed));
    }
    buf_done(&sealed);
    if (r == 0 && fsync(fd) < 0)
        r = err_from_errno(errno);
    return r;
}

int blob_of(struct turn *turn, const struct row_owner *owner, int64_t id, struct blob *ret)
{
    vault_slot tenant;
    int r = row_tenant_slot(turn, owner->tenant, &tenant);

    if (r < 0)
        return r;
    *ret = (struct blob){
        .tenant = owner->tenant,
        .id = id,
        .keys = {.tenant = tenant, .person = owner->person_slot, .klass = owner->class_slot},
    };
    return 0;
}

static int write_unfinished(struct turn *turn, const struct blob *blob, struct slice bytes,
                            const struct path *path)
{
    int fd = open(path->unfinished, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    int r;

    if (fd < 0)
        return err_from_errno(errno);
    r = write_sealed(turn->vault, blob, bytes, fd);
    if (close(fd) < 0 && r == 0)
        r = err_from_errno(errno);
    return r;
}

int blob_write(struct turn *turn, const struct blob *blob, struct pii bytes)
{
    struct slice clear = pii_reveal(bytes);
    struct path path;
    int r;

    if (clear.len == 0)
        return ERR_INVALID;
    if (clear.len > BLOB_MAX)
        return ERR_LIMIT;
    path_of(turn->store, blob->id, &path);
    r = make_folder(turn->store, path.folder);
    if (r < 0)
        return r;
    r = write_unfinished(turn, blob, clear, &path);
    if (r == 0 && rename(path.unfinished, path.file) < 0)
        r = err_from_errno(errno);
    if (r == 0)
        r = sync_folder(path.folder);
    if (r < 0) { /* what can't be removed now is swept at the next start */
        unlink(path.unfinished);
        unlink(path.file);
    }
    return r;
}

/* Reads up to `n` bytes; fewer only at the end of the file. */
static int read_some(int fd, char *ptr, size_t n, size_t *ret)
{
    size_t got = 0;

    while (got < n) {
        ssize_t step = read(fd, ptr + got, n - got);

        if (step < 0 && errno == EINTR)
            continue;
        if (step < 0)
            return err_from_errno(errno);
        if (step == 0)
            break;
        got += (size_t)step;
    }
    *ret = got;
    return 0;
}

/* One byte more than the piece may have is asked for at the end, so that a longer file is seen. */
static int open_pieces(struct turn *turn, const struct blob *blob, int fd, char *space,
                       struct buf *ret)
{
    size_t size = ret->limit, i, n = chunks_of(size), got = 0;
    int r = 0;

    for (i = 0; r == 0 && i < n; i++) {
        struct vault_place place = place_of(blob, i, i + 1 == n);
        size_t clear = i + 1 == n ? size - i * BLOB_CHUNK : BLOB_CHUNK;
        size_t sealed = clear + VAULT_OVERHEAD;

        r = read_some(fd, space, sealed + (i + 1 == n), &got);
        if (r == 0 && got != sealed)
            r = ERR_DAMAGED;
        if (r == 0)
            r = vault_open_sealed(turn->vault, &blob->keys, &place, slice_of(space, sealed), ret);
    }
    return r;
}

int blob_read(struct turn *turn, const struct blob *blob, size_t size, struct pii *ret)
{
    char *space = arena_alloc(turn->arena, SEALED_CHUNK + 1);
    char *clear = size && size <= BLOB_MAX ? arena_alloc(turn->arena, size) : NULL;
    struct buf opened = {.ptr = clear, .cap = size, .limit = size}; /* full: never grows */
    struct path path;
    int fd, r;

    if (!space || !clear)
        return ERR_LIMIT;
    path_of(turn->store, blob->id, &path);
    fd = open(path.file, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0)
        return err_from_errno(errno);
    r = open_pieces(turn, blob, fd, space, &opened);
    close(fd);
    if (r == 0)
        *ret = pii_of(buf_slice(&opened));
    return r;
}

int blob_remove(struct store *store, int64_t id)
{
    struct path path;
    bool gone;

    path_of(store, id, &path);
    gone = unlink(path.unfinished) == 0;
    if (unlink(path.file) == 0)
        gone = true;
    else if (errno != ENOENT)
        return err_from_errno(errno);
    return gone ? sync_folder(path.folder) : 0;
}

/* Sweeping */

struct sweep {
    struct store *store;
    blob_keep *keep;
    int64_t ids[SWEEP_MAX];
    size_t n;
};

static int sweep_found(struct sweep *sweep)
{
    size_t i;
    int r = sweep->n ? sweep->keep(sweep->store, sweep->ids, sweep->n) : 0;

    for (i = 0; r == 0 && i < sweep->n; i++)
        if (sweep->ids[i])
            r = blob_remove(sweep->store, sweep->ids[i]);
    sweep->n = 0;
    return r;
}

static int sweep_name(struct sweep *sweep, struct slice name)
{
    bool unfinished = slice_ends(name, SLICE(".new"));
    int64_t id;

    if (unfinished)
        name = slice_head(name, name.len - 4);
    if (id_parse(ID_FILE, name, &id) < 0)
        return 0; /* not ours: left alone */
    if (unfinished) {
        struct path path;

        path_of(sweep->store, id, &path);
        return unlink(path.unfinished) < 0 && errno != ENOENT ? err_from_errno(errno) : 0;
    }
    sweep->ids[sweep->n++] = id;
    return sweep->n == SWEEP_MAX ? sweep_found(sweep) : 0;
}

static int sweep_folder(struct sweep *sweep, const char *path)
{
    DIR *dir = opendir(path);
    const struct dirent *entry;
    int r = 0;

    if (!dir)
        return errno == ENOENT ? 0 : err_from_errno(errno);
    while (r == 0 && (entry = readdir(dir)))
        r = sweep_name(sweep, slice_cstr(entry->d_name));
    closedir(dir);
    return r < 0 ? r : sweep_found(sweep);
}

int blob_sweep(struct store *store, blob_keep *keep)
{
    struct sweep *sweep = calloc(1, sizeof(*sweep));
    struct path path;
    int64_t number;
    int r = 0;

    if (!sweep)
        return ERR_MEMORY;
    *sweep = (struct sweep){.store = store, .keep = keep};
    for (number = 0; r == 0 && number < FOLDERS; number++) {
        path_of(store, number, &path);
        r = sweep_folder(sweep, path.folder);
    }
    free(sweep);
    return r;
}
