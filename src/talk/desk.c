/* desk.c - what agents do with a conversation, and a person's wish for one. */
#include "base/err.h"
#include "store/job.h"
#include "store/journal.h"
#include "talk/message.h"
#include "talk/sql.h"

int conversation_assign(struct turn *turn, struct conversation *c, int64_t user, int64_t actor)
{
    if (c->assignee == user)
        return 0;
    c->assignee = user;
    return message_append_event(turn, c, user ? "assigned" : "unassigned", user, actor);
}

int conversation_set_status(struct turn *turn, struct conversation *c,
                            enum conversation_status status, int64_t actor)
{
    int r = 0;

    if (c->status == status)
        return 0;
    c->status = status;
    if (status == CONVERSATION_CLOSED) {
        c->help_wanted_at = 0;
        c->unread = 0;
        r = conversation_give_floor(turn, c, FLOOR_NOBODY, 0);
    }
    if (r < 0)
        return r;
    return message_append_event(turn, c, status == CONVERSATION_CLOSED ? "closed" : "reopened", 0,
                                actor);
}

int conversation_want_help(struct turn *turn, struct conversation *c)
{
    int r;

    if (c->help_wanted_at || c->floor == FLOOR_AGENT)
        return 0;
    c->help_wanted_at = turn->now;
    r = conversation_give_floor(turn, c, FLOOR_NOBODY, 0);
    if (r == 0)
        r = message_append_event(turn, c, "help", 0, 0);
    if (r < 0)
        return r;
    return job_add(turn,
                   &(struct job){.tenant = c->tenant, .kind = JOB_HUMAN_HELP, .object = c->id});
}

int conversation_help_done(struct turn *turn, struct conversation *c, int64_t actor)
{
    if (!c->help_wanted_at)
        return 0;
    c->help_wanted_at = 0;
    return conversation_save(turn, c, JOURNAL_CONVERSATION, 0, actor);
}

int conversation_agent_read(struct turn *turn, struct conversation *c, int64_t message,
                            int64_t actor)
{
    int64_t unread;
    int r;

    if (message <= c->agent_read)
        return 0;
    r = turn_ask_int(turn, &talk_sql_conversation_unread,
                     SQL_ARGS(SQL_INT(c->id), SQL_INT(message)), 0, &unread);
    if (r < 0)
        return r;
    c->agent_read = message;
    c->unread = unread;
    return conversation_save(turn, c, JOURNAL_CONVERSATION, 0, actor);
}
