#include "channel/meta_sign.h"

#include "base/err.h"
#include "unit.h"

/* Made with: printf BODY | openssl dgst -sha256 -hmac 'app secret' */
#define SECRET SLICE("app secret")
#define BODY   "{\"object\":\"page\",\"entry\":[]}"
#define GOOD   "ebd818a7e2b456a37b6991526716ff4027e2cebe793b3999f74807e7e768b9a2"
#define NOW    INT64_C(1795500000)

START_TEST(only_the_right_signature_of_the_bytes_counts)
{
    const struct {
        const char *header, *body;
        bool good;
    } rows[] = {
        {"sha256=" GOOD, BODY, true},
        {"sha256=" GOOD, "{\"object\":\"page\",\"entry\":[ ]}", false},
        {"sha256=" GOOD, "", false},
        {GOOD, BODY, false},
        {"sha1=" GOOD, BODY, false},
        {"sha1=2fd4e1c67a2d28fced849ee1bb76e7391b93eb12", BODY, false},
        {"sha256=", BODY, false},
        {"sha256=" GOOD "00", BODY, false},
        {"sha256=0000000000000000000000000000000000000000000000000000000000000000", BODY, false},
        {"", BODY, false},
    };
    size_t i;

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        ck_assert_msg(meta_signed(SECRET, slice_cstr(rows[i].header), slice_cstr(rows[i].body)) ==
                          rows[i].good,
                      "row %zu", i);
    ck_assert(!meta_signed(SLICE_NONE, SLICE("sha256=" GOOD), SLICE(BODY)));
    ck_assert(!meta_signed(SLICE("another secret"), SLICE("sha256=" GOOD), SLICE(BODY)));
}
END_TEST

START_TEST(a_token_has_a_proof)
{
    char proof[META_PROOF_SIZE];

    ck_assert(meta_proof(SECRET, SLICE("PAGE-TOKEN"), proof));
    ck_assert_str_eq(proof, "1f5261199e619158368f2e04ae66a29eb745eb504151f4582aec602c93b23342");
}
END_TEST

static int read_request(const char *text, struct meta_request *ret)
{
    return meta_request_read(unit_arena(64 * 1024), SECRET, slice_cstr(text), NOW, ret);
}

