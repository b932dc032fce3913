#include <stdlib.h>

#include "base/utf8.h"
#include "net/ws_frame.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Frames read in pieces of `step`: a sum over everything that was seen, to compare. */
static uint64_t read_frames(const uint8_t *data, size_t size, size_t step)
{
    struct ws_frame frame = {0};
    uint64_t seen = 0;
    char *bytes = malloc(size + 1);
    size_t at = 0, end = 0, n, i;
    struct slice rest;

    if (!bytes)
        return 0;
    memcpy(bytes, data, size);
    while (at < size) {
        if (at == end)
            end = size - at < step ? size : at + step;
        rest = slice_of(bytes + at, end - at);
        if (ws_frame_header(&frame, &rest) < 0) {
            seen = seen * 31 + 7;
            break;
        }
        at = end - rest.len;
        if (!frame.open)
            continue;
        n = ws_frame_payload(&frame, bytes + at, end - at);
        for (i = 0; i < n; i++)
            seen = seen * 31 + (unsigned char)bytes[at + i];
        at += n;
        if (ws_frame_ended(&frame)) {
            seen = seen * 31 + frame.opcode + (frame.fin ? 16 : 0);
            frame = (struct ws_frame){0};
        }
    }
    free(bytes);
    return seen;
}

static void check_utf8(struct slice s, size_t cut)
{
    struct ws_utf8 utf8 = {0};
    bool good = ws_utf8_add(&utf8, slice_head(s, cut)) && ws_utf8_add(&utf8, slice_from(s, cut));

    if ((good && ws_utf8_whole(&utf8)) != utf8_valid(s))
        __builtin_trap();
}

/* Where reads end must make no difference, and our UTF-8 check must agree with the other one. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t step = size ? data[0] % 7 + 1 : 1;

    if (read_frames(data, size, SIZE_MAX / 2) != read_frames(data, size, step))
        __builtin_trap();
    check_utf8(slice_of(data, size), size ? data[0] % size : 0);
    return 0;
}
