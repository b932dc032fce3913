#include "channel/messenger_in.h"

#include <stdlib.h>

#include "base/err.h"
#include "channel/messenger_event.h"

/* Meta sends up to 1,000 updates at once; what is beyond these is counted as ignored. */
enum { PAGES_MAX = 1000, ENTRIES_MAX = 4000, EVENTS_MAX = 10 * 1000 };

static size_t count_items(const json_t *entry)
{
    return json_array_size(json_object_get(entry, "messaging")) +
           json_array_size(json_object_get(entry, "standby"));
}

static bool page_id(const json_t *entry, char space[24], struct slice *ret)
{
    *ret = json_id(entry, "id", space);
    return ret->len > 0;
}

static struct messenger_page *page_of(struct messenger_batch *batch, struct slice id)
{
    size_t i;

    for (i = 0; i < batch->n; i++)
        if (slice_eq(batch->pages[i].id, id))
            return &batch->pages[i];
    return NULL;
}

/* Makes the pages, each with room for all events that name it. */
static int make_pages(struct arena *arena, const json_t *entries, struct messenger_batch *batch)
{
    size_t i, n = json_array_size(entries);

    batch->pages = arena_array(arena, (n < PAGES_MAX ? n : PAGES_MAX) + 1, sizeof(*batch->pages));
    if (!batch->pages)
        return ERR_MEMORY;
    for (i = 0; i < n && i < ENTRIES_MAX; i++) {
        const json_t *entry = json_array_get(entries, i);
        struct messenger_page *page;
        struct slice id;
        char space[24];

        if (!page_id(entry, space, &id))
            continue;
        page = page_of(batch, id);
        if (!page && batch->n < PAGES_MAX) {
            page = &batch->pages[batch->n++];
            page->id = arena_copy(arena, id);
            if (!page->id.ptr)
                return ERR_MEMORY;
        }
        if (page)
            page->n += count_items(entry);
    }
    return 0;
}

static int make_room(struct arena *arena, struct messenger_batch *batch)
{
    size_t i, left = EVENTS_MAX;

    for (i = 0; i < batch->n; i++) {
        struct messenger_page *page = &batch->pages[i];

        page->room = page->n < left ? page->n : left;
        left -= page->room;
        page->n = 0;
        page->events = arena_array(arena, page->room + 1, sizeof(*page->events));
        page->kinds = arena_array(arena, page->room + 1, sizeof(*page->kinds));
        if (!page->events || !page->kinds)
            return ERR_MEMORY;
    }
    return 0;
}

struct place {
    int64_t at;
    size_t index;
};

static int by_time(const void *a, const void *b)
{
    const struct place *x = a, *y = b;

    if (x->at != y->at)
        return x->at < y->at ? -1 : 1;
    return x->index < y->index ? -1 : 1; /* as they were sent */
}

/* Retries and parallel batches break the provider's order: a late event moves up. */
static int sort(struct arena *arena, struct messenger_page *page)
{
    struct place *places = arena_array(arena, page->n + 1, sizeof(*places));
    struct talk_in *events = arena_array(arena, page->n + 1, sizeof(*events));
    enum hook_kind *kinds = arena_array(arena, page->n + 1, sizeof(*kinds));
    size_t i;

    if (!places || !events || !kinds)
        return ERR_MEMORY;
    for (i = 0; i < page->n; i++)
        places[i] = (struct place){page->events[i].at, i};
    qsort(places, page->n, sizeof(*places), by_time);
    for (i = 0; i < page->n; i++) {
        events[i] = page->events[places[i].index];
        kinds[i] = page->kinds[places[i].index];
    }
    page->events = events;
    page->kinds = kinds;
    return 0;
}

static void add(struct messenger_page *page, const struct messenger_event *event)
{
    page->events[page->n] = event->in;
    page->kinds[page->n++] = event->kind;
}

static int read_items(const struct messenger_reading *reading, const json_t *items,
                      struct messenger_page *page)
{
    struct messenger_event event;
    size_t i;
    int r;

    for (i = 0; i < json_array_size(items); i++) {
        r = messenger_event_read(reading, json_array_get(items, i), &event);
        if (r < 0)
            return r;
        if (event.policy != POLICY_NONE)
            page->policy = event.policy;
        if (event.kept && page->n < page->room)
            add(page, &event);
        else
            page->ignored[event.kind]++;
    }
    return 0;
}

static int read_entry(struct messenger_reading *reading, const json_t *entry,
                      struct messenger_page *page)
{
    int r;

    reading->page = page->id;
    reading->entry_time = json_int(entry, "time", 0);
    reading->standby = false;
    r = read_items(reading, json_object_get(entry, "messaging"), page);
    reading->standby = true;
    if (r == 0)
        r = read_items(reading, json_object_get(entry, "standby"), page);
    page->ignored[HOOK_CHANGES] += json_array_size(json_object_get(entry, "changes"));
    return r;
}

static int read_entries(struct messenger_reading *reading, const json_t *entries,
                        struct messenger_batch *batch)
{
    size_t i;
    int r = make_pages(reading->arena, entries, batch);

    if (r == 0)
        r = make_room(reading->arena, batch);
    for (i = 0; r == 0 && i < json_array_size(entries); i++) {
        const json_t *entry = json_array_get(entries, i);
        struct messenger_page *page = NULL;
        struct slice id;
        char space[24];

        if (i < ENTRIES_MAX && page_id(entry, space, &id))
            page = page_of(batch, id);
        if (page)
            r = read_entry(reading, entry, page);
        else
            batch->ignored++;
    }
    for (i = 0; r == 0 && i < batch->n; i++)
        r = sort(reading->arena, &batch->pages[i]);
    return r;
}

int messenger_in_read(struct arena *arena, struct slice body, const struct messenger_in_opts *opts,
                      struct messenger_batch *ret)
{
    CLEANUP(json_cleanup) json_t *object = NULL;
    struct messenger_reading reading = {.arena = arena, .opts = opts};
    struct messenger_batch batch = {0};
    int r = json_read_repaired(body, &object);

    if (r == 0 && !json_is_object(object))
        r = ERR_SYNTAX;
    if (r == 0)
        r = read_entries(&reading, json_object_get(object, "entry"), &batch);
    if (r == 0)
        *ret = batch;
    return r;
}
