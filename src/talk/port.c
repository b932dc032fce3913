#include "talk/port.h"

#include <stddef.h>

enum { PORTS_MAX = 16 };

/* Filled at start, before any turn; read only afterwards. */
static const struct talk_port *ports[PORTS_MAX];

void talk_port_register(const struct talk_port *port)
{
    ports[port->kind] = port;
}

const struct talk_port *talk_port_of(enum channel_kind kind)
{
    return (size_t)kind < PORTS_MAX ? ports[kind] : NULL;
}
