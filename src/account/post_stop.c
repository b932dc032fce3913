/* post_stop.c - one-click "stop this alert": a link that needs no row and no sign-in. */
#include <sodium.h>

#include "account/post.h"
#include "account/sql.h"
#include "base/codec.h"
#include "base/err.h"

enum { MAC_BYTES = 24 };

static int mac_of(struct vault *vault, int64_t user, enum alert_flag flag,
                  unsigned char ret[MAC_BYTES])
{
    const int64_t what[2] = {user, flag};
    unsigned char key[32];
    int r = vault_secret(vault, "unsubscribe", key);

    if (r < 0)
        return r;
    crypto_generichash(ret, MAC_BYTES, (const unsigned char *)what, sizeof(what), key, sizeof(key));
    sodium_memzero(key, sizeof(key));
    return 0;
}

int post_stop_word(struct vault *vault, struct arena *arena, int64_t user, enum alert_flag flag,
                   struct slice *ret)
{
    char id[ID_TEXT_SIZE], text[BASE64_SIZE(MAC_BYTES)];
    unsigned char mac[MAC_BYTES];
    int r = mac_of(vault, user, flag, mac);

    if (r < 0)
        return r;
    base64url_encode(slice_of(mac, sizeof(mac)), text);
    *ret = arena_printf(arena, "%s.%d.%s", id_text(ID_USER, user, id).ptr, (int)flag, text);
    return ret->ptr ? 0 : ERR_MEMORY;
}

int post_stop_read(struct vault *vault, struct slice word, int64_t *ret_user,
                   enum alert_flag *ret_flag)
{
    unsigned char want[MAC_BYTES], got[MAC_BYTES];
    struct slice id, flag_text;
    int64_t user, flag;
    size_t n;
    int r;

    if (!slice_cut(&word, '.', &id) || !slice_cut(&word, '.', &flag_text) ||
        id_parse(ID_USER, id, &user) < 0 || slice_int64(flag_text, &flag) < 0 ||
        (flag != ALERT_HELP && flag != ALERT_CHANNEL) ||
        base64url_decode(word, got, sizeof(got), &n) < 0 || n != sizeof(got))
        return ERR_NOT_FOUND;
    r = mac_of(vault, user, (enum alert_flag)flag, want);
    if (r < 0)
        return r;
    if (sodium_memcmp(want, got, sizeof(want)) != 0)
        return ERR_NOT_FOUND;
    *ret_user = user;
    *ret_flag = (enum alert_flag)flag;
    return 0;
}

int post_stop(struct turn *turn, int64_t user, enum alert_flag flag)
{
    return turn_put(turn, &account_sql_user_stop_alert, SQL_ARGS(SQL_INT(flag), SQL_INT(user)));
}
