#include "api/route.h"

#include "base/err.h"

/* Takes the next "/segment" off the front. False at the end. */
static bool next_segment(struct slice *rest, struct slice *ret)
{
    size_t n = 1;

    if (rest->len == 0)
        return false;
    while (n < rest->len && rest->ptr[n] != '/')
        n++;
    *ret = slice_of(rest->ptr + 1, n - 1);
    *rest = slice_from(*rest, n);
    return true;
}

static bool matches(const char *pattern, struct slice path, struct slice params[CALL_PARAMS])
{
    struct slice want_rest = slice_cstr(pattern), want, got;
    size_t n = 0;

    while (next_segment(&want_rest, &want)) {
        bool all = slice_ends(want, SLICE("*}"));

        if (all && path.len > 1 && n < CALL_PARAMS) {
            params[n] = slice_from(path, 1);
            return true;
        }
        if (!next_segment(&path, &got))
            return false;
        if (want.len && want.ptr[0] == '{') {
            if (got.len == 0 || n == CALL_PARAMS)
                return false;
            params[n++] = got;
        } else if (!slice_eq(want, got)) {
            return false;
        }
    }
    return path.len == 0;
}

static bool method_fits(enum http_method asked, enum http_method method)
{
    return asked == method || (asked == HTTP_HEAD_ && method == HTTP_GET_);
}

int route_find(enum http_method method, struct slice path, struct slice params[CALL_PARAMS],
               const struct route **ret)
{
    bool other_method = false;
    size_t t, i;

    for (t = 0; t < route_table_count; t++) {
        for (i = 0; i < route_table_size(t); i++) {
            const struct route *route = &route_tables[t][i];

            if (!matches(route->path, path, params))
                continue;
            if (method_fits(method, route->method)) {
                *ret = route;
                return 0;
            }
            other_method = true;
        }
    }
    return other_method ? ERR_METHOD : ERR_NOT_FOUND;
}
