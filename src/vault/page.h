/* page.h - one 4,096-byte page of slot records, and how two copies of it become one. Pure bytes.
 *
 *    0  "LetheKP1"   8  page number   16  sequence   24  zeros
 *   64  100 records of 40 bytes: state (1), zeros (3), generation (4), key (32)
 * 4064  BLAKE2b-256 of all before it. Numbers are little-endian. */
#ifndef VAULT_PAGE_H
#define VAULT_PAGE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"

enum { PAGE_BYTES = 4096, PAGE_SLOTS = 100, PAGE_KEY = 32, PAGE_SUM_AT = PAGE_BYTES - 32 };

enum page_state {
    PAGE_EMPTY,     /* no key was ever drawn here */
    PAGE_DRAWN,     /* has a key: ready, or issued */
    PAGE_FORGOTTEN, /* the key is gone for good */
    PAGE_LOST,      /* the key was on a page of which neither copy was whole */
    PAGE_STATES
};

void page_init(unsigned char *page, uint64_t number);
/** After changes: counts the sequence up and puts the checksum on. */
void page_finish(unsigned char *page);
/** Whole, ours, and the page of that number. */
bool page_valid(const unsigned char *page, uint64_t number);

enum page_state page_state(const unsigned char *page, unsigned i);
const unsigned char *page_key(const unsigned char *page, unsigned i);
void page_draw(unsigned char *page, unsigned i, const unsigned char key[PAGE_KEY]);
/** FORGOTTEN or LOST; the key is overwritten with zeros. */
void page_drop(unsigned char *page, unsigned i, enum page_state state);

/** The page that both copies should hold: the newer whole one, in which what either has forgotten
 *  is forgotten. False: neither is whole (*ret is undefined). */
bool page_merge(const unsigned char *a, const unsigned char *b, uint64_t number,
                unsigned char *ret) MUST_CHECK;

/** BLAKE2b-256 of the first PAGE_SUM_AT bytes, as on every 4,096-byte block of the vault. */
void page_sum_put(unsigned char *block);
bool page_sum_ok(const unsigned char *block);

#endif
