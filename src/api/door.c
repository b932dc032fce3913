#include "api/door.h"

#include <sodium.h>

#include "account/password.h"
#include "api/firm.h"
#include "api/render.h"
#include "base/err.h"

/* A browser drops our `__Host-` cookie on plain http without a word, but on its own machine. */
static bool is_private(const struct call *call)
{
    return http_is_tls(call->http) ||
           slice_starts(slice_cstr(call->app->public_url), SLICE("https://")) ||
           call_is_local(call);
}

int door_enter(struct turn *turn, struct call *call, struct door **ret)
{
    struct door *door = arena_alloc(call->arena, sizeof(*door));

    if (!door)
        return ERR_MEMORY;
    if (!is_private(call))
        return call_fail(call, ERR_DENIED,
                         "Passwords don't travel unencrypted: use https (server.tls_cert, or a "
                         "proxy with server.public_url) or an SSH tunnel to this machine.");
    if (http_header(call->http, "origin").ptr && !call_from_us(call))
        return ERR_ORIGIN;
    if (!rate_take(call->app->by_peer, http_peer_hash(call->http), turn->now))
        return ERR_RATE;
    call->data = door;
    *ret = door;
    return 0;
}

static int count(struct turn *turn, struct call *call, const void *what, size_t n)
{
    unsigned char hash[crypto_generichash_BYTES_MIN];
    uint64_t key;

    crypto_generichash(hash, sizeof(hash), what, n, NULL, 0);
    memcpy(&key, hash, sizeof(key));
    return rate_take(call->app->by_account, key, turn->now) ? 0 : ERR_RATE;
}

int door_count(struct turn *turn, struct call *call, struct pii email)
{
    struct slice lower = arena_copy(turn->arena, pii_reveal(email));
    size_t i;

    if (!lower.ptr)
        return ERR_MEMORY;
    for (i = 0; i < lower.len; i++)
        if (lower.ptr[i] >= 'A' && lower.ptr[i] <= 'Z')
            ((char *)lower.ptr)[i] = (char)(lower.ptr[i] - 'A' + 'a');
    return count(turn, call, lower.ptr, lower.len);
}

int door_count_user(struct turn *turn, struct call *call, int64_t user)
{
    return count(turn, call, &user, sizeof(user));
}

struct pii door_email(const struct call *call)
{
    return pii_of(slice_trim(json_str(call->body, "email")));
}

int door_check_password(struct call *call)
{
    int r = password_check(call_body_pii(call, "password"));

    if (r < 0)
        return call_fail(call, r,
                         "Choose a password of 10 to 200 characters that is not among the most "
                         "common ones.");
    return 0;
}

int door_check_policy(struct call *call)
{
    const json_t *policy = json_object_get(call->body, "policy");

    if (json_is_true(policy) || json_integer_value(policy) == POLICY_VERSION)
        return 0;
    return call_fail(call, ERR_INVALID,
                     "Read and accept the privacy policy as it is now, then send this again.");
}

int door_keep_hash(struct call *call, struct slice hash)
{
    struct door *door = call->data;

    if (hash.len == 0)
        return 0;
    door->hash = arena_copy(call->arena, hash);
    return door->hash.ptr ? 0 : ERR_MEMORY;
}

int door_hash(struct call *call)
{
    struct door *door = call->data;

    return password_hash(call->arena, call_body_pii(call, "password"), &door->new_hash);
}

int door_let_in(struct turn *turn, struct call *call, const struct user *user)
{
    char secret[SECRET_TEXT_SIZE];
    struct tenant tenant;
    int r = tenant_load(turn, user->tenant, &tenant);

    if (r == 0)
        r = session_add(turn, user, secret);
    if (r == 0)
        r = call_set_cookie(call, slice_cstr(secret));
    if (r < 0)
        return r;
    json_out_object(&call->out, NULL);
    render_user(&call->out, "user", user);
    r = firm_out(&call->out, "tenant", &tenant);
    json_out_close_object(&call->out);
    return r;
}
