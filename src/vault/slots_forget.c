#include "vault/slots.h"

#include <stdlib.h>

#include "base/err.h"
#include "vault/slots_private.h"

int slots_leave(struct slots *s, const vault_slot *slots, size_t n)
{
    size_t i;

    for (i = 0; i < n; i++)
        if (slots[i] >= s->head.mark)
            return ERR_NOT_FOUND;
    for (i = 0; i < n; i++)
        if (slots[i] != 0 && slots_state(s, slots[i]) != SLOT_FORGOTTEN)
            states_set(s->states, slots[i], SLOT_LEAVING);
    return 0;
}

/* Neither copy is whole, so the page can't say which bytes are the key that must go: all go. */
static void rebuild_page(struct slots *s, uint64_t number, unsigned char *page)
{
    unsigned i;

    page_init(page, number);
    for (i = 0; i < PAGE_SLOTS; i++) {
        enum slot_state state = slots_state(s, number * PAGE_SLOTS + i);

        if (state != SLOT_EMPTY)
            page_drop(page, i, state == SLOT_FORGOTTEN ? PAGE_FORGOTTEN : PAGE_LOST);
    }
}

static bool has_live(struct slots *s, uint64_t number)
{
    unsigned i;

    for (i = 0; i < PAGE_SLOTS; i++)
        if (slots_state(s, number * PAGE_SLOTS + i) == SLOT_LIVE)
            return true;
    return false;
}

/* Leaves in `out` a page for every one of the run. A disk that fails for a moment must not cost the
 * keys of those who live: then the forgetting has to wait. */
static int forget_read(struct slots *s, uint64_t first, size_t pages, bool ret_whole[RUN])
{
    bool readable = slots_run_read(s, first, pages, ret_whole);
    size_t i;

    for (i = 0; i < pages; i++) {
        if (ret_whole[i])
            continue;
        if (!readable && has_live(s, first + i))
            return ERR_IO;
        rebuild_page(s, first + i, s->passage->out + i * PAGE_BYTES);
    }
    return 0;
}

/* The slots of one run of pages, in rising order. */
static int forget_run(struct slots *s, const vault_slot *slots, size_t n)
{
    uint64_t first = slots[0] / PAGE_SLOTS;
    size_t i, pages = (size_t)(slots[n - 1] / PAGE_SLOTS - first) + 1;
    struct passage *p = s->passage;
    bool whole[RUN];
    int r = forget_read(s, first, pages, whole);

    for (i = 0; r == 0 && i < n; i++)
        page_drop(p->out + (slots[i] / PAGE_SLOTS - first) * PAGE_BYTES, slots[i] % PAGE_SLOTS,
                  PAGE_FORGOTTEN);
    for (i = 0; r == 0 && i < pages; i++)
        page_finish(p->out + i * PAGE_BYTES);
    if (r == 0)
        r = copies_write_both(&s->copies, block_of(first), pages, p->out, p->a);
    for (i = 0; r == 0 && i < pages; i++)
        if (!whole[i])
            slots_page_note(s, first + i, p->out + i * PAGE_BYTES);
    for (i = 0; r == 0 && i < n; i++)
        states_set(s->states, slots[i], SLOT_FORGOTTEN);
    slots_run_wipe(s, pages);
    return r;
}

static int rising(const void *a, const void *b)
{
    vault_slot x = *(const vault_slot *)a, y = *(const vault_slot *)b;

    return (x > y) - (x < y);
}

/* How many of the slots lie on neighbouring pages, up to a run. */
static size_t run_length(const vault_slot *slots, size_t n)
{
    uint64_t first = slots[0] / PAGE_SLOTS;
    size_t i;

    for (i = 1; i < n; i++)
        if (slots[i] / PAGE_SLOTS > slots[i - 1] / PAGE_SLOTS + 1 ||
            slots[i] / PAGE_SLOTS >= first + RUN)
            break;
    return i;
}

int slots_forget(struct slots *s, const vault_slot *slots, size_t n)
{
    vault_slot *sorted = calloc(n ? n : 1, sizeof(*sorted));
    size_t i, todo = 0;
    int r = 0;

    if (!sorted)
        return ERR_MEMORY;
    for (i = 0; i < n; i++)
        if (slots[i] != 0 && slots_state(s, slots[i]) == SLOT_LEAVING)
            sorted[todo++] = slots[i];
    qsort(sorted, todo, sizeof(*sorted), rising);
    for (i = 0; r == 0 && i < todo;) {
        size_t run = run_length(sorted + i, todo - i);

        r = forget_run(s, sorted + i, run);
        i += run;
    }
    free(sorted);
    return r;
}
