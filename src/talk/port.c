#include "talk/port.h"

#include <stddef.h>

#include "base/err.h"

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

int talk_port_allows(const struct talk_port *port, const struct conversation *c,
                     const struct channel *channel, enum message_author author, int64_t now,
                     bool *ret_late)
{
    int r = port->may_send(c, now);

    if (r == 0)
        *ret_late = false;
    if (r != ERR_WINDOW || author != AUTHOR_AGENT || !port->may_send_by_hand)
        return r;
    r = port->may_send_by_hand(c, channel, now);
    if (r == 0)
        *ret_late = true;
    return r;
}
