#include "store/thread.h"

#include <signal.h>

#include "base/err.h"

/* Only what is touched takes memory; the sanitizers' frames are several times larger. */
#if defined(__SANITIZE_ADDRESS__)
#define STACK_SIZE (2u << 20)
#else
#define STACK_SIZE (512u << 10)
#endif

int thread_start(pthread_t *ret, const char *name, thread_main *main, void *arg)
{
    pthread_attr_t attr;
    sigset_t all, before;
    int r;

    if (pthread_attr_init(&attr) != 0)
        return ERR_MEMORY;
    pthread_attr_setstacksize(&attr, STACK_SIZE);
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    r = pthread_create(ret, &attr, main, arg);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    pthread_attr_destroy(&attr);
    if (r != 0)
        return ERR_MEMORY;
    pthread_setname_np(*ret, name);
    return 0;
}
