/* book.c - parsed flows, kept at hand: a version never changes, so nothing has to be dropped but
 * for room. */
#include <pthread.h>
#include <stdlib.h>
#include <utlist.h>

#include "base/err.h"
#include "bot/shelf.h"

enum { BOOKS_MAX = 32 };

struct shelf_book {
    int64_t version;
    int refs; /* guarded by mutex; the shelf's own is one */
    struct arena *arena;
    const struct flow *flow;
    struct shelf_book *prev, *next; /* the last taken stands first */
};

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static struct shelf_book *books;
static int book_count;

const struct flow *shelf_book_flow(const struct shelf_book *book)
{
    return book->flow;
}

static void book_unref(struct shelf_book *book)
{
    if (--book->refs > 0)
        return;
    arena_free(book->arena);
    free(book);
}

void shelf_give(struct shelf_book *book)
{
    pthread_mutex_lock(&mutex);
    book_unref(book);
    pthread_mutex_unlock(&mutex);
}

static struct shelf_book *find(int64_t version)
{
    struct shelf_book *book;

    DL_SEARCH_SCALAR(books, book, version, version);
    if (!book)
        return NULL;
    DL_DELETE(books, book);
    DL_PREPEND(books, book);
    book->refs++;
    return book;
}

static void keep(struct shelf_book *book)
{
    struct shelf_book *last;

    DL_PREPEND(books, book);
    if (++book_count <= BOOKS_MAX)
        return;
    last = books->prev; /* utlist: the head's prev is the tail */
    DL_DELETE(books, last);
    book_count--;
    book_unref(last);
}

static int parse(struct slice document, struct shelf_book **ret)
{
    struct flow_problems problems;
    struct shelf_book *book = calloc(1, sizeof(*book));
    int r;

    if (!book)
        return ERR_MEMORY;
    book->arena = arena_new(FLOW_ARENA_BYTES);
    r = book->arena ? flow_parse(document, book->arena, &problems, &book->flow) : ERR_MEMORY;
    if (r < 0) {
        arena_free(book->arena);
        free(book);
        return r;
    }
    *ret = book;
    return 0;
}

int shelf_take(struct turn *turn, int64_t tenant, int64_t version, struct shelf_book **ret)
{
    struct shelf_book *book;
    struct slice document;
    int r;

    pthread_mutex_lock(&mutex);
    book = find(version);
    pthread_mutex_unlock(&mutex);
    if (book) {
        *ret = book;
        return 0;
    }
    r = shelf_document(turn, tenant, version, &document);
    if (r == 0)
        r = parse(document, &book);
    if (r < 0)
        return r;
    book->version = version;
    book->refs = 2;
    pthread_mutex_lock(&mutex);
    keep(book);
    pthread_mutex_unlock(&mutex);
    *ret = book;
    return 0;
}
