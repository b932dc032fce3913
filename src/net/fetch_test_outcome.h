/* fetch_test_outcome.h - what came back from one call, for tests that wait for it. */
#ifndef NET_FETCH_TEST_OUTCOME_H
#define NET_FETCH_TEST_OUTCOME_H

#include <semaphore.h>

#include "net/fetch.h"

struct outcome {
    sem_t came;
    int err, status;
    bool sent;
    size_t body_len;
    char body[256], test_header[64]; /* their beginning; the header is X-Test */
};

void outcome_init(struct outcome *out);
/** A fetch_done; arg is the outcome. */
void outcome_done(void *arg, const struct fetch_answer *answer);
void outcome_await(struct outcome *out);

#endif
