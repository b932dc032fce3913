/* app.h - what a running server is made of, as the api sees it. Filled by cli/serve.c. */
#ifndef API_APP_H
#define API_APP_H

#include "account/rate.h"
#include "base/slice.h"
#include "net/fetch.h"
#include "net/server.h"
#include "store/store.h"

struct hub;
struct messenger_opts;

struct app {
    struct store *store;
    struct fetch *fetch;
    struct hub *hub; /* live.h */
    const struct messenger_opts *messenger;
    const char *public_url; /* without a last '/'; source of links and of the Origin check */
    const char *version;
    const char *privacy_contact; /* e-mail address shown on /privacy; "" when not configured */
    bool mail_ready;             /* an SMTP server is configured */
    bool demo;                   /* /demo is served */
    struct slice meta_app_secret;
    struct slice meta_verify_token;
    struct slice meta_app_id;
    struct rate *by_peer;    /* sign-in and sign-up, per address */
    struct rate *by_account; /* sign-in, per e-mail address */
    struct rate *by_visitor; /* widget calls, per address */
    _Atomic bool ready;      /* /readyz */
};

#endif
