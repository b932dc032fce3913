#include "api/web_files.h"

static int compare(struct slice a, struct slice b)
{
    size_t shorter = a.len < b.len ? a.len : b.len;
    int order = shorter ? memcmp(a.ptr, b.ptr, shorter) : 0;

    if (order != 0)
        return order;
    return (a.len > b.len) - (a.len < b.len);
}

const struct web_file *web_file_find(struct slice path)
{
    size_t low = 0, high = web_file_count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = compare(path, web_file_table[middle].path);

        if (order == 0)
            return &web_file_table[middle];
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}

/** "0", "0.", "0.000": a weight that refuses (RFC 9110 §12.4.2). */
static bool is_zero_weight(struct slice weight)
{
    size_t i;

    if (weight.len == 0 || weight.ptr[0] != '0')
        return false;
    for (i = 1; i < weight.len; i++)
        if (weight.ptr[i] != '.' && weight.ptr[i] != '0')
            return false;
    return true;
}

static bool accepts(struct slice header, struct slice coding)
{
    struct slice item;

    while (slice_cut(&header, ',', &item)) {
        struct slice name, parameter;

        if (!slice_cut(&item, ';', &name) || !slice_eq_nocase(slice_trim(name), coding))
            continue;
        parameter = slice_trim(item);
        if (slice_starts(parameter, SLICE("q=")) || slice_starts(parameter, SLICE("Q=")))
            return !is_zero_weight(slice_from(parameter, 2));
        return true;
    }
    return false;
}

const struct web_variant *web_file_pick(const struct web_file *file, struct slice accept_encoding,
                                        const char **ret_encoding)
{
    if (file->brotli.body.ptr && accepts(accept_encoding, SLICE("br"))) {
        *ret_encoding = "br";
        return &file->brotli;
    }
    if (file->gzip.body.ptr && accepts(accept_encoding, SLICE("gzip"))) {
        *ret_encoding = "gzip";
        return &file->gzip;
    }
    *ret_encoding = NULL;
    return &file->raw;
}

const char *web_file_cache_control(const struct web_file *file)
{
    switch (file->cache) {
    case WEB_IMMUTABLE:
        return "public, max-age=31536000, immutable";
    case WEB_HOUR:
        return "public, max-age=3600, stale-while-revalidate=86400";
    case WEB_TEMPLATE:
        break;
    }
    return "no-cache";
}
