#include "talk/file.h"

#include "base/err.h"
#include "base/utf8.h"
#include "talk/sql.h"

enum { PER_DAY_MAX = 100, DAY = 24 * 60 * 60 * 1000 };

struct type_info {
    const char *mime;
    const char *word; /* of an attachment */
};

static const struct type_info infos[FILE_TYPE_END] = {
    [FILE_OTHER] = {"application/octet-stream", "file"},
    [FILE_TEXT] = {"text/plain; charset=utf-8", "file"},
    [FILE_PNG] = {"image/png", "image"},
    [FILE_JPEG] = {"image/jpeg", "image"},
    [FILE_GIF] = {"image/gif", "image"},
    [FILE_WEBP] = {"image/webp", "image"},
    [FILE_PDF] = {"application/pdf", "file"},
    [FILE_MP4] = {"video/mp4", "video"},
    [FILE_WEBM] = {"video/webm", "video"},
    [FILE_OGG] = {"audio/ogg", "audio"},
    [FILE_MP3] = {"audio/mpeg", "audio"},
    [FILE_WAV] = {"audio/wav", "audio"},
};

/* The bytes by which the WHATWG MIME Sniffing standard (§6) and the formats' own papers know them:
 * `first` at the start and, where given, `then` at `at`. */
struct magic {
    enum file_type type;
    struct slice first;
    size_t at;
    struct slice then;
};

static const struct magic magics[] = {
    {FILE_PNG, {"\x89PNG\r\n\x1a\n", 8}, 0, {NULL, 0}},
    {FILE_JPEG, {"\xff\xd8\xff", 3}, 0, {NULL, 0}},
    {FILE_GIF, {"GIF87a", 6}, 0, {NULL, 0}},
    {FILE_GIF, {"GIF89a", 6}, 0, {NULL, 0}},
    {FILE_WEBP, {"RIFF", 4}, 8, {"WEBPVP", 6}},
    {FILE_WAV, {"RIFF", 4}, 8, {"WAVE", 4}},
    {FILE_PDF, {"%PDF-", 5}, 0, {NULL, 0}},
    {FILE_MP4, {"\0\0\0", 3}, 4, {"ftyp", 4}},
    {FILE_WEBM, {"\x1a\x45\xdf\xa3", 4}, 0, {NULL, 0}},
    {FILE_OGG, {"OggS\0", 5}, 0, {NULL, 0}},
    {FILE_MP3, {"ID3", 3}, 0, {NULL, 0}},
    {FILE_MP3, {"\xff\xfb", 2}, 0, {NULL, 0}},
    {FILE_MP3, {"\xff\xf3", 2}, 0, {NULL, 0}},
};

static bool is_text(struct slice bytes)
{
    size_t i;

    for (i = 0; i < bytes.len; i++) {
        unsigned char c = (unsigned char)bytes.ptr[i];

        if (c < 0x20 && c != '\n' && c != '\r' && c != '\t' && c != '\f')
            return false;
    }
    return bytes.len > 0 && utf8_valid(bytes);
}

enum file_type file_type_of(struct pii content)
{
    struct slice bytes = pii_reveal(content);
    size_t i;

    for (i = 0; i < ARRAY_LEN(magics); i++) {
        const struct magic *m = &magics[i];

        if (slice_starts(bytes, m->first) && slice_starts(slice_from(bytes, m->at), m->then))
            return m->type;
    }
    return is_text(bytes) ? FILE_TEXT : FILE_OTHER;
}

static const struct type_info *info_of(enum file_type type)
{
    return &infos[type < FILE_TYPE_END ? type : FILE_OTHER];
}

const char *file_mime(enum file_type type)
{
    return info_of(type)->mime;
}

bool file_is_image(enum file_type type)
{
    return strcmp(info_of(type)->word, "image") == 0;
}

/* Unicode's marks of direction would let "exe.png" read as another name (UAX #9). */
static bool may_stand(int32_t c)
{
    return c >= 0x20 && !(c >= 0x7f && c < 0xa0) && c != '"' && c != '<' && c != '>' && c != '|' &&
           c != ':' && c != '*' && c != '?' && c != 0x200e && c != 0x200f &&
           !(c >= 0x2028 && c <= 0x202e) && !(c >= 0x2066 && c <= 0x2069) && c != 0xfeff;
}

static struct slice without_folders(struct slice name)
{
    size_t i, from = 0;

    for (i = 0; i < name.len; i++)
        if (name.ptr[i] == '/' || name.ptr[i] == '\\')
            from = i + 1;
    return slice_from(name, from);
}

struct slice file_clean_name(struct arena *arena, struct slice name)
{
    struct slice rest = without_folders(name);
    char *clean = arena_alloc(arena, rest.len + 1);
    size_t n = 0;
    int32_t c;

    if (!clean)
        return SLICE_NONE;
    if (!utf8_valid(rest))
        return SLICE("file");
    while ((c = utf8_next(&rest)) >= 0)
        if (may_stand(c))
            n += utf8_put(c, clean + n);
    rest = slice_trim(utf8_head(slice_trim(slice_of(clean, n)), FILE_NAME_CHARS));
    while (rest.len && rest.ptr[0] == '.')
        rest = slice_from(rest, 1);
    return rest.len ? rest : SLICE("file");
}

