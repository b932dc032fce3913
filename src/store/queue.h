/* queue.h - a bounded queue of items in front of lanes and pools. Inside store only. */
#ifndef STORE_QUEUE_H
#define STORE_QUEUE_H

#include <pthread.h>

#include "store/item.h"

struct queue {
    pthread_mutex_t lock;
    pthread_cond_t more;
    struct item *head;
    struct item **tail;
    size_t n;
    size_t max;
    bool closing;
    bool gauged; /* counts into METRIC_LANE_QUEUE */
};

void queue_init(struct queue *queue, size_t max, bool gauged);
/** The queue must be empty. */
void queue_done(struct queue *queue);
/** Takes the item over. ERR_BUSY full, ERR_CANCELED closing: then the item is still the caller's.
 */
int queue_push(struct queue *queue, struct item *item) MUST_CHECK;
/** Takes up to `max` items as a list; with `wait`, at least one. NULL: nothing there, or (with
 * `wait`) closing and empty. */
struct item *queue_take(struct queue *queue, size_t max, bool wait);
/** No more pushes; takers get what is left, then NULL. */
void queue_close(struct queue *queue);

#endif
