#include "vault/slots.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "vault/head.h"
#include "vault/page.h"
#include "vault/test_dir.h"
#include "vault/test_disk.h"

enum { SLOTS = 2000 };

static int try_open(const char *dir, const struct copies_io *io, struct slots **ret)
{
    struct slots_opts opts = {.data_id = "house", .io = io};
    int r;

    opts.dir_fd = open(dir, O_RDONLY | O_DIRECTORY);
    r = slots_open(&opts, ret);
    close(opts.dir_fd);
    return r;
}

static struct slots *open_at(const char *dir)
{
    struct slots *s = NULL;

    ck_assert_int_eq(try_open(dir, NULL, &s), 0);
    return s;
}

/* A vault of SLOTS numbers whose keys the test remembers. */
static void make(const char *dir, unsigned char keys[SLOTS][SLOT_KEY])
{
    struct slots *s = open_at(dir);
    vault_slot slot;

    ck_assert_int_eq(slots_draw(s, 1000), 0);
    ck_assert_int_eq(slots_draw(s, 1000), 0);
    ck_assert_uint_eq(slots_mark(s), SLOTS);
    for (slot = 1; slot < SLOTS; slot++)
        ck_assert_int_eq(slots_read(s, slot, keys[slot]), 0);
    slots_close(s);
}

static bool in_file(const char *dir, const char *name, const void *needle, size_t n)
{
    char path[100];
    struct stat st;
    bool hit;
    char *text;
    int fd;

    snprintf(path, sizeof(path), "%s/%s", dir, name);
    fd = open(path, O_RDONLY);
    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(fstat(fd, &st), 0);
    text = malloc((size_t)st.st_size);
    ck_assert_int_eq(read(fd, text, (size_t)st.st_size), st.st_size);
    hit = memmem(text, (size_t)st.st_size, needle, n) != NULL;
    free(text);
    close(fd);
    return hit;
}

static bool on_disk(const char *dir, const unsigned char key[SLOT_KEY])
{
    return in_file(dir, "keys.a", key, SLOT_KEY) || in_file(dir, "keys.b", key, SLOT_KEY);
}

/* Writes over part of a file, past the vault's back. */
static void overwrite(const char *dir, const char *name, off_t at, const void *bytes, size_t n)
{
    char path[100];
    int fd;

    snprintf(path, sizeof(path), "%s/%s", dir, name);
    fd = open(path, O_WRONLY);
    ck_assert_int_eq(pwrite(fd, bytes, n, at), (ssize_t)n);
    ck_assert_int_eq(fsync(fd), 0);
    close(fd);
}

static void tear(const char *dir, const char *name, int block)
{
    static const char noise[PAGE_BYTES / 2] = {'n', 'o', 'i', 's', 'e'};

    overwrite(dir, name, (off_t)block * PAGE_BYTES + PAGE_BYTES / 2, noise, sizeof(noise));
}

static void check_all_live(struct slots *s, unsigned char keys[SLOTS][SLOT_KEY], vault_slot from)
{
    unsigned char key[SLOT_KEY];
    vault_slot slot;

    for (slot = from ? from : 1; slot < SLOTS; slot++) {
        ck_assert_int_eq(slots_state(s, slot), SLOT_LIVE);
        ck_assert_int_eq(slots_read(s, slot, key), 0);
        ck_assert_mem_eq(key, keys[slot], SLOT_KEY);
    }
}

static int forget(struct slots *s, const vault_slot *slots, size_t n)
{
    int r = slots_leave(s, slots, n);

    return r < 0 ? r : slots_forget(s, slots, n);
}

START_TEST(mends_a_torn_page_of_either_copy)
{
    TEST_DIR(dir);
    unsigned char keys[SLOTS][SLOT_KEY];
    struct slots *s;

    make(dir, keys);
    tear(dir, "keys.a", 1);
    tear(dir, "keys.b", 2);
    tear(dir, "keys.a", 20);
    s = open_at(dir);
    check_all_live(s, keys, 0);
    slots_close(s);
    tear(dir, "keys.b", 1); /* so the other was mended */
    tear(dir, "keys.a", 2);
    s = open_at(dir);
    check_all_live(s, keys, 0);
    slots_close(s);
}
END_TEST

