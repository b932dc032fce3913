#include "base/err.h"
#include "sql/sql_driver.h"
#include "unit.h"

static void expands(enum sql_engine engine, const char *text, int params, const char *expected)
{
    struct buf b = BUF_INIT(4096);
    int n;

    ck_assert_int_eq(sql_expand(engine, text, &b, &n), 0);
    ck_assert_str_eq(b.ptr, expected);
    ck_assert_int_eq(n, params);
    buf_done(&b);
}

static void refuses(const char *text)
{
    struct buf b = BUF_INIT(4096);
    int n;

    ck_assert_int_eq(sql_expand(SQL_SQLITE, text, &b, &n), ERR_INTERNAL);
    buf_done(&b);
}

START_TEST(writes_each_engine_s_words)
{
    static const char create[] = "CREATE TABLE t (a {int}, b {blob}, c {text}){strict}";

    expands(SQL_SQLITE, create, 0, "CREATE TABLE t (a INTEGER, b BLOB, c TEXT) STRICT");
    expands(SQL_POSTGRES, create, 0, "CREATE TABLE t (a bigint, b bytea, c text)");
    expands(SQL_SQLITE, "SELECT a FROM t{lock}", 0, "SELECT a FROM t");
    expands(SQL_POSTGRES, "SELECT a FROM t{lock}", 0, "SELECT a FROM t FOR UPDATE");
    expands(SQL_POSTGRES, "SELECT a FROM t{lock_skip}", 0,
            "SELECT a FROM t FOR UPDATE SKIP LOCKED");
    expands(SQL_SQLITE, "(a {int}){strict_rowless}", 0, "(a INTEGER) STRICT, WITHOUT ROWID");
}
END_TEST

START_TEST(names_the_parameter_of_a_set)
{
    static const char text[] = "a IN ({each_int:$3}) OR b IN ({each_blob:$12}) AND c = $2";

    expands(SQL_SQLITE, text, 12,
            "a IN (SELECT value FROM each_int($3)) OR b IN (SELECT value FROM each_blob($12))"
            " AND c = $2");
    expands(SQL_POSTGRES, text, 12,
            "a IN (SELECT value FROM unnest($3::bigint[]) AS each_int(value))"
            " OR b IN (SELECT value FROM unnest($12::bytea[]) AS each_blob(value)) AND c = $2");
}
END_TEST

START_TEST(leaves_quoted_text_alone)
{
    expands(SQL_SQLITE, "SELECT '{int} $9 it''s', $1", 1, "SELECT '{int} $9 it''s', $1");
}
END_TEST

START_TEST(refuses_what_it_does_not_know)
{
    refuses("{json}");
    refuses("{int");
    refuses("{}");
    refuses("{int:$1}");
    refuses("{each_int}");
    refuses("SELECT $0");
    refuses("SELECT $x");
    refuses("SELECT $65");
    refuses("SELECT $99999999999999999999");
}
END_TEST

UNIT_MAIN("sql/expand", writes_each_engine_s_words, names_the_parameter_of_a_set,
          leaves_quoted_text_alone, refuses_what_it_does_not_know)
