#include "channel/graph.h"

#include <stdio.h>
#include <sodium.h>
#include <string.h>

#include "base/clock.h"
#include "base/err.h"
#include "channel/meta_sign.h"

#define VERSION "v25.0"

enum { URL_MAX = 1000, TOKEN_MAX = 1000, WAIT_MINUTES_MAX = 24 * 60 };

bool graph_is_id(struct slice id)
{
    size_t i;

    for (i = 0; i < id.len; i++) {
        char c = id.ptr[i];

        if ((c < '0' || c > '9') && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && c != '_')
            return false;
    }
    return id.len > 0 && id.len <= 64;
}

static int make_url(const struct messenger_opts *opts, const struct graph_call *call,
                    char ret[URL_MAX])
{
    size_t base = strlen(opts->graph_url);
    char proof[META_PROOF_SIZE];
    int n;

    if (base == 0)
        return ERR_CONFIG;
    if (opts->graph_url[base - 1] == '/')
        base--;
    if (!meta_proof(opts->app_secret, call->token, proof))
        return ERR_MEMORY;
    n = snprintf(ret, URL_MAX, "%.*s/" VERSION "/%s?%s%sappsecret_proof=%s", (int)base,
                 opts->graph_url, call->path, call->query ? call->query : "",
                 call->query ? "&" : "", proof);
    return n < 0 || n >= URL_MAX ? ERR_LIMIT : 0;
}

int graph_send(const struct messenger_opts *opts, const struct graph_call *call, fetch_done *done,
               void *arg)
{
    char url[URL_MAX], bearer[TOKEN_MAX + 8];
    struct fetch_header headers[2] = {{.name = "Authorization"},
                                      {"Content-Type", SLICE("application/json")}};
    int n, r = make_url(opts, call, url);

    if (r < 0)
        return r;
    n = snprintf(bearer, sizeof(bearer), "Bearer %.*s", SLICE_ARG(call->token));
    if (n < 0 || (size_t)n >= sizeof(bearer))
        return ERR_LIMIT;
    headers[0].value = slice_of(bearer, (size_t)n);
    r = fetch_send(opts->fetch,
                   &(struct fetch_request){
                       .method = call->method,
                       .url = url,
                       .headers = headers,
                       .header_count = call->body.len ? 2 : 1,
                       .body = call->body,
                       .trusted = true,
                   },
                   done, arg);
    sodium_memzero(bearer, sizeof(bearer));
    return r;
}

static bool read_error(const json_t *object, struct graph_error *ret)
{
    const json_t *error = json_object_get(object, "error");

    if (!json_is_object(error) || !json_object_get(error, "code"))
        return false;
    *ret = (struct graph_error){json_int(error, "code", 0), json_int(error, "error_subcode", 0)};
    return true;
}

int graph_read(const struct fetch_answer *answer, json_t **ret, struct graph_error *ret_error)
{
    json_t *object = NULL;
    int r = answer->err;

    if (r < 0)
        return r;
    r = json_read_repaired(answer->body, &object);
    if (r < 0 || !json_is_object(object)) {
        json_decref(object);
        return r == ERR_MEMORY ? r : ERR_PROTOCOL;
    }
    r = read_error(object, ret_error) ? ERR_REFUSED : answer->status / 100 == 2 ? 0 : ERR_PROTOCOL;
    if (r < 0)
        json_decref(object);
    else
        *ret = object;
    return r;
}

/* X-Business-Use-Case-Usage: {"PAGE":[{"estimated_time_to_regain_access":MINUTES, …}]} */
int64_t graph_wait_ms(const struct fetch_answer *answer)
{
    CLEANUP(json_cleanup) json_t *usage = NULL;
    struct slice header = fetch_answer_header(answer, "x-business-use-case-usage");
    int64_t most = 0;
    const char *page;
    json_t *list;
    size_t i;

    if (header.len == 0 || json_read(header, &usage) < 0)
        return 0;
    json_object_foreach(usage, page, list) {
        for (i = 0; i < json_array_size(list); i++) {
            int64_t minutes =
                json_int(json_array_get(list, i), "estimated_time_to_regain_access", 0);

            most = minutes > most ? minutes : most;
        }
    }
    return (most < WAIT_MINUTES_MAX ? most : WAIT_MINUTES_MAX) * MINUTE_MS;
}
