#include "vault/slots.h"

#include <assert.h>
#include <sodium.h>
#include <stdlib.h>

#include "base/err.h"
#include "base/rand.h"
#include "vault/slots_private.h"

static_assert((int)SLOT_KEY == (int)PAGE_KEY, "a slot's key is a record's");
static_assert((int)SLOTS_DRAW_MIN == (int)PAGE_SLOTS, "numbers are drawn by whole pages");
static_assert((int)SLOTS_DRAW_MAX <= (int)RUN * PAGE_SLOTS, "a draw is one run");

void slots_run_wipe(struct slots *s, size_t n)
{
    sodium_memzero(s->passage->a, n * PAGE_BYTES);
    sodium_memzero(s->passage->b, n * PAGE_BYTES);
    sodium_memzero(s->passage->out, n * PAGE_BYTES);
}

static enum slot_state state_on_disk(const unsigned char *page, unsigned i)
{
    switch (page_state(page, i)) {
    case PAGE_DRAWN:
        return SLOT_LIVE;
    case PAGE_FORGOTTEN:
        return SLOT_FORGOTTEN;
    case PAGE_LOST:
        return SLOT_DAMAGED;
    case PAGE_EMPTY:
    case PAGE_STATES:
        break;
    }
    return SLOT_EMPTY;
}

void slots_page_note(struct slots *s, uint64_t number, const unsigned char *page)
{
    unsigned i;

    for (i = 0; i < PAGE_SLOTS; i++)
        states_set(s->states, number * PAGE_SLOTS + i, state_on_disk(page, i));
}

/* What this run knows to be forgotten, or about to be, stays so. */
static void note_damaged(struct slots *s, uint64_t number)
{
    unsigned i;

    for (i = 0; i < PAGE_SLOTS; i++) {
        vault_slot slot = number * PAGE_SLOTS + i;
        enum slot_state state = slots_state(s, slot);

        if (slot != 0 && (state == SLOT_EMPTY || state == SLOT_LIVE))
            states_set(s->states, slot, SLOT_DAMAGED);
    }
}

bool slots_run_read(struct slots *s, uint64_t first, size_t n, bool ret_whole[RUN])
{
    struct passage *p = s->passage;
    bool a = copies_read(&s->copies, 0, block_of(first), n, p->a);
    bool b = copies_read(&s->copies, 1, block_of(first), n, p->b);
    size_t i;

    for (i = 0; i < n; i++) {
        size_t at = i * PAGE_BYTES;

        ret_whole[i] = page_merge(p->a + at, p->b + at, first + i, p->out + at);
    }
    return a && b;
}

/* Brings a copy that is behind or damaged up to the merged page. Both copies are whole afterwards,
 * so a forgetting that was cut off between the two is complete. */
static int mend_page(struct slots *s, uint64_t number, size_t i)
{
    struct passage *p = s->passage;
    size_t at = i * PAGE_BYTES;
    int r = 0;

    if (memcmp(p->a + at, p->out + at, PAGE_BYTES) != 0)
        r = copies_write(&s->copies, 0, block_of(number), 1, p->out + at, p->a + at);
    if (r == 0 && memcmp(p->b + at, p->out + at, PAGE_BYTES) != 0)
        r = copies_write(&s->copies, 1, block_of(number), 1, p->out + at, p->b + at);
    return r;
}

/* A page that is damaged in both copies is left as it is until one of its slots must be forgotten:
 * somebody may still save the others by hand. */
static int mend_all(struct slots *s)
{
    uint64_t page, end = s->head.mark / PAGE_SLOTS;
    bool whole[RUN];
    int r = 0;

    for (page = 0; r == 0 && page < end; page += RUN) {
        size_t i, n = end - page < RUN ? (size_t)(end - page) : RUN;

        slots_run_read(s, page, n, whole);
        for (i = 0; r == 0 && i < n; i++) {
            if (!whole[i]) {
                note_damaged(s, page + i);
                continue;
            }
            r = mend_page(s, page + i, i);
            slots_page_note(s, page + i, s->passage->out + i * PAGE_BYTES);
        }
        slots_run_wipe(s, n);
    }
    return r;
}

static int head_store(struct slots *s, const struct head *head)
{
    struct head next = *head;
    int r;

    next.sequence++;
    head_write(&next, s->passage->out);
    r = copies_write_both(&s->copies, 0, 1, s->passage->out, s->passage->a);
    if (r < 0)
        return r;
    s->head = next;
    atomic_store(&s->mark, next.mark);
    return 0;
}

/* The mark is the greater of the two, whatever else: a number must never be issued twice. */
static int head_merge(const struct head *a, const struct head *b, struct head *ret)
{
    if (memcmp(a->data_hash, b->data_hash, sizeof(a->data_hash)) != 0)
        return ERR_CONFLICT;
    *ret = a->sequence >= b->sequence ? *a : *b;
    ret->mark = a->mark > b->mark ? a->mark : b->mark;
    return 0;
}

