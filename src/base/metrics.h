/* metrics.h - counters and gauges, declared in one table, printed as Prometheus text. */
#ifndef BASE_METRICS_H
#define BASE_METRICS_H

#include <stdint.h>

#include "base/buf.h"

enum metric {
#define METRIC(name, type, text, help) METRIC_##name,
#include "base/metrics.def"
#undef METRIC
    METRIC_COUNT
};

/** Safe from any thread. */
void metric_add(enum metric metric, int64_t n);
void metric_set(enum metric metric, int64_t value);
int64_t metric_get(enum metric metric);
/** All of them in the Prometheus text format (version 0.0.4). */
int metrics_write(struct buf *b) MUST_CHECK;

#endif
