#include "channel/messenger.h"

#include "channel/messenger_check.h"
#include "channel/messenger_deletion.h"
#include "channel/messenger_jobs.h"
#include "channel/messenger_out.h"

int messenger_start(const struct messenger_opts *opts)
{
    messenger_out_start(opts);
    messenger_profile_start(opts);
    messenger_deletion_start(opts);
    return messenger_check_start(opts);
}