static int head_load(struct slots *s, const unsigned char data_hash[32], bool *ret_mend)
{
    struct passage *p = s->passage;
    struct head a, b;
    int ra, rb, r = 0;

    copies_read(&s->copies, 0, 0, 1, p->a);
    copies_read(&s->copies, 1, 0, 1, p->b);
    ra = head_read(p->a, &a);
    rb = head_read(p->b, &b);
    if (ra == ERR_VERSION || rb == ERR_VERSION)
        return ERR_VERSION;
    if (ra < 0 && rb < 0)
        return ERR_DAMAGED;
    if (ra == 0 && rb == 0)
        r = head_merge(&a, &b, &s->head);
    else
        s->head = ra == 0 ? a : b;
    if (r == 0 && memcmp(s->head.data_hash, data_hash, 32) != 0)
        r = ERR_CONFLICT;
    *ret_mend = ra < 0 || rb < 0 || memcmp(p->a, p->b, PAGE_BYTES) != 0;
    return r;
}

/* Pages with new keys (or none), written before the mark passes them. */
static int write_new(struct slots *s, uint64_t first, size_t n, bool keys)
{
    struct passage *p = s->passage;
    size_t i, number;

    for (i = 0; i < n; i++) {
        unsigned char *page = p->out + i * PAGE_BYTES;

        page_init(page, first + i);
        for (number = 0; keys && number < PAGE_SLOTS; number++) {
            unsigned char *key = p->ready + (i * PAGE_SLOTS + number) * SLOT_KEY;

            if ((first + i) * PAGE_SLOTS + number == 0)
                continue; /* 0 is "no slot" */
            rand_bytes(key, SLOT_KEY);
            page_draw(page, (unsigned)number, key);
        }
        page_finish(page);
    }
    return copies_write_both(&s->copies, block_of(first), n, p->out, p->a);
}

/* Numbers that the database names but this vault never issued, since it was set back, stay empty.
 */
static int skip_to(struct slots *s, vault_slot least)
{
    struct head head = s->head;
    uint64_t page = head.mark / PAGE_SLOTS, end;
    int r;

    if (least == 0 || least < head.mark)
        return 0;
    if (least >= HEAD_MARK_MAX - PAGE_SLOTS)
        return ERR_FULL;
    end = least / PAGE_SLOTS + 1;
    r = copies_grow(&s->copies, block_of(end));
    if (r == 0)
        r = states_grow(s->states, end * PAGE_SLOTS);
    for (; r == 0 && page < end; page += RUN)
        r = write_new(s, page, end - page < RUN ? (size_t)(end - page) : RUN, false);
    head.mark = end * PAGE_SLOTS;
    return r < 0 ? r : head_store(s, &head);
}

static int load(struct slots *s, const struct slots_opts *opts, const unsigned char data_hash[32])
{
    bool mend = false;
    int r = head_load(s, data_hash, &mend);

    if (r == 0)
        r = states_grow(s->states, s->head.mark);
    if (r == 0)
        r = mend_all(s);
    if (r == 0 && mend)
        r = head_store(s, &s->head); /* last: a copy with a whole head has whole pages */
    atomic_store(&s->mark, s->head.mark);
    return r < 0 ? r : skip_to(s, opts->mark_at_least);
}

static int slots_new(struct slots **ret)
{
    struct slots *s = calloc(1, sizeof(*s));
    int i;

    if (!s)
        return ERR_MEMORY;
    for (i = 0; i < COPIES; i++)
        s->copies.fd[i] = -1;
    for (i = 0; i < READERS; i++)
        pthread_mutex_init(&s->reading[i], NULL);
    if (secmem_init(&s->memory, sizeof(struct passage), SECMEM_LOCKED) < 0 ||
        states_new(&s->states) < 0) {
        slots_close(s);
        return ERR_MEMORY;
    }
    s->passage = (struct passage *)(void *)s->memory.ptr;
    *ret = s;
    return 0;
}

int slots_open(const struct slots_opts *opts, struct slots **ret)
{
    struct head head = {.sequence = 1};
    struct slots *s;
    int r = slots_new(&s);

    if (r < 0)
        return r;
    head_hash(opts->data_id, head.data_hash);
    head_write(&head, s->passage->out);
    r = copies_open(&s->copies, opts->dir_fd, opts->mark_at_least ? NULL : s->passage->out,
                    opts->io);
    if (r == 0)
        r = load(s, opts, head.data_hash);
    if (r < 0) {
        slots_close(s);
        return r;
    }
    *ret = s;
    return 0;
}

struct slots *slots_close(struct slots *s)
{
    int i;

    if (!s)
        return NULL;
    copies_done(&s->copies);
    states_free(s->states);
    secmem_done(&s->memory);
    for (i = 0; i < READERS; i++)
        pthread_mutex_destroy(&s->reading[i]);
    free(s);
    return NULL;
}

