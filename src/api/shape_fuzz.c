#include "api/shape.h"

#include "base/err.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Any JSON object against shapes of every type: what fits must not be complained about, and what
 * does not comes with a sentence that ends. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const shapes[] = {
        "",
        "a:text<=3 b?:int<=10 c?:bool~ d?:object",
        "a?:list<=2 b?:texts<=2 c?:x|y~ d?:id.user~",
        "a:any b?:text",
    };
    CLEANUP(json_cleanup) json_t *value = NULL;
    char problem[64];
    size_t i;

    if (json_read(slice_of(data, size), &value) < 0 || !json_is_object(value))
        return 0;
    for (i = 0; i < ARRAY_LEN(shapes); i++) {
        int r;

        problem[0] = '\0';
        r = shape_check(shapes[i], value, problem, sizeof(problem));
        if ((r == 0) != (problem[0] == '\0') || (r != 0 && r != ERR_INVALID))
            __builtin_trap();
        if (r == 0 && i == 0 && json_object_size(value) != 0)
            __builtin_trap();
    }
    return 0;
}
