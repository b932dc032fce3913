#include "base/id.h"

#include "base/err.h"

#define NODE_BITS     10
#define SEQUENCE_BITS 12
#define SEQUENCE_MASK ((INT64_C(1) << SEQUENCE_BITS) - 1)
#define TEXT_LETTERS  13

static const char *const prefixes[] = {
    [ID_TENANT] = "ten_",       [ID_USER] = "usr_",         [ID_PERSON] = "per_",
    [ID_IDENTITY] = "idn_",     [ID_CHANNEL] = "chn_",      [ID_SITE] = "sit_",
    [ID_CONVERSATION] = "cnv_", [ID_MESSAGE] = "msg_",      [ID_FILE] = "fil_",
    [ID_FLOW] = "flw_",         [ID_FLOW_VERSION] = "flv_", [ID_JOB] = "job_",
    [ID_TOKEN] = "tok_",        [ID_SESSION] = "ses_",      [ID_REQUEST] = "req_",
};
_Static_assert(ARRAY_LEN(prefixes) == ID_KIND_COUNT, "one prefix per kind");

static const char letters[] = "0123456789abcdefghjkmnpqrstvwxyz";

void id_source_init(struct id_source *source, int node, int64_t largest_stored)
{
    atomic_init(&source->last, largest_stored);
    source->node = node;
}

static int64_t first_of(int64_t ms, int node)
{
    return (ms - ID_EPOCH_MS) << (NODE_BITS + SEQUENCE_BITS) | (int64_t)node << SEQUENCE_BITS;
}

/* The id after `last` on this node: the next sequence number, or the next millisecond. */
static int64_t after(int64_t last, int node)
{
    int64_t first = first_of(id_time_ms(last), node);

    if (last < first)
        return first;
    if (last < (first | SEQUENCE_MASK))
        return last + 1;
    return first_of(id_time_ms(last) + 1, node);
}

int64_t id_next(struct id_source *source, int64_t now_ms)
{
    int64_t last = atomic_load(&source->last);
    int64_t next;

    do {
        next = first_of(now_ms, source->node);
        if (next <= last)
            next = after(last, source->node);
    } while (!atomic_compare_exchange_weak(&source->last, &last, next));
    return next;
}

int64_t id_time_ms(int64_t id)
{
    return (id >> (NODE_BITS + SEQUENCE_BITS)) + ID_EPOCH_MS;
}

struct slice id_text(enum id_kind kind, int64_t id, char ret[ID_TEXT_SIZE])
{
    size_t n = strlen(prefixes[kind]);
    int i;

    memcpy(ret, prefixes[kind], n);
    for (i = TEXT_LETTERS - 1; i >= 0; i--) {
        ret[n + (size_t)i] = letters[id & 31];
        id >>= 5;
    }
    ret[n + TEXT_LETTERS] = '\0';
    return slice_of(ret, n + TEXT_LETTERS);
}

int id_parse(enum id_kind kind, struct slice text, int64_t *ret)
{
    struct slice prefix = slice_cstr(prefixes[kind]);
    int64_t id = 0;
    size_t i;

    if (text.len != prefix.len + TEXT_LETTERS || !slice_starts(text, prefix))
        return ERR_SYNTAX;
    if (text.ptr[prefix.len] > '7') /* 13 letters hold 65 bits; an id has 63 */
        return ERR_SYNTAX;
    for (i = prefix.len; i < text.len; i++) {
        const char *letter = text.ptr[i] ? strchr(letters, text.ptr[i]) : NULL;

        if (!letter)
            return ERR_SYNTAX;
        id = id << 5 | (letter - letters);
    }
    *ret = id;
    return 0;
}
