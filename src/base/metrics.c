#include "base/metrics.h"

#include <stdatomic.h>

static _Atomic int64_t values[METRIC_COUNT];

struct metric_info {
    const char *type;
    const char *text;
    const char *help;
};

static const struct metric_info infos[] = {
#define METRIC(name, type, text, help) [METRIC_##name] = {#type, text, help},
#include "base/metrics.def"
#undef METRIC
};
_Static_assert(ARRAY_LEN(infos) == METRIC_COUNT, "one entry per metric");

void metric_add(enum metric metric, int64_t n)
{
    atomic_fetch_add_explicit(&values[metric], n, memory_order_relaxed);
}

void metric_set(enum metric metric, int64_t value)
{
    atomic_store_explicit(&values[metric], value, memory_order_relaxed);
}

int64_t metric_get(enum metric metric)
{
    return atomic_load_explicit(&values[metric], memory_order_relaxed);
}

int metrics_write(struct buf *b)
{
    size_t i;
    int r = 0;

    for (i = 0; r == 0 && i < METRIC_COUNT; i++)
        r = buf_addf(b, "# HELP %s %s\n# TYPE %s %s\n%s %lld\n", infos[i].text, infos[i].help,
                     infos[i].text, infos[i].type, infos[i].text,
                     (long long)metric_get((enum metric)i));
    return r;
}
