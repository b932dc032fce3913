#include "talk/file.h"

#include "unit.h"

static void is_type(const char *bytes, size_t n, enum file_type type)
{
    ck_assert_int_eq(file_type_of(pii_of(slice_of(bytes, n))), type);
}

#define IS_TYPE(literal, type) is_type(literal, sizeof(literal) - 1, type)

START_TEST(a_type_is_known_by_its_first_bytes)
{
    IS_TYPE("\x89PNG\r\n\x1a\nrest", FILE_PNG);
    IS_TYPE("\xff\xd8\xff\xe0rest", FILE_JPEG);
    IS_TYPE("GIF89a....", FILE_GIF);
    IS_TYPE("RIFF\1\2\3\4WEBPVP8 ", FILE_WEBP);
    IS_TYPE("RIFF\1\2\3\4WAVEfmt ", FILE_WAV);
    IS_TYPE("%PDF-1.7", FILE_PDF);
    IS_TYPE("\0\0\0\x18"
            "ftypmp42",
            FILE_MP4);
    IS_TYPE("\x1a\x45\xdf\xa3....", FILE_WEBM);
    IS_TYPE("OggS\0....", FILE_OGG);
    IS_TYPE("ID3\4....", FILE_MP3);
    IS_TYPE("\xff\xfb\x90....", FILE_MP3);
}
END_TEST

START_TEST(what_could_run_in_a_browser_is_text_or_bytes)
{
    IS_TYPE("<!doctype html><script>", FILE_TEXT);
    IS_TYPE("<svg xmlns='http://www.w3.org/2000/svg'/>", FILE_TEXT);
    IS_TYPE("Gr\xc3\xbc\xc3\x9f Gott\r\n", FILE_TEXT);
    IS_TYPE("\xef\xbb\xbf<html>", FILE_TEXT);
    IS_TYPE("\xff\xfe<\0h\0t\0m\0l\0", FILE_OTHER);
    IS_TYPE("PK\3\4....", FILE_OTHER);
    IS_TYPE("half \xc3", FILE_OTHER);
    IS_TYPE("RIFF", FILE_TEXT);
    IS_TYPE("RIFF\1\2\3\4AVI LIST", FILE_OTHER);
    IS_TYPE("", FILE_OTHER);
    ck_assert_str_eq(file_mime(FILE_TEXT), "text/plain; charset=utf-8");
    ck_assert_str_eq(file_mime((enum file_type)77), "application/octet-stream");
    ck_assert(file_is_image(FILE_WEBP));
    ck_assert(!file_is_image(FILE_TEXT));
}
END_TEST

START_TEST(a_name_has_no_folders_no_tricks_and_an_end)
{
    struct arena *arena = arena_new(64 * 1024);
    char longest[2 * 500 + 1];
    size_t i;

    for (i = 0; i < 500; i++)
        memcpy(longest + 2 * i, "\xc3\xa4", 2);
    ck_assert_slice(file_clean_name(arena, SLICE("../../etc/passwd")), "passwd");
    ck_assert_slice(file_clean_name(arena, SLICE("C:\\Users\\ada\\label 1.png")), "label 1.png");
    ck_assert_slice(file_clean_name(arena, SLICE("a\nb\x7f\"c\".txt")), "abc.txt");
    ck_assert_slice(file_clean_name(arena, SLICE("photo\xe2\x80\xaegnp.exe")), "photognp.exe");
    ck_assert_slice(file_clean_name(arena, SLICE(".htaccess")), "htaccess");
    ck_assert_slice(file_clean_name(arena, SLICE("..")), "file");
    ck_assert_slice(file_clean_name(arena, SLICE("")), "file");
    ck_assert_slice(file_clean_name(arena, SLICE("folder/")), "file");
    ck_assert_slice(file_clean_name(arena, SLICE("bad\xff.png")), "file");
    ck_assert_uint_eq(file_clean_name(arena, slice_of(longest, 1000)).len, 2 * FILE_NAME_CHARS);
    arena_free(arena);
}
END_TEST

UNIT_MAIN("talk/file", a_type_is_known_by_its_first_bytes,
          what_could_run_in_a_browser_is_text_or_bytes, a_name_has_no_folders_no_tricks_and_an_end)