START_TEST(makes_a_lost_copy_anew)
{
    static const char *const names[] = {"keys.a", "keys.b"};
    TEST_DIR(dir);
    unsigned char keys[SLOTS][SLOT_KEY];
    char path[100];
    size_t i;

    make(dir, keys);
    for (i = 0; i < 2; i++) {
        struct slots *s;

        snprintf(path, sizeof(path), "%s/%s", dir, names[i]);
        ck_assert_int_eq(unlink(path), 0);
        s = open_at(dir);
        check_all_live(s, keys, 0);
        ck_assert_uint_eq(slots_mark(s), SLOTS);
        slots_close(s);
    }
}
END_TEST

START_TEST(mends_a_torn_head_and_refuses_two)
{
    TEST_DIR(dir);
    unsigned char keys[SLOTS][SLOT_KEY];
    struct slots *s = NULL;

    make(dir, keys);
    tear(dir, "keys.a", 0);
    s = open_at(dir);
    check_all_live(s, keys, 0);
    slots_close(s);
    tear(dir, "keys.b", 0);
    s = open_at(dir);
    slots_close(s);
    tear(dir, "keys.a", 0);
    tear(dir, "keys.b", 0);
    ck_assert_int_eq(try_open(dir, NULL, &s), ERR_DAMAGED);
}
END_TEST

START_TEST(refuses_a_newer_format)
{
    TEST_DIR(dir);
    unsigned char block[PAGE_BYTES];
    struct head head = {.sequence = 5, .mark = 100};
    struct slots *s = open_at(dir);

    slots_close(s);
    head_hash("house", head.data_hash);
    head_write(&head, block);
    block[8] = HEAD_VERSION + 1;
    page_sum_put(block);
    overwrite(dir, "keys.b", 0, block, sizeof(block));
    ck_assert_int_eq(try_open(dir, NULL, &s), ERR_VERSION);
}
END_TEST

START_TEST(loses_only_the_page_that_is_damaged_twice)
{
    TEST_DIR(dir);
    unsigned char keys[SLOTS][SLOT_KEY], key[SLOT_KEY];
    uint64_t count[SLOT_STATES];
    vault_slot gone = 50;
    struct slots *s;

    make(dir, keys);
    tear(dir, "keys.a", 1);
    tear(dir, "keys.b", 1);
    s = open_at(dir);
    ck_assert_int_eq(slots_state(s, 50), SLOT_DAMAGED);
    check_all_live(s, keys, 100);
    slots_count(s, SLOTS, count);
    ck_assert_uint_eq(count[SLOT_DAMAGED], 99);
    ck_assert_uint_eq(count[SLOT_LIVE], 1900);
    slots_close(s);
    ck_assert(on_disk(dir, keys[10])); /* left alone: somebody may save it by hand */

    s = open_at(dir);
    ck_assert_int_eq(forget(s, &gone, 1), 0);
    ck_assert_int_eq(slots_state(s, 50), SLOT_FORGOTTEN);
    ck_assert_int_eq(slots_state(s, 51), SLOT_DAMAGED);
    slots_close(s);
    s = open_at(dir);
    ck_assert_int_eq(slots_state(s, 50), SLOT_FORGOTTEN);
    ck_assert_int_eq(slots_state(s, 51), SLOT_DAMAGED);
    ck_assert_int_eq(slots_state(s, 0), SLOT_EMPTY);
    ck_assert_int_eq(slots_read(s, 51, key), ERR_DAMAGED);
    check_all_live(s, keys, 100);
    slots_close(s);
    ck_assert(!on_disk(dir, keys[10]));
}
END_TEST

