#include "vault/vault.h"

#include <fcntl.h>
#include <pthread.h>
#include <sodium.h>
#include <unistd.h>

#include "base/err.h"
#include "vault/page.h"
#include "vault/record.h"
#include "vault/test_dir.h"

/* After a forgetting, no key may be left in this process: not the slot's, not one made from it.
 * Looks for each half of a key, since a register spilled to the stack holds 16 or 32 bytes. */

enum { CHUNK = 1 << 20, HALF = 16, MASK = 0x5a };

/* Masked, or the search would find itself. */
struct sought {
    unsigned char half[HALF];
};

static void mask(const unsigned char *key, struct sought ret[2])
{
    int i;

    for (i = 0; i < 2 * HALF; i++)
        ret[i / HALF].half[i % HALF] = key[i] ^ MASK;
}

static int count_in(const unsigned char *at, size_t n, const struct sought *sought, size_t n_sought)
{
    size_t i, k;
    int found = 0;

    for (k = 0; k < n_sought; k++)
        for (i = 0; i + HALF <= n; i++) {
            size_t j = 0;

            while (j < HALF && (at[i + j] ^ MASK) == sought[k].half[j])
                j++;
            found += j == HALF;
        }
    return found;
}

/* memfd_secret memory can't be read through /proc/self/mem, only by its own pointer. */
static int count_in_mapping(int mem, uintptr_t from, uintptr_t to, const struct sought *sought,
                            size_t n_sought)
{
    unsigned char *chunk = malloc(CHUNK);
    int found = 0;

    for (; from < to; from += CHUNK - HALF) {
        size_t want = to - from < CHUNK ? to - from : CHUNK;
        ssize_t got = pread(mem, chunk, want, (off_t)from);

        if (got <= 0)
            found += count_in((const unsigned char *)from, want, sought, n_sought);
        else
            found += count_in(chunk, (size_t)got, sought, n_sought);
        if (want < CHUNK)
            break;
    }
    sodium_memzero(chunk, CHUNK);
    free(chunk);
    return found;
}

static int count_in_process(const struct sought *sought, size_t n_sought)
{
    FILE *maps = fopen("/proc/self/maps", "r");
    int mem = open("/proc/self/mem", O_RDONLY), found = 0;
    char line[512];

    while (fgets(line, sizeof(line), maps)) {
        unsigned long from, to;
        char rights[8];

        ck_assert_int_eq(sscanf(line, "%lx-%lx %7s", &from, &to, rights), 3);
        /* the sanitizers' shadows are terabytes of nothing */
        if (rights[0] == 'r' && rights[1] == 'w' && to - from < (1UL << 28))
            found += count_in_mapping(mem, from, to, sought, n_sought);
    }
    fclose(maps);
    close(mem);
    return found;
}

static void key_from_disk(const char *dir, vault_slot slot, unsigned char ret[PAGE_KEY])
{
    unsigned char page[PAGE_BYTES];
    char path[100];
    int fd;

    snprintf(path, sizeof(path), "%s/keys.a", dir);
    fd = open(path, O_RDONLY);
    ck_assert_int_eq(pread(fd, page, sizeof(page), (off_t)(slot / PAGE_SLOTS + 1) * PAGE_BYTES),
                     PAGE_BYTES);
    close(fd);
    ck_assert(page_valid(page, slot / PAGE_SLOTS));
    memcpy(ret, page_key(page, slot % PAGE_SLOTS), PAGE_KEY);
    sodium_memzero(page, sizeof(page));
}

static const struct vault_place place = {
    .tenant = 7, .table = 3, .column = 2, .row = 99, .purpose = 5};

struct work {
    struct vault *vault;
    struct vault_owner owner;
};

static void *use_keys(void *arg)
{
    struct work *w = arg;
    struct buf sealed = BUF_INIT(1000), plain = BUF_INIT(1000);
    unsigned char hash[VAULT_HASH_SIZE];
    int i, r = 0;

    for (i = 0; r == 0 && i < 50; i++) {
        buf_clear(&sealed);
        r = vault_seal(w->vault, &w->owner, &place, pii_of(SLICE("hello Ada")), &sealed);
        if (r == 0)
            r = vault_open_sealed(w->vault, &w->owner, &place, buf_slice(&sealed), &plain);
        if (r == 0)
            r = vault_hash(w->vault, w->owner.person, 1, pii_of(SLICE("ada@example.com")), hash);
    }
    buf_done(&sealed);
    buf_done(&plain);
    return r == 0 ? NULL : arg;
}

static void use_in_two_threads(struct work *w)
{
    pthread_t thread;
    void *failed = w;

    ck_assert_int_eq(pthread_create(&thread, NULL, use_keys, w), 0);
    ck_assert_ptr_null(use_keys(w));
    ck_assert_int_eq(pthread_join(thread, &failed), 0);
    ck_assert_ptr_null(failed);
}

static void seek_keys(const char *dir, const struct vault_owner *owner, struct sought ret[4])
{
    struct record_keys keys = {.has_person = true, .has_klass = true};
    unsigned char key[RECORD_KEY];

    key_from_disk(dir, owner->tenant, keys.tenant);
    key_from_disk(dir, owner->person, keys.person);
    key_from_disk(dir, owner->klass, keys.klass);
    record_key(&keys, place.purpose, key);
    mask(keys.person, ret);
    mask(key, ret + 2);
    sodium_memzero(&keys, sizeof(keys));
    sodium_memzero(key, sizeof(key));
}

START_TEST(leaves_no_key_in_memory)
{
    TEST_DIR(dir);
    struct vault_opts opts = {.dir = dir, .data_id = "house"};
    struct sought sought[4];
    struct work w = {0};

    ck_assert_int_eq(vault_open(&opts, &w.vault), 0);
    ck_assert_int_eq(vault_issue(w.vault, &w.owner.tenant), 0);
    ck_assert_int_eq(vault_issue(w.vault, &w.owner.person), 0);
    ck_assert_int_eq(vault_issue(w.vault, &w.owner.klass), 0);
    seek_keys(dir, &w.owner, sought);
    use_in_two_threads(&w);
    ck_assert_int_ge(count_in_process(sought, 2), 2); /* the cache has it */
    ck_assert_int_eq(vault_forget(w.vault, &w.owner.person, 1), 0);
    ck_assert_int_eq(count_in_process(sought, 4), 0);
    vault_close(w.vault);
}
END_TEST

START_TEST(leaves_no_key_in_memory_after_reading_it_from_disk)
{
    TEST_DIR(dir);
    struct vault_opts opts = {.dir = dir, .data_id = "house", .cache_keys = 1};
    struct sought sought[4];
    struct work w = {0};

    ck_assert_int_eq(vault_open(&opts, &w.vault), 0);
    ck_assert_int_eq(vault_issue(w.vault, &w.owner.tenant), 0);
    ck_assert_int_eq(vault_issue(w.vault, &w.owner.person), 0);
    ck_assert_int_eq(vault_issue(w.vault, &w.owner.klass), 0);
    vault_close(w.vault);
    ck_assert_int_eq(vault_open(&opts, &w.vault), 0);
    seek_keys(dir, &w.owner, sought);
    use_in_two_threads(&w);
    ck_assert_int_eq(vault_forget(w.vault, &w.owner.person, 1), 0);
    ck_assert_int_eq(count_in_process(sought, 4), 0);
    vault_close(w.vault);
}
END_TEST

UNIT_MAIN("vault/vault_memory", leaves_no_key_in_memory,
          leaves_no_key_in_memory_after_reading_it_from_disk)
