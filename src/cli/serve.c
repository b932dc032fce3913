/* serve.c - `lethe serve`: runs until SIGTERM or SIGINT; SIGHUP loads the certificate again. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/err.h"
#include "base/log.h"
#include "cli/command.h"
#include "cli/demo.h"
#include "cli/options.h"
#include "cli/server.h"

static void complain(const struct buf *problem, int err)
{
    if (problem->len)
        fprintf(stderr, "lethe: %.*s\n", SLICE_ARG(buf_slice(problem)));
    else
        fprintf(stderr, "lethe: %s\n", err_text(err));
}

static int set_log_level(const char *word, struct buf *problem)
{
    static const char *const words[] = {"debug", "info", "warn", "error"};
    size_t i;
    int r;

    for (i = 0; i < ARRAY_LEN(words); i++) {
        if (strcmp(word, words[i]) == 0) {
            log_set_level((enum log_level)i);
            return 0;
        }
    }
    r = buf_addf(problem, "log.level must be debug, info, warn or error.");
    return r < 0 ? r : ERR_CONFIG;
}

/* Blocks the signals in every thread that starts from here on; sigwait takes them. */
static sigset_t block_signals(void)
{
    sigset_t set;

    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGHUP);
    pthread_sigmask(SIG_BLOCK, &set, NULL);
    signal(SIGPIPE, SIG_IGN);
    return set;
}

static void wait_for_end(struct lethe *lethe, const sigset_t *signals)
{
    int sig = 0;

    while (sigwait(signals, &sig) == 0 && sig == SIGHUP) {
        int r = server_reload_tls(lethe->server);

        if (r < 0)
            log_event(LOG_ERROR, "serve.reload_failed", LOG_ERR(r));
        else
            log_event(LOG_INFO, "serve.reloaded", LOG_INT("signal", sig));
    }
    log_event(LOG_INFO, "serve.draining", LOG_INT("signal", sig));
}

static int serve(struct lethe *lethe, bool demo, struct buf *problem)
{
    sigset_t signals = block_signals();
    int r = set_log_level(lethe->config.log_level, problem);

    if (r == 0)
        r = lethe_open(lethe, problem);
    if (r == 0 && demo) {
        lethe->app.demo = true;
        r = demo_prepare(lethe->app.store);
    }
    if (r == 0)
        r = lethe_serve(lethe, problem);
    if (r == 0)
        r = demo_announce(lethe, demo);
    if (r == 0)
        wait_for_end(lethe, &signals);
    return r;
}

int serve_run(int argc, char **argv)
{
    const char *config_file = NULL, *data = NULL, *vault = NULL, *listen = NULL;
    struct buf problem = BUF_INIT(4096);
    struct lethe lethe = {0};
    bool demo = false;
    const struct option options[] = {
        {"--config", &config_file, NULL}, {"--data", &data, NULL}, {"--vault", &vault, NULL},
        {"--listen", &listen, NULL},      {"--demo", NULL, &demo},
    };
    int r;

    if (options_read(argc, argv, options, ARRAY_LEN(options), NULL, 0) < 0)
        return EXIT_USAGE;
    r = config_load(config_file, &lethe.config, &problem);
    if (r == 0)
        r = config_set(&lethe.config.data_dir, data);
    if (r == 0)
        r = config_set(&lethe.config.vault_dir, vault);
    if (r == 0)
        r = config_set(&lethe.config.server_listen, listen);
    if (r == 0)
        r = serve(&lethe, demo, &problem);
    if (r < 0)
        complain(&problem, r);
    lethe_close(&lethe);
    buf_done(&problem);
    return r < 0 ? EXIT_FAILED : EXIT_SUCCESS;
}
