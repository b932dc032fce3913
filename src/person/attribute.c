/* attribute.c - a person's own attributes: one JSON object of texts, sealed as a whole. */
#include "base/err.h"
#include "base/json.h"
#include "person/person.h"

/* Reads the object; an empty text is an empty object. */
static int read_object(struct pii attributes, json_t **ret)
{
    json_t *object;
    int r;

    if (pii_empty(attributes)) {
        *ret = json_object();
        return *ret ? 0 : ERR_MEMORY;
    }
    r = json_read(pii_reveal(attributes), &object);
    if (r < 0 || !json_is_object(object)) {
        if (r == 0)
            json_decref(object);
        return ERR_DAMAGED;
    }
    *ret = object;
    return 0;
}

static int set_member(json_t *object, struct slice name, struct pii value)
{
    char key[129];
    struct slice text = pii_reveal(value);

    if (name.len == 0 || name.len >= sizeof(key) || memchr(name.ptr, '\0', name.len))
        return ERR_INVALID;
    memcpy(key, name.ptr, name.len);
    key[name.len] = '\0';
    if (text.len == 0) {
        json_object_del(object, key); /* not there: as wanted */
        return 0;
    }
    return json_object_set_new(object, key, json_stringn(text.ptr, text.len)) == 0 ? 0
                                                                                   : ERR_INVALID;
}

int person_set_attribute(struct turn *turn, int64_t tenant, int64_t id, struct slice name,
                         struct pii value)
{
    struct buf text = BUF_INIT(16 * 1024);
    CLEANUP(json_cleanup) json_t *object = NULL;
    struct person person;
    struct pii attributes;
    int r = person_load(turn, tenant, id, &person);

    if (r == 0)
        r = read_object(person.attributes, &object);
    if (r == 0)
        r = set_member(object, name, value);
    if (r == 0 && json_object_size(object) > 0)
        r = json_write(object, &text);
    if (r == 0) {
        attributes = pii_of(buf_slice(&text));
        r = person_change(turn, tenant, id, &(struct person_change){.attributes = &attributes});
    }
    buf_done(&text);
    return r;
}
