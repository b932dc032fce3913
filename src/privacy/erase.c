#include "privacy/erase.h"

#include "base/err.h"
#include "base/metrics.h"
#include "person/person.h"
#include "privacy/sql.h"
#include "privacy/subject.h"
#include "store/job.h"
#include "store/journal.h"

static int erasure_of_rows(const struct sql_rows *rows, int64_t tenant, struct erasure *ret)
{
    struct slice code;

    if (sql_rows_count(rows) == 0)
        return ERR_NOT_FOUND;
    code = sql_bytes(rows, 0, 6);
    if (code.len != sizeof(ret->code))
        return ERR_DAMAGED;
    *ret = (struct erasure){
        .id = sql_int(rows, 0, 0),
        .tenant = tenant,
        .person = sql_int(rows, 0, 1),
        .step = (enum erase_step)sql_int(rows, 0, 2),
        .requested_at = sql_int(rows, 0, 3),
        .done_at = sql_int(rows, 0, 4),
        .door = (enum erase_door)sql_int(rows, 0, 5),
    };
    memcpy(ret->code, code.ptr, code.len);
    return 0;
}

int erase_load(struct turn *turn, int64_t tenant, int64_t id, struct erasure *ret)
{
    struct sql_rows *rows;
    int r =
        turn_ask(turn, &privacy_sql_erasure_load, SQL_ARGS(SQL_INT(id), SQL_INT(tenant)), &rows);

    return r < 0 ? r : erasure_of_rows(rows, tenant, ret);
}

int erase_by_code(struct turn *turn, struct slice code, struct erasure *ret)
{
    struct sql_rows *rows;
    int r = turn_ask(turn, &privacy_sql_erasure_by_code, SQL_ARGS(SQL_BLOB(code)), &rows);

    if (r < 0)
        return r;
    if (sql_rows_count(rows) == 0)
        return ERR_NOT_FOUND;
    return erase_load(turn, sql_int(rows, 0, 1), sql_int(rows, 0, 0), ret);
}

static int begin(struct turn *turn, int64_t tenant, int64_t person, enum erase_door door,
                 int64_t *ret_erasure)
{
    unsigned char code[32];
    int64_t id = turn_id(turn);
    int r;

    turn_random(turn, code, sizeof(code));
    r = turn_put(turn, &privacy_sql_erasure_add,
                 SQL_ARGS(SQL_INT(id), SQL_INT(tenant), SQL_INT(person), SQL_INT(turn->now),
                          SQL_INT(door), SQL_BLOB(slice_of(code, sizeof(code)))));
    if (r == 0)
        r = turn_put(turn, &privacy_sql_person_deny, SQL_ARGS(SQL_INT(person), SQL_INT(tenant)));
    if (r == 0)
        r = job_cancel_person(turn, tenant, person);
    if (r == 0)
        r = turn_put(turn, &privacy_sql_outbox_drop, SQL_ARGS(SQL_INT(person)));
    if (r == 0)
        r = journal_add(turn, &(struct journal_event){
                                  .tenant = tenant, .kind = JOURNAL_ERASED, .object = person});
    if (r == 0)
        r = job_add(turn, &(struct job){.tenant = tenant, .kind = JOB_ERASE, .object = id});
    if (r == 0)
        *ret_erasure = id;
    return r;
}

int erase_request(struct turn *turn, int64_t tenant, int64_t person, enum erase_door door,
                  int64_t *ret_erasure)
{
    struct person row;
    int64_t running;
    int r = turn_ask_int(turn, &privacy_sql_erasure_of, SQL_ARGS(SQL_INT(person), SQL_INT(tenant)),
                         0, &running);

    if (r == 0 && running) {
        *ret_erasure = running;
        return 0;
    }
    if (r == 0)
        r = person_load(turn, tenant, person, &row);
    return r < 0 ? r : begin(turn, tenant, person, door, ret_erasure);
}

int erase_preview(struct turn *turn, int64_t tenant, int64_t person, struct erase_count **ret,
                  size_t *ret_n)
{
    const struct subject_table *tables;
    struct erase_count *list;
    struct sql_rows *rows;
    size_t i, n;
    int r = 0;

    tables = subject_tables(&n);
    list = arena_array(turn->arena, n, sizeof(*list));
    if (!list)
        return ERR_MEMORY;
    for (i = 0; i < n; i++) {
        r = subject_ask(turn, &tables[i], &tables[i].count, person, tenant, &rows);
        if (r < 0)
            return r;
        list[i] = (struct erase_count){schema_tables[tables[i].table].name, sql_int(rows, 0, 0)};
    }
    *ret = list;
    *ret_n = n;
    return 0;
}

int erase_recipients(struct turn *turn, const struct erasure *erasure, struct erase_recipient **ret,
                     size_t *ret_n)
{
    struct erase_recipient *list;
    struct sql_rows *rows;
    size_t i, n;
    int r = turn_ask(turn, &privacy_sql_recipients,
                     SQL_ARGS(SQL_INT(erasure->person), SQL_INT(erasure->tenant)), &rows);

    if (r < 0)
        return r;
    n = sql_rows_count(rows);
    list = arena_array(turn->arena, n + 1, sizeof(*list));
    if (!list)
        return ERR_MEMORY;
    for (i = 0; i < n; i++)
        list[i] = (struct erase_recipient){sql_int(rows, i, 0), sql_int(rows, i, 1)};
    *ret = list;
    *ret_n = n;
    return 0;
}