int file_begin(struct turn *turn, int64_t tenant, int64_t person, vault_slot slot, struct file *ret)
{
    struct file file = {
        .id = turn_id(turn),
        .tenant = tenant,
        .person = person,
        .slot = slot,
        .created_at = turn->now,
    };
    int64_t n;
    int r = turn_ask_int(
        turn, &talk_sql_file_recent,
        SQL_ARGS(SQL_INT(person), SQL_INT(tenant), SQL_INT(turn->now - (int64_t)DAY)), 0, &n);

    if (r < 0)
        return r;
    if (n >= PER_DAY_MAX)
        return ERR_RATE;
    r = row_class_slot(turn, tenant, RETAIN_UPLOADS, turn->now, &file.klass);
    if (r == 0)
        *ret = file;
    return r;
}

static struct row_owner owner_of(const struct file *file)
{
    return (struct row_owner){file->tenant, file->slot, file->klass};
}

int file_blob(struct turn *turn, const struct file *file, struct blob *ret)
{
    const struct row_owner owner = owner_of(file);

    return blob_of(turn, &owner, file->id, ret);
}

int file_add(struct turn *turn, const struct file *file)
{
    const struct row_owner owner = owner_of(file);
    int64_t state;
    int r = turn_ask_int(turn, &talk_sql_file_person,
                         SQL_ARGS(SQL_INT(file->person), SQL_INT(file->tenant)), 0, &state);

    if (r < 0)
        return r;
    if (state != PERSON_ACTIVE && state != PERSON_RESTRICTED)
        return ERR_FORGOTTEN;
    return turn_put(turn, &talk_sql_file_add,
                    SQL_ARGS(SQL_INT(file->id), SQL_INT(file->tenant), SQL_INT(file->person),
                             SQL_INT_OR_NULL(file->conversation), SQL_INT((int64_t)file->slot),
                             SQL_INT((int64_t)file->klass), SQL_INT(file->type),
                             SQL_INT(file->size), SQL_INT(file->created_at),
                             row_seal(turn, COL_file_name, &owner, file->id, file->name)));
}

int file_load(struct turn *turn, int64_t tenant, int64_t id, struct file *ret)
{
    struct sql_rows *rows;
    struct row_owner owner;
    struct file file;
    int r = turn_ask(turn, &talk_sql_file_load, SQL_ARGS(SQL_INT(id), SQL_INT(tenant)), &rows);

    if (r < 0)
        return r;
    if (sql_rows_count(rows) == 0)
        return ERR_NOT_FOUND;
    file = (struct file){
        .id = id,
        .tenant = tenant,
        .person = sql_int(rows, 0, 0),
        .conversation = sql_int(rows, 0, 1),
        .slot = (vault_slot)sql_int(rows, 0, 2),
        .klass = (vault_slot)sql_int(rows, 0, 3),
        .type = (enum file_type)sql_int(rows, 0, 4),
        .size = sql_int(rows, 0, 5),
        .created_at = sql_int(rows, 0, 6),
    };
    owner = owner_of(&file);
    r = row_open(turn, COL_file_name, &owner, id, sql_bytes(rows, 0, 7), &file.name);
    if (r == 0)
        *ret = file;
    return r;
}

int file_for(struct turn *turn, int64_t tenant, int64_t person, int64_t id, struct file *ret)
{
    struct file file;
    int r = file_load(turn, tenant, id, &file);

    if (r == 0 && file.person != person)
        r = ERR_NOT_FOUND;
    if (r == 0)
        *ret = file;
    return r;
}

int file_sent(struct turn *turn, const struct file *file, int64_t conversation)
{
    return turn_put(turn, &talk_sql_file_sent,
                    SQL_ARGS(SQL_INT(conversation), SQL_INT(file->id), SQL_INT(file->tenant)));
}

void file_out(struct json_out *out, const struct file *file)
{
    char url[sizeof(FILE_URL) + ID_TEXT_SIZE] = FILE_URL;

    id_text(ID_FILE, file->id, url + sizeof(FILE_URL) - 1);
    json_out_object(out, NULL);
    json_out_str(out, "type", slice_cstr(info_of(file->type)->word));
    json_out_str(out, "url", slice_cstr(url));
    json_out_pii(out, "name", file->name);
    json_out_int(out, "size", file->size);
    json_out_close_object(out);
}

struct kept {
    int64_t *ids;
    size_t n;
};

static int clear_kept(struct turn *turn, void *arg)
{
    const struct kept *kept = arg;
    int64_t known;
    size_t i;
    int r = 0;

    for (i = 0; r == 0 && i < kept->n; i++) {
        r = turn_ask_int(turn, &talk_sql_file_known, SQL_ARGS(SQL_INT(kept->ids[i])), 0, &known);
        if (r == 0 && known)
            kept->ids[i] = 0;
    }
    return r;
}

static int keep(struct store *store, int64_t *ids, size_t n)
{
    struct kept kept = {ids, n};

    return store_read_wait(store, clear_kept, &kept);
}

int file_start(struct store *store)
{
    return blob_sweep(store, keep);
}
