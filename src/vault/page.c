#include "vault/page.h"

#include <assert.h>
#include <sodium.h>

#include "vault/bytes.h"

#define MAGIC "LetheKP1"

enum { NUMBER_AT = 8, SEQUENCE_AT = 16, RECORDS_AT = 64, RECORD = 40, GENERATION = 4, KEY = 8 };

static_assert(RECORDS_AT + PAGE_SLOTS * RECORD <= PAGE_SUM_AT, "records end before the checksum");
static_assert(KEY + PAGE_KEY == RECORD, "a record ends with its key");

void page_sum_put(unsigned char *block)
{
    crypto_generichash(block + PAGE_SUM_AT, PAGE_BYTES - PAGE_SUM_AT, block, PAGE_SUM_AT, NULL, 0);
}

bool page_sum_ok(const unsigned char *block)
{
    unsigned char sum[PAGE_BYTES - PAGE_SUM_AT];

    crypto_generichash(sum, sizeof(sum), block, PAGE_SUM_AT, NULL, 0);
    return memcmp(sum, block + PAGE_SUM_AT, sizeof(sum)) == 0;
}

void page_init(unsigned char *page, uint64_t number)
{
    memset(page, 0, PAGE_BYTES);
    memcpy(page, MAGIC, 8);
    bytes_put64(page + NUMBER_AT, number);
}

void page_finish(unsigned char *page)
{
    bytes_put64(page + SEQUENCE_AT, bytes_get64(page + SEQUENCE_AT) + 1);
    page_sum_put(page);
}

static unsigned char *record_of(unsigned char *page, unsigned i)
{
    return page + RECORDS_AT + i * RECORD;
}

enum page_state page_state(const unsigned char *page, unsigned i)
{
    return (enum page_state)page[RECORDS_AT + i * RECORD];
}

const unsigned char *page_key(const unsigned char *page, unsigned i)
{
    return page + RECORDS_AT + i * RECORD + KEY;
}

/* A record without a key holds zeros in its place: so "forgotten" on disk means gone from disk. */
static bool record_valid(const unsigned char *page, unsigned i)
{
    unsigned state = page[RECORDS_AT + i * RECORD];

    if (state >= PAGE_STATES)
        return false;
    return state == PAGE_DRAWN || sodium_is_zero(page_key(page, i), PAGE_KEY);
}

bool page_valid(const unsigned char *page, uint64_t number)
{
    unsigned i;

    if (memcmp(page, MAGIC, 8) != 0 || bytes_get64(page + NUMBER_AT) != number ||
        !page_sum_ok(page))
        return false;
    for (i = 0; i < PAGE_SLOTS; i++)
        if (!record_valid(page, i))
            return false;
    return true;
}

static void record_turn(unsigned char *record, enum page_state state)
{
    record[0] = (unsigned char)state;
    bytes_put32(record + GENERATION, bytes_get32(record + GENERATION) + 1);
}

void page_draw(unsigned char *page, unsigned i, const unsigned char key[PAGE_KEY])
{
    record_turn(record_of(page, i), PAGE_DRAWN);
    memcpy(record_of(page, i) + KEY, key, PAGE_KEY);
}

void page_drop(unsigned char *page, unsigned i, enum page_state state)
{
    record_turn(record_of(page, i), state);
    sodium_memzero(record_of(page, i) + KEY, PAGE_KEY);
}

/* Copies are written one after the other, so the newer one alone says enough, unless a disk lied
 * about an earlier write. A key must not come back even then. */
static void take_forgettings(unsigned char *page, const unsigned char *older)
{
    bool changed = false;
    unsigned i;

    for (i = 0; i < PAGE_SLOTS; i++)
        if (page_state(older, i) == PAGE_FORGOTTEN && page_state(page, i) != PAGE_FORGOTTEN) {
            page_drop(page, i, PAGE_FORGOTTEN);
            changed = true;
        }
    if (changed)
        page_finish(page);
}

bool page_merge(const unsigned char *a, const unsigned char *b, uint64_t number, unsigned char *ret)
{
    bool a_ok = page_valid(a, number), b_ok = page_valid(b, number);
    bool b_first = b_ok && (!a_ok || bytes_get64(b + SEQUENCE_AT) > bytes_get64(a + SEQUENCE_AT));

    if (!a_ok && !b_ok)
        return false;
    memcpy(ret, b_first ? b : a, PAGE_BYTES);
    if (a_ok && b_ok && memcmp(a, b, PAGE_BYTES) != 0)
        take_forgettings(ret, b_first ? a : b);
    return true;
}
