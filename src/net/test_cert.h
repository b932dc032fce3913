/* test_cert.h - a key and a certificate for "localhost" that nobody vouches for, for tests. */
#ifndef NET_TEST_CERT_H
#define NET_TEST_CERT_H

#define TEST_CERT "test_cert.pem"
#define TEST_KEY  "test_key.pem"

/** Makes an own temporary folder the working directory and writes the two files there. */
void test_cert_make(void);
/** Removes files and folder. */
void test_cert_remove(void);

#endif
