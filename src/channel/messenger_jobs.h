/* messenger_jobs.h - within channel: the work that Messenger does by itself. */
#ifndef CHANNEL_MESSENGER_JOBS_H
#define CHANNEL_MESSENGER_JOBS_H

#include "channel/messenger.h"

/** JOB_PROFILE. */
void messenger_profile_start(const struct messenger_opts *opts);

#endif
