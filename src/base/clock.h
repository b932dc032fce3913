/* clock.h - time as int64 milliseconds UTC. Handlers take it from their turn, not from here. */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include "base/slice.h"

#define SECOND_MS INT64_C(1000)
#define MINUTE_MS (60 * SECOND_MS)
#define HOUR_MS   (60 * MINUTE_MS)
#define DAY_MS    (24 * HOUR_MS)

int64_t clock_wall_ms(void);
/** Never jumps; for time-outs and durations. */
int64_t clock_mono_us(void);

enum { CLOCK_ISO_SIZE = 25 };
/** "2026-11-24T05:51:25.123Z" and a NUL. */
void clock_iso(int64_t ms, char ret[CLOCK_ISO_SIZE]);
/** Months since January 1970, UTC: the month of a retention class. */
int32_t clock_month(int64_t ms);
/** Days since 1 January 1970, UTC. */
int32_t clock_day(int64_t ms);

#endif
