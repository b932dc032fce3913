#include <stdlib.h>

#include "base/utf8.h"
#include "net/http_path.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_path(struct slice path)
{
    size_t i;

    if (path.len == 0 || path.ptr[0] != '/' || !utf8_valid(path))
        __builtin_trap();
    for (i = 0; i < path.len; i++)
        if ((unsigned char)path.ptr[i] < 0x20 || path.ptr[i] == '\\' ||
            (path.ptr[i] == '/' && i + 1 < path.len && path.ptr[i + 1] == '/'))
            __builtin_trap();
    if (slice_ends(path, SLICE("/..")) || slice_ends(path, SLICE("/.")))
        __builtin_trap();
}

/* What is taken must keep the promise of http_path in server.h. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct http_target target;
    char *room = malloc(size + 1);
    size_t len;

    if (!room)
        return 0;
    if (http_target_read(slice_of(data, size), &target) == 0) {
        if (target.authority.ptr && !http_host_valid(target.authority))
            __builtin_trap();
        if (http_path_decode(target.path, room, &len) == 0)
            check_path(slice_of(room, len));
        if (http_form_decode(target.query, room, &len) == 0 &&
            (memchr(room, 0, len) || !utf8_valid(slice_of(room, len))))
            __builtin_trap();
    }
    http_host_valid(slice_of(data, size));
    free(room);
    return 0;
}
