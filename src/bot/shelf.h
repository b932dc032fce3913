/* shelf.h - flow documents as rows, and the parsed ones at hand in memory. A published version is
 * never changed; a new document is a new version. */
#ifndef BOT_SHELF_H
#define BOT_SHELF_H

#include "bot/flow.h"
#include "store/store.h"

struct shelf_flow {
    int64_t id;
    int64_t published; /* version; 0: none yet */
    int64_t created_at;
    struct slice name;
};

struct shelf_version {
    int64_t id, number, created_at;
    int64_t published_at; /* 0: never was */
};

/** ERR_LIMIT, ERR_INVALID the name is empty or over 100 characters. */
int shelf_add(struct turn *turn, int64_t tenant, struct slice name, int64_t *ret_flow) MUST_CHECK;
int shelf_list(struct turn *turn, int64_t tenant, struct shelf_flow **ret,
               size_t *ret_n) MUST_CHECK;
int shelf_load(struct turn *turn, int64_t tenant, int64_t flow, struct shelf_flow *ret) MUST_CHECK;
/** Newest first, at most 200. */
int shelf_versions(struct turn *turn, int64_t tenant, int64_t flow, struct shelf_version **ret,
                   size_t *ret_n) MUST_CHECK;
/** Checks a document and stores it in its tidy form as the next version. *ret_problems is always
 * filled in, its texts in the turn's arena. Errors as flow_parse. */
int shelf_add_version(struct turn *turn, int64_t tenant, int64_t flow, struct slice document,
                      int64_t user, struct flow_problems *ret_problems,
                      int64_t *ret_version) MUST_CHECK;
int shelf_document(struct turn *turn, int64_t tenant, int64_t version,
                   struct slice *ret) MUST_CHECK;
/** Makes a version the one that new conversations get. ERR_NOT_FOUND. */
int shelf_publish(struct turn *turn, int64_t tenant, int64_t flow, int64_t version) MUST_CHECK;

/** A version, parsed. Held until shelf_give; threads share it. */
struct shelf_book;
int shelf_take(struct turn *turn, int64_t tenant, int64_t version,
               struct shelf_book **ret) MUST_CHECK;
const struct flow *shelf_book_flow(const struct shelf_book *book);
void shelf_give(struct shelf_book *book);

#endif
