#include "net/fetch_test_outcome.h"

#include <stdio.h>

void outcome_init(struct outcome *out)
{
    memset(out, 0, sizeof(*out));
    sem_init(&out->came, 0, 0);
}

void outcome_done(void *arg, const struct fetch_answer *a)
{
    struct outcome *out = arg;
    struct slice header = fetch_answer_header(a, "x-test");

    out->err = a->err;
    out->status = a->status;
    out->sent = a->sent;
    out->body_len = a->body.len;
    snprintf(out->body, sizeof(out->body), "%.*s", SLICE_ARG(a->body));
    snprintf(out->test_header, sizeof(out->test_header), "%.*s", SLICE_ARG(header));
    sem_post(&out->came);
}

void outcome_await(struct outcome *out)
{
    while (sem_wait(&out->came) != 0)
        ;
}
