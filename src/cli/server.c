#include "cli/server.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "api/call.h"
#include "api/hub.h"
#include "base/clock.h"
#include "base/err.h"
#include "bot/turn.h"
#include "channel/web.h"
#include "cli/admin_socket.h"
#include "person/person.h"
#include "privacy/erase.h"
#include "store/job.h"
#include "talk/alert.h"
#include "talk/file.h"
#include "talk/outbox.h"

enum { GRACE_MS = 10000 };

static int say(struct buf *problem, int err, const char *what, const char *sentence)
{
    int r = buf_addf(problem, "%s: %s", what, sentence);

    return r < 0 ? r : err;
}

static const char *or_null(const char *text)
{
    return text && text[0] ? text : NULL;
}

/* Why the data could not be opened, and what to do. */
static int complain(const struct lethe *lethe, int err, struct buf *problem)
{
    const char *data = lethe->config.data_dir, *vault = lethe->vault_dir;
    const bool data_there = access(data, F_OK) == 0;

    if (err == ERR_NOT_FOUND && data_there)
        return say(problem, err, vault,
                   "the vault is not there, and the data can't be read without it. Put the folder "
                   "back, or name it with --vault. Nothing was made in its place.");
    if (err == ERR_NOT_FOUND)
        return say(problem, err, data, "there is no folder to make this one in.");
    if (err == ERR_CONFLICT)
        return say(problem, err, vault,
                   "the vault belongs to another installation. Name the right one with --vault.");
    if (err == ERR_UNAVAILABLE)
        return say(problem, err, "database", err_text(err));
    return say(problem, err, data, err_text(err));
}

static int open_store(struct lethe *lethe, struct buf *problem)
{
    const struct config *config = &lethe->config;
    struct store_opts opts = {
        .engine = config->database_url[0] ? SQL_POSTGRES : SQL_SQLITE,
        .data_dir = config->data_dir,
        .pg_target = or_null(config->database_url),
        .vault_dir = lethe->vault_dir,
    };
    int r;

    if (config->vault_dir[0])
        snprintf(lethe->vault_dir, sizeof(lethe->vault_dir), "%s", config->vault_dir);
    else
        snprintf(lethe->vault_dir, sizeof(lethe->vault_dir), "%s-vault", config->data_dir);
    r = store_open(&opts, &lethe->app.store);
    return r < 0 ? complain(lethe, r, problem) : 0;
}

static int make_rates(struct lethe *lethe, struct buf *problem)
{
    struct app *app = &lethe->app;
    int64_t rate;
    int r = config_int("limits.visitor_rate", lethe->config.limits_visitor_rate, 1, 100000, &rate,
                       problem);

    if (r < 0)
        return r;
    app->by_peer = rate_new(20, 3000);
    app->by_account = rate_new(10, 6000);
    app->by_visitor = rate_new((int)rate * 10, (int)(SECOND_MS / rate > 0 ? SECOND_MS / rate : 1));
    return app->by_peer && app->by_account && app->by_visitor ? 0 : ERR_MEMORY;
}

static void set_public_url(struct lethe *lethe)
{
    const char *given = lethe->config.server_public_url;
    size_t n;

    if (given[0])
        snprintf(lethe->public_url, sizeof(lethe->public_url), "%s", given);
    else
        snprintf(lethe->public_url, sizeof(lethe->public_url), "http://127.0.0.1:%d",
                 server_port(lethe->server));
    n = strlen(lethe->public_url);
    if (n && lethe->public_url[n - 1] == '/')
        lethe->public_url[n - 1] = '\0';
}

int lethe_open(struct lethe *lethe, struct buf *problem)
{
    const struct config *config = &lethe->config;
    int64_t threads;
    int r = make_rates(lethe, problem); /* what is set wrongly is said before anything is made */

    if (r == 0)
        r = config_int("server.threads", config->server_threads, 0, 256, &threads, problem);
    if (r == 0)
        r = open_store(lethe, problem);
    if (r < 0)
        return r;
    account_start(lethe->app.store);
    person_start(lethe->app.store);
    web_start();
    lethe->app.version = LETHE_VERSION;
    lethe->app.public_url = lethe->public_url;
    if (config->server_public_url[0])
        set_public_url(lethe); /* mails that wait may go out before the server listens */
    lethe->app.privacy_contact = config->privacy_contact;
    lethe->app.meta_app_secret = slice_cstr(config->meta_app_secret);
    lethe->app.meta_verify_token = slice_cstr(config->meta_verify_token);
    lethe->app.meta_app_id = slice_cstr(config->meta_app_id);
    lethe->app.mail_ready = config->mail_smtp_url[0] != '\0';
    return 0;
}

