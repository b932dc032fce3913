#include "talk/presence.h"

#include <pthread.h>
#include <stdlib.h>
#include <uthash.h>

struct online {
    int64_t person; /* ids are unique over tenants */
    int sockets;
    UT_hash_handle hh;
};

/* Who is online is known to this process alone, and only while the sockets are open. */
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static struct online *everyone;

static bool add_socket(int64_t person, struct online *entry)
{
    if (entry) {
        entry->sockets++;
        return false;
    }
    entry = calloc(1, sizeof(*entry));
    if (!entry)
        return false; /* shown as offline: no more than that is lost */
    entry->person = person;
    entry->sockets = 1;
    HASH_ADD(hh, everyone, person, sizeof(entry->person), entry);
    return true;
}

static bool drop_socket(struct online *entry)
{
    if (!entry || --entry->sockets > 0)
        return false;
    HASH_DEL(everyone, entry);
    free(entry);
    return true;
}

bool presence_change(int64_t person, int delta)
{
    struct online *entry;
    bool changed;

    pthread_mutex_lock(&mutex);
    HASH_FIND(hh, everyone, &person, sizeof(person), entry);
    changed = delta > 0 ? add_socket(person, entry) : drop_socket(entry);
    pthread_mutex_unlock(&mutex);
    return changed;
}

bool presence_online(int64_t person)
{
    struct online *entry;

    pthread_mutex_lock(&mutex);
    HASH_FIND(hh, everyone, &person, sizeof(person), entry);
    pthread_mutex_unlock(&mutex);
    return entry != NULL;
}
