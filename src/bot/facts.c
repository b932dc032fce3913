/* facts.c - what a flow may know of a person: only fields with a declared purpose. */
#include "account/account.h"
#include "base/err.h"
#include "base/json.h"
#include "bot/turn_inside.h"

enum { PROFILE_MAX = 8 };

static int profile_facts(struct bot_talk *talk)
{
    const struct person *p = &talk->person;
    const struct bot_fact all[PROFILE_MAX] = {
        {SLICE("first_name"), p->first_name}, {SLICE("last_name"), p->last_name},
        {SLICE("email"), p->email},           {SLICE("phone"), p->phone},
        {SLICE("gender"), p->gender},         {SLICE("timezone"), p->timezone},
    };
    struct bot_fact *facts = arena_array(talk->turn->arena, PROFILE_MAX, sizeof(*facts));
    size_t i, n = 0;

    if (!facts)
        return ERR_MEMORY;
    for (i = 0; i < PROFILE_MAX; i++)
        if (!pii_empty(all[i].value))
            facts[n++] = all[i];
    talk->facts.profile = facts;
    talk->facts.n_profile = n;
    return 0;
}

static int attribute_facts(struct bot_talk *talk)
{
    CLEANUP(json_cleanup) json_t *object = NULL;
    struct arena *arena = talk->turn->arena;
    struct bot_fact *facts;
    const char *key;
    json_t *value;
    size_t n = 0;

    talk->facts.n_attributes = 0;
    if (pii_empty(talk->person.attributes))
        return 0;
    if (json_read(pii_reveal(talk->person.attributes), &object) < 0)
        return ERR_DAMAGED;
    facts = arena_array(arena, json_object_size(object) + 1, sizeof(*facts));
    if (!facts)
        return ERR_MEMORY;
    json_object_foreach(object, key, value) {
        if (!json_is_string(value))
            continue;
        facts[n].name = arena_copy(arena, slice_cstr(key));
        facts[n].value = pii_of(arena_copy(arena, json_str(object, key)));
        n++;
    }
    talk->facts.attributes = facts;
    talk->facts.n_attributes = n;
    return 0;
}

static int tag_facts(struct bot_talk *talk)
{
    CLEANUP(json_cleanup) json_t *list = NULL;
    struct pii *tags;
    size_t i, n;

    talk->facts.n_tags = 0;
    if (pii_empty(talk->c.tags))
        return 0;
    if (json_read(pii_reveal(talk->c.tags), &list) < 0)
        return ERR_DAMAGED;
    n = json_array_size(list);
    tags = arena_array(talk->turn->arena, n + 1, sizeof(*tags));
    if (!tags)
        return ERR_MEMORY;
    for (i = 0; i < n; i++)
        tags[i] = pii_of(
            arena_copy(talk->turn->arena, slice_cstr(json_string_value(json_array_get(list, i)))));
    talk->facts.tags = tags;
    talk->facts.n_tags = n;
    return 0;
}

/* The firm's name and language, and how many agents are on duty. */
static int firm_facts(struct bot_talk *talk)
{
    CLEANUP(json_cleanup) json_t *settings = NULL;
    struct turn *turn = talk->turn;
    struct tenant tenant;
    struct user *users;
    size_t i, n;
    int r = tenant_load(turn, talk->c.tenant, &tenant);

    if (r == 0)
        r = user_list(turn, talk->c.tenant, &users, &n);
    if (r < 0)
        return r;
    talk->facts.tenant = tenant.name;
    talk->facts.agents = 0;
    for (i = 0; i < n; i++)
        talk->facts.agents += users[i].state == USER_ACTIVE && users[i].available;
    if (talk->facts.locale.len == 0 && tenant.settings.len &&
        json_read(tenant.settings, &settings) == 0)
        talk->facts.language = arena_copy(turn->arena, json_str(settings, "language"));
    return 0;
}

int facts_load(struct bot_talk *talk)
{
    int r = person_load(talk->turn, talk->c.tenant, talk->c.person, &talk->person);

    if (r < 0)
        return r;
    talk->facts.channel = slice_cstr(talk_channel_kind_word(talk->c.channel_kind));
    talk->facts.locale = pii_reveal(talk->person.locale);
    talk->facts.help_wanted = talk->c.help_wanted_at != 0;
    r = profile_facts(talk);
    if (r == 0)
        r = attribute_facts(talk);
    if (r == 0)
        r = tag_facts(talk);
    return r < 0 ? r : firm_facts(talk);
}
