/* outputs.c - does what a flow wants, in order, inside the running turn. */
#include "account/post.h"
#include "base/err.h"
#include "base/json.h"
#include "base/log.h"
#include "bot/turn_inside.h"
#include "talk/message.h"
#include "talk/say.h"

enum { PARTS_MAX = 128 * 1024, TAGS_MAX = 100 };

/* What the channel refuses is noted and passed over: it must not cost the rest of the turn. */
static int pass_over(int r)
{
    if (r != ERR_WINDOW && r != ERR_LIMIT && r != ERR_INVALID && r != ERR_SYNTAX)
        return r;
    log_event(LOG_WARN, "bot.output_refused", LOG_ERR(r));
    return 0;
}

static int say(struct bot_talk *talk, struct pii text, struct slice parts)
{
    const struct talk_draft draft = {.text = text, .parts = parts};
    struct message m;
    int r = conversation_give_floor(talk->turn, &talk->c, FLOOR_BOT, 0);

    if (r < 0)
        return r;
    return pass_over(talk_say(talk->turn, &talk->c,
                              (struct talk_floor){FLOOR_BOT, 0, talk->c.epoch}, &draft, &m));
}

static int say_message(struct bot_talk *talk, const struct bot_message *message)
{
    struct buf parts = BUF_INIT(PARTS_MAX);
    int r = bot_message_parts(message, &parts);

    if (r == 0)
        r = say(talk, message->text, buf_slice(&parts));
    buf_done(&parts);
    return pass_over(r);
}

static int set_contact(struct bot_talk *talk, const struct bot_set *set)
{
    struct person_change change = {0};

    if (slice_eq(set->name, SLICE("email")))
        change.email = &set->value;
    else if (slice_eq(set->name, SLICE("phone")))
        change.phone = &set->value;
    else if (slice_eq(set->name, SLICE("first_name")))
        change.first_name = &set->value;
    else if (slice_eq(set->name, SLICE("last_name")))
        change.last_name = &set->value;
    return pass_over(person_change(talk->turn, talk->c.tenant, talk->c.person, &change));
}

static bool equals(const json_t *entry, struct slice tag)
{
    return json_is_string(entry) && slice_eq(slice_cstr(json_string_value(entry)), tag);
}

static int change_tags(struct bot_talk *talk, struct slice tag, bool add)
{
    CLEANUP(json_cleanup) json_t *list = NULL;
    struct buf text = BUF_INIT(16 * 1024);
    struct slice copy;
    size_t i;
    int r = pii_empty(talk->c.tags) ? 0 : json_read(pii_reveal(talk->c.tags), &list);

    if (r == 0 && !list)
        list = json_array();
    if (r < 0 || !list)
        return r < 0 ? ERR_DAMAGED : ERR_MEMORY;
    for (i = json_array_size(list); i-- > 0;)
        if (equals(json_array_get(list, i), tag))
            json_array_remove(list, i);
    if (add && json_array_size(list) < TAGS_MAX &&
        json_array_append_new(list, json_stringn(tag.ptr, tag.len)) != 0)
        return ERR_MEMORY;
    r = json_write(list, &text);
    copy = arena_copy(talk->turn->arena, buf_slice(&text));
    buf_done(&text);
    if (r == 0 && !copy.ptr)
        r = ERR_MEMORY;
    return r < 0 ? pass_over(r) : conversation_save_tags(talk->turn, &talk->c, pii_of(copy));
}

static int mail(struct bot_talk *talk, const struct bot_mail *what)
{
    return pass_over(post_add(talk->turn, &(struct post){
                                              .kind = POST_FLOW,
                                              .tenant = talk->c.tenant,
                                              .to = pii_of(what->to),
                                              .conversation = talk->c.id,
                                              .subject = pii_of(what->subject),
                                              .text = what->text,
                                              .person = talk->c.person,
                                              .person_slot = talk->c.slot,
                                          }));
}

/* What the firm says when its flow says nothing: its own words from the settings, or ours. */
static int usual_text(struct bot_talk *talk, struct pii *ret)
{
    CLEANUP(json_cleanup) json_t *settings = NULL;
    struct slice lang = talk->facts.locale.len ? talk->facts.locale : talk->facts.language, own;
    struct tenant tenant;
    int r = tenant_load(talk->turn, talk->c.tenant, &tenant);

    if (r < 0)
        return r;
    if (tenant.settings.len && json_read(tenant.settings, &settings) == 0) {
        own = arena_copy(talk->turn->arena, json_str(settings, "help_text"));
        if (own.len) {
            *ret = pii_of(own);
            return 0;
        }
    }
    *ret = pii_of(slice_starts(lang, SLICE("de"))
                      ? SLICE("Ich habe dem Team Bescheid gegeben. Jemand antwortet Ihnen hier, "
                              "sobald es geht.")
                      : SLICE("I have told the team. Somebody will answer you here as soon as they "
                              "can."));
    return 0;
}

static int help(struct bot_talk *talk, bool said)
{
    struct pii text;
    int r = 0;

    if (!said) {
        r = usual_text(talk, &text);
        if (r == 0)
            r = say(talk, text, SLICE_NONE);
    }
    if (r == 0)
        r = conversation_want_help(talk->turn, &talk->c);
    talk->silent = true;
    return r;
}

static int do_one(struct bot_talk *talk, const struct bot_output *output)
{
    switch (output->kind) {
    case BOT_SAY:
        return say_message(talk, &output->say);
    case BOT_SET_ATTRIBUTE:
        return pass_over(person_set_attribute(talk->turn, talk->c.tenant, talk->c.person,
                                              output->set.name, output->set.value));
    case BOT_SET_CONTACT:
        return set_contact(talk, &output->set);
    case BOT_TAG:
        return change_tags(talk, pii_reveal(output->tag), true);
    case BOT_UNTAG:
        return change_tags(talk, pii_reveal(output->tag), false);
    case BOT_HTTP:
        return http_node_add(talk, &output->http);
    case BOT_MAIL:
        return mail(talk, &output->mail);
    case BOT_HELP:
        return help(talk, output->help_said);
    case BOT_CLOSE:
        talk->silent = true;
        return conversation_set_status(talk->turn, &talk->c, CONVERSATION_CLOSED, 0);
    }
    return ERR_INTERNAL;
}

int outputs_do(struct bot_talk *talk, const struct bot_result *result)
{
    size_t i;
    int r = 0;

    for (i = 0; r == 0 && i < result->n_outputs; i++) {
        const struct bot_output *output = &result->outputs[i];

        if (output->kind == BOT_SAY && talk->silent)
            continue;
        r = do_one(talk, output);
    }
    return r;
}