static int start_sending(struct lethe *lethe)
{
    const struct config *config = &lethe->config;
    int r = fetch_start(&(struct fetch_opts){0}, &lethe->app.fetch);

    if (r < 0)
        return r;
    lethe->post = (struct post_opts){
        .fetch = lethe->app.fetch,
        .smtp_url = or_null(config->mail_smtp_url),
        .user = or_null(config->mail_user),
        .password = or_null(config->mail_password),
        .from = or_null(config->mail_from),
        .public_url = lethe->public_url,
    };
    lethe->messenger = (struct messenger_opts){
        .store = lethe->app.store,
        .fetch = lethe->app.fetch,
        .graph_url = config->meta_graph_url,
        .app_id = lethe->app.meta_app_id,
        .app_secret = lethe->app.meta_app_secret,
    };
    lethe->app.messenger = &lethe->messenger;
    post_start(lethe->app.store, &lethe->post);
    alert_start(lethe->app.store);
    erase_start(lethe->app.store);
    r = messenger_start(&lethe->messenger);
    if (r == 0)
        r = file_start(lethe->app.store);
    if (r == 0)
        r = outbox_start(lethe->app.store);
    if (r == 0)
        r = bot_start(lethe->app.store, lethe->app.fetch);
    if (r == 0)
        r = hub_new(&lethe->app, &lethe->app.hub);
    return r < 0 ? r : job_run_start(lethe->app.store);
}

static int start_server(struct lethe *lethe, struct buf *problem)
{
    const struct config *config = &lethe->config;
    const struct server_ops ops = {call_plan, call_handle, &lethe->app};
    int64_t threads;
    int r = config_int("server.threads", config->server_threads, 0, 256, &threads, problem);

    if (r < 0)
        return r;
    r = server_start(
        &(struct server_opts){
            .listen = config->server_listen,
            .listen_fd = -1,
            .threads = (int)threads,
            .tls_cert = or_null(config->server_tls_cert),
            .tls_key = or_null(config->server_tls_key),
            .trusted_proxies = slice_cstr(config->server_trusted_proxies),
        },
        &ops, &lethe->server);
    if (r == ERR_EXISTS)
        return say(
            problem, r, config->server_listen,
            "the address is in use. Stop the other program, or choose another with --listen.");
    return r < 0 ? say(problem, r, config->server_listen, err_text(r)) : 0;
}

int lethe_serve(struct lethe *lethe, struct buf *problem)
{
    int r = start_sending(lethe);

    if (r < 0)
        return say(problem, r, "start", err_text(r));
    r = start_server(lethe, problem);
    if (r < 0)
        return r;
    set_public_url(lethe);
    r = daily_start(lethe->app.store, &lethe->daily);
    if (r == 0)
        r = tick_start(&lethe->app, &lethe->tick);
    if (r < 0)
        return say(problem, r, "start", err_text(r));
    r = admin_socket_start(&lethe->app, lethe->config.data_dir, &lethe->admin);
    if (r < 0)
        return say(problem, r, "admin.sock", err_text(r));
    lethe->app.ready = true;
    return 0;
}

void lethe_close(struct lethe *lethe)
{
    lethe->app.ready = false;
    lethe->admin = admin_socket_stop(lethe->admin);
    if (lethe->server)
        server_stop(lethe->server, GRACE_MS);
    lethe->tick = tick_stop(lethe->tick);
    lethe->daily = daily_stop(lethe->daily);
    /* Its last answers need the store; what the store still runs may ask it, and is refused. */
    fetch_end(lethe->app.fetch);
    store_close(lethe->app.store);
    fetch_stop(lethe->app.fetch);
    hub_free(lethe->app.hub);
    rate_free(lethe->app.by_peer);
    rate_free(lethe->app.by_account);
    rate_free(lethe->app.by_visitor);
    config_done(&lethe->config);
}
