/* flow.h - a flow document (docs/flows.md), read once, checked, and never changed again. */
#ifndef BOT_FLOW_H
#define BOT_FLOW_H

#include "base/arena.h"
#include "base/buf.h"

enum {
    FLOW_VERSION = 1,
    FLOW_BYTES_MAX = 1 << 20,
    FLOW_NODES_MAX = 2000,
    FLOW_PROBLEMS_MAX = 200,     /* further ones are counted, not kept */
    FLOW_ARENA_BYTES = 64 << 20, /* enough for a document of any size allowed */
};

struct flow;

enum flow_severity {
    FLOW_WARNING, /* worth a look; may be published */
    FLOW_ERROR,   /* can't be published */
};

struct flow_problem {
    enum flow_severity severity;
    struct slice node;  /* the node's id; empty: the document or a trigger */
    struct slice field; /* "next", "quick_replies[1].title", "triggers[0].phrases" */
    struct slice text;  /* a plain sentence: what is wrong and what to do */
};

struct flow_problems {
    struct flow_problem items[FLOW_PROBLEMS_MAX];
    size_t n;      /* kept in items */
    size_t errors; /* found, kept or not */
    size_t warnings;
};

/** Reads and checks a document.
 *  arena         keeps the flow, and the problems' texts; give it FLOW_ARENA_BYTES
 *  ret_problems  always filled in, warnings on success too
 *  ret           the flow, valid as long as the arena; set only on success. Threads may share it
 *  Errors: ERR_SYNTAX no JSON or no flow of this version; ERR_INVALID at least one error among the
 *  problems; ERR_LIMIT larger than 1 MiB, 2,000 nodes, or 64 levels; ERR_MEMORY. */
int flow_parse(struct slice text, struct arena *arena, struct flow_problems *ret_problems,
               const struct flow **ret) MUST_CHECK;

/** The document in the form in which it is exported: two spaces of indentation, members in their
 *  written order, a newline at the end. Tidying it again changes no byte. Errors as flow_parse. */
int flow_tidy(struct slice text, struct buf *ret) MUST_CHECK;

struct slice flow_name(const struct flow *flow);
size_t flow_node_count(const struct flow *flow);

#endif
