#include "vault/folder.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "base/slice.h"
#include "vault/test_dir.h"

static struct slice read_file(const struct folder *f, const char *name, char *buf, size_t cap)
{
    int fd = openat(f->fd, name, O_RDONLY);
    ssize_t n = read(fd, buf, cap);

    ck_assert_int_gt(n, 0);
    close(fd);
    return slice_of(buf, (size_t)n);
}

START_TEST(is_private_and_says_never_to_copy_it)
{
    TEST_DIR(dir);
    struct folder f;
    struct stat st;
    char text[2000];

    ck_assert_int_eq(chmod(dir, 0755), 0);
    ck_assert_int_eq(folder_open(dir, true, &f), 0);
    ck_assert_int_eq(stat(dir, &st), 0);
    ck_assert_int_eq(st.st_mode & 0777, 0700);
    ck_assert(slice_starts(read_file(&f, "CACHEDIR.TAG", text, sizeof(text)),
                           SLICE("Signature: 8a477f597d28d172789f06886806bc55\n")));
    ck_assert(slice_starts(read_file(&f, "README", text, sizeof(text)),
                           SLICE("NEVER COPY THIS FOLDER.")));
    ck_assert(folder_shares_device(&f, dir));
    ck_assert(!folder_shares_device(&f, "/proc"));
    ck_assert(!folder_shares_device(&f, "/nowhere"));
    folder_done(&f);
}
END_TEST

START_TEST(has_one_owner_at_a_time)
{
    TEST_DIR(dir);
    struct folder f, second;

    ck_assert_int_eq(folder_open(dir, true, &f), 0);
    ck_assert_int_eq(folder_open(dir, true, &second), ERR_LOCKED);
    folder_done(&f);
    ck_assert_int_eq(folder_open(dir, true, &second), 0);
    folder_done(&second);
}
END_TEST

START_TEST(is_made_one_level_deep)
{
    TEST_DIR(dir);
    struct folder f;
    char path[100];

    snprintf(path, sizeof(path), "%s/lock", dir); /* a name that the cleaning up takes away */
    ck_assert_int_eq(folder_open("/nowhere/vault", true, &f), ERR_NOT_FOUND);
    ck_assert_int_eq(folder_open(path, false, &f), ERR_NOT_FOUND);
    ck_assert_int_ne(access(path, F_OK), 0);
    close(open(path, O_CREAT | O_WRONLY, 0600));
    ck_assert_int_eq(folder_open(path, true, &f), ERR_IO);
}
END_TEST

UNIT_MAIN("vault/folder", is_private_and_says_never_to_copy_it, has_one_owner_at_a_time,
          is_made_one_level_deep)
