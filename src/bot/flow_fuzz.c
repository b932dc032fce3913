#include "bot/flow.h"

#include "base/err.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A document is either refused with a reason or taken; tidying what is JSON changes nothing more
 * the second time, and not what the check says. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct flow_problems problems, again;
    struct arena *arena = arena_new(FLOW_ARENA_BYTES);
    struct buf once = BUF_INIT(8 << 20), twice = BUF_INIT(8 << 20);
    const struct flow *flow;
    int r = flow_parse(slice_of(data, size), arena, &problems, &flow);

    if (r == ERR_MEMORY || (r < 0) != (problems.errors > 0))
        __builtin_trap();
    if (flow_tidy(slice_of(data, size), &once) == 0) {
        if (flow_tidy(buf_slice(&once), &twice) < 0 ||
            !slice_eq(buf_slice(&once), buf_slice(&twice)))
            __builtin_trap();
        if (once.len <= FLOW_BYTES_MAX &&
            (flow_parse(buf_slice(&once), arena, &again, &flow) != r || again.n != problems.n))
            __builtin_trap();
    }
    buf_done(&once);
    buf_done(&twice);
    arena_free(arena);
    return 0;
}
