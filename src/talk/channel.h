/* channel.h - the ways to reach people: websites and Facebook Pages, as rows. */
#ifndef TALK_CHANNEL_H
#define TALK_CHANNEL_H

#include "base/pii.h"
#include "store/store.h"
#include "talk/types.h"

struct channel {
    int64_t id;
    int64_t tenant;
    enum channel_kind kind;
    enum channel_state state;
    enum channel_reason reason;
    struct slice external; /* Page id; for a website the key in its snippet: not a person's */
    int64_t flow;          /* which bot answers; 0: none */
    int64_t created_at;
    int64_t last_event_at; /* Messenger: last webhook; web: last visit of the widget. 0: never */
    int64_t checked_at;
    struct slice name;
    struct slice secret; /* Page token, or the website's identity secret; never sent to a client */
    struct slice settings; /* JSON object: web {origins, color, greeting, language, privacy_url} */
};

/** ERR_EXISTS another channel of this kind has `external`. id, created_at are set by it. */
int channel_add(struct turn *turn, const struct channel *channel, int64_t *ret_id) MUST_CHECK;
/** Writes name, secret, settings, flow, state and reason back. */
int channel_update(struct turn *turn, const struct channel *channel) MUST_CHECK;
/** tenant 0: whichever it belongs to. ERR_NOT_FOUND. */
int channel_load(struct turn *turn, int64_t tenant, int64_t id, struct channel *ret) MUST_CHECK;
int channel_find(struct turn *turn, enum channel_kind kind, struct slice external,
                 struct channel *ret) MUST_CHECK;
/** kind 0: all kinds. */
int channel_list(struct turn *turn, int64_t tenant, enum channel_kind kind, struct channel **ret,
                 size_t *ret_n) MUST_CHECK;
/** With conversations, an empty shell stays (CHANNEL_REMOVED: no secret, no settings, listed no
 * more, its external id free), so that they can still be read. */
int channel_remove(struct turn *turn, int64_t tenant, int64_t id) MUST_CHECK;
/** Moves last_event_at forward; writes at most once in 10 s. */
int channel_heard(struct turn *turn, struct channel *channel, int64_t at) MUST_CHECK;
/** Notes a state with its reason and adds a journal row when it changed. */
int channel_enter(struct turn *turn, struct channel *channel, enum channel_state state,
                  enum channel_reason reason) MUST_CHECK;

#endif
