/* mail_compose.h - what sending needs to know of composing. Inside net only. */
#ifndef NET_MAIL_COMPOSE_H
#define NET_MAIL_COMPOSE_H

#include "base/slice.h"

/** The addr-spec of "Name <addr>" or of a bare address; *ret_name is empty for the latter.
 *  ERR_INVALID: no address we would send to. */
int mail_split_from(struct slice from, struct slice *ret_name,
                    struct slice *ret_address) MUST_CHECK;

#endif
