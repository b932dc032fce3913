/* test_cert.h - a key and a certificate for "localhost" that nobody vouches for, for tests. */
#ifndef NET_TEST_CERT_H
#define NET_TEST_CERT_H

#define TEST_CERT "test_cert.pem"
#define TEST_KEY  "test_key.pem"

/** Writes a fresh key and a certificate with this common name. */
void test_cert_write(const char *cert_file, const char *key_file, const char *name);
/** Makes an own temporary folder the working directory and writes the two files there. */
void test_cert_make(void);
/** Removes files and folder. */
void test_cert_remove(void);

#endif
