#include "api/page.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Whatever text goes into a page comes out without a character that could end its place. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct buf b = BUF_INIT(1 << 20);
    size_t i;

    if (page_escape(&b, slice_of(data, size)) < 0) {
        buf_done(&b);
        return 0;
    }
    for (i = 0; i < b.len; i++)
        if (strchr("<>\"'", b.ptr[i]) && b.ptr[i])
            __builtin_trap();
    if (b.len < size)
        __builtin_trap();
    buf_done(&b);
    return 0;
}