static const struct {
    const char *name, *text;
    int err;
} signed_requests[] = {
    {"as Meta sends it",
     "RwyGIOlr1tv4W2m5R9PNptE-2nfjvxgvB0LBa3Vgsww."
     "eyJhbGdvcml0aG0iOiJITUFDLVNIQTI1NiIsImlzc3VlZF9hdCI6MTc5NTQ5OTk5NSwidXNlcl9pZCI6Ijc3MDAxI"
     "n0",
     0},
    {"padded",
     "Gc8WH5bvduum-POunAboUcXw_oLzeapP0cyusHBK35U=."
     "eyJhbGdvcml0aG0iOiJITUFDLVNIQTI1NiIsImlzc3VlZF9hdCI6MTc5NTQ5OTk5NSwidXNlcl9pZCI6Ijc3MDAxI"
     "iwieCI6IjEifQ==",
     0},
    {"a byte of the payload changed",
     "RwyGIOlr1tv4W2m5R9PNptE-2nfjvxgvB0LBa3Vgsww."
     "eyJhbGdvcml0aG0iOiJITUFDLVNIQTI1NiIsImlzc3VlZF9hdCI6MTc5NTQ5OTk5NSwidXNlcl9pZCI6Ijc3MDAxI"
     "nA",
     ERR_AUTH},
    {"a byte of the signature changed",
     "ARwyGIOlr1tv4W2m5R9PNptE-2nfjvxgvB0LBa3Vgsww."
     "eyJhbGdvcml0aG0iOiJITUFDLVNIQTI1NiIsImlzc3VlZF9hdCI6MTc5NTQ5OTk5NSwidXNlcl9pZCI6Ijc3MDAxI"
     "n0",
     ERR_AUTH},
    {"another algorithm",
     "n3IrbN_QqK0kCksqv8lxQCcbJvw0StMV2Ri0UZ946g8."
     "eyJhbGdvcml0aG0iOiJub25lIiwiaXNzdWVkX2F0IjoxNzk1NDk5OTk1LCJ1c2VyX2lkIjoiNzcwMDEifQ",
     ERR_AUTH},
    {"no algorithm",
     "ZAEXkZ1Yk_z01vQqCAY9mCp6KGODx-vm7OLS9xoBl6Y."
     "eyJpc3N1ZWRfYXQiOjE3OTU0OTk5OTUsInVzZXJfaWQiOiI3NzAwMSJ9",
     ERR_AUTH},
    {"issued two days ago",
     "zpOmVvkhqCPSbsULDuqqpMJpSKyzJJojGsCGIsJKJBs."
     "eyJhbGdvcml0aG0iOiJITUFDLVNIQTI1NiIsImlzc3VlZF9hdCI6MTc5NTMyNzIwMCwidXNlcl9pZCI6Ijc3MDAxI"
     "n0",
     ERR_TIMEOUT},
    {"issued tomorrow",
     "9u3TKwczjw_83VYhq2glQ3uc4KcDjqArStqXHzxJK_E."
     "eyJhbGdvcml0aG0iOiJITUFDLVNIQTI1NiIsImlzc3VlZF9hdCI6MTc5NTU4NjQwMCwidXNlcl9pZCI6Ijc3MDAxI"
     "n0",
     ERR_TIMEOUT},
    {"nobody named",
     "eCWLYpu6qHmwcpL4WPiLWQI5AfWRmUt7rBzen0erP6g."
     "eyJhbGdvcml0aG0iOiJITUFDLVNIQTI1NiIsImlzc3VlZF9hdCI6MTc5NTQ5OTk5NX0",
     ERR_SYNTAX},
    {"no JSON", "k94lU2DojemOrSPnTpdPLmllb2DUNwMriNeCm1XvTyI.aGVsbG8", ERR_SYNTAX},
    {"no dot", "abc", ERR_SYNTAX},
    {"empty", "", ERR_SYNTAX},
    {"only a dot", ".", ERR_SYNTAX},
};

START_TEST(signed_requests_are_read_or_refused)
{
    struct meta_request request;
    size_t i;

    for (i = 0; i < sizeof(signed_requests) / sizeof(signed_requests[0]); i++) {
        int r = read_request(signed_requests[i].text, &request);

        ck_assert_msg(r == signed_requests[i].err, "%s: %s", signed_requests[i].name,
                      r < 0 ? err_code(r) : "taken");
    }
    ck_assert_int_eq(read_request("RwyGIOlr1tv4W2m5R9PNptE-2nfjvxgvB0LBa3Vgsww."
                                  "eyJhbGdvcml0aG0iOiJITUFDLVNIQTI1NiIsImlzc3VlZF9hdCI6MTc5NTQ5OTk5"
                                  "NSwidXNlcl9pZCI6Ijc3MDAxIn0",
                                  &request),
                     0);
    ck_assert_slice(request.user, "77001");
    ck_assert_uint_eq(request.profile.len, 0);
    ck_assert_int_eq(request.issued_at, NOW - 5);
    ck_assert_int_eq(read_request("RGxGf0J0qL7-grPFRNB03w3DPXWn_MuOyqXWsNSkz0A."
                                  "eyJhbGdvcml0aG0iOiJITUFDLVNIQTI1NiIsImlzc3VlZF9hdCI6MTc5NTQ5OTk5"
                                  "NSwidXNlcl9pZCI6MCwicHJvZmlsZV9pZCI6IjEwMSJ9",
                                  &request),
                     0);
    ck_assert_slice(request.user, "0");
    ck_assert_slice(request.profile, "101");
}
END_TEST

UNIT_MAIN("channel/meta_sign", only_the_right_signature_of_the_bytes_counts, a_token_has_a_proof,
          signed_requests_are_read_or_refused)
