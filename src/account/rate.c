#include "account/rate.h"

#include <pthread.h>
#include <stdlib.h>
#include <uthash.h>

enum { KEYS_MAX = 65536 };

struct bucket {
    uint64_t key;
    int64_t full_at; /* when the bucket would be full again: the level, as a time */
    UT_hash_handle hh;
};

struct rate {
    pthread_mutex_t mutex;
    struct bucket *buckets; /* uthash keeps the order of insertion: the oldest stand first */
    int64_t span;           /* from empty to full, ms */
    int64_t every;
};

struct rate *rate_new(int burst, int every_ms)
{
    struct rate *rate = calloc(1, sizeof(*rate));

    if (!rate)
        return NULL;
    pthread_mutex_init(&rate->mutex, NULL);
    rate->every = every_ms;
    rate->span = (int64_t)burst * every_ms;
    return rate;
}

struct rate *rate_free(struct rate *rate)
{
    struct bucket *bucket, *next;

    if (!rate)
        return NULL;
    HASH_ITER(hh, rate->buckets, bucket, next) {
        HASH_DEL(rate->buckets, bucket);
        free(bucket);
    }
    pthread_mutex_destroy(&rate->mutex);
    free(rate);
    return NULL;
}

static struct bucket *bucket_of(struct rate *rate, uint64_t key, int64_t now_ms)
{
    struct bucket *bucket, *oldest;

    HASH_FIND(hh, rate->buckets, &key, sizeof(key), bucket);
    if (bucket)
        return bucket;
    if (HASH_COUNT(rate->buckets) >= KEYS_MAX) {
        oldest = rate->buckets;
        HASH_DEL(rate->buckets, oldest);
        free(oldest);
    }
    bucket = calloc(1, sizeof(*bucket));
    if (!bucket)
        return NULL;
    bucket->key = key;
    bucket->full_at = now_ms;
    HASH_ADD(hh, rate->buckets, key, sizeof(bucket->key), bucket);
    return bucket;
}

bool rate_take(struct rate *rate, uint64_t key, int64_t now_ms)
{
    struct bucket *bucket;
    bool granted;

    pthread_mutex_lock(&rate->mutex);
    bucket = bucket_of(rate, key, now_ms);
    if (bucket && bucket->full_at < now_ms)
        bucket->full_at = now_ms;
    granted = bucket && bucket->full_at + rate->every <= now_ms + rate->span;
    if (granted)
        bucket->full_at += rate->every;
    pthread_mutex_unlock(&rate->mutex);
    return granted;
}