vault_slot slots_mark(const struct slots *s)
{
    return atomic_load(&s->mark);
}

int slots_draw(struct slots *s, size_t n)
{
    struct head head = s->head;
    uint64_t first = head.mark / PAGE_SLOTS;
    int r;

    if (n > HEAD_MARK_MAX - head.mark)
        return ERR_FULL;
    head.mark += n;
    r = copies_grow(&s->copies, block_of(head.mark / PAGE_SLOTS));
    if (r == 0)
        r = states_grow(s->states, head.mark);
    if (r == 0)
        r = write_new(s, first, n / PAGE_SLOTS, true);
    if (r == 0) {
        s->ready_from = first * PAGE_SLOTS;
        r = head_store(s, &head);
    }
    if (r == 0) {
        vault_slot slot;

        for (slot = s->ready_from ? s->ready_from : 1; slot < head.mark; slot++)
            states_set(s->states, slot, SLOT_LIVE);
    }
    slots_run_wipe(s, n / PAGE_SLOTS);
    return r;
}

int slots_redraw(struct slots *s, vault_slot from)
{
    struct passage *p = s->passage;
    uint64_t first = from / PAGE_SLOTS;
    size_t i, n = (size_t)(s->head.mark / PAGE_SLOTS - first);
    bool whole[RUN];
    vault_slot slot;
    int r = 0;

    if (from >= s->head.mark)
        return 0;
    slots_run_read(s, first, n, whole);
    for (i = 0; i < n; i++)
        if (!whole[i])
            r = ERR_DAMAGED;
    for (slot = from; r == 0 && slot < s->head.mark; slot++) {
        unsigned char *key = p->ready + (slot - s->ready_from) * SLOT_KEY;

        if (slots_state(s, slot) != SLOT_LIVE)
            continue;
        rand_bytes(key, SLOT_KEY);
        page_draw(p->out + (slot / PAGE_SLOTS - first) * PAGE_BYTES, slot % PAGE_SLOTS, key);
    }
    for (i = 0; r == 0 && i < n; i++)
        page_finish(p->out + i * PAGE_BYTES);
    if (r == 0)
        r = copies_write_both(&s->copies, block_of(first), n, p->out, p->a);
    slots_run_wipe(s, n);
    return r;
}

void slots_take(struct slots *s, vault_slot slot, unsigned char ret[SLOT_KEY])
{
    unsigned char *key = s->passage->ready + (slot - s->ready_from) * SLOT_KEY;

    memcpy(ret, key, SLOT_KEY);
    sodium_memzero(key, SLOT_KEY);
}

enum slot_state slots_state(const struct slots *s, vault_slot slot)
{
    return states_get(s->states, slot);
}

/* A page may be read while it is written. The writer finishes one copy before it touches the other,
 * so turning from one to the other finds a whole one soon. */
int slots_read(struct slots *s, vault_slot slot, unsigned char ret[SLOT_KEY])
{
    unsigned turn = atomic_fetch_add(&s->reader, 1) % READERS;
    unsigned char *page = s->passage->reader[turn];
    uint64_t number = slot / PAGE_SLOTS;
    int r = ERR_DAMAGED, i;

    pthread_mutex_lock(&s->reading[turn]);
    for (i = 0; r < 0 && i < READ_TRIES; i++) {
        copies_read(&s->copies, i % COPIES, block_of(number), 1, page);
        if (page_valid(page, number) && page_state(page, slot % PAGE_SLOTS) == PAGE_DRAWN) {
            memcpy(ret, page_key(page, slot % PAGE_SLOTS), SLOT_KEY);
            r = 0;
        }
    }
    sodium_memzero(page, PAGE_BYTES);
    pthread_mutex_unlock(&s->reading[turn]);
    return r;
}

void slots_check(struct slots *s, vault_slot slot)
{
    uint64_t number = slot / PAGE_SLOTS;
    bool whole[RUN], readable = slots_run_read(s, number, 1, whole);

    if (whole[0])
        (void)!mend_page(s, number, 0); /* one whole copy is enough to go on with */
    else if (readable)
        note_damaged(s, number);
    slots_run_wipe(s, 1);
}

void slots_count(const struct slots *s, vault_slot end, uint64_t ret[SLOT_STATES])
{
    vault_slot slot;

    memset(ret, 0, SLOT_STATES * sizeof(ret[0]));
    for (slot = 1; slot < end; slot++)
        ret[states_get(s->states, slot)]++;
}

bool slots_direct(const struct slots *s)
{
    return s->copies.direct;
}

bool slots_locked(const struct slots *s)
{
    return s->memory.kind != SECMEM_PLAIN;
}

int slots_copies(const struct slots *s)
{
    return !atomic_load(&s->copies.failed[0]) + !atomic_load(&s->copies.failed[1]);
}
