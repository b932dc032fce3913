/* file.h - what people and agents send as files: a row beside the sealed bytes of store/blob.h.
 * A file belongs to the person of the conversation, whoever sent it, and is erased with them. */
#ifndef TALK_FILE_H
#define TALK_FILE_H

#include "base/json_out.h"
#include "store/blob.h"
#include "talk/conversation.h"

/* Stored: never change or reuse a number. What can run in a browser (HTML, SVG) is never itself. */
enum file_type {
    FILE_OTHER = 0,
    FILE_TEXT = 1,
    FILE_PNG = 2,
    FILE_JPEG = 3,
    FILE_GIF = 4,
    FILE_WEBP = 5,
    FILE_PDF = 6,
    FILE_MP4 = 7,
    FILE_WEBM = 8,
    FILE_OGG = 9,
    FILE_MP3 = 10,
    FILE_WAV = 11,
    FILE_TYPE_END
};

struct file {
    int64_t id, tenant, person;
    int64_t conversation; /* 0: not sent yet */
    vault_slot slot, klass;
    enum file_type type;
    int64_t size; /* bytes */
    int64_t created_at;
    struct pii name;
};

enum { FILE_NAME_CHARS = 120, FILE_SIZE_MAX = BLOB_MAX };

/** By the first bytes; what nobody says of it counts for nothing. */
enum file_type file_type_of(struct pii bytes);
/** "image/png"; "application/octet-stream" for FILE_OTHER. Damaged numbers count as that, too. */
const char *file_mime(enum file_type type);
/** A picture that a browser may show in place. */
bool file_is_image(enum file_type type);
/** A name without folders, control characters and what turns the direction of writing, at most
 *  FILE_NAME_CHARS long; "file" when nothing is left. Malformed UTF-8 gives "file", too. ptr is
 *  NULL when out of memory. */
struct slice file_clean_name(struct arena *arena, struct slice name);

/** Makes a file's ids and slots, before its bytes are sealed; no row yet. ERR_RATE the person has
 *  100 files of the last day already. */
int file_begin(struct turn *turn, int64_t tenant, int64_t person, vault_slot slot,
               struct file *ret) MUST_CHECK;
int file_blob(struct turn *turn, const struct file *file, struct blob *ret) MUST_CHECK;
/** Adds the row; the bytes are durable. ERR_FORGOTTEN the person is being erased or is gone: then
 *  remove the bytes. */
int file_add(struct turn *turn, const struct file *file) MUST_CHECK;
/** ERR_NOT_FOUND; as well when its person is being erased. */
int file_load(struct turn *turn, int64_t tenant, int64_t id, struct file *ret) MUST_CHECK;
/** The file that a message of this person sends. ERR_NOT_FOUND none of theirs. */
int file_for(struct turn *turn, int64_t tenant, int64_t person, int64_t id,
             struct file *ret) MUST_CHECK;
/** It was sent in the conversation. */
int file_sent(struct turn *turn, const struct file *file, int64_t conversation) MUST_CHECK;
/** {type, url, name, size}, an element of a message's `attachments`. The URL is the desk's. */
void file_out(struct json_out *out, const struct file *file);

/** Where the desk fetches files; a file's id follows. */
#define FILE_URL "/api/v1/files/"

/** Removes bytes that a crash left without a row. At start, before anybody may upload. */
int file_start(struct store *store) MUST_CHECK;

#endif
