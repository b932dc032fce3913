/* statements_test.c - every statement of every room is understood by both engines. */
#include "account/sql.h"
#include "bot/sql.h"
#include "engines.h"
#include "person/sql.h"
#include "privacy/sql.h"
#include "store/schema.h"
#include "talk/sql.h"

/* The highest $N in the text. */
static size_t parameters_of(const char *text)
{
    size_t most = 0;

    for (; *text; text++) {
        size_t n = 0;

        if (*text != '$')
            continue;
        while (text[1] >= '0' && text[1] <= '9')
            n = n * 10 + (size_t)(*++text - '0');
        most = n > most ? n : most;
    }
    return most;
}

/* With nothing but NULLs a statement may collide with NOT NULL, and SQLite takes no NULL for a
 * LIMIT; it must not be wrong in itself. */
static void check(struct sql *db, const struct sql_stmt *const *statements)
{
    const struct sql_arg nothing[64] = {{.type = SQL_T_NULL}};

    for (; *statements; statements++) {
        struct sql_rows *rows = NULL;
        int r;

        ck_assert_ok(sql_begin(db, true));
        r = sql_ask(db, *statements, nothing, parameters_of((*statements)->text), &rows);
        if (r == ERR_INTERNAL && strcmp(sql_last_error(db), "datatype mismatch") != 0)
            ck_abort_msg("%s: %s", (*statements)->name, sql_last_error(db));
        sql_rows_free(rows);
        sql_rollback(db);
    }
}

ENGINES_TEST(every_statement_is_understood)
{
    struct sql *db = engines_open(e);

    ck_assert_ok(schema_migrate(db));
    check(db, account_statements);
    check(db, person_statements);
    check(db, talk_statements);
    check(db, privacy_statements);
    check(db, bot_statements);
    sql_close(db);
}

ENGINES_MAIN("api/statements", every_statement_is_understood)
