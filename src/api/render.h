/* render.h - domain objects as the JSON of the API. */
#ifndef API_RENDER_H
#define API_RENDER_H

#include "account/account.h"
#include "base/json_out.h"
#include "talk/inbox.h"
#include "talk/message.h"

/** For whom: a visitor sees no notes, no reasons and no staff but by first name. */
enum audience { FOR_DESK, FOR_VISITOR };

void render_user(struct json_out *out, const char *key, const struct user *user);
/** {id, name}, or null for 0 and for people who left. */
int render_user_ref(struct turn *turn, struct json_out *out, const char *key, int64_t tenant,
                    int64_t user) MUST_CHECK;
int render_conversation(struct turn *turn, struct json_out *out, const char *key,
                        const struct conversation *conversation) MUST_CHECK;
int render_message(struct turn *turn, struct json_out *out, const char *key,
                   const struct message *message, enum audience audience) MUST_CHECK;
/** True for what a visitor may see: what was said, and who joined or closed. */
bool render_visible(const struct message *message);
/** A person with fields and their purposes; with `whole`, identities and conversations too. */
int render_person(struct turn *turn, struct json_out *out, const char *key, int64_t tenant,
                  const struct person *person, bool whole) MUST_CHECK;
void render_channel(struct json_out *out, const char *key, const struct channel *channel,
                    const char *public_url);
/** {items: …, next, total}: open, then items, then close. `next` may be empty. */
void render_list_open(struct json_out *out);
void render_list_close(struct json_out *out, struct slice next, int64_t total);

#endif