START_TEST(notices_damage_while_it_runs)
{
    TEST_DIR(dir);
    unsigned char keys[SLOTS][SLOT_KEY], key[SLOT_KEY];
    struct slots *s;

    make(dir, keys);
    s = open_at(dir);
    tear(dir, "keys.a", 1);
    ck_assert_int_eq(slots_read(s, 50, key), 0);
    tear(dir, "keys.b", 1);
    ck_assert_int_eq(slots_read(s, 50, key), ERR_DAMAGED);
    slots_check(s, 50);
    ck_assert_int_eq(slots_state(s, 50), SLOT_DAMAGED);
    tear(dir, "keys.a", 2);
    slots_check(s, 150);
    ck_assert_int_eq(slots_state(s, 150), SLOT_LIVE);
    tear(dir, "keys.b", 2);
    ck_assert_int_eq(slots_read(s, 150, key), 0); /* from the copy that the check mended */
    slots_close(s);
}
END_TEST

START_TEST(leaves_no_byte_of_a_forgotten_key_on_disk)
{
    TEST_DIR(dir);
    unsigned char keys[SLOTS][SLOT_KEY];
    vault_slot slots[] = {150, 7, 1950, 150, 8};
    struct slots *s;
    size_t i;

    make(dir, keys);
    for (i = 0; i < ARRAY_LEN(slots); i++)
        ck_assert(on_disk(dir, keys[slots[i]]));
    s = open_at(dir);
    ck_assert_int_eq(forget(s, slots, ARRAY_LEN(slots)), 0);
    for (i = 0; i < ARRAY_LEN(slots); i++) {
        ck_assert_int_eq(slots_state(s, slots[i]), SLOT_FORGOTTEN);
        ck_assert(!on_disk(dir, keys[slots[i]]));
    }
    ck_assert_int_eq(slots_state(s, 9), SLOT_LIVE);
    slots_close(s);
}
END_TEST

START_TEST(destroys_nobody_because_the_disk_can_not_be_read_for_a_moment)
{
    TEST_DIR(dir);
    unsigned char keys[SLOTS][SLOT_KEY], key[SLOT_KEY];
    struct test_disk disk = {.last = -1};
    struct copies_io io = test_disk_io(&disk);
    struct slots *s = NULL;
    vault_slot slot = 5;

    make(dir, keys);
    ck_assert_int_eq(try_open(dir, &io, &s), 0);
    disk.blind = true;
    ck_assert_int_eq(slots_read(s, 6, key), ERR_DAMAGED);
    slots_check(s, 6);
    ck_assert_int_eq(slots_state(s, 6), SLOT_LIVE);
    ck_assert_int_eq(forget(s, &slot, 1), ERR_IO);
    ck_assert_int_eq(disk.writes, 0);
    disk.blind = false;
    ck_assert_int_eq(slots_read(s, 6, key), 0);
    ck_assert_int_eq(forget(s, &slot, 1), 0);
    ck_assert_int_eq(slots_state(s, 5), SLOT_FORGOTTEN);
    check_all_live(s, keys, 6);
    slots_close(s);
}
END_TEST

/* The state of a slot after a crash: live with its own key, or forgotten and gone from the disk. */
static bool is_forgotten(struct slots *s, const char *dir, vault_slot slot,
                         unsigned char keys[SLOTS][SLOT_KEY])
{
    unsigned char key[SLOT_KEY];

    if (slots_state(s, slot) == SLOT_FORGOTTEN) {
        ck_assert(!on_disk(dir, keys[slot]));
        return true;
    }
    ck_assert_int_eq(slots_state(s, slot), SLOT_LIVE);
    ck_assert_int_eq(slots_read(s, slot, key), 0);
    ck_assert_mem_eq(key, keys[slot], SLOT_KEY);
    return false;
}

