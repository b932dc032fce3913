#include "base/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Whatever json_read takes must come back from json_write and read equal. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct buf b = BUF_INIT(1 << 20);
    json_t *value = NULL, *again = NULL;

    if (json_read_repaired(slice_of(data, size), &value) == 0 && json_write(value, &b) == 0)
        if (json_read(buf_slice(&b), &again) != 0)
            __builtin_trap();
    json_decref(value);
    json_decref(again);
    buf_done(&b);
    return 0;
}
