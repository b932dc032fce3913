/* rate.h - how often an address or an account may try. In memory only: nothing of it is stored. */
#ifndef ACCOUNT_RATE_H
#define ACCOUNT_RATE_H

#include "base/slice.h"

/** Token buckets by key, at most 65,536 keys (the oldest give way). */
struct rate;

/** `burst` tries at once, then one every `every_ms`. NULL when out of memory. */
struct rate *rate_new(int burst, int every_ms);
struct rate *rate_free(struct rate *rate);
/** Takes one try. False: too many. Any thread. */
bool rate_take(struct rate *rate, uint64_t key, int64_t now_ms);

#endif
