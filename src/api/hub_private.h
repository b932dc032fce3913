/* hub_private.h - within the hub: its queue. */
#ifndef API_HUB_PRIVATE_H
#define API_HUB_PRIVATE_H

#include <pthread.h>

#include "api/hub.h"

enum entry_kind { ENTRY_EVENT, ENTRY_HELLO, ENTRY_VIEW, ENTRY_CHECK };

struct hub_entry {
    enum entry_kind kind;
    struct journal_event event; /* ENTRY_EVENT */
    struct live_socket *socket; /* the others; a reference */
    struct hub_entry *next;
};

struct hub {
    struct app *app;
    pthread_mutex_t mutex; /* guards everything below and the fields of all sockets */
    struct live_socket *sockets;
    struct hub_entry *queue, *queue_end;
    size_t waiting;          /* entries in the queue */
    bool losing;             /* the next pump or tick closes every socket */
    bool pumping;            /* a pump runs or is queued */
    struct hub_entry *batch; /* the running pump's own */
};

void hub_on_journal(void *arg, const struct journal_event *event);
/** Queues a pump on a reader. */
void hub_pump(struct hub *hub);
/** Something could not be queued or answered: every socket is closed and comes back with its
 * number; what waits is dropped. On no I/O thread: there, closing may call back at once. */
void hub_lose(struct hub *hub);
void hub_queue(struct hub *hub, enum entry_kind kind, struct live_socket *socket);
void hub_drop_entries(struct hub_entry *list);

#endif
