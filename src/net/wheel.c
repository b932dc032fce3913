#include "net/wheel.h"

void wheel_init(struct wheel *wheel, uint64_t now_ms)
{
    *wheel = (struct wheel){.now = now_ms / WHEEL_TICK_MS};
}

void wheel_unset(struct wheel *wheel, struct wheel_entry *entry)
{
    if (!entry->link)
        return;
    *entry->link = entry->next;
    if (entry->next)
        entry->next->link = entry->link;
    entry->next = NULL;
    entry->link = NULL;
    wheel->count--;
}

void wheel_set(struct wheel *wheel, struct wheel_entry *entry, uint64_t now_ms, int ms)
{
    struct wheel_entry **slot;

    wheel_unset(wheel, entry);
    if (wheel->count == 0)
        wheel->now = now_ms / WHEEL_TICK_MS;
    entry->due = (now_ms + (uint64_t)ms) / WHEEL_TICK_MS + 1;
    if (entry->due <= wheel->now)
        entry->due = wheel->now + 1;
    slot = &wheel->slots[entry->due % WHEEL_SLOTS];
    entry->next = *slot;
    entry->link = slot;
    if (*slot)
        (*slot)->link = &entry->next;
    *slot = entry;
    wheel->count++;
}

/* A slot also holds entries of later rounds: only those of this tick or before fire. */
static struct wheel_entry *due_in(struct wheel_entry *entry, uint64_t tick)
{
    while (entry && entry->due > tick)
        entry = entry->next;
    return entry;
}

struct wheel_entry *wheel_next(struct wheel *wheel, uint64_t now_ms)
{
    uint64_t target = now_ms / WHEEL_TICK_MS;
    struct wheel_entry *entry;

    while (wheel->now < target && wheel->count) {
        entry = due_in(wheel->slots[(wheel->now + 1) % WHEEL_SLOTS], wheel->now + 1);
        if (entry) {
            wheel_unset(wheel, entry);
            return entry;
        }
        wheel->now++;
    }
    return NULL;
}
