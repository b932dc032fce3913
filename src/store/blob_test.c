#include "store/blob.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "store/store_unit.h"

#define TENANT 11

struct text {
    struct blob blob;
    int64_t id;
    vault_slot person;
    struct slice bytes;
};

static int prepare(struct turn *turn, void *arg)
{
    struct text *text = arg;
    struct row_owner owner = {.tenant = TENANT};
    int r = vault_issue(turn->vault, &text->person);

    owner.person_slot = text->person;
    if (r == 0)
        r = row_class_slot(turn, TENANT, RETAIN_UPLOADS, turn->now, &owner.class_slot);
    return r < 0 ? r : blob_of(turn, &owner, text->id, &text->blob);
}

static int put(struct turn *turn, void *arg)
{
    const struct text *text = arg;

    return blob_write(turn, &text->blob, pii_of(text->bytes));
}

static int check(struct turn *turn, void *arg)
{
    const struct text *text = arg;
    struct pii opened;
    int r = blob_read(turn, &text->blob, text->bytes.len, &opened);

    if (r == 0)
        ck_assert(slice_eq(pii_reveal(opened), text->bytes));
    return r;
}

static struct slice sample(size_t size)
{
    char *bytes = malloc(size);
    size_t i;

    for (i = 0; i < size; i++)
        bytes[i] = (char)(i * 31 + i / 251);
    return slice_of(bytes, size);
}

static struct text text_of(struct store *store, int64_t id, size_t size)
{
    struct text text = {.id = id, .bytes = sample(size)};

    ck_assert_ok(store_write_wait(store, TENANT, prepare, &text));
    return text;
}

static struct store *open_with_tenant(const struct engines *e)
{
    struct store *store = unit_open(e);

    unit_tenant(store, TENANT);
    return store;
}

static void path_of(struct store *store, int64_t id, char ret[400])
{
    char name[ID_TEXT_SIZE];

    id_text(ID_FILE, id, name);
    snprintf(ret, 400, "%s/files/%02x/%s", store_data_dir(store), (unsigned)(id % 256), name);
}

ENGINES_TEST(bytes_come_back_whatever_their_number)
{
    static const size_t sizes[] = {
        1,       BLOB_CHUNK - 1, BLOB_CHUNK, BLOB_CHUNK + 1, 3 * BLOB_CHUNK, 5 * BLOB_CHUNK + 77,
        BLOB_MAX};
    struct store *store = open_with_tenant(e);
    size_t i;

    for (i = 0; i < ARRAY_LEN(sizes); i++) {
        struct text text = text_of(store, (int64_t)i + 1, sizes[i]);

        ck_assert_ok(store_slow_wait(store, put, &text));
        ck_assert_ok(store_slow_wait(store, check, &text));
        free((char *)text.bytes.ptr);
    }
    store_close(store);
}

ENGINES_TEST(none_and_too_many_bytes_are_refused)
{
    struct store *store = open_with_tenant(e);
    struct text text = text_of(store, 1, BLOB_MAX + 1);
    char path[400];

    ck_assert_err(store_slow_wait(store, put, &text), ERR_LIMIT);
    text.bytes.len = 0;
    ck_assert_err(store_slow_wait(store, put, &text), ERR_INVALID);
    path_of(store, 1, path);
    ck_assert_int_ne(access(path, F_OK), 0);
    free((char *)text.bytes.ptr);
    store_close(store);
}

/* Every cut, at piece borders, too, and a longer file. */
ENGINES_TEST(a_cut_or_lengthened_file_does_not_open)
{
    const off_t piece = BLOB_CHUNK + VAULT_OVERHEAD;
    struct store *store = open_with_tenant(e);
    struct text text = text_of(store, 1, 2 * BLOB_CHUNK), half = text, two = text;
    const off_t cuts[] = {0, 1, VAULT_OVERHEAD, piece, piece + VAULT_OVERHEAD, 2 * piece - 1};
    char path[400];
    size_t i;

    path_of(store, 1, path);
    for (i = 0; i < ARRAY_LEN(cuts); i++) {
        ck_assert_ok(store_slow_wait(store, put, &text));
        ck_assert_int_eq(truncate(path, cuts[i]), 0);
        ck_assert_err(store_slow_wait(store, check, &text), ERR_DAMAGED);
    }
    ck_assert_ok(store_slow_wait(store, put, &text));
    ck_assert_int_eq(truncate(path, 2 * piece + 1), 0);
    ck_assert_err(store_slow_wait(store, check, &text), ERR_DAMAGED);
    /* A first piece that is whole does not pass for all of it, even with a size that fits. */
    ck_assert_ok(store_slow_wait(store, put, &two));
    ck_assert_int_eq(truncate(path, piece), 0);
    half.bytes.len = BLOB_CHUNK;
    ck_assert_err(store_slow_wait(store, check, &half), ERR_DAMAGED);
    free((char *)text.bytes.ptr);
    store_close(store);
}