/* Returns how many of the slots a forgetting that died at write `last` had reached. */
static int crash_while_forgetting(int last, enum test_disk_end end)
{
    static const vault_slot slots[] = {5, 150, 1950};
    TEST_DIR(dir);
    unsigned char keys[SLOTS][SLOT_KEY], key[SLOT_KEY];
    struct test_disk disk = {.last = last, .end = end};
    struct copies_io io = test_disk_io(&disk);
    struct slots *s = NULL;
    int forgotten = 0;
    size_t i;

    make(dir, keys);
    ck_assert_int_eq(try_open(dir, &io, &s), 0);
    ck_assert_int_eq(forget(s, slots, 3), ERR_IO);
    ck_assert_int_eq(slots_copies(s), 1);
    ck_assert_int_eq(slots_state(s, 1950), SLOT_LEAVING);
    slots_close(s);

    s = open_at(dir);
    for (i = 0; i < 3; i++)
        forgotten += is_forgotten(s, dir, slots[i], keys);
    ck_assert_int_eq(slots_read(s, 6, key), 0);
    ck_assert_mem_eq(key, keys[6], SLOT_KEY);
    ck_assert_int_eq(forget(s, slots, 3), 0);
    slots_close(s);
    s = open_at(dir);
    for (i = 0; i < 3; i++)
        ck_assert(is_forgotten(s, dir, slots[i], keys));
    slots_close(s);
    return forgotten;
}

START_TEST(is_whole_after_a_crash_at_every_write_of_a_forgetting)
{
    /* Two runs of pages, each to both copies: {5, 150}, then {1950}. */
    static const int forgotten[4][DISK_ENDS] = {{0, 0, 2}, {2, 2, 2}, {2, 2, 3}, {3, 3, 3}};
    int write;

    for (write = 0; write < 4; write++) {
        ck_assert_int_eq(crash_while_forgetting(write, DISK_BEFORE), forgotten[write][0]);
        /* of a torn run of pages, those that were written count */
        ck_assert_int_ge(crash_while_forgetting(write, DISK_TORN), forgotten[write][1]);
        ck_assert_int_eq(crash_while_forgetting(write, DISK_AFTER), forgotten[write][2]);
    }
}
END_TEST

START_TEST(completes_a_forgetting_though_the_mending_crashes_too)
{
    enum test_disk_end end;
    int last;

    for (last = 0; last < 2; last++)
        for (end = 0; end < DISK_ENDS; end++) {
            TEST_DIR(dir);
            unsigned char keys[SLOTS][SLOT_KEY];
            struct test_disk first = {.last = 1}, second = {.last = last, .end = end};
            struct copies_io io = test_disk_io(&first), again = test_disk_io(&second);
            vault_slot slots[] = {5, 150};
            struct slots *s = NULL;

            make(dir, keys);
            ck_assert_int_eq(try_open(dir, &io, &s), 0);
            ck_assert_int_eq(forget(s, slots, 2), ERR_IO);
            s = slots_close(s);
            ck_assert_int_eq(try_open(dir, &again, &s), ERR_IO);
            s = open_at(dir);
            ck_assert(is_forgotten(s, dir, 5, keys));
            ck_assert(is_forgotten(s, dir, 150, keys));
            slots_close(s);
        }
}
END_TEST

/* A draw writes pages to both copies, then heads to both. */
START_TEST(draws_no_number_twice_after_a_crash_at_every_write)
{
    enum test_disk_end end;
    int last;

    for (last = 0; last < 4; last++)
        for (end = 0; end < DISK_ENDS; end++) {
            TEST_DIR(dir);
            unsigned char keys[SLOTS][SLOT_KEY];
            struct test_disk disk = {.last = last, .end = end};
            struct copies_io io = test_disk_io(&disk);
            bool counts = last == 3 || (last == 2 && end == DISK_AFTER);
            struct slots *s = NULL;

            make(dir, keys);
            ck_assert_int_eq(try_open(dir, &io, &s), 0);
            ck_assert_int_eq(slots_draw(s, 200), ERR_IO);
            ck_assert_uint_eq(slots_mark(s), SLOTS);
            slots_close(s);
            s = open_at(dir);
            ck_assert_uint_eq(slots_mark(s), counts ? SLOTS + 200 : SLOTS);
            ck_assert_int_eq(slots_state(s, SLOTS + 5), counts ? SLOT_LIVE : SLOT_EMPTY);
            check_all_live(s, keys, 0);
            ck_assert_int_eq(slots_draw(s, 100), 0);
            slots_close(s);
        }
}
END_TEST

