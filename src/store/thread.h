/* thread.h - how the threads of this room are made. Inside store only. */
#ifndef STORE_THREAD_H
#define STORE_THREAD_H

#include <pthread.h>

#include "base/attr.h"

typedef void *thread_main(void *arg);

/** A thread with a small stack that takes no signals: those belong to the main thread. ERR_MEMORY.
 */
int thread_start(pthread_t *ret, const char *name, thread_main *main, void *arg) MUST_CHECK;

#endif
