#include "base/clock.h"

#include <stdio.h>
#include <time.h>

int64_t clock_wall_ms(void)
{
    struct timespec ts;

    clock_gettime(CLOCK_REALTIME, &ts);
    return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

int64_t clock_mono_us(void)
{
    struct timespec ts;

    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

static int64_t floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

static struct tm broken_down(int64_t ms)
{
    time_t seconds = (time_t)floor_div(ms, 1000);
    struct tm tm;

    gmtime_r(&seconds, &tm);
    return tm;
}

void clock_iso(int64_t ms, char ret[CLOCK_ISO_SIZE])
{
    struct tm tm = broken_down(ms);
    int millis = (int)(ms - floor_div(ms, 1000) * 1000);

    snprintf(ret, CLOCK_ISO_SIZE, "%04u-%02u-%02uT%02u:%02u:%02u.%03uZ",
             (unsigned)(tm.tm_year + 1900) % 10000, (unsigned)(tm.tm_mon + 1) % 100,
             (unsigned)tm.tm_mday % 100, (unsigned)tm.tm_hour % 100, (unsigned)tm.tm_min % 100,
             (unsigned)tm.tm_sec % 100, (unsigned)millis % 1000);
}

int32_t clock_month(int64_t ms)
{
    struct tm tm = broken_down(ms);

    return (tm.tm_year - 70) * 12 + tm.tm_mon;
}

int32_t clock_day(int64_t ms)
{
    return (int32_t)floor_div(ms, DAY_MS);
}
