#include "api/web_files.h"

#include <sodium.h>

#include "unit.h"

START_TEST(every_file_is_found_by_its_path)
{
    size_t i;

    ck_assert_uint_gt(web_file_count, 0);
    for (i = 0; i < web_file_count; i++)
        ck_assert_ptr_eq(web_file_find(web_file_table[i].path), &web_file_table[i]);
}
END_TEST

START_TEST(other_paths_find_nothing)
{
    ck_assert_ptr_null(web_file_find(SLICE_NONE));
    ck_assert_ptr_null(web_file_find(SLICE("/")));
    ck_assert_ptr_null(web_file_find(SLICE("/widget.j")));
    ck_assert_ptr_null(web_file_find(SLICE("/widget.jsx")));
    ck_assert_ptr_null(web_file_find(SLICE("~")));
}
END_TEST

START_TEST(the_bytes_are_those_that_were_built)
{
    unsigned char digest[32];
    size_t i;

    for (i = 0; i < web_file_count; i++) {
        const struct web_file *file = &web_file_table[i];

        crypto_hash_sha256(digest, (const unsigned char *)file->raw.body.ptr, file->raw.body.len);
        ck_assert_mem_eq(digest, file->sha256, sizeof(digest));
    }
}
END_TEST

START_TEST(templates_have_no_address)
{
    size_t i;

    for (i = 0; i < web_file_count; i++)
        ck_assert_int_eq(web_file_table[i].cache == WEB_TEMPLATE,
                         web_file_table[i].path.ptr[0] != '/');
}
END_TEST

START_TEST(the_best_accepted_variant_is_picked)
{
    const struct web_file file = {
        .raw = {SLICE("raw"), "\"1\""},
        .gzip = {SLICE("gz"), "\"1-gz\""},
        .brotli = {SLICE("br"), "\"1-br\""},
    };
    const char *encoding;

    ck_assert_ptr_eq(web_file_pick(&file, SLICE("gzip, deflate, br"), &encoding), &file.brotli);
    ck_assert_str_eq(encoding, "br");
    ck_assert_ptr_eq(web_file_pick(&file, SLICE("br;q=0, GZIP;q=0.5"), &encoding), &file.gzip);
    ck_assert_str_eq(encoding, "gzip");
    ck_assert_ptr_eq(web_file_pick(&file, SLICE("gzip; q=0.000"), &encoding), &file.raw);
    ck_assert_ptr_null(encoding);
    ck_assert_ptr_eq(web_file_pick(&file, SLICE("bro, xgzip"), &encoding), &file.raw);
    ck_assert_ptr_eq(web_file_pick(&file, SLICE_NONE, &encoding), &file.raw);
}
END_TEST

START_TEST(a_missing_variant_is_not_picked)
{
    const struct web_file file = {.raw = {SLICE("raw"), "\"1\""}};
    const char *encoding = "unset";

    ck_assert_ptr_eq(web_file_pick(&file, SLICE("br, gzip"), &encoding), &file.raw);
    ck_assert_ptr_null(encoding);
}
END_TEST

START_TEST(only_hashed_names_are_kept_forever)
{
    size_t i;

    for (i = 0; i < web_file_count; i++) {
        const char *rule = web_file_cache_control(&web_file_table[i]);

        ck_assert_int_eq(strstr(rule, "immutable") != NULL,
                         slice_starts(web_file_table[i].path, SLICE("/assets/")));
    }
}
END_TEST

UNIT_MAIN("api/web_files", every_file_is_found_by_its_path, other_paths_find_nothing,
          the_bytes_are_those_that_were_built, templates_have_no_address,
          the_best_accepted_variant_is_picked, a_missing_variant_is_not_picked,
          only_hashed_names_are_kept_forever)
