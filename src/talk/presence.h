/* presence.h - who is online: counts of open sockets, in memory only. Nothing of it is stored. */
#ifndef TALK_PRESENCE_H
#define TALK_PRESENCE_H

#include <stdbool.h>
#include <stdint.h>

/** Adds or takes one open socket of a person. True when they came online or went offline by it. */
bool presence_change(int64_t person, int delta);
bool presence_online(int64_t person);

#endif
