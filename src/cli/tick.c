#include "cli/tick.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "api/hub.h"
#include "base/err.h"
#include "bot/turn.h"

enum { TICK_S = 3, BOT_TICKS = 5 };

struct tick {
    struct app *app;
    pthread_t thread;
    pthread_mutex_t mutex;
    pthread_cond_t wake;
    bool stop;
};

/* True when it is time to end. */
static bool wait(struct tick *tick)
{
    struct timespec until;
    bool stop;

    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += TICK_S;
    pthread_mutex_lock(&tick->mutex);
    while (!tick->stop && pthread_cond_timedwait(&tick->wake, &tick->mutex, &until) == 0)
        ;
    stop = tick->stop;
    pthread_mutex_unlock(&tick->mutex);
    return stop;
}

static void *tick_main(void *arg)
{
    struct tick *tick = arg;
    unsigned n = 0;

    while (!wait(tick)) {
        hub_tick(tick->app->hub);
        if (++n % BOT_TICKS == 0)
            bot_again(tick->app->store);
    }
    return NULL;
}

int tick_start(struct app *app, struct tick **ret)
{
    struct tick *tick = calloc(1, sizeof(*tick));
    pthread_condattr_t monotonic;

    if (!tick)
        return ERR_MEMORY;
    tick->app = app;
    pthread_mutex_init(&tick->mutex, NULL);
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&tick->wake, &monotonic);
    pthread_condattr_destroy(&monotonic);
    if (pthread_create(&tick->thread, NULL, tick_main, tick) != 0) {
        free(tick);
        return ERR_MEMORY;
    }
    *ret = tick;
    return 0;
}

struct tick *tick_stop(struct tick *tick)
{
    if (!tick)
        return NULL;
    pthread_mutex_lock(&tick->mutex);
    tick->stop = true;
    pthread_cond_signal(&tick->wake);
    pthread_mutex_unlock(&tick->mutex);
    pthread_join(tick->thread, NULL);
    pthread_cond_destroy(&tick->wake);
    pthread_mutex_destroy(&tick->mutex);
    free(tick);
    return NULL;
}
