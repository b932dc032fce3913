#include "store/queue.h"

#include "base/err.h"
#include "base/metrics.h"

void queue_init(struct queue *queue, size_t max, bool gauged)
{
    pthread_mutex_init(&queue->lock, NULL);
    pthread_cond_init(&queue->more, NULL);
    queue->head = NULL;
    queue->tail = &queue->head;
    queue->n = 0;
    queue->max = max;
    queue->closing = false;
    queue->gauged = gauged;
}

void queue_done(struct queue *queue)
{
    pthread_cond_destroy(&queue->more);
    pthread_mutex_destroy(&queue->lock);
}

static void count(const struct queue *queue, int64_t n)
{
    if (queue->gauged)
        metric_add(METRIC_LANE_QUEUE, n);
}

int queue_push(struct queue *queue, struct item *item)
{
    int r = 0;

    pthread_mutex_lock(&queue->lock);
    if (queue->closing) {
        r = ERR_CANCELED;
    } else if (queue->n == queue->max) {
        r = ERR_BUSY;
        metric_add(METRIC_LANE_REFUSED, 1);
    } else {
        item->next = NULL;
        *queue->tail = item;
        queue->tail = &item->next;
        queue->n++;
        count(queue, 1);
        pthread_cond_signal(&queue->more);
    }
    pthread_mutex_unlock(&queue->lock);
    return r;
}

struct item *queue_take(struct queue *queue, size_t max, bool wait)
{
    struct item *list, **end = &list;
    size_t n;

    pthread_mutex_lock(&queue->lock);
    while (wait && !queue->head && !queue->closing)
        pthread_cond_wait(&queue->more, &queue->lock);
    list = queue->head;
    for (n = 0; n < max && *end; n++)
        end = &(*end)->next;
    queue->head = *end;
    *end = NULL;
    if (!queue->head)
        queue->tail = &queue->head;
    queue->n -= n;
    count(queue, -(int64_t)n);
    pthread_mutex_unlock(&queue->lock);
    return n ? list : NULL;
}

void queue_close(struct queue *queue)
{
    pthread_mutex_lock(&queue->lock);
    queue->closing = true;
    pthread_cond_broadcast(&queue->more);
    pthread_mutex_unlock(&queue->lock);
}
