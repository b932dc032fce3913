#include "net/test_cert.h"

#include <unistd.h>

#include "unit.h"

static char folder[] = "/tmp/lethe-cert-XXXXXX";

void test_cert_make(void)
{
    ck_assert_ptr_nonnull(mkdtemp(folder));
    ck_assert_int_eq(chdir(folder), 0);
    ck_assert_int_eq(system("openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes "
                            "-keyout " TEST_KEY " -out " TEST_CERT " -days 2 -subj /CN=localhost "
                            "-addext subjectAltName=DNS:localhost 2>/dev/null"),
                     0);
}

void test_cert_remove(void)
{
    unlink(TEST_CERT);
    unlink(TEST_KEY);
    ck_assert_int_eq(chdir("/"), 0);
    ck_assert_int_eq(rmdir(folder), 0);
}
