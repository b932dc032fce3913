/* conversation_row.h - within talk: a row of CONVERSATION_COLUMNS as a struct. */
#ifndef TALK_CONVERSATION_ROW_H
#define TALK_CONVERSATION_ROW_H

#include "talk/conversation.h"

int conversation_of_row(struct turn *turn, const struct sql_rows *rows, size_t i,
                        struct conversation *ret) MUST_CHECK;

#endif
