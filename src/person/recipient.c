#include "person/recipient.h"

#include "person/sql.h"

int recipient_note(struct turn *turn, int64_t tenant, int64_t person, enum recipient recipient)
{
    return turn_put(
        turn, &person_sql_recipient_note,
        SQL_ARGS(SQL_INT(tenant), SQL_INT(person), SQL_INT(recipient), SQL_INT(turn->now)));
}
