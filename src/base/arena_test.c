#include "base/arena.h"

#include "unit.h"

START_TEST(hands_out_zeroed_memory_up_to_its_limit)
{
    struct arena *arena = arena_new(10000);
    char *a = arena_alloc(arena, 100);

    ck_assert_ptr_nonnull(a);
    ck_assert_int_eq(a[99], 0);
    memset(a, 7, 100);
    ck_assert_ptr_nonnull(arena_alloc(arena, 9000));
    ck_assert_ptr_null(arena_alloc(arena, 2000));
    ck_assert_ptr_null(arena_array(arena, SIZE_MAX / 2, 4));
    arena_reset(arena);
    ck_assert_uint_eq(arena_used(arena), 0);
    a = arena_alloc(arena, 9000);
    ck_assert_int_eq(a[0], 0);
    arena_free(arena);
}
END_TEST

START_TEST(copies_end_with_a_nul)
{
    struct arena *arena = arena_new(1000);
    struct slice copy = arena_copy(arena, SLICE("abc"));
    struct slice text = arena_printf(arena, "%s-%d", "x", 5);

    ck_assert_str_eq(copy.ptr, "abc");
    ck_assert_slice(text, "x-5");
    arena_free(arena);
}
END_TEST

UNIT_MAIN("base/arena", hands_out_zeroed_memory_up_to_its_limit, copies_end_with_a_nul)
