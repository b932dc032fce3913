#include "api/route.h"

#include "base/err.h"
#include "unit.h"

static struct slice params[CALL_PARAMS];
static const struct route *found;

static int find(enum http_method method, const char *path)
{
    found = NULL;
    memset(params, 0, sizeof(params));
    return route_find(method, slice_cstr(path), params, &found);
}

START_TEST(a_route_is_found_with_its_parameters)
{
    ck_assert_int_eq(find(HTTP_GET_, "/api/v1/conversations/cnv_1/messages"), 0);
    ck_assert_str_eq(found->path, "/api/v1/conversations/{id}/messages");
    ck_assert_slice(params[0], "cnv_1");
    ck_assert_int_eq(find(HTTP_POST_, "/api/v1/conversations/cnv_1/messages"), 0);
    ck_assert_int_eq(found->method, HTTP_POST_);
    ck_assert_int_eq(find(HTTP_GET_, "/app/settings/team"), 0);
    ck_assert_slice(params[0], "settings/team");
}
END_TEST

START_TEST(words_win_over_parameters)
{
    ck_assert_int_eq(find(HTTP_GET_, "/api/v1/conversations/counts"), 0);
    ck_assert_str_eq(found->path, "/api/v1/conversations/counts");
}
END_TEST

START_TEST(head_is_a_get)
{
    ck_assert_int_eq(find(HTTP_HEAD_, "/healthz"), 0);
    ck_assert_int_eq(found->method, HTTP_GET_);
}
END_TEST

START_TEST(other_methods_and_paths_are_told_apart)
{
    ck_assert_int_eq(find(HTTP_DELETE_, "/healthz"), ERR_METHOD);
    ck_assert_int_eq(find(HTTP_GET_, "/api/v1/nothing"), ERR_NOT_FOUND);
    ck_assert_int_eq(find(HTTP_GET_, "/api/v1/conversations/"), ERR_NOT_FOUND);
    ck_assert_int_eq(find(HTTP_GET_, "/api/v1/conversations/a/b/c/d"), ERR_NOT_FOUND);
    ck_assert_int_eq(find(HTTP_GET_, "/healthz/"), ERR_NOT_FOUND);
    ck_assert_int_eq(find(HTTP_GET_, "/app/"), ERR_NOT_FOUND);
    ck_assert_int_eq(find(HTTP_GET_, ""), ERR_NOT_FOUND);
}
END_TEST

/* Every route is reached by its own pattern: none is hidden behind an earlier one. */
START_TEST(no_route_hides_another)
{
    size_t t, i;

    for (t = 0; t < route_table_count; t++) {
        for (i = 0; i < route_table_size(t); i++) {
            const struct route *route = &route_tables[t][i];

            ck_assert_int_eq(find(route->method, route->path), 0);
            ck_assert_msg(found == route, "%s is hidden by %s", route->path, found->path);
        }
    }
}
END_TEST

/* What changes something and is not public takes a scope or only a session; whoever takes a body
 * says how long it may be. */
START_TEST(the_tables_are_sound)
{
    size_t t, i;

    for (t = 0; t < route_table_count; t++) {
        for (i = 0; i < route_table_size(t); i++) {
            const struct route *route = &route_tables[t][i];

            ck_assert_ptr_nonnull(route->handler);
            ck_assert_msg(!route->takes || route->body_max, "%s takes a body", route->path);
            ck_assert_msg(route->access == ACCESS_PUBLIC || route->lane != LANE_NONE,
                          "%s is checked on no lane", route->path);
            ck_assert_msg(route->method != HTTP_GET_ || !route->body_max, "%s is a GET",
                          route->path);
            ck_assert_msg(strncmp(route->path, "/api/", 5) != 0 || route->summary,
                          "%s has no summary", route->path);
        }
    }
}
END_TEST

UNIT_MAIN("api/route", a_route_is_found_with_its_parameters, words_win_over_parameters,
          head_is_a_get, other_methods_and_paths_are_told_apart, no_route_hides_another,
          the_tables_are_sound)