static void exchange(const char *one, off_t at_one, const char *two, off_t at_two, size_t n)
{
    int a = open(one, O_RDWR), b = open(two, O_RDWR);
    char *x = malloc(n), *y = malloc(n);

    ck_assert_int_eq(pread(a, x, n, at_one), (ssize_t)n);
    ck_assert_int_eq(pread(b, y, n, at_two), (ssize_t)n);
    ck_assert_int_eq(pwrite(a, y, n, at_one), (ssize_t)n);
    ck_assert_int_eq(pwrite(b, x, n, at_two), (ssize_t)n);
    close(a);
    close(b);
    free(x);
    free(y);
}

ENGINES_TEST(a_piece_in_another_place_does_not_open)
{
    const off_t piece = BLOB_CHUNK + VAULT_OVERHEAD;
    struct store *store = open_with_tenant(e);
    struct text text = text_of(store, 1, 3 * BLOB_CHUNK);
    struct text other = text;
    char path[400], other_path[400];

    other.id = other.blob.id = 2; /* another row of the same person: the same keys */
    path_of(store, 1, path);
    path_of(store, 2, other_path);
    ck_assert_ok(store_slow_wait(store, put, &text));
    ck_assert_ok(store_slow_wait(store, put, &other));
    exchange(path, 0, path, piece, (size_t)piece);
    ck_assert_err(store_slow_wait(store, check, &text), ERR_DAMAGED);
    exchange(path, 0, path, piece, (size_t)piece);
    ck_assert_ok(store_slow_wait(store, check, &text));
    exchange(path, piece, other_path, piece, (size_t)piece);
    ck_assert_err(store_slow_wait(store, check, &text), ERR_DAMAGED);
    ck_assert_err(store_slow_wait(store, check, &other), ERR_DAMAGED);
    free((char *)text.bytes.ptr);
    store_close(store);
}

ENGINES_TEST(a_forgotten_person_s_file_opens_no_more)
{
    struct store *store = open_with_tenant(e);
    struct text text = text_of(store, 1, 1000);

    ck_assert_ok(store_slow_wait(store, put, &text));
    ck_assert_ok(vault_forget(store_vault(store), &text.person, 1));
    ck_assert_err(store_slow_wait(store, check, &text), ERR_FORGOTTEN);
    ck_assert_ok(blob_remove(store, 1));
    ck_assert_ok(blob_remove(store, 1));
    ck_assert_err(store_slow_wait(store, check, &text), ERR_NOT_FOUND);
    ck_assert_err(store_slow_wait(store, put, &text), ERR_FORGOTTEN);
    free((char *)text.bytes.ptr);
    store_close(store);
}

/* A limit on the size of files stands for the full disk: the write fails half-way. */
ENGINES_TEST(a_write_that_fails_leaves_nothing)
{
    struct store *store = open_with_tenant(e);
    struct text text = text_of(store, 1, 8 * BLOB_CHUNK);
    const struct rlimit low = {2 * BLOB_CHUNK, RLIM_INFINITY};
    const struct rlimit high = {RLIM_INFINITY, RLIM_INFINITY};
    char path[400], unfinished[420];

    signal(SIGXFSZ, SIG_IGN);
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &low), 0);
    ck_assert_err(store_slow_wait(store, put, &text), ERR_IO);
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &high), 0);
    path_of(store, 1, path);
    snprintf(unfinished, sizeof(unfinished), "%s.new", path);
    ck_assert_int_ne(access(path, F_OK), 0);
    ck_assert_int_ne(access(unfinished, F_OK), 0);
    ck_assert_ok(store_slow_wait(store, put, &text));
    ck_assert_ok(store_slow_wait(store, check, &text));
    free((char *)text.bytes.ptr);
    store_close(store);
}

static int keep_odd(struct store *store, int64_t *ids, size_t n)
{
    size_t i;

    for (i = 0; i < n; i++)
        if (ids[i] % 2)
            ids[i] = 0;
    return 0;
}

ENGINES_TEST(a_sweep_removes_what_has_no_row_and_what_is_unfinished)
{
    struct store *store = open_with_tenant(e);
    struct text text = text_of(store, 1, 10), even = text;
    char path[400], even_path[400], unfinished[420];

    even.id = even.blob.id = 2;
    path_of(store, 1, path);
    path_of(store, 2, even_path);
    snprintf(unfinished, sizeof(unfinished), "%s.new", path);
    ck_assert_ok(store_slow_wait(store, put, &text));
    ck_assert_ok(store_slow_wait(store, put, &even));
    close(open(unfinished, O_CREAT | O_WRONLY, 0600));
    ck_assert_ok(blob_sweep(store, keep_odd));
    ck_assert_int_eq(access(path, F_OK), 0);
    ck_assert_int_ne(access(even_path, F_OK), 0);
    ck_assert_int_ne(access(unfinished, F_OK), 0);
    free((char *)text.bytes.ptr);
    store_close(store);
}

ENGINES_MAIN("store/blob", bytes_come_back_whatever_their_number,
             none_and_too_many_bytes_are_refused, a_cut_or_lengthened_file_does_not_open,
             a_piece_in_another_place_does_not_open, a_forgotten_person_s_file_opens_no_more,
             a_write_that_fails_leaves_nothing,
             a_sweep_removes_what_has_no_row_and_what_is_unfinished)
