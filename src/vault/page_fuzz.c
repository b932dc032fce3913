#include "vault/page.h"

#include <string.h>

#include "base/err.h"
#include "vault/head.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void take(const uint8_t **data, size_t *size, unsigned char *block)
{
    size_t n = *size < PAGE_BYTES ? *size : PAGE_BYTES;

    memset(block, 0, PAGE_BYTES);
    memcpy(block, *data, n);
    *data += n;
    *size -= n;
}

static void check_head(const unsigned char *block)
{
    struct head head, again;
    unsigned char written[PAGE_BYTES];

    if (head_read(block, &head) < 0)
        return;
    head_write(&head, written);
    if (head_read(written, &again) < 0 || again.mark != head.mark || head.mark > HEAD_MARK_MAX)
        __builtin_trap();
}

/* What comes of two copies is whole, and forgotten wherever either says so. */
static void check_merge(const unsigned char *a, const unsigned char *b)
{
    bool a_ok = page_valid(a, 0), b_ok = page_valid(b, 0);
    unsigned char out[PAGE_BYTES];
    unsigned i;

    if (page_merge(a, b, 0, out) != (a_ok || b_ok))
        __builtin_trap();
    if (!a_ok && !b_ok)
        return;
    if (!page_valid(out, 0))
        __builtin_trap();
    for (i = 0; i < PAGE_SLOTS; i++)
        if (((a_ok && page_state(a, i) == PAGE_FORGOTTEN) ||
             (b_ok && page_state(b, i) == PAGE_FORGOTTEN)) &&
            page_state(out, i) != PAGE_FORGOTTEN)
            __builtin_trap();
}

/* Two blocks as they come, and again with right magic and checksums: to get past the first look. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    unsigned char a[PAGE_BYTES], b[PAGE_BYTES];

    take(&data, &size, a);
    take(&data, &size, b);
    check_head(a);
    check_merge(a, b);
    memcpy(a, "LetheKH1", 8);
    page_sum_put(a);
    check_head(a);
    memcpy(a, "LetheKP1", 8);
    memset(a + 8, 0, 8);
    page_sum_put(a);
    check_merge(a, b);
    memcpy(b, "LetheKP1", 8);
    memset(b + 8, 0, 8);
    page_sum_put(b);
    check_merge(a, b);
    return 0;
}
