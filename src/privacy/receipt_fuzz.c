#include "privacy/receipt.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Nobody has the key: whatever a stranger makes up must not verify, and must not crash. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_new(1 << 20);
    struct receipt_view view;

    if (arena && receipt_verify(arena, slice_of(data, size), &view) == 0 && view.code.len == 0)
        __builtin_trap();
    arena_free(arena);
    return 0;
}
