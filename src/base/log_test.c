#include "base/log.h"

#include <unistd.h>

#include "base/err.h"
#include "base/slice.h"
#include "unit.h"

START_TEST(writes_one_json_line)
{
    int ends[2];
    char line[512];
    ssize_t n;

    ck_assert_int_eq(pipe(ends), 0);
    log_set_fd(ends[1]);
    log_event(LOG_DEBUG, "test.hidden", LOG_INT("n", 1));
    log_event(LOG_WARN, "test.shown", LOG_INT("n", -7), LOG_WORD("state", "queued"),
              LOG_ERR(ERR_FULL));
    n = read(ends[0], line, sizeof(line) - 1);
    ck_assert_int_gt(n, 0);
    line[n] = '\0';
    ck_assert_ptr_nonnull(strstr(line, "\"level\":\"warn\",\"event\":\"test.shown\",\"n\":-7,"
                                       "\"state\":\"queued\",\"error\":\"disk_full\"}\n"));
    ck_assert_ptr_null(strstr(line, "hidden"));
}
END_TEST

UNIT_MAIN("base/log", writes_one_json_line)
