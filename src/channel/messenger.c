#include "channel/messenger.h"

#include "channel/messenger_jobs.h"
#include "channel/messenger_out.h"

void messenger_start(const struct messenger_opts *opts)
{
    messenger_out_start(opts);
    messenger_profile_start(opts);
}
