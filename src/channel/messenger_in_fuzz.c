#include "channel/messenger_in.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Any signed body is read or refused; what is kept has a person, a time and sorted places. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct messenger_in_opts opts = {SLICE("4711"), INT64_C(1795000000000)};
    struct arena *arena = arena_new(MESSENGER_IN_ARENA);
    struct messenger_batch batch;
    size_t p, i;

    if (arena && messenger_in_read(arena, slice_of(data, size), &opts, &batch) == 0) {
        for (p = 0; p < batch.n; p++) {
            const struct messenger_page *page = &batch.pages[p];

            for (i = 0; i < page->n; i++)
                if (pii_empty(page->events[i].external) || page->events[i].at <= 0 ||
                    page->events[i].at > opts.now ||
                    (i && page->events[i].at < page->events[i - 1].at))
                    __builtin_trap();
        }
    }
    arena_free(arena);
    return 0;
}