START_TEST(keeps_the_issued_through_a_crash_at_every_write_of_a_redraw)
{
    enum test_disk_end end;
    int last;

    for (last = 0; last < 2; last++)
        for (end = 0; end < DISK_ENDS; end++) {
            TEST_DIR(dir);
            struct test_disk disk = {.last = 4 + last, .end = end};
            struct copies_io io = test_disk_io(&disk);
            unsigned char key[SLOT_KEY], again[SLOT_KEY];
            struct slots *s = NULL;

            slots_close(open_at(dir));
            ck_assert_int_eq(try_open(dir, &io, &s), 0);
            ck_assert_int_eq(slots_draw(s, 100), 0);
            slots_take(s, 50, key);
            ck_assert_int_eq(slots_redraw(s, 51), ERR_IO);
            slots_close(s);
            s = open_at(dir);
            ck_assert_int_eq(slots_read(s, 50, again), 0);
            ck_assert_mem_eq(key, again, SLOT_KEY);
            ck_assert_int_eq(slots_state(s, 51), SLOT_LIVE);
            slots_close(s);
        }
}
END_TEST

START_TEST(redraws_the_ready_and_nothing_else)
{
    TEST_DIR(dir);
    unsigned char keys[SLOTS][SLOT_KEY], key[SLOT_KEY];
    struct slots *s = open_at(dir);
    vault_slot slot;

    ck_assert_int_eq(slots_draw(s, 1000), 0);
    for (slot = 1; slot < 1000; slot++)
        ck_assert_int_eq(slots_read(s, slot, keys[slot]), 0);
    ck_assert_int_eq(slots_redraw(s, 450), 0);
    for (slot = 1; slot < 1000; slot++) {
        ck_assert_int_eq(slots_read(s, slot, key), 0);
        if (slot < 450) {
            ck_assert_mem_eq(key, keys[slot], SLOT_KEY);
            continue;
        }
        ck_assert_mem_ne(key, keys[slot], SLOT_KEY);
        slots_take(s, slot, keys[slot]);
        ck_assert_mem_eq(key, keys[slot], SLOT_KEY);
    }
    slots_close(s);
}
END_TEST

START_TEST(stops_whole_when_the_disk_is_full)
{
    TEST_DIR(dir);
    struct test_disk disk = {.last = -1, .full = true};
    struct copies_io io = test_disk_io(&disk);
    struct slots *s = NULL;

    ck_assert_int_eq(try_open(dir, &io, &s), 0);
    ck_assert_int_eq(slots_draw(s, 100), ERR_FULL);
    ck_assert_uint_eq(slots_mark(s), 0);
    ck_assert_int_eq(slots_state(s, 5), SLOT_EMPTY);
    disk.full = false;
    ck_assert_int_eq(slots_draw(s, 100), 0);
    ck_assert_uint_eq(slots_mark(s), 100);
    slots_close(s);
}
END_TEST

UNIT_MAIN_TIMEOUT("vault/slots", 120, mends_a_torn_page_of_either_copy, makes_a_lost_copy_anew,
                  mends_a_torn_head_and_refuses_two, refuses_a_newer_format,
                  loses_only_the_page_that_is_damaged_twice, notices_damage_while_it_runs,
                  leaves_no_byte_of_a_forgotten_key_on_disk,
                  destroys_nobody_because_the_disk_can_not_be_read_for_a_moment,
                  is_whole_after_a_crash_at_every_write_of_a_forgetting,
                  completes_a_forgetting_though_the_mending_crashes_too,
                  draws_no_number_twice_after_a_crash_at_every_write,
                  keeps_the_issued_through_a_crash_at_every_write_of_a_redraw,
                  redraws_the_ready_and_nothing_else, stops_whole_when_the_disk_is_full)
