#include "net/fetch_address.h"

#include "base/attr.h"
#include "unit.h"

START_TEST(public_addresses_pass)
{
    static const char *const good[] = {
        "8.8.8.8",         "1.1.1.1",          "9.255.255.255",     "11.0.0.0",
        "100.63.255.255",  "100.128.0.0",      "126.255.255.255",   "128.0.0.0",
        "169.253.0.1",     "172.15.255.255",   "172.32.0.0",        "192.0.1.1",
        "192.167.1.1",     "192.169.1.1",      "198.17.255.255",    "198.20.0.0",
        "223.255.255.255", "2606:4700::1",     "2a00:1450:4001::1", "2001:4860:4860::8888",
        "::ffff:8.8.8.8",  "64:ff9b::808:808", "2002:808:808::1",   "2001:200::1",
        "3ffe:ffff::1",
    };
    size_t i;

    for (i = 0; i < ARRAY_LEN(good); i++)
        ck_assert_msg(fetch_address_public_text(good[i]), "%s should pass", good[i]);
}
END_TEST

static const char *const private_v4[] = {
    "0.0.0.0",         "0.1.2.3",         "10.0.0.1",        "10.255.255.255",  "100.64.0.1",
    "100.127.255.255", "127.0.0.1",       "127.255.255.254", "169.254.169.254", "172.16.0.1",
    "172.31.255.255",  "192.0.0.8",       "192.0.2.1",       "192.88.99.1",     "192.168.0.1",
    "192.168.255.255", "198.18.0.1",      "198.19.255.255",  "198.51.100.7",    "203.0.113.9",
    "224.0.0.1",       "239.255.255.255", "240.0.0.1",       "255.255.255.255"};
static const char *const private_v6[] = {"::",
                                         "::1",
                                         "::7f00:1",
                                         "fe80::1",
                                         "febf::1",
                                         "fec0::1",
                                         "fc00::1",
                                         "fdff::1",
                                         "ff02::1",
                                         "::ffff:127.0.0.1",
                                         "::ffff:10.1.2.3",
                                         "::ffff:169.254.169.254",
                                         "64:ff9b::a00:1",
                                         "64:ff9b::7f00:1",
                                         "64:ff9b:1::808:808",
                                         "2002:7f00:1::1",
                                         "2002:c0a8:101::",
                                         "2002:a9fe:a9fe::",
                                         "2001::1",
                                         "2001:0:808:808::1",
                                         "2001:10::1",
                                         "2001:20::1",
                                         "2001:db8::1",
                                         "3fff::1",
                                         "3fff:fff::1",
                                         "100::1",
                                         "4000::1",
                                         "e000::1"};
/* Spellings that some libraries take for an address. */
static const char *const odd[] = {"",           "localhost", "127.1",     "0x7f000001",
                                  "2130706433", "8.8.8.8.",  "fe80::1%lo"};

static void refuses(const char *const *texts, size_t n)
{
    size_t i;

    for (i = 0; i < n; i++)
        ck_assert_msg(!fetch_address_public_text(texts[i]), "%s should be refused", texts[i]);
}

START_TEST(everything_else_is_refused)
{
    refuses(private_v4, ARRAY_LEN(private_v4));
    refuses(private_v6, ARRAY_LEN(private_v6));
    refuses(odd, ARRAY_LEN(odd));
}
END_TEST

START_TEST(other_families_are_refused)
{
    struct sockaddr_storage addr = {.ss_family = AF_UNIX};

    ck_assert(!fetch_address_public((const struct sockaddr *)&addr));
    addr.ss_family = AF_UNSPEC;
    ck_assert(!fetch_address_public((const struct sockaddr *)&addr));
}
END_TEST

UNIT_MAIN("net/fetch_address", public_addresses_pass, everything_else_is_refused,
          other_families_are_refused)
