#include "vault/secmem.h"

#include <sys/resource.h>
#include <unistd.h>

#include "unit.h"

enum { SIZE = 1 << 20 };

static void use(struct secmem *m)
{
    ck_assert_uint_eq(m->size, SIZE);
    ck_assert_uint_eq((uintptr_t)m->ptr % 4096, 0);
    ck_assert_int_eq(m->ptr[0], 0);
    ck_assert_int_eq(m->ptr[SIZE - 1], 0);
    m->ptr[SIZE - 1] = 1;
    secmem_done(m);
    ck_assert_ptr_null(m->ptr);
    secmem_done(m);
}

START_TEST(gives_at_most_what_was_asked_for)
{
    struct secmem m = {0};

    ck_assert_int_eq(secmem_init(&m, SIZE, SECMEM_HIDDEN), 0);
    use(&m);
    ck_assert_int_eq(secmem_init(&m, SIZE, SECMEM_LOCKED), 0);
    ck_assert_int_ge(m.kind, SECMEM_LOCKED);
    use(&m);
    ck_assert_int_eq(secmem_init(&m, SIZE, SECMEM_PLAIN), 0);
    ck_assert_int_eq(m.kind, SECMEM_PLAIN);
    use(&m);
}
END_TEST

/* root may lock without limit, so the test gives that up first */
START_TEST(goes_on_without_a_lock_when_the_limit_is_hit)
{
    struct secmem m = {0};

    if (geteuid() == 0)
        ck_assert_int_eq(setresuid(65534, 65534, 65534), 0);
    ck_assert_int_eq(setrlimit(RLIMIT_MEMLOCK, &(struct rlimit){4096, 4096}), 0);
    ck_assert_int_eq(secmem_init(&m, SIZE, SECMEM_HIDDEN), 0);
    ck_assert_int_eq(m.kind, SECMEM_PLAIN);
    use(&m);
}
END_TEST

UNIT_MAIN("vault/secmem", gives_at_most_what_was_asked_for,
          goes_on_without_a_lock_when_the_limit_is_hit)
